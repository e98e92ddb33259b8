"""Signing out ends the sign-in on the server: its cookies, and every copy of them, open nothing from then on.

Streamlit only has the browser forget the cookies. Here the server remembers which sign-ins have ended, for as long as
their cookies would hold, in a file that a restart does not lose. Where no disk lasts, a restart ends every sign-in.

A large sign-in comes in pieces, a cookie each and each signed alone. An ended piece opens nothing, in whatever company.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from core.regular_file import open_regular
from core.web.login_redirect import HOURS
from core.web.visit_cookie import token_of
from core.web.visits import Visits

LOGOUT = "/auth/logout"
COOKIE = "_streamlit_user"
FILE = "sign_outs.txt"
_PIECE = re.compile(f"{COOKIE}(_[0-9]{{1,3}})?")
_NUMBER_OF_PIECES = re.compile("chunks-[0-9]+")
_LINE = re.compile("([0-9]{1,12}) ([0-9a-f]{64})")

log = logging.getLogger("aval.sign_outs")


class SignOuts:
    """The sign-ins that have ended. Safe to call from any thread."""

    def __init__(
        self,
        secret: str,
        file: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Read those that ended before a restart.

        Parameters
        ----------
        secret: signs the cookies, so that only real sign-ins are remembered.
        file: where they are kept; None: nowhere, and every sign-in from before now has ended.
        clock: seconds since 1970.
        """
        self._secret = secret
        self._file = file
        self._clock = clock
        self._begin = 0.0 if file is not None else float(int(clock()))
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()
        if file is not None:
            self._read(file)

    def end(self, cookies: Mapping[str, str]) -> None:
        """End the sign-in of a browser's cookies; nothing if this server did not sign it."""
        pieces = [_key(name, value) for name, value, content, _ in self._signed(cookies) if _is_part(content)]
        with self._lock:
            now = self._clock()
            self._until = {key: until for key, until in self._until.items() if until > now}
            new = {key: now + HOURS * 3600 for key in pieces if key not in self._until}
            self._until |= new
            if new and self._file is not None:
                self._add(self._file, new)

    def has_ended(self, cookies: Mapping[str, str]) -> bool:
        """Whether the sign-in of a browser's cookies, or of any piece among them, has ended."""
        pieces = [(name, value) for name, value in cookies.items() if _PIECE.fullmatch(name)]
        if any(_key(name, value) in self._until for name, value in pieces):
            return True
        return bool(self._begin and pieces) and any(when < self._begin for *_, when in self._signed(dict(pieces)))

    def _signed(self, cookies: Mapping[str, str]) -> Iterator[tuple[str, str, object, float]]:
        """Name, value, content and time of signing of each cookie of a sign-in that this server signed."""
        for name, value in cookies.items():
            if not _PIECE.fullmatch(name):
                continue
            try:
                content, when = URLSafeTimedSerializer(self._secret, salt=name).loads(value, return_timestamp=True)
            except BadData:
                continue
            yield name, value, content, when.timestamp()

    def _read(self, file: Path) -> None:
        """What still holds of the file, which is written anew with that alone."""
        try:
            with open_regular(file) as opened:
                lines = opened.read().decode("ascii", errors="replace").splitlines()
        except FileNotFoundError:
            return
        except OSError as error:
            log.error("every sign-in ends: those that ended before cannot be read (%s)", type(error).__name__)
            self._begin = float(int(self._clock()))
            return
        found = [match for match in map(_LINE.fullmatch, lines) if match]
        self._until = {match[2]: float(match[1]) for match in found if float(match[1]) > self._clock()}
        if len(self._until) < len(lines):
            new = file.with_suffix(".new")
            new.unlink(missing_ok=True)
            self._add(new, self._until)
            new.replace(file)

    def _add(self, file: Path, ended: Mapping[str, float]) -> None:
        """Put sign-ins at the file's end, on the disk when this returns. A disk that is full keeps nobody signed in."""
        text = "".join(f"{int(until) + 1} {key}\n" for key, until in ended.items())
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            # Without O_NONBLOCK, a named pipe in its place would be waited for, and everybody with it.
            how = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0)
            with os.fdopen(os.open(file, how, 0o600), "w") as lines:
                lines.write(text)
                lines.flush()
                os.fsync(lines.fileno())
        except OSError as error:
            log.error("a sign-out will not hold after a restart: DATA_DIR cannot be written (%s)", type(error).__name__)


class SignOutEnds:
    """Middleware around the dashboard: a sign-out ends sign-in and visit; cookies of ended sign-ins do not arrive."""

    def __init__(self, app: ASGIApp, sign_outs: SignOuts, visits: Visits[Any]) -> None:
        self._app = app
        self._sign_outs = sign_outs
        self._visits = visits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        cookies = cookie_parser("; ".join(Headers(scope=scope).getlist("cookie")))
        if scope["path"] == LOGOUT:
            self._sign_outs.end(cookies)
            self._visits.end(token_of(scope) or "")
        elif self._sign_outs.has_ended(cookies):
            scope = _without_sign_in(scope, cookies)
        await self._app(scope, receive, send)


def _without_sign_in(scope: Scope, cookies: dict[str, str]) -> Scope:
    others = "; ".join(f"{name}={value}" for name, value in cookies.items() if not name.startswith(COOKIE))
    headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    return {**scope, "headers": [*headers, (b"cookie", others.encode("latin-1"))]}


def _is_part(content: object) -> bool:
    """Whether a cookie holds a part of a sign-in. One that only counts the pieces could be anybody's."""
    return not (isinstance(content, str) and _NUMBER_OF_PIECES.fullmatch(content))


def _key(name: str, value: str) -> str:
    """A digest of what is signed. The signature itself can be written in several ways."""
    return hashlib.sha256(f"{name}={value.rpartition('.')[0]}".encode()).hexdigest()
