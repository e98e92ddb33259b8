r"""Takes cookies that hold a backslash away, before anything reads them.

Until 3.11.10 and 3.12.6, Python reads a quoted value in time that grows with the square of its backslashes, in the loop
that answers everybody: one of 62 kB takes half a minute. No cookie may hold a backslash (RFC 6265), and none of ours
does; one that another program on the same host has set there is nothing to us.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class WithoutBackslashes:
    """Middleware: the cookies of a request arrive without those that hold a backslash."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if any(name == b"cookie" and b"\\" in value for name, value in scope.get("headers", ())):
            scope = {**scope, "headers": [_reduced(*header) for header in scope["headers"]]}
        await self._app(scope, receive, send)


def _reduced(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    if name != b"cookie":
        return name, value
    return name, b";".join(each for each in value.split(b";") if b"\\" not in each)
