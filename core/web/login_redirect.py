"""Signing in leads back to the page that was asked for; Streamlit's own routes always lead to the bare address.

The page that the visitor leaves to sign in is kept in a cookie for the way back, as path and query. It is only ever
put behind PUBLIC_URL, so it cannot lead elsewhere whoever wrote it. Where nobody was signed in, the page is told so.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGIN, CALLBACK = "/auth/login", "/oauth2callback"
COOKIE, SECONDS = "aval_page", 600
FAILED = "sign_in", "failed"
"""In a page's query: signing in did not succeed."""
_SIGNED_IN = "_streamlit_user="
_PAGE = re.compile("/[!-~]{0,1500}")
_ERROR = re.compile("[a-z_]{1,40}")


class LoginRedirect:
    """Middleware around Streamlit's two addresses of signing in; all else passes through."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        """origin: where people open the app, without a slash at the end."""
        self._app = app
        self._origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http" or scope["path"] not in (LOGIN, CALLBACK):
            await self._app(scope, receive, send)
            return
        leaves = scope["path"] == LOGIN
        page = self._page_left(scope) if leaves else _page_kept(scope)
        asked = dict(parse_qsl(scope["query_string"].decode("latin-1")))

        async def send_back(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if leaves and headers.get("location", "/") != "/":
                    headers.append("set-cookie", self._cookie(quote(page, safe="/"), SECONDS))
                else:
                    message["status"] = 302
                    failed = leaves or (asked.keys() & {"code", "error"} and not _signs_in(headers))
                    headers["location"] = self._origin + (_with_failure(page) if failed else page)
                    headers.append("set-cookie", self._cookie("", 0))
            await send(message)

        await self._app(scope if leaves else _without_words(scope, asked), receive, send_back)

    def _page_left(self, scope: Scope) -> str:
        """The page of ours that the request comes from, without what an earlier failure put there."""
        try:
            left = urlsplit(Headers(scope=scope).get("referer", ""))
        except ValueError:
            return "/"
        if f"{left.scheme}://{left.netloc}" != self._origin:
            return "/"
        query = urlencode([pair for pair in parse_qsl(left.query) if pair != FAILED])
        return _checked(left.path + ("?" + query if query else ""))

    def _cookie(self, value: str, seconds: int) -> str:
        secure = "; Secure" if self._origin.startswith("https:") else ""
        return f"{COOKIE}={value}; Path={CALLBACK}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def _page_kept(scope: Scope) -> str:
    return _checked(unquote(cookie_parser(Headers(scope=scope).get("cookie", "")).get(COOKIE, "/")))


def _checked(page: str) -> str:
    return page if _PAGE.fullmatch(page) else "/"


def _with_failure(page: str) -> str:
    return page + ("&" if "?" in page else "?") + urlencode([FAILED])


def _signs_in(headers: Headers) -> bool:
    cookies = headers.getlist("set-cookie")
    return any(cookie.startswith(_SIGNED_IN) and "Max-Age=0" not in cookie for cookie in cookies)


def _without_words(scope: Scope, asked: dict[str, str]) -> Scope:
    """The same request without the sentence of an error, which anybody can send and Streamlit writes to the log."""
    if "error" not in asked:
        return scope
    error = asked["error"] if _ERROR.fullmatch(asked["error"]) else "unknown"
    kept = {"error": error, "state": asked.get("state", "")}
    return {**scope, "query_string": urlencode(kept).encode()}
