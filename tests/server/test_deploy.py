"""The deployment, against a stand-in for Heroku: a good release stays, a bad one is rolled back, the key hides."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from smoke import smoke

from core.settings import ROOT
from deploy import NotDeployed, Platform, deploy, push
from tests.server.fakes import KEY, Answer, Heroku, answering, app_that_answers, as_json, keeping_every_promise, release

QUICK = {"seconds": 0.3, "poll": 0.02}


def git(folder: Path, *arguments: str) -> str:
    """What git says in this folder."""
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A commit in a repository of its own, which is the working folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    git(folder, "init", "--quiet")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "one")
    monkeypatch.chdir(folder)
    return git(folder, "rev-parse", "HEAD")


class Site:
    """Heroku, the app that it serves, and the repository that is pushed to."""

    def __init__(self, folder: Path, heroku: Heroku, api: str) -> None:
        self.heroku = heroku
        self.answers = keeping_every_promise()
        self.remote = folder / "heroku.git"
        self.platform = Platform("aval-test", KEY, api, pause=0.01)
        git(folder, "init", "--quiet", "--bare", str(self.remote))

    def on_push(self, commit: str, *, builds: bool = True, status: str = "succeeded") -> None:
        """What Heroku does with the commit: builds and releases it, or refuses it."""
        hook = self.remote / "hooks" / "pre-receive"
        hook.write_text(f"#!/bin/sh\nexit {0 if builds else 1}\n")
        hook.chmod(0o755)
        if builds:
            take = self.heroku.answer
            waiting = [True]

            def answer(request: BaseHTTPRequestHandler, body: bytes) -> Answer:
                if waiting and self.pushed() == commit:
                    waiting.clear()
                    self.heroku.built(commit, status)
                return take(request, body)

            self.heroku.answer = answer  # type: ignore[method-assign]

    def pushed(self) -> str:
        """The commit that the remote's main stands at."""
        return git(self.remote, "for-each-ref", "--format=%(objectname)", "refs/heads/main")

    def deploy(self, commit: str) -> bool:
        """Deploys with the real smoke test, in a hurry."""
        return deploy(
            self.platform, str(self.remote), commit, lambda address: smoke(address, boot=0.2, again=0.0), **QUICK
        )


