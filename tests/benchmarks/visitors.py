"""Visitors of the dashboard without a browser: sessions that have their page computed again and again.

A browser would need the processor itself and so slow the server by more than its pages do.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

PROTOCOLS = [Subprotocol("streamlit")]


class Visitor(threading.Thread):
    """Opens one client's file after another until told to stop; counts those that were computed whole."""

    def __init__(self, port: int, clients: Sequence[str]) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._clients = clients
        self._ending = threading.Event()
        self.pages = 0

    def run(self) -> None:
        """One session, page after page without a pause."""
        address = f"ws://127.0.0.1:{self._port}/_stcore/stream"
        origin = Origin(f"http://127.0.0.1:{self._port}")
        with connect(address, subprotocols=PROTOCOLS, max_size=None, origin=origin) as socket:
            while not self._ending.is_set():
                ask = BackMsg()
                ask.rerun_script.query_string = f"id={self._clients[self.pages % len(self._clients)]}"
                ask.rerun_script.page_name = "client"
                socket.send(ask.SerializeToString())
                while not self._ending.is_set():
                    told = ForwardMsg()
                    told.ParseFromString(socket.recv(timeout=60))
                    if told.WhichOneof("type") == "script_finished":
                        break
                self.pages += 1

    def stop(self) -> None:
        """Lets the page under way be the last."""
        self._ending.set()


@contextmanager
def visiting(port: int, visitors: int, clients: Sequence[str]) -> Iterator[list[Visitor]]:
    """So many visitors at once, for as long as this lasts."""
    those = [Visitor(port, clients[place::visitors]) for place in range(visitors)]
    for each in those:
        each.start()
    try:
        yield those
    finally:
        for each in those:
            each.stop()
        for each in those:
            each.join(timeout=70)
