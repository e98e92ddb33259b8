"""After sign-in, redirects to the page that the visitor came from; Streamlit alone redirects to the first screen.

A cookie stores path and query of that page while the visitor is at the provider. The redirect always prefixes them with
PUBLIC_URL, so a forged cookie cannot lead to another site. If the sign-in failed, the page's query says so.
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
"""Parameter in a page's query that says that the sign-in failed."""
HOURS = 12
"""A working day: how long a sign-in holds. Streamlit alone has the browser keep its cookies for 30 days."""
_SIGNED_IN = "_streamlit_user="
_LIFETIME = re.compile(rb"(?<=Max-Age=)[0-9]+", re.IGNORECASE)
_PAGE = re.compile("/[!-~]{0,1500}")
_ERROR = re.compile("[a-z_]{1,40}")


class LoginRedirect:
    """Middleware around Streamlit's two sign-in addresses; other requests pass through."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        """origin: the public address of the app, without a slash at its end."""
        self._app = app
        self._origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] not in (LOGIN, CALLBACK):
            await self._app(scope, receive, send)
            return
        is_login = scope["path"] == LOGIN
        page = self._page_before_login(scope) if is_login else _page_in_cookie(scope)
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))

        async def send_redirect(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [_shortened(*header) for header in message["headers"]]
                headers = MutableHeaders(scope=message)
                if is_login and headers.get("location", "/") != "/":
                    headers.append("set-cookie", self._cookie(quote(page, safe="/"), SECONDS))
                else:
                    message["status"] = 302
                    failed = is_login or (query.keys() & {"code", "error"} and not _signs_in(headers))
                    headers["location"] = self._origin + (_with_failure(page) if failed else page)
                    headers.append("set-cookie", self._cookie("", 0))
            await send(message)

        await self._app(scope if is_login else _without_error_text(scope, query), receive, send_redirect)

    def _page_before_login(self, scope: Scope) -> str:
        """Path and query of this site's page that sent the visitor, without the parameter of an earlier failure."""
        try:
            referrer = urlsplit(Headers(scope=scope).get("referer", ""))
        except ValueError:
            return "/"
        if f"{referrer.scheme}://{referrer.netloc}" != self._origin:
            return "/"
        query = urlencode([pair for pair in parse_qsl(referrer.query) if pair != FAILED])
        return _checked(referrer.path + ("?" + query if query else ""))

    def _cookie(self, value: str, seconds: int) -> str:
        secure = "; Secure" if self._origin.startswith("https:") else ""
        return f"{COOKIE}={value}; Path={CALLBACK}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def _shortened(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header; one that sets a cookie of who is signed in lets it live for HOURS at most."""
    if name.lower() == b"set-cookie" and value.startswith(b"_streamlit_user"):
        value = _LIFETIME.sub(lambda found: b"%d" % min(int(found[0]), HOURS * 3600), value)
    return name, value


def _page_in_cookie(scope: Scope) -> str:
    return _checked(unquote(cookie_parser(Headers(scope=scope).get("cookie", "")).get(COOKIE, "/")))


def _checked(page: str) -> str:
    return page if _PAGE.fullmatch(page) else "/"


def _with_failure(page: str) -> str:
    return page + ("&" if "?" in page else "?") + urlencode([FAILED])


def _signs_in(headers: Headers) -> bool:
    cookies = headers.getlist("set-cookie")
    return any(cookie.startswith(_SIGNED_IN) and "Max-Age=0" not in cookie for cookie in cookies)


def _without_error_text(scope: Scope, query: dict[str, str]) -> Scope:
    """The same request without the text of an error: anyone can send one, and Streamlit writes it to the log."""
    if "error" not in query:
        return scope
    error = query["error"] if _ERROR.fullmatch(query["error"]) else "unknown"
    reduced = {"error": error, "state": query.get("state", "")}
    return {**scope, "query_string": urlencode(reduced).encode()}
