"""Signing out ends the sign-in on the server: its cookie, and every copy of it, opens nothing from then on.

Streamlit only has the browser forget the cookie. Here the server remembers which sign-ins have ended, for as long as
their cookies would hold.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from core.web.login_redirect import HOURS
from core.web.visit_cookie import token_of
from core.web.visits import Visits

LOGOUT = "/auth/logout"
COOKIE = "_streamlit_user"


class SignOuts:
    """The sign-ins that have ended. Safe to call from any thread."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        """secret: signs the cookies, so that only real sign-ins are remembered. clock: seconds."""
        self._serializer = URLSafeTimedSerializer(secret, salt=COOKIE)
        self._clock = clock
        self._until: dict[bytes, float] = {}
        self._lock = threading.Lock()

    def end(self, cookie: str) -> None:
        """End the sign-in of a cookie; nothing if this server did not sign it."""
        try:
            self._serializer.loads(cookie)
        except BadData:
            return
        with self._lock:
            now = self._clock()
            self._until = {key: until for key, until in self._until.items() if until > now}
            self._until[_key(cookie)] = now + HOURS * 3600

    def has_ended(self, cookie: str) -> bool:
        """Whether the sign-in of a cookie has ended."""
        return bool(cookie) and _key(cookie) in self._until


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
        cookie = cookies.get(COOKIE, "")
        if scope["path"] == LOGOUT:
            self._sign_outs.end(cookie)
            self._visits.end(token_of(scope) or "")
        elif self._sign_outs.has_ended(cookie):
            scope = _without_sign_in(scope, cookies)
        await self._app(scope, receive, send)


def _without_sign_in(scope: Scope, cookies: dict[str, str]) -> Scope:
    others = "; ".join(f"{name}={value}" for name, value in cookies.items() if not name.startswith(COOKIE))
    headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    return {**scope, "headers": [*headers, (b"cookie", others.encode("latin-1"))]}


def _key(cookie: str) -> bytes:
    """A digest of what is signed. The signature itself can be written in several ways."""
    return hashlib.sha256(cookie.rpartition(".")[0].encode()).digest()
