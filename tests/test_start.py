"""Starting: a wrong setting stops the server in one line that names it; a right one serves, two at once if need be."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from core.settings import ROOT, describe_settings
from pages.components.streamlit_reruns import LeavingWins
from tests.browser.serving import MAX_SECONDS, environment, free_port, serving


@dataclass(frozen=True)
class Imported:
    """What became of `import dashboard` and of serving in a process of its own, and how many objects it goes through.

    requests: what keeps a tab's requests to draw a page while it serves.
    """

    ended: subprocess.CompletedProcess[str]
    alive: int
    frozen: int
    requests: str


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """With the settings that ship."""
    counts = tmp_path_factory.mktemp("imported") / "counts.txt"
    code = (
        "import dashboard, gc, pathlib, sys\n"
        "counts = len(gc.get_objects()), gc.get_freeze_count()\n"
        "import asyncio\n"
        "from streamlit.runtime.scriptrunner import script_runner\n"
        "async def serve():\n"
        "    async with dashboard.lifespan(dashboard.app):\n"
        "        found = *counts, script_runner.ScriptRequests.__name__\n"
        "        pathlib.Path(sys.argv[1]).write_text('{} {} {}'.format(*found))\n"
        "asyncio.run(serve())"
    )
    command = [sys.executable, "-c", code, str(counts)]
    ended = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=MAX_SECONDS)
    alive, frozen, requests = counts.read_text().split()
    return Imported(ended, int(alive), int(frozen), requests)


def test_collecting_garbage_does_not_stop_the_answers_to_go_through_what_stays(imported: Imported) -> None:
    assert imported.alive < 20_000 < imported.frozen


def test_a_page_that_is_left_calls_nobody_back_once_the_server_serves(imported: Imported) -> None:
    assert imported.requests == LeavingWins.__name__


def own_lines(got: subprocess.CompletedProcess[str]) -> list[str]:
    """What was written, but for Streamlit's own remark that nobody serves."""
    return [line for line in (got.stdout + got.stderr).splitlines() if line and "ScriptRunContext" not in line]


NUMBERS = {"int": "a whole number", "float": "a number"}
TEXTS = {
    "MODEL_DIR": ("nowhere", "The model in nowhere cannot be used: "),
    "MODEL_DIGEST": ("0" * 64, "The model in model cannot be used: its digest is "),
    "TRUSTED_MODELS": ("abc", "TRUSTED_MODELS: must be SHA-256 digests "),
    "CLIENTS": ("nowhere/clients.csv", "CLIENTS: the file clients.csv is not there or cannot be read."),
    "CURRENCY": ("too long a sign", "CURRENCY: must be text of at most 8 characters."),
    "API_KEYS": ("not a digest", "API_KEYS: must be SHA-256 digests "),
    "OIDC_ISSUER": ("https://login.example", "OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, PUBLIC_URL: must be set too; "),
    "OIDC_CLIENT_ID": ("aval", "OIDC_ISSUER, OIDC_CLIENT_SECRET, PUBLIC_URL: must be set too; "),
    "OIDC_CLIENT_SECRET": ("hush", "OIDC_CLIENT_SECRET: must be text of at least 16 characters."),
    "ALLOWED_HOSTS": ("https://aval.example", "ALLOWED_HOSTS: must be host names like "),
    "PUBLIC_URL": ("somewhere", "PUBLIC_URL: must be "),
    "DATABASE_URL": ("mysql://one:hush@host/base", "DATABASE_URL: must be an address like postgres://"),
    "OFFICER": ("n" * 121, "OFFICER: must be text of at most 120 characters."),
    **{
        f"LETTER_{name}": ("n" * 401, f"LETTER_{name}: must be text of at most 400 characters in one line.")
        for name in ("NAME", "ADDRESS", "CONTACT", "APPEAL", "SCORES")
    },
    "LETTER_TEMPLATES": ("nowhere", "LETTER_TEMPLATES: must be a folder that is there."),
    "DECISION_REASONS": ("r" * 81, "DECISION_REASONS: must be at most 40 reasons "),
}
WRONG = [
    *(
        (name, "abc", f"{name}: must be {NUMBERS[kind]} from ")
        for name, kind, *_ in describe_settings()
        if kind in NUMBERS
    ),
    *((name, *TEXTS[name]) for name, kind, *_ in describe_settings() if kind not in NUMBERS and name != "DATA_DIR"),
    ("REVIEW_BAND", "2", "REVIEW_BAND: must be a number from 0 to 0.5."),
    ("CLIENTS", "README.md", "CLIENTS: the file README.md "),
    ("MODEL_DIR", "assets", "The model in assets cannot be used: "),
]
"""(setting, a value that it cannot have, how the line begins that says so), for every setting there is."""


@dataclass(frozen=True)
class Ended:
    """What became of a start."""

    returncode: int
    stdout: str
    stderr: str


def command() -> list[str]:
    """The Procfile's, word by word, on a port of this machine."""
    line = (ROOT / "Procfile").read_text(encoding="utf-8").removeprefix("web:").replace("$PORT", str(free_port()))
    return shlex.split(line.replace("0.0.0.0", "127.0.0.1"))


def run(module: str, *options: str, given: str = "", **settings: str) -> Ended:
    """What becomes of `python -m module` with these settings."""
    got = subprocess.run(
        [sys.executable, "-m", module, *options],
        input=given,
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=MAX_SECONDS,
    )
    return Ended(got.returncode, got.stdout, got.stderr)


@pytest.fixture(scope="module")
def refused() -> dict[tuple[str, str], Ended]:
    """What became of each wrong setting: the first by the Procfile's command, the others forked from one process."""
    (name, value), *others = cases = [(name, value) for name, value, _ in WRONG]
    program, *options = command()
    assert program == "uvicorn"
    forked = run("tests.forked_starts", *options, given=json.dumps(others))
    assert forked.returncode == 0, forked.stderr
    return dict(
        zip(
            cases,
            [run("uvicorn", *options, **{name: value}), *(Ended(*each) for each in json.loads(forked.stdout))],
            strict=True,
        )
    )


@pytest.mark.parametrize(("name", "value", "said"), WRONG, ids=[f"{name}={value}" for name, value, _ in WRONG])
def test_a_wrong_setting_stops_the_start_in_one_line_that_names_it(
    refused: dict[tuple[str, str], Ended], name: str, value: str, said: str
) -> None:
    got = refused[name, value]
    assert got.returncode == 1
    assert got.stdout == ""
    (line,) = got.stderr.splitlines()
    assert line.startswith(said)
    assert str(ROOT) not in line
    assert name != "OIDC_CLIENT_SECRET" or value not in line


def test_the_settings_that_ship_start_without_a_word(imported: Imported) -> None:
    assert (imported.ended.returncode, own_lines(imported.ended)) == (0, [])


def test_two_processes_serve_at_once_each_on_its_port(tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    command = ("dashboard.py",)
    with (
        serving(command, first, tmp_path / "first.txt", {"PORT": str(first)}) as one,
        serving(command, second, tmp_path / "second.txt", {"PORT": str(second)}) as two,
    ):
        answers = [json.load(urlopen(f"{address}/features", timeout=MAX_SECONDS)) for address in (one, two)]
    assert one != two
    assert answers[0] == answers[1]
    assert "AMT_CREDIT" in answers[0]["columns"]