EARLIER = [release(1, "succeeded", code=False), release(2, "succeeded"), release(3, "succeeded"), release(4, "failed")]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An app that has served v3, and whose v4 failed."""
    answers = keeping_every_promise()
    with app_that_answers(answers) as web_url:
        heroku = Heroku(web_url, list(EARLIER))
        with answering(lambda request, body: heroku.answer(request, body)) as api:
            made = Site(tmp_path, heroku, api)
            made.answers = answers
            yield made
    assert heroku.faults == []


def test_a_good_release_stays(site: Site, commit: str, capfd: pytest.CaptureFixture[str]) -> None:
    site.on_push(commit)
    assert site.deploy(commit)
    assert site.pushed() == commit
    assert site.heroku.posted == []
    told = capfd.readouterr()
    assert "serves now: v3" in told.out
    assert "v5 serves at http://127.0.0.1:" in told.out
    assert KEY not in told.out + told.err


def test_a_broken_promise_is_rolled_back_to_the_last_release_that_succeeded(
    site: Site, commit: str, capfd: pytest.CaptureFixture[str]
) -> None:
    site.on_push(commit)
    site.answers["POST /predict"] = as_json({}, 500)
    assert not site.deploy(commit)
    assert site.heroku.posted == [{"release": "release-3"}]
    told = capfd.readouterr().out
    assert "BROKEN  POST /predict and /predict_proba: status 500 for /predict" in told
    assert "::error::v5 breaks a promise; rolled back to v3, as v6." in told
    assert told.endswith("v6 is up.\n")


def test_a_release_that_does_not_start_is_rolled_back(
    site: Site, commit: str, capfd: pytest.CaptureFixture[str]
) -> None:
    site.on_push(commit)
    site.heroku.crashing.add(5)
    assert not site.deploy(commit)
    assert site.heroku.posted == [{"release": "release-3"}]
    assert "::error::v5 does not start; rolled back to v3, as v6." in capfd.readouterr().out


def test_the_first_release_has_nothing_to_roll_back_to(
    site: Site, commit: str, capfd: pytest.CaptureFixture[str]
) -> None:
    site.heroku.releases[:] = [release(1, "succeeded", code=False), release(2, "succeeded", code=False)]
    site.on_push(commit)
    site.answers["GET /best_threshold"] = as_json({"best_threshold": 0.5})
    assert not site.deploy(commit)
    assert site.heroku.posted == []
    assert "v3 breaks a promise, and there is nothing to roll back to" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("push", "said"),
    [
        ({"builds": False}, "Heroku did not take or build the commit"),
        ({"status": "failed"}, "the release phase of v5 failed"),
        ({"status": "pending"}, "no release followed the push"),
    ],
    ids=["refused", "release phase", "no release"],
)
def test_what_was_not_released_is_not_rolled_back(
    site: Site, commit: str, push: dict[str, object], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    site.on_push(commit, **push)  # type: ignore[arg-type]
    assert not site.deploy(commit)
    assert site.heroku.posted == []
    assert f"::error::Not deployed: {said}" in capfd.readouterr().out


@pytest.mark.parametrize("status", [503, 429])
def test_a_moment_without_the_api_is_no_reason_to_roll_back(site: Site, commit: str, status: int) -> None:
    site.on_push(commit)
    take, failing = site.heroku.answer, [0]

    def answer(request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        failing[0] += 1
        return as_json({}, status) if failing[0] % 3 else take(request, body)

    site.heroku.answer = answer  # type: ignore[method-assign]
    assert site.deploy(commit)
    assert site.heroku.posted == []


def test_a_roll_back_that_fails_says_what_stays_and_what_to_do(site: Site, commit: str) -> None:
    site.on_push(commit)
    site.heroku.crashing.add(5)
    take = site.heroku.answer
    site.heroku.answer = lambda request, body: (  # type: ignore[method-assign]
        as_json({}, 503) if request.command == "POST" else take(request, body)
    )
    said = r"v5 does not start, and it stays, .* answers 503 .*: heroku rollback v3 --app aval-test$"
    with pytest.raises(NotDeployed, match=said):
        site.deploy(commit)


def test_another_commit_s_release_is_left_alone(site: Site, commit: str, capfd: pytest.CaptureFixture[str]) -> None:
    site.on_push(commit)
    built = site.heroku.built

    def of_another(commit: str, status: str = "succeeded") -> int:
        return built("0" * 40, status)

    site.heroku.built = of_another  # type: ignore[method-assign]
    assert not site.deploy(commit)
    assert site.heroku.posted == []
    assert "v5 carries another commit, 0000000" in capfd.readouterr().out


def test_the_key_reaches_git_by_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[list[str], dict[str, str]]] = []

    def run(command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
        seen.append((command, env))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr("subprocess.run", run)
    push("https://git.heroku.com/aval-test.git", "abc", KEY)
    ((command, env),) = seen
    assert command == ["git", "push", "https://git.heroku.com/aval-test.git", "abc:refs/heads/main"]
    assert env["GIT_CONFIG_VALUE_0"].startswith("Authorization: Basic ")
    assert not any(KEY in word for word in command)


def test_git_sends_the_key_in_a_header(commit: str) -> None:
    sent: list[str | None] = []

    def refuse(request: BaseHTTPRequestHandler, _: bytes) -> Answer:
        sent.append(request.headers["Authorization"])
        return 403, "text/plain", b"no"

    with answering(refuse) as address, pytest.raises(NotDeployed, match="did not take or build"):
        push(f"{address}/aval-test.git", commit, KEY)
    assert sent == ["Basic " + base64.b64encode(f"heroku:{KEY}".encode()).decode()]


def test_without_a_key_nothing_is_deployed_and_that_is_said() -> None:
    done = subprocess.run([sys.executable, ".github/deploy.py"], cwd=ROOT, env={}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("::notice::Not deployed: set the secret HEROKU_API_KEY")
