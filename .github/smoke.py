"""Asks a released app what the contract promises: the six routes and the dashboard. Standard library only.

python3 .github/smoke.py https://aval.example.org

Waits for the app to answer, prints a line for each promise, and ends with 1 where one is broken. Where the POST
routes want a key it is taken from SMOKE_API_KEY.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

BOOT_SECONDS = 90.0
"""Heroku ends a dyno that has not bound its port after 60."""
REQUEST_SECONDS = 30
AGAIN_SECONDS = 5.0
WELCOME = "Bienvenue sur le serveur de prédiction"
ROUTES = ("/features", "/best_threshold", "/predict", "/predict_proba", "/data")
NAME = "client n°900001"
CLIENT = {
    "SK_ID_CURR": 900001,
    "AMT_CREDIT": 270000,
    "AMT_INCOME_TOTAL": 180000,
    "AMT_ANNUITY": 13500,
    "DAYS_BIRTH": -16425,
    "EXT_SOURCE_1": None,
    "EXT_SOURCE_2": 0.62,
    "EXT_SOURCE_3": 0.58,
}
BODY = {"data": [CLIENT]}


class NoRedirect(HTTPRedirectHandler):
    """A redirect is a broken promise: urllib would send the API key to wherever it points."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Follows none."""


DIRECT = build_opener(NoRedirect)


class Broken(Exception):
    """A promise that the app does not keep, in words."""


