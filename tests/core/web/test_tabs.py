"""What passes of a tab's WebSocket: only what a page sends, in its time, and no tab that is silent keeps others out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.web.tabs import BURST, PER_SECOND, TRY_LATER, Tabs


class Server:
    """A dashboard that sends back what reaches it. now: its clock, which goes on while somebody waits."""

    def __init__(self, max_connections: int = 100) -> None:
        self.now = 0.0
        self.ended = 0
        self.app = Tabs(
            Starlette(routes=[WebSocketRoute("/stream", self.stream)]),
            lambda content: content != b"empty all caches",
            max_connections,
            clock=lambda: self.now,
            sleep=self.sleep,
        )

    async def stream(self, socket: WebSocket) -> None:
        """One tab."""
        await socket.accept()
        try:
            while True:
                await socket.send_bytes(await socket.receive_bytes())
        except WebSocketDisconnect:
            self.ended += 1

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_what_no_page_sends_does_not_arrive_and_the_tab_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), TestClient(Server().app).websocket_connect("/stream") as tab:
        tab.send_bytes(b"empty all caches")
        tab.send_bytes(b"page")
        assert tab.receive_bytes() == b"page"
    assert caplog.messages == ["message refused: no page sends such a one"]


def test_text_closes_the_tab_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    server = Server()
    with caplog.at_level(logging.WARNING), TestClient(server.app).websocket_connect("/stream") as tab:
        tab.send_text("page")
        assert tab.receive()["code"] == 1003
    assert server.ended == 1
    assert len(caplog.messages) == 1


def test_past_a_burst_messages_wait_their_turn() -> None:
    server = Server()
    with TestClient(server.app).websocket_connect("/stream") as tab:
        times = []
        for _ in range(BURST + 10):
            tab.send_bytes(b"page")
            tab.receive_bytes()
            times.append(server.now)
        assert times[BURST - 1] == 0.0
        assert times[-1] == pytest.approx(10 / PER_SECOND)
        server.now += BURST / PER_SECOND
        before = server.now
        for _ in range(BURST):
            tab.send_bytes(b"page")
            tab.receive_bytes()
        assert server.now == before


def test_the_tab_that_was_silent_longest_makes_room_for_a_new_one() -> None:
    server = Server(max_connections=5)
    client = TestClient(server.app)
    with client.websocket_connect("/stream") as officer:
        server.now = 1.0
        with client.websocket_connect("/stream") as silent, client.websocket_connect("/stream") as other:
            server.now = 2.0
            for tab in (officer, other):
                tab.send_bytes(b"page")
                tab.receive_bytes()
            with client.websocket_connect("/stream") as fourth, client.websocket_connect("/stream") as newest:
                # Whoever never asked for anything goes first, then the one whose last message is oldest.
                assert silent.receive()["code"] == TRY_LATER
                newest.send_bytes(b"page")
                assert newest.receive_bytes() == b"page"
                fourth.send_bytes(b"page")
                assert fourth.receive_bytes() == b"page"
                officer.send_bytes(b"page")
                assert officer.receive_bytes() == b"page"


def test_a_visitor_who_left_in_the_middle_of_an_answer_is_told_as_gone_and_nothing_is_raised() -> None:
    asked: Iterator[Message] = iter(
        [{"type": "websocket.connect"}, *[{"type": "websocket.receive", "bytes": b"page"}] * 3]
    )
    arrived: list[str] = []

    async def receive() -> Message:
        return next(asked)

    async def send(message: Message) -> None:
        if message["type"] == "websocket.send":
            raise OSError

    async def dashboard(scope: Scope, receive: Receive, send: Send) -> None:
        while "websocket.disconnect" not in arrived:
            arrived.append((await receive())["type"])
            answer = "websocket.accept" if len(arrived) == 1 else "websocket.send"
            await send({"type": answer, "bytes": b"part of a page"})

    app = Tabs(dashboard, lambda content: True, max_connections=10)
    asyncio.run(app({"type": "websocket"}, receive, send))
    assert arrived == ["websocket.connect", "websocket.receive", "websocket.disconnect"]
