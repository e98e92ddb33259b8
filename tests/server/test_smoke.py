"""The smoke test that follows each release: the real app passes it, and whatever breaks a promise fails it."""

from __future__ import annotations

import subprocess
import sys
from http.server import BaseHTTPRequestHandler

import pytest
from smoke import smoke

from core.settings import ROOT
from tests.browser.serving import MAX_SECONDS, free_port
from tests.server.conftest import Server
from tests.server.fakes import HTML, JSON, TEXT, Answer, answering, app_that_answers, as_json, keeping_every_promise

ERROR_PAGE = (200, HTML, b"<h1>Application error</h1>")
NUMBERS = {"niveau de solvabilité": 0.95, "seuil": 0.13}


def said_of(answers: dict[str, Answer]) -> tuple[bool, list[str]]:
    """What the smoke test finds, and what it says is broken."""
    said: list[str] = []
    with app_that_answers(answers) as address:
        passed = smoke(address, boot=0.2, again=0.0, say=said.append)
    return passed, [line.removeprefix("BROKEN  ") for line in said if line.startswith("BROKEN")]


def test_the_real_app_passes(server: Server) -> None:
    done = subprocess.run(
        [sys.executable, ".github/smoke.py", f"http://127.0.0.1:{server.port}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=MAX_SECONDS,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 7
    assert all(line.startswith("ok ") for line in lines)


def test_an_app_that_keeps_every_promise_passes() -> None:
    assert said_of(keeping_every_promise()) == (True, [])


@pytest.mark.parametrize(
    ("asked", "answer", "said"),
    [
        ("GET /", (200, TEXT, b"Hello"), "GET / for a program: the text does not begin with"),
        ("GET /", (200, TEXT, "Bienvenue sur le serveur de prédiction".encode()), "does not name /features"),
        ("GET /", ERROR_PAGE, "comes as text/html"),
        ("page", ERROR_PAGE, "GET / for a browser: the page is not the dashboard's"),
        ("page", (200, TEXT, b"Bienvenue"), "comes as text/plain"),
        ("GET /static/js/a.js", (404, TEXT, b""), "status 404 for /static/js/a.js"),
        ("GET /static/js/a.js", (200, HTML, b"<div>"), "its script comes as text/html"),
        ("GET /_stcore/stream", (403, TEXT, b""), "websocket: status 403, not 101"),
        ("GET /features", as_json({"columns": []}), "GET /features: no list of names"),
        ("GET /features", ERROR_PAGE, "GET /features: /features comes as text/html"),
        ("GET /best_threshold", as_json({"best_threshold": 13}), "GET /best_threshold: no probability"),
        ("GET /best_threshold", as_json({"best_threshold": 0.87}), "seuil is not the best_threshold"),
        ("GET /best_threshold", (500, JSON, b"{}"), "status 500 for /best_threshold"),
        ("POST /predict", (500, JSON, b"{}"), "status 500 for /predict"),
        ("POST /predict", (401, JSON, b"{}"), "status 401 for /predict: SMOKE_API_KEY must be one of its API_KEYS"),
        ("POST /predict", ERROR_PAGE, "/predict comes as text/html"),
        ("POST /predict", as_json({"prediction": {"client n°900001": "No"}}), "disagree about the line"),
        ("POST /predict", as_json({"prediction": {}}), "neither Yes nor No"),
        ("POST /predict", as_json({"prediction": ["Yes"]}), "an answer of another shape (AttributeError)"),
        ("POST /predict_proba", as_json({"prediction": {"client n°900001": 0.95}}), "an answer of another shape"),
        (
            "POST /predict_proba",
            as_json({"prediction": {"client n°900001": NUMBERS | {"niveau de solvabilité": 1.2}}}),
            "no solvency between 0 and 1",
        ),
        ("POST /predict_proba", (200, JSON, b"{"), "/predict_proba is not JSON"),
        ("POST /data", as_json({"données à traiter": {}}), "POST /data: the body does not come back"),
    ],
)
def test_a_broken_promise_fails_and_is_named(asked: str, answer: Answer, said: str) -> None:
    passed, broken = said_of(keeping_every_promise() | {asked: answer})
    assert not passed
    assert any(said in line for line in broken), broken


class Clock:
    """A clock that moves by what is slept, and by nothing else."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        """The seconds slept so far."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Moves on at once."""
        self.now += seconds


def test_a_redirect_is_broken_and_the_key_goes_nowhere_else() -> None:
    came: list[str | None] = []

    def elsewhere(request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        came.append(request.headers["Authorization"])
        return as_json({})

    with answering(elsewhere) as there:

        def answer(request: BaseHTTPRequestHandler, body: bytes) -> Answer:
            request.more_headers = {"Location": there + request.path}  # type: ignore[attr-defined]
            return 302, TEXT, b""

        with answering(answer) as address:
            said: list[str] = []
            assert not smoke(address, "a key", boot=0.2, again=0.0, say=said.append)
    assert came == []
    assert any("status 302 for /data" in line for line in said)


def test_an_app_that_never_answers_fails_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that only moves while the smoke test sleeps: half a second for the start, ten for the second try."""
    clock, said = Clock(), list[str]()
    monkeypatch.setattr("smoke.time", clock)
    assert not smoke(f"http://127.0.0.1:{free_port()}", boot=0.5, again=10.0, say=said.append)
    assert clock.now == 10.5
    assert "BROKEN  GET /best_threshold: no answer for /best_threshold (URLError)" in said


def test_one_hiccup_is_forgiven() -> None:
    answers = keeping_every_promise()
    whole = answers.pop("POST /predict")
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if line == "once more:":
            answers["POST /predict"] = whole

    with app_that_answers(answers) as address:
        assert smoke(address, boot=1.0, again=0.0, say=say)
    assert sum(line.startswith("BROKEN") for line in said) == 1
