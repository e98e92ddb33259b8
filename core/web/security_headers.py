"""Security headers on every answer, and the Content-Security-Policy of the dashboard's page.

Pages of other sites cannot read an answer, frame a page or open a WebSocket. Streamlit's own check of a foreign origin
looks up this machine's public address on the internet and blocks every visitor meanwhile, so the Origin header is
checked here and removed before Streamlit reads it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

RawHeaders = list[tuple[bytes, bytes]]

DENY_ALL = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
ALWAYS: RawHeaders = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # An address may name a client.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
]
BEHIND_TLS: RawHeaders = [(b"strict-transport-security", b"max-age=31536000")]
HASHED_NAMES = "/static/"
INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


def page_policy(page: bytes) -> str:
    """The Content-Security-Policy of a constant page.

    Parameters
    ----------
    page: the HTML; each of its inline scripts is allowed by its SHA-256.

    Returns
    -------
    A policy that also allows what Streamlit's script needs on every screen: inline styles, fonts in its style sheet,
    and WebAssembly for 64-bit integers.
    """
    digests = (b64encode(sha256(script).digest()).decode() for script in INLINE_SCRIPT.findall(page))
    scripts = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


class SecurityHeaders:
    """Outermost middleware: headers on every answer, Secure cookies behind TLS, no access for other origins."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection. An exception before the answer starts becomes a 500 with the same headers."""
        if scope["type"] == "websocket" and _is_cross_origin(scope):
            await WebSocketClose(code=1008)(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_secured(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": _secured(message.get("headers", []), scope, message["status"])}
            await send(message)

        try:
            await self._app(_without_origin(scope), receive, send_secured)
        except Exception:
            if not started:
                await PlainTextResponse("Internal Server Error", 500)(scope, receive, send_secured)
            raise


def _secured(headers: RawHeaders, scope: Scope, status: int) -> RawHeaders:
    """The headers of an answer without those that may not stay, followed by the security headers."""
    secure = scope["scheme"] == "https"
    present: set[bytes] = set()
    secured: RawHeaders = []
    for name, value in headers:
        name = name.lower()
        present.add(name)
        if name.startswith(b"access-control-"):
            continue
        if name == b"set-cookie" and secure and b"; secure" not in value.lower():
            value += b"; Secure"
        elif name == b"cache-control" and b"immutable" in value and not scope["path"].startswith(HASHED_NAMES):
            value = b"public, max-age=86400"
        secured.append((name, value))
    # On a 304 this header would make the browser drop its cached copy.
    if b"cache-control" not in present and status != 304:
        secured.append((b"cache-control", b"no-store"))
    if b"content-security-policy" not in present:
        secured.append((b"content-security-policy", DENY_ALL))
    return secured + ALWAYS + (BEHIND_TLS if secure else [])


def _is_cross_origin(scope: Scope) -> bool:
    """Whether a page of another host sent the request. Browsers always send Origin here; programs send none."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    try:
        return origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    except ValueError:
        return True


def _without_origin(scope: Scope) -> Scope:
    """The same request without Origin. A browser's body without a type becomes bytes, which no JSON route takes.

    A page of another origin may send such a body, or text or a form, without asking first; never one of type JSON.
    """
    others = [(name, value) for name, value in scope["headers"] if name != b"origin"]
    if len(others) == len(scope["headers"]):
        return scope
    if scope["method"] == "POST" and not any(name == b"content-type" for name, _ in others):
        others.append((b"content-type", b"application/octet-stream"))
    return {**scope, "headers": others}
