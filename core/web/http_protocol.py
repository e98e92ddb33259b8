"""uvicorn's HTTP protocol with limits on what a stranger may send before, and while, a request is read.

`uvicorn --http core.web.http_protocol:LimitedProtocol`. uvicorn alone limits neither the bytes of a request's head nor
the time it takes: a head without an end costs time that grows with its square, in the loop that answers everybody, and
a connection that stays silent is never closed. Each refusal is one line in the log, without the visitor's address.

What is limited costs nothing while nothing is over its limit: bytes are counted by the piece that arrives, and one
timer a second looks after all connections that wait.
"""

from __future__ import annotations

import asyncio
import logging
from functools import cache
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from core.settings import read_settings
from core.web.connection_limits import KB, MB, Limits, max_files
from core.web.connection_watch import Watch
from core.web.websocket_protocol import LimitedWebSocket

LINGER_SECONDS = 1.0
"""How long a refused visitor may go on sending: who is cut off while sending does not see the answer."""
SLOW = KB
"""Bytes a second: where others need room, a body or an answer that goes slower ends for them."""
STALLED = 3.0
"""Seconds after which an answer that goes so slowly is hardly one on a long line."""

log = logging.getLogger("aval.connections")


class LimitedProtocol(HttpToolsProtocol):
    """One connection.

    Its own state: bytes of a head so far, whether a request is whole, whether it was refused; since when a body comes
    or an answer waits to be taken, and its bytes: of the body those that came, of the answer those that were left;
    since when hardly anything of an answer was taken, and the bytes that were left then.
    """

    def __init__(self, *arguments: Any, limits: Limits | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.ws_protocol_class = LimitedWebSocket
        self.limits = limits or _limits()
        self._watch = _watch(self.loop)
        self._unread = 0
        self._whole = True
        self._refused = False
        self._since = 0.0
        self._n_bytes = 0
        self._paused = 0.0
        self._at_pause = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A new connection waits for its first head; past the most, one that is silent or idle makes room for it."""
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections and not self._make_room():
            self._refuse(503, f"MAX_CONNECTIONS ({self.limits.connections}) are open and all are busy")
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection waits for nothing any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads what has come. Whatever is neither a whole head nor a body counts as a head without an end."""
        if self._refused:
            return
        self._unread += len(data)
        super().data_received(data)
        if self._refused or self.transport.is_closing():
            return
        if self._unread > self.limits.head_bytes:
            self._refuse_long_head()
        elif self._unread and self._whole:
            self._await_head()
        elif not self._whole:
            self._watch.transfers.add(self, self.loop.time() + self.limits.transfer_seconds)
            self._watch.begin()

    def on_headers_complete(self) -> None:
        """The head is whole: it is as long as what has come since the last request, or shorter."""
        if self._refused:
            return
        if self._unread > self.limits.head_bytes and self._head_length() > self.limits.head_bytes:
            self._refuse_long_head()
            return
        self._unread = 0
        self._whole = False
        self._since, self._n_bytes = self.loop.time(), 0
        self._watch.heads.remove(self)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._unread = 0
        self._n_bytes += len(body)
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._unread = 0
        self._whole = True
        if self.flow.write_paused:
            self._since, self._n_bytes = self._paused, self._at_pause
        else:
            self._watch.transfers.remove(self)
        if not self._refused:
            super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """From here on the connection is another protocol's."""
        self._unread, self._whole = 0, True
        self._stop_waiting()
        if self._refused:
            return
        super().handle_websocket_upgrade()
        if not getattr(self.transport.get_protocol(), "handshake_initiated", True):
            # It reads no header of over 8 kB, and would neither answer nor ever close.
            self._refuse(431, "a header of its WebSocket was too long")

    def pause_writing(self) -> None:
        """The visitor does not take the answer for now."""
        super().pause_writing()
        self._paused, self._at_pause = self.loop.time(), self.untaken_bytes
        if self._whole:
            self._since, self._n_bytes = self._paused, self._at_pause
        self._watch.transfers.add(self, self.loop.time() + self.limits.transfer_seconds)
        self._watch.begin()

    def resume_writing(self) -> None:
        """The visitor has taken what waited."""
        if self._whole:
            self._watch.transfers.remove(self)
        super().resume_writing()

    def head_is_late(self) -> None:
        """Closes a connection whose head is not whole in time."""
        self._refuse(408, f"no whole request head came within MAX_HEAD_SECONDS ({self.limits.head_seconds})")

    def transfer_is_late(self) -> None:
        """Closes a connection whose body has not come, or whose answer was not taken, in time."""
        self._refuse(408, f"a transfer took longer than MAX_UPLOAD_SECONDS ({self.limits.transfer_seconds})")

    @property
    def idle(self) -> bool:
        """Whether the connection has been answered and has sent nothing since."""
        return self.cycle is not None and self.cycle.response_complete and not self.transport.is_closing()

    @property
    def untaken_bytes(self) -> int:
        """Bytes of its answers that the visitor has not taken yet."""
        return self.transport.get_write_buffer_size()

    @property
    def slow(self) -> bool:
        """Whether its body comes, or its answer is taken, at less than SLOW."""
        moved = self._n_bytes - (self.untaken_bytes if self._whole else 0)
        return moved < SLOW * (self.loop.time() - self._since + 1.0)

    def stalls(self) -> bool:
        """Whether, whatever it sends, hardly anything of its answer was taken for some seconds; asked each second."""
        now, left = self.loop.time(), self.untaken_bytes
        if self._at_pause - left >= SLOW * (now - self._paused):
            self._paused, self._at_pause = now, left
        return self.flow.write_paused and now - self._paused >= STALLED

    def make_room(self, why: str = "silent") -> None:
        """Closes the connection for the sake of a new one."""
        self._make_way(f"MAX_CONNECTIONS ({self.limits.connections}) are open and it was {why}")

    def free_memory(self) -> None:
        """Closes the connection for the sake of other answers."""
        self._make_way(f"MAX_UNTAKEN_MB ({self.limits.untaken_bytes // MB}) of answers wait and it took hardly any")

    def _make_way(self, why: str) -> None:
        log.warning("connection closed: %s", why)
        self._stop_waiting()
        self.transport.abort()

    def _await_head(self) -> None:
        self._watch.heads.add(self, self.loop.time() + self.limits.head_seconds)
        self._watch.begin()

    def _stop_waiting(self) -> None:
        self._watch.heads.remove(self)
        self._watch.transfers.remove(self)

    def _make_room(self) -> bool:
        """Closes one that has waited long for its head, is idle or is slow; whether there was one."""
        found = self._watch.heads.oldest(self)
        if found is None:
            found = next((each for each in self.connections if isinstance(each, LimitedProtocol) and each.idle), None)
        if found is not None:
            found.make_room()
            return True
        # A tab that was closed and does not answer would keep its place for ten seconds.
        tab: Any = next((each for each in self.connections if getattr(each, "close_sent", False)), None)
        if tab is not None:
            tab.transport.abort()
            return True
        slow = self._watch.transfers.oldest(self, lambda each: each.slow)
        if slow is not None:
            slow.make_room("slow")
        return slow is not None

    def _head_length(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _refuse_long_head(self) -> None:
        self._refuse(431, f"its head was longer than MAX_HEAD_KB ({self.limits.head_bytes // KB})", linger=True)

    def _refuse(self, status: int, why: str, *, linger: bool = False) -> None:
        """One line in the log, an answer where none has begun, and the end of the connection.

        linger: whether the visitor is still sending; what comes is forgotten for a second, so that the answer is read.
        """
        self._refused = True
        self._stop_waiting()
        log.warning("connection refused: %s", why)
        begun = self.cycle is not None and self.cycle.response_started
        complete = self.cycle is not None and self.cycle.response_complete
        if self.transport.get_write_buffer_size() or (begun and not complete):
            # Without waiting for what is not taken.
            self.transport.abort()
            return
        if complete and not self._whole:
            # It has its answer, and a second one would be taken for that of the next request.
            self.transport.close()
            return
        words = HTTPStatus(status).phrase
        self.transport.write(
            f"HTTP/1.1 {status} {words}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {len(words)}\r\n"
            f"retry-after: 5\r\nconnection: close\r\n\r\n{words}".encode()
        )
        if self.cycle is not None and not self.cycle.response_complete:
            # Whoever reads the body learns that no more of it comes, and what it answers goes nowhere.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if linger:
            self.loop.call_later(LINGER_SECONDS, self.transport.close)
        else:
            self.transport.close()


@cache
def _limits() -> Limits:
    return Limits.of(read_settings(), max_files())


@cache
def _watch(loop: asyncio.AbstractEventLoop) -> Watch:
    return Watch(loop, _limits().untaken_bytes)
