"""Connections that say nothing, heads and transfers without an end: closed, logged, and others are served."""

from __future__ import annotations

import json
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.browser.serving import MAX_SECONDS, UVICORN, free_port, serving
from tests.server.conftest import Server
from tests.server.sockets import Answer, answer_of, ask, connected, head, whole

MOST = 20
SETTINGS = {"MAX_HEAD_KB": "8", "MAX_HEAD_SECONDS": "1", "MAX_CONNECTIONS": str(MOST), "MAX_UPLOAD_SECONDS": "2"}
UNTAKEN = {"MAX_UNTAKEN_MB": "8"}
HEALTH = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port, log = free_port(), tmp_path_factory.mktemp("server") / "log.txt"
    with serving((*UVICORN, "--port", str(port)), port, log, SETTINGS):
        yield Server(port, log)


def refusals(log: Path) -> list[str]:
    """What the log says of connections; each line is JSON and holds nothing of the visitor."""
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    ours = [line for line in lines if line["logger"] == "aval.connections"]
    assert all(set(line) == {"time", "level", "logger", "message"} for line in ours)
    return [line["message"] for line in ours]


def status(answer: Answer | None) -> int:
    assert answer is not None
    return answer.status


@pytest.mark.parametrize("size", [9_000, 40_000, 3_000_000])
def test_head_that_is_too_long_is_refused(server: Server, size: int) -> None:
    before = len(refusals(server.log))
    with connected(server.port) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * size + b"\r\n\r\n")
        answer = answer_of(connection)
    assert answer is None or answer.status == 431
    assert answer is not None or size > 1_000_000
    assert refusals(server.log)[before:] == ["connection refused: its head was longer than MAX_HEAD_KB (8)"]


def test_head_of_many_short_headers_is_refused_like_one_long_one(server: Server) -> None:
    lines = b"".join(b"X-%d: a\r\n" % n for n in range(2000))
    assert status(ask(server.port, b"GET /health HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n")) == 431


