"""One port for two: sends each visitor to the JSON routes or to the dashboard, by address, verb and Accept.

A page of the dashboard passes through with three changes. The browser is told where the server is, because
Streamlit's script would else look for it below every deep link first and log two errors; the
language of the page is the browser's; and the title is ours from the first moment.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.language import Language, choose_language

DASHBOARD_PATHS = ("/_stcore/", "/media/", "/component/", "/static/", "/favicon.png", "/manifest.json")
HEAD = b"<head>"
HTML = b'<html lang="en">'
TITLE = b"<title>Streamlit</title>"
OUR_TITLE = b"<title>Aval</title>"
NO_SCREEN = "/no-such-screen"
WHERE = b"<script>window.__streamlit={BACKEND_BASE_URL:window.location.origin+'/'}</script>"


def screen_asked_for(address: str) -> str:
    """The path of a page's whole address without its slashes at both ends: "" is the first screen."""
    return unquote(urlsplit(address).path).strip("/")


class FrontDoor:
    """Middleware around the dashboard; what is for the routes goes to the api, all else passes through."""

    def __init__(self, app: ASGIApp, api: Starlette) -> None:
        self._dashboard = app
        self._api = api
        self._paths = frozenset(route.path for route in api.routes if isinstance(route, Route))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends one connection to the dashboard or to the api."""
        if scope["type"] != "http":
            await self._dashboard(scope, receive, send)
        elif _wants_page(scope) and _is_below_a_screen(scope["path"]):
            await RedirectResponse(NO_SCREEN, 302)(scope, receive, send)
        elif _wants_page(scope) and (scope["path"] == "/" or scope["path"] not in self._paths):
            language = choose_language(*Headers(scope=scope).get("accept-language", "").split(","))
            await self._dashboard(_uncompressed(scope), receive, _Page(send, language))
        elif scope["path"] not in self._paths and scope["path"].startswith(DASHBOARD_PATHS):
            await self._pass_on(scope, receive, send)
        else:
            await self._api(scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Below its own addresses the dashboard answers the unknown with its page or a word; it gets our 404."""
        unknown = False

        async def send_unless_page(message: Message) -> None:
            nonlocal unknown
            if message["type"] == "http.response.start":
                kind = Headers(raw=message["headers"]).get("content-type", "")
                unknown = message["status"] == 404 or kind.startswith("text/html")
            if not unknown:
                await send(message)

        await self._dashboard(scope, receive, send_unless_page)
        if unknown:
            await self._api(scope, receive, send)


class _Page:
    """Passes an HTML answer on with the three changes; any other answer as it is."""

    def __init__(self, send: Send, language: Language) -> None:
        self._send = send
        self._html = f'<html lang="{language}">'.encode()
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            headers.add_vary_header("Accept")
            if message["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
                self._start = message
                return
        if self._start is None or message["type"] != "http.response.body":
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._send_changed(self._start)

    async def _send_changed(self, start: Message) -> None:
        page = bytes(self._body).replace(HEAD, HEAD + WHERE, 1).replace(TITLE, OUR_TITLE, 1)
        page = page.replace(HTML, self._html, 1)
        headers = MutableHeaders(raw=start["headers"])
        headers.add_vary_header("Accept-Language")
        if page:
            headers["content-length"] = str(len(page))
        else:
            del headers["content-length"]
        for name in ("etag", "last-modified"):
            del headers[name]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": page})


def _wants_page(scope: Scope) -> bool:
    return scope["method"] in ("GET", "HEAD") and "text/html" in Headers(scope=scope).get("accept", "")


def _is_below_a_screen(path: str) -> bool:
    """No screen stands there, and from there Streamlit's page would look for its script in vain: a blank window."""
    return "/" in path.strip("/") and not path.startswith(DASHBOARD_PATHS)


def _uncompressed(scope: Scope) -> Scope:
    """The same request for an answer in plain bytes, which can be changed."""
    dropped = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in dropped]}
