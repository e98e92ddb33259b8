"""The WebSocket of each tab: which messages reach the dashboard, how fast they come, and how many tabs there are.

Streamlit serves every message that its protocol knows, whoever sends it: one empties the caches of all visitors, one
names the branch of the repository. Only those pass that a page sends. A message that asks for a page stops the page
under way and begins another in a thread of its own, so that a thousand in a second would stop the server: past a burst,
they wait. Open tabs never fill all connections: past the most, the tab that has been silent longest makes room.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BURST, PER_SECOND = 20, 5.0
"""Messages of one tab that pass at once, and how many a second from then on."""
SHARE_OF_CONNECTIONS = 0.8
"""Of all connections; the rest is for pages, programs and files."""
TRY_LATER, NOT_UNDERSTOOD, GONE = 1013, 1003, 1006

log = logging.getLogger("aval.tabs")


class Tabs:
    """Middleware around the dashboard: what passes of its WebSockets."""

    def __init__(
        self,
        app: ASGIApp,
        passes: Callable[[bytes], bool],
        max_connections: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Begin without tabs.

        Parameters
        ----------
        app: the dashboard.
        passes: whether a message is one that a page sends.
        max_connections: most connections of the server.
        clock: seconds that only grow. sleep: waits for so many seconds.
        """
        self._app = app
        self._passes = passes
        self._most = max(1, int(SHARE_OF_CONNECTIONS * max_connections))
        self._clock = clock
        self._sleep = sleep
        self._open: set[_Tab] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        if len(self._open) >= self._most:
            await self._make_room()
        tab = _Tab(send, self._clock())
        self._open.add(tab)
        try:
            await self._app(scope, lambda: self._next(tab, receive), tab.send)
        finally:
            self._open.discard(tab)

    async def _make_room(self) -> None:
        """Close the tab that has been silent longest, those first that never asked for anything."""
        silent = min(self._open, key=lambda each: (each.has_spoken, each.last))
        self._open.discard(silent)
        log.warning("tab closed: %d are open, of MAX_CONNECTIONS, and it was silent", self._most)
        await silent.close(TRY_LATER)

    async def _next(self, tab: _Tab, receive: Receive) -> Message:
        """The next message that passes, no sooner than the tab's turn comes."""
        while True:
            message = await receive() if not tab.is_closed else None
            if message is None or tab.is_closed:
                return {"type": "websocket.disconnect", "code": GONE}
            if message["type"] != "websocket.receive":
                return message
            early = tab.speaks(self._clock())
            if early > 0.0:
                await self._sleep(early)
            content = message.get("bytes")
            if content is None:
                log.warning("tab closed: its message was text, which no page sends")
                await tab.close(NOT_UNDERSTOOD)
                continue
            if self._passes(content):
                return message
            log.warning("message refused: no page sends such a one")


class _Tab:
    """One connection. last: when it spoke, or was opened. A bucket holds how many messages pass without waiting."""

    def __init__(self, send: Send, now: float) -> None:
        self._send = send
        self.is_closed = False
        self._left = float(BURST)
        self.last = now
        self.has_spoken = False

    def speaks(self, now: float) -> float:
        """A message has come; how many seconds it comes too early."""
        self._left = min(BURST, self._left + (now - self.last) * PER_SECOND) - 1.0
        self.last, self.has_spoken = now, True
        return max(0.0, -self._left / PER_SECOND)

    async def send(self, message: Message) -> None:
        """Send a message, unless the tab is closed or its visitor has gone."""
        if not self.is_closed:
            self.is_closed = message["type"] == "websocket.close"
            try:
                await self._send(message)
            except OSError:
                # Or what the visitor had asked for last would end in a trace.
                self.is_closed = True

    async def close(self, code: int) -> None:
        """Close the tab; what is still sent to it goes nowhere."""
        await self.send({"type": "websocket.close", "code": code})
