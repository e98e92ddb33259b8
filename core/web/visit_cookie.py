"""The cookie that names a visit, and what needs one: uploads, and downloads of what came from an upload.

The cookie holds random bits and nothing else. It ends with the browser; scripts cannot read it, and behind TLS no other
site, not even a subdomain, can set it (`__Host-`). Pages find its value in the header VISIT of their connection, which
nobody outside can send.
"""

from __future__ import annotations

import logging
import re
import secrets
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.web.urls import is_public
from core.web.visits import Visits

VISIT = "x-aval-visit"
NAME = "aval_visit"
UPLOADS, MEDIA = "/_stcore/upload_file/", "/media/"
DEMONSTRATION_MINUTES = 15
"""At most so long on a public address without sign-in."""
_TOKEN = re.compile("[A-Za-z0-9_-]{43}")
_MARK = re.compile(";\\s*id=([0-9a-f]{64})")

log = logging.getLogger("aval.visits")


class VisitCookie:
    """Middleware around the dashboard: sets the cookie with its page, and counts the connections of each visit."""

    def __init__(self, app: ASGIApp, visits: Visits[Any], minutes: int, sign_in: bool) -> None:
        """Take the server's visits.

        Parameters
        ----------
        app: the dashboard.
        visits: the server's visits.
        minutes: how long what a visitor brought is kept after the last connection is gone.
        sign_in: whether people sign in; where they do not, a public address is a demonstration.
        """
        self._app = app
        self._visits = visits
        self._minutes = minutes
        self._sign_in = sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "websocket":
            await self._serve_tab(scope, receive, send)
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(UPLOADS) and scope["method"] == "PUT":
            await self._take_file(scope, receive, send)
        elif scope["path"].startswith(MEDIA):
            await self._app(scope, receive, self._only_own_files(scope, send))
        else:
            await self._app(scope, receive, _with_cookie(scope, send))

    async def _serve_tab(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = token_of(scope)
        others = [(name, value) for name, value in scope["headers"] if name != VISIT.encode()]
        if token is None:
            await self._app({**scope, "headers": others}, receive, send)
            return
        self._visits.connect(token, 60.0 * self._minutes_at(scope))
        try:
            await self._app({**scope, "headers": [*others, (VISIT.encode(), token.encode())]}, receive, send)
        finally:
            self._visits.disconnect(token)

    def _minutes_at(self, scope: Scope) -> int:
        if self._sign_in or not is_public(f"http://{Headers(scope=scope).get('host', '')}"):
            return self._minutes
        return min(self._minutes, DEMONSTRATION_MINUTES)

    async def _take_file(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take an upload of somebody to whom a page was shown, which with sign-in is somebody who signed in."""
        token = token_of(scope)
        if token is None or self._visits.find(token) is None:
            log.warning("upload refused: it belongs to no visit")
            await PlainTextResponse("Load the page again before you upload a file.\n", 403)(scope, receive, send)
            return
        if "urlencoded" in Headers(scope=scope).get("content-type", "").lower():
            # Read sign by sign, which would take the server ten seconds for fifty megabytes; no page sends one.
            log.warning("upload refused: its form is of a kind that no page sends")
            await PlainTextResponse("Send the file as multipart/form-data.\n", 415)(scope, receive, send)
            return
        if not self._visits.make_room():
            await _refuse_for_memory(scope, receive, send)
            return
        file = _Arriving(receive, self._visits)
        try:
            await self._app(scope, file.receive, file.unless_refused(send))
        except ClientDisconnect:
            if not file.is_refused:
                log.warning("upload broken off")
        finally:
            self._visits.file_arrives(-file.n_bytes)
        if file.is_refused:
            await _refuse_for_memory(scope, receive, send)

    def _only_own_files(self, scope: Scope, send: Send) -> Send:
        """A `send` that answers 404 to whoever asks for a file that was marked for another visit."""
        token = token_of(scope) or ""
        refused = False

        async def send_own(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start":
                mark = _MARK.search(Headers(raw=message["headers"]).get("content-type", ""))
                refused = mark is not None and not self._visits.is_marked(mark[1], token)
                if refused:
                    await PlainTextResponse("Not Found", 404)(scope, _nothing, send)
            if not refused:
                await send(message)

        return send_own


class _Arriving:
    """A file that comes in, counted by what has come: what its sender says of its length takes no memory.

    n_bytes: what has come. is_refused: whether there was no room for more of it.
    """

    def __init__(self, receive: Receive, visits: Visits[Any]) -> None:
        self._receive = receive
        self._visits = visits
        self.n_bytes = 0
        self.is_refused = False

    async def receive(self) -> Message:
        """The next piece; where there is no room for it, the reader is told that the sender has gone."""
        message = await self._receive()
        n_bytes = len(message.get("body", b""))
        self.n_bytes += n_bytes
        self.is_refused = not self._visits.file_arrives(n_bytes) or self.is_refused
        return {"type": "http.disconnect"} if self.is_refused else message

    def unless_refused(self, send: Send) -> Send:
        """A `send` that is silent once the file is refused."""

        async def send_unless_refused(message: Message) -> None:
            if not self.is_refused:
                await send(message)

        return send_unless_refused


def token_of(scope: Scope) -> str | None:
    """The token in a request's cookie; None if there is none that we could have set."""
    cookies = cookie_parser("; ".join(Headers(scope=scope).getlist("cookie")))
    token = cookies.get(_name(scope), "")
    return token if _TOKEN.fullmatch(token) else None


def _name(scope: Scope) -> str:
    return f"__Host-{NAME}" if scope["scheme"] in ("https", "wss") else NAME


def _with_cookie(scope: Scope, send: Send) -> Send:
    """A `send` that sets a new visit's cookie with a page, for a browser that has none."""
    if token_of(scope) is not None:
        return send

    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            headers = MutableHeaders(raw=message["headers"])
            if headers.get("content-type", "").startswith("text/html"):
                secure = "; Secure" if scope["scheme"] == "https" else ""
                cookie = f"{_name(scope)}={secrets.token_urlsafe(32)}; Path=/; HttpOnly; SameSite=Lax{secure}"
                headers.append("set-cookie", cookie)
        await send(message)

    return send_with_cookie


async def _refuse_for_memory(scope: Scope, receive: Receive, send: Send) -> None:
    log.warning("upload refused: MAX_VISITS_MB are full")
    await PlainTextResponse("No memory is left for files; try again later.\n", 507)(scope, receive, send)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
