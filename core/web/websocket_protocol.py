"""uvicorn's WebSocket protocol with a limit on the fragments of a message, and one line for a text that is none.

`--ws-max-size` counts bytes alone: a message in ever more empty fragments stays below it, and each is kept until the
message is whole. A tab sends whole messages.
"""

from __future__ import annotations

import logging

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

MAX_FRAGMENTS = 1000

log = logging.getLogger("aval.connections")


class LimitedWebSocket(WebSocketsSansIOProtocol):
    """One tab's connection."""

    def handle_cont(self, event: Frame) -> None:
        """A further fragment; past the most the connection is closed."""
        if self.close_sent:
            return
        if len(self.frames) >= MAX_FRAGMENTS:
            self._close(CloseCode.POLICY_VIOLATION, f"a message came in more than {MAX_FRAGMENTS} fragments")
            return
        super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        """A whole message; text that is no UTF-8 closes the connection."""
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self._close(CloseCode.INVALID_DATA, "a message was no UTF-8")
                return
        super().send_receive_event_to_app()

    def _close(self, code: CloseCode, why: str) -> None:
        log.warning("connection refused: %s", why)
        self.frames = []
        self.conn.fail(code)
        self.handle_parser_exception()