class App:
    """An app at an address: what each of its promises comes to. Every check says what it found or raises Broken."""

    def __init__(self, address: str, key: str = "") -> None:
        self._address = address.rstrip("/")
        self._key = key

    def checks(self) -> Sequence[tuple[str, Callable[[], str]]]:
        """(what is asked, the check), in order."""
        return (
            ("GET / for a program", self.welcome),
            ("GET / for a browser", self.dashboard),
            ("the dashboard's websocket", self.websocket),
            ("GET /features", self.features),
            ("GET /best_threshold", self.threshold),
            ("POST /predict and /predict_proba", self.answers),
            ("POST /data", self.data),
        )

    def welcome(self) -> str:
        """The text that names the routes."""
        _, text = self._get("/", "*/*", "text/plain")
        expect(text.startswith(WELCOME), f"the text does not begin with {WELCOME!r}")
        unnamed = [route for route in ROUTES if route not in text]
        expect(not unnamed, f"the text does not name {', '.join(unnamed)}")
        return "the routes are named"

    def dashboard(self) -> str:
        """The dashboard's page, and its script."""
        _, page = self._get("/", "text/html", "text/html")
        expect('id="root"' in page, "the page is not the dashboard's")
        script = re.search(r'<script[^>]+src="\.?(/[^"]+\.js)"', page)
        if script is None:
            raise Broken("the page loads no script")
        kind, _ = self._get(script[1], "*/*", "")
        expect("javascript" in kind, f"its script comes as {kind or 'nothing'}")
        return "the page and its script"

    def websocket(self) -> str:
        """What the dashboard is drawn through, opened and left again."""
        where = urlsplit(self._address)
        kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
        connection = kind(where.netloc, timeout=REQUEST_SECONDS)
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Origin": self._address}
        upgrade |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "c21va2UtdGVzdC1vZi1hdg=="}
        try:
            connection.request("GET", "/_stcore/stream", headers=upgrade)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise Broken(f"no answer ({type(error).__name__})") from None
        finally:
            connection.close()
        expect(status == 101, f"status {status}, not 101")
        return "it opens"

    def features(self) -> str:
        """The columns' names."""
        columns = self._json("/features").get("columns")
        whole = isinstance(columns, list) and columns and all(isinstance(name, str) for name in columns)
        expect(bool(whole), "no list of names under columns")
        return f"{len(columns)} columns"

    def threshold(self) -> str:
        """The line, a probability."""
        line = self._json("/best_threshold").get("best_threshold")
        expect(isinstance(line, float) and 0.0 < line < 1.0, "no probability under best_threshold")
        return str(line)

    def answers(self) -> str:
        """Verdict and probability of one client, which must agree with each other and with the line."""
        line = self._json("/best_threshold").get("best_threshold")
        verdict = self._json("/predict", BODY).get("prediction", {}).get(NAME)
        numbers = self._json("/predict_proba", BODY).get("prediction", {}).get(NAME, {})
        expect(verdict in ("Yes", "No"), f"neither Yes nor No for {NAME}")
        solvency, at = numbers.get("niveau de solvabilité"), numbers.get("seuil")
        expect(isinstance(solvency, float) and 0.0 <= solvency <= 1.0, "no solvency between 0 and 1")
        expect(at == line, "seuil is not the best_threshold")
        expect((verdict == "No") == (1.0 - solvency > at), "verdict and solvency disagree about the line")
        return f"{verdict}, as the solvency says"

    def data(self) -> str:
        """The body, as it was sent."""
        expect(self._json("/data", BODY).get("données à traiter") == BODY, "the body does not come back as it was sent")
        return "the body comes back"

    def answers_at_all(self) -> bool:
        """Whether the server answers as JSON."""
        try:
            self._json("/best_threshold")
        except Broken:
            return False
        return True

    def _get(self, path: str, accept: str, kind: str, body: bytes | None = None) -> tuple[str, str]:
        headers = {"Accept": accept, "User-Agent": "aval-smoke"}
        if body is not None:
            headers["Content-Type"] = "application/json"
            if self._key:
                headers["Authorization"] = f"Bearer {self._key}"
        try:
            with DIRECT.open(Request(self._address + path, body, headers), timeout=REQUEST_SECONDS) as answer:
                status, got, content = answer.status, answer.headers.get("Content-Type", ""), answer.read()
        except HTTPError as error:
            advice = ": SMOKE_API_KEY must be one of its API_KEYS" if error.code == 401 else ""
            raise Broken(f"status {error.code} for {path}{advice}") from None
        except (URLError, OSError, http.client.HTTPException) as error:
            raise Broken(f"no answer for {path} ({type(error).__name__})") from None
        expect(status == 200, f"status {status} for {path}")
        expect(got.startswith(kind), f"{path} comes as {got or 'nothing'}, not {kind}")
        return got, content.decode("utf-8", "replace")

    def _json(self, path: str, body: object = None) -> Any:
        sent = None if body is None else json.dumps(body).encode()
        _, text = self._get(path, "application/json", "application/json", sent)
        try:
            found = json.loads(text)
        except ValueError:
            raise Broken(f"{path} is not JSON") from None
        expect(isinstance(found, dict), f"{path} is no JSON object")
        return found


def expect(kept: bool, otherwise: str) -> None:
    """Raises Broken with these words where a promise is not kept."""
    if not kept:
        raise Broken(otherwise)


def smoke(
    address: str,
    key: str = "",
    *,
    boot: float = BOOT_SECONDS,
    again: float = AGAIN_SECONDS,
    say: Callable[[str], object] = print,
) -> bool:
    """Whether the app at this address keeps every promise; a first failure may be the router's, the second is ours."""
    app, deadline = App(address, key), time.monotonic() + boot
    while not app.answers_at_all() and time.monotonic() < deadline:
        time.sleep(min(1.0, boot))
    if kept(app, say):
        return True
    time.sleep(again)
    say("once more:")
    return kept(app, say)


def kept(app: App, say: Callable[[str], object]) -> bool:
    """Whether every promise is kept now; says a line for each."""
    whole = True
    for name, check in app.checks():
        try:
            say(f"ok      {name}: {check()}")
        except Broken as broken:
            whole = False
            say(f"BROKEN  {name}: {broken}")
        except (AttributeError, TypeError) as error:
            # Ended here, the deployment would leave a release in place whose answers have another shape.
            whole = False
            say(f"BROKEN  {name}: an answer of another shape ({type(error).__name__})")
    return whole


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(not smoke(sys.argv[1], os.environ.get("SMOKE_API_KEY", "")))
