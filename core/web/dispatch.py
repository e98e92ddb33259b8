"""One port for two: sends each visitor to the JSON routes or to the dashboard, by address, verb and Accept.

The dashboard's page is made once, from the one that Streamlit brings. Its script is told where the server is, because
it would else look for it below every deep link first and log two errors; the language of the page is the browser's,
its title ours; and it names no address that is closed. Of Streamlit's own addresses those are open that a page needs.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.i18n.translations import LANGUAGES, Language, choose_language, translate
from core.web.security_headers import page_policy

STREAMLIT_S = ("/_stcore/", "/media/", "/component/", "/static/", "/favicon.png", "/manifest.json")
OPEN = ("/_stcore/health", "/_stcore/host-config", "/_stcore/upload_file/", "/media/", "/static/", "/favicon.png")
SIGN_IN = ("/auth/login", "/auth/logout")
NO_SCREEN = "/no-such-screen"
WHERE = "<script>window.__streamlit={BACKEND_BASE_URL:window.location.origin+'/'}</script>"
CLOSED = re.compile(r'<link\s+rel="service-desc"[^>]*>')
WITHOUT_SCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)


def screen_asked_for(address: str) -> str:
    """The path of a page's whole address without its slashes at both ends: "" is the first screen."""
    return unquote(urlsplit(address).path).strip("/")


class Dispatcher:
    """Middleware around the dashboard; what is for the routes goes to the api, all else passes through."""

    def __init__(self, app: ASGIApp, api: Starlette, page: str, styles: str) -> None:
        """page: the HTML of the dashboard as Streamlit brings it; styles: our CSS, there before anything is drawn."""
        self._dashboard = app
        self._api = api
        self._paths = frozenset(route.path for route in api.routes if isinstance(route, Route))
        self._pages = {language: dressed(page, language, styles).encode() for language in LANGUAGES}
        self._policy = page_policy(self._pages["en"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends one connection to the dashboard or to the api."""
        if scope["type"] != "http":
            await self._dashboard(scope, receive, send)
        elif scope["path"].startswith(OPEN):
            await self._pass_on(scope, receive, send)
        elif scope["path"].startswith(STREAMLIT_S) or not self._is_for_a_page(scope):
            await self._api(scope, receive, send)
        elif _is_below_a_screen(scope["path"]):
            await RedirectResponse(NO_SCREEN, 302)(scope, receive, send)
        else:
            language = choose_language(*Headers(scope=scope).get("accept-language", "").split(","))
            await self._dashboard(_plain(scope), receive, _Page(send, self._pages[language], self._policy))

    def _is_for_a_page(self, scope: Scope) -> bool:
        wanted = scope["method"] in ("GET", "HEAD") and "text/html" in Headers(scope=scope).get("accept", "")
        return wanted and (scope["path"] == "/" or scope["path"] not in self._paths)

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
    """Puts our page where the dashboard answers with its own; any other answer passes as it is."""

    def __init__(self, send: Send, page: bytes, policy: str) -> None:
        self._send = send
        self._page = page
        self._policy = policy
        self._ours = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            headers.add_vary_header("Accept")
            self._ours = message["status"] == 200 and headers.get("content-type", "").startswith("text/html")
            if self._ours:
                headers.add_vary_header("Accept-Language")
                headers["content-security-policy"] = self._policy
                headers["content-length"] = str(len(self._page))
                for name in ("accept-ranges", "etag", "last-modified"):
                    del headers[name]
        elif self._ours:
            if message.get("more_body", False):
                return
            message = {**message, "body": self._page}
        await self._send(message)


def dressed(page: str, language: Language, styles: str) -> str:
    """The dashboard's page in a language and with our CSS, from the one that Streamlit brings."""
    page = page.replace("<head>", f"<head>{WHERE}", 1).replace("<title>Streamlit</title>", "<title>Aval</title>", 1)
    page = page.replace("</head>", f"<style>{styles}</style></head>", 1)
    page = page.replace('<html lang="en">', f'<html lang="{language}">', 1)
    page = CLOSED.sub("", page)
    return WITHOUT_SCRIPT.sub(f"<noscript>{translate('page.without_script', language)}</noscript>", page)


def _is_below_a_screen(path: str) -> bool:
    """No screen stands there, and from there Streamlit's page would look for its script in vain: a blank window."""
    return "/" in path.strip("/") and path not in SIGN_IN


def _plain(scope: Scope) -> Scope:
    """The same request for the whole page in plain bytes, whatever the browser still has of it."""
    dropped = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in dropped]}
