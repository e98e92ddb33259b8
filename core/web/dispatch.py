"""Serves the JSON routes and the dashboard on one port: path, method and Accept decide which of them answers.

The dashboard's page is built once a language from Streamlit's own. The built page states the server's address, because
Streamlit's script otherwise looks for it below each deep link and logs two errors. It has Aval's title and styles, and
no link to a closed address. Of Streamlit's own addresses, only those that a page needs are open.
"""

from __future__ import annotations

import re

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.i18n.translations import LANGUAGES, Language, choose_language, translate
from core.web.security_headers import page_policy

STREAMLIT_PATHS = ("/_stcore/", "/media/", "/component/", "/static/", "/favicon.png", "/manifest.json")
OPEN_PATHS = ("/_stcore/health", "/_stcore/host-config", "/_stcore/upload_file/", "/media/", "/static/", "/favicon.png")
SIGN_IN_PATHS = ("/auth/login", "/auth/logout")
NO_SCREEN = "/no-such-screen"
BACKEND_SCRIPT = "<script>window.__streamlit={BACKEND_BASE_URL:window.location.origin+'/'}</script>"
SERVICE_LINK = re.compile(r'<link\s+rel="service-desc"[^>]*>')
NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)


class Dispatcher:
    """Middleware around the dashboard that sends requests for the JSON routes to the API app."""

    def __init__(self, app: ASGIApp, api: Starlette, page: str, styles: str) -> None:
        """Build the dashboard's page in each language.

        Parameters
        ----------
        app: the dashboard.
        api: the app of the JSON routes; it also answers unknown addresses with its JSON 404.
        page: HTML of Streamlit's own page.
        styles: CSS that applies before Streamlit's script draws anything.
        """
        self._dashboard = app
        self._api = api
        self._paths = frozenset(route.path for route in api.routes if isinstance(route, Route))
        self._pages = {language: build_page(page, language, styles).encode() for language in LANGUAGES}
        self._policy = page_policy(self._pages["en"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send one connection to the dashboard or to the API."""
        if scope["type"] != "http":
            await self._dashboard(scope, receive, send)
        elif scope["path"].startswith(OPEN_PATHS):
            await self._serve_streamlit_path(scope, receive, send)
        elif scope["path"].startswith(STREAMLIT_PATHS) or not self._is_page_request(scope):
            await self._api(scope, receive, send)
        elif _is_below_screen(scope["path"]):
            await RedirectResponse(NO_SCREEN, 302)(scope, receive, send)
        else:
            language = choose_language(*Headers(scope=scope).get("accept-language", "").split(","))
            await self._dashboard(_plain(scope), receive, _Page(send, self._pages[language], self._policy))

    def _is_page_request(self, scope: Scope) -> bool:
        accepts_html = scope["method"] in ("GET", "HEAD") and "text/html" in Headers(scope=scope).get("accept", "")
        return accepts_html and (scope["path"] == "/" or scope["path"] not in self._paths)

    async def _serve_streamlit_path(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one of Streamlit's addresses; where Streamlit answers 404 or with its page, answer the API's 404."""
        unknown = False

        async def send_if_found(message: Message) -> None:
            nonlocal unknown
            if message["type"] == "http.response.start":
                kind = Headers(raw=message["headers"]).get("content-type", "")
                unknown = message["status"] == 404 or kind.startswith("text/html")
            if not unknown:
                await send(message)

        await self._dashboard(scope, receive, send_if_found)
        if unknown:
            await self._api(scope, receive, send)


class _Page:
    """A `send` that replaces the body of Streamlit's page by the built page; other answers pass unchanged."""

    def __init__(self, send: Send, page: bytes, policy: str) -> None:
        self._send = send
        self._page = page
        self._policy = policy
        self._is_replaced = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            headers.add_vary_header("Accept")
            self._is_replaced = message["status"] == 200 and headers.get("content-type", "").startswith("text/html")
            if self._is_replaced:
                headers.add_vary_header("Accept-Language")
                headers["content-security-policy"] = self._policy
                headers["content-length"] = str(len(self._page))
                for name in ("accept-ranges", "etag", "last-modified"):
                    del headers[name]
        elif self._is_replaced:
            if message.get("more_body", False):
                return
            message = {**message, "body": self._page}
        await self._send(message)


def build_page(page: str, language: Language, styles: str) -> str:
    """Build the dashboard's page.

    Parameters
    ----------
    page: HTML of Streamlit's own page.
    language: language of the page and of its text for browsers without JavaScript.
    styles: CSS put into the page's head.

    Returns
    -------
    The HTML that browsers get.
    """
    page = page.replace("<head>", f"<head>{BACKEND_SCRIPT}", 1).replace(
        "<title>Streamlit</title>", "<title>Aval</title>", 1
    )
    page = page.replace("</head>", f"<style>{styles}</style></head>", 1)
    page = page.replace('<html lang="en">', f'<html lang="{language}">', 1)
    page = SERVICE_LINK.sub("", page)
    return NOSCRIPT.sub(f"<noscript>{translate('page.without_script', language)}</noscript>", page)


def _is_below_screen(path: str) -> bool:
    """Whether a path has a second segment. No screen has one, and Streamlit's page would stay blank there."""
    return "/" in path.strip("/") and path not in SIGN_IN_PATHS


def _plain(scope: Scope) -> Scope:
    """The same request without the headers that ask for a compressed, partial or cached page."""
    dropped = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in dropped]}