def test_trailer_without_an_end_is_refused_too(server: Server) -> None:
    start = head("/data", "Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\nX: "
    before = len(refusals(server.log))
    with connected(server.port) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(start)
            for _ in range(100):
                connection.sendall(b"a" * 65536)
        answer_of(connection)
    assert refusals(server.log)[before:] == ["connection refused: its head was longer than MAX_HEAD_KB (8)"]


@pytest.mark.parametrize("said", [b"", b"\r\n", b"GET /health HTTP/1.1\r\nHost: x\r\nX: a"])
def test_connection_that_says_nothing_whole_is_closed(server: Server, said: bytes) -> None:
    before = len(refusals(server.log))
    with connected(server.port) as connection:
        connection.sendall(said)
        assert status(answer_of(connection)) == 408
        assert connection.recv(1) == b""
    assert refusals(server.log)[before:] == [
        "connection refused: no whole request head came within MAX_HEAD_SECONDS (1)"
    ]


def test_second_request_that_stays_unfinished_is_closed_too(server: Server) -> None:
    with connected(server.port) as connection:
        connection.sendall(HEALTH)
        assert status(answer_of(connection)) == 200
        connection.sendall(b"GET /he")
        assert status(answer_of(connection)) == 408


def test_file_that_never_ends_is_not_waited_for(server: Server) -> None:
    """The address of an upload of nobody's session: the dashboard itself waits for the whole body first."""
    path = f"/_stcore/upload_file/{uuid.uuid4()}/{uuid.uuid4()}"
    with connected(server.port) as connection:
        lines = (f"PUT {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Length: 1000", "", "")
        connection.sendall("\r\n".join(lines).encode())
        # 403 first, for it lacks the token; the connection does not outlive its time all the same.
        while connection.recv(65536):
            pass
    assert "connection refused: a transfer took longer than MAX_UPLOAD_SECONDS (2)" in refusals(server.log)


def everything(connection: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    received = b""
    with suppress(ConnectionResetError):
        while more := connection.recv(65536):
            received += more
    return received


def test_a_request_whose_body_stays_unfinished_gets_one_answer(server: Server) -> None:
    """A second would be taken for the answer to the next request."""
    with connected(server.port) as connection:
        connection.sendall(HEALTH.removesuffix(b"\r\n") + b"Content-Length: 10\r\n\r\n")
        received = everything(connection)
    assert received.startswith(b"HTTP/1.1 200 ")
    assert received.count(b"HTTP/1.1 ") == 1


def test_answers_that_are_never_taken_end_with_their_connection(server: Server) -> None:
    """More of them than the system itself keeps."""
    request = b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    one = ask(server.port, request)
    assert one is not None
    times = 1 + 30_000_000 // len(one.content)
    before = len(refusals(server.log))
    with connected(server.port) as connection:
        connection.sendall(request * times)
        until = time.monotonic() + MAX_SECONDS
        while len(refusals(server.log)) == before and time.monotonic() < until:
            time.sleep(0.1)
        received = everything(connection)
    assert refusals(server.log)[before:] == ["connection refused: a transfer took longer than MAX_UPLOAD_SECONDS (2)"]
    assert b"HTTP/1.1 408 " not in received


def test_untaken_answers_share_one_limit(tmp_path: Path, body: Callable[[int], bytes]) -> None:
    """The system itself takes two or three megabytes of each; an answer is larger than the limit."""
    port, log, times = free_port(), tmp_path / "log.txt", 4
    ended = "connection closed: MAX_UNTAKEN_MB (8) of answers wait and it took hardly any"
    with serving((*UVICORN, "--port", str(port)), port, log, UNTAKEN), ExitStack() as open_ones:
        one = ask(port, whole("/data", body(500)))
        assert one is not None
        assert len(one.content) > 8_000_000
        for _ in range(times):
            idle = open_ones.enter_context(socket.socket())
            idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            idle.connect(("127.0.0.1", port))
            idle.sendall(whole("/data", body(500)))
            idle.recv(1, socket.MSG_PEEK)
        until = time.monotonic() + MAX_SECONDS
        while ended not in refusals(log) and time.monotonic() < until:
            time.sleep(0.1)
        assert 0 < refusals(log).count(ended) <= times
        taken = ask(port, whole("/data", body(500)))
        assert taken is not None
        assert taken.content == one.content


def test_bodies_that_come_drop_by_drop_past_the_most_make_room(server: Server, body: Callable[[int], bytes]) -> None:
    before = len(refusals(server.log))
    made_room = f"connection closed: MAX_CONNECTIONS ({MOST}) are open and it was slow"
    with ExitStack() as open_ones:
        # Until they are so many at once, however long this machine takes to open them.
        for _ in range(50 * MOST):
            slow = open_ones.enter_context(connected(server.port))
            slow.sendall(head("/data", "Content-Length: 1000") + b" ")
            if made_room in refusals(server.log)[before:]:
                break
        assert status(ask(server.port, whole("/predict_proba", body(1)))) == 200
    assert made_room in refusals(server.log)[before:]


def test_silent_connections_past_the_most_make_room_for_who_speaks(
    server: Server, body: Callable[[int], bytes]
) -> None:
    before = len(refusals(server.log))
    made_room = f"connection closed: MAX_CONNECTIONS ({MOST}) are open and it was silent"
    with ExitStack() as open_ones:
        for count in range(1, 50 * MOST):
            open_ones.enter_context(connected(server.port))
            # A slow machine may need more of them until so many are open at once.
            if count >= 10 * MOST and made_room in refusals(server.log)[before:]:
                break
        assert status(ask(server.port, whole("/predict_proba", body(1)))) == 200
    closed = refusals(server.log)[before:]
    assert made_room in closed
    assert len(closed) >= 9 * MOST


def test_idle_connections_make_room_too(server: Server) -> None:
    with ExitStack() as open_ones:
        for _ in range(2 * MOST):
            connection = open_ones.enter_context(connected(server.port))
            connection.sendall(HEALTH)
            assert status(answer_of(connection)) == 200


UPGRADE = (
    "GET /_stcore/stream HTTP/1.1",
    "Host: 127.0.0.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==",
    "Sec-WebSocket-Protocol: streamlit",
    "",
    "",
)


def test_tabs_that_say_nothing_and_do_not_answer_their_closing_make_room(server: Server) -> None:
    with ExitStack() as open_ones:
        for _ in range(3 * MOST):
            tab = open_ones.enter_context(connected(server.port))
            tab.sendall("\r\n".join(UPGRADE).encode())
            assert b" 101 " in tab.recv(4096)
        assert status(ask(server.port, HEALTH)) == 200


def test_websocket_and_a_large_body_pass_the_limits(server: Server, body: Callable[[int], bytes]) -> None:
    assert status(ask(server.port, whole("/predict_proba", body(20)))) == 200
    with connected(server.port) as connection:
        connection.sendall("\r\n".join(UPGRADE).encode())
        assert status(answer_of(connection)) == 101
        before = len(refusals(server.log))
        # Another connection's time runs out meanwhile; this one's head was whole long ago.
        with connected(server.port) as silent:
            assert status(answer_of(silent)) == 408
        assert len(refusals(server.log)) == before + 1
        connection.settimeout(0.01)
        with pytest.raises(TimeoutError):
            while connection.recv(65536):
                pass
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
