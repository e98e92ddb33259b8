"""What a browser may do with our answers: the headers on every one of them, and the policy of the dashboard's page.

No page elsewhere may read an answer, frame a page or open a WebSocket. Streamlit would ask the internet for this
machine's address before it says no to a foreign origin, and hold every visitor meanwhile: it is not asked.
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

NOTHING = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
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
    """The Content-Security-Policy of a page that never changes: its own inline scripts run, and no other.

    What else is allowed Streamlit's script does on every screen: it writes styles into the page while it draws, brings
    fonts in its style sheet, and multiplies 64-bit numbers in WebAssembly.
    """
    digests = (b64encode(sha256(script).digest()).decode() for script in INLINE_SCRIPT.findall(page))
    scripts = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


class SecurityHeaders:
    """Around everything: headers on every answer, cookies Secure behind TLS, nothing for other origins."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection; one that fails before its answer began gets a 500 with the headers of all others."""
        if scope["type"] == "websocket" and _foreign(scope):
            await WebSocketClose(code=1008)(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_ruled(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": _ruled(message.get("headers", []), scope, message["status"])}
            await send(message)

        try:
            await self._app(_without_origin(scope), receive, send_ruled)
        except Exception:
            if not started:
                await PlainTextResponse("Internal Server Error", 500)(scope, receive, send_ruled)
            raise


def _ruled(headers: RawHeaders, scope: Scope, status: int) -> RawHeaders:
    """An answer's own headers as far as they may stay, and ours."""
    secure = scope["scheme"] == "https"
    given: set[bytes] = set()
    ruled: RawHeaders = []
    for name, value in headers:
        name = name.lower()
        given.add(name)
        if name.startswith(b"access-control-"):
            continue
        if name == b"set-cookie" and secure and b"; secure" not in value.lower():
            value += b"; Secure"
        elif name == b"cache-control" and b"immutable" in value and not scope["path"].startswith(HASHED_NAMES):
            value = b"public, max-age=86400"
        ruled.append((name, value))
    # Said of what the browser has already, it would have the browser throw it away.
    if b"cache-control" not in given and status != 304:
        ruled.append((b"cache-control", b"no-store"))
    if b"content-security-policy" not in given:
        ruled.append((b"content-security-policy", NOTHING))
    return ruled + ALWAYS + (BEHIND_TLS if secure else [])


def _foreign(scope: Scope) -> bool:
    """Whether a page of another host asks. A program names no origin; a browser cannot hide its own."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    try:
        return origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    except ValueError:
        return True


def _without_origin(scope: Scope) -> Scope:
    kept = [(name, value) for name, value in scope["headers"] if name != b"origin"]
    return scope if len(kept) == len(scope["headers"]) else {**scope, "headers": kept}
