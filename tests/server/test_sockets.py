"""Bodies that are slow, broken off, too long or not as long as they say: refused in words, and the server lives."""

from __future__ import annotations

import json
import select
import socket
from collections.abc import Callable, Iterator

import pytest

from tests.server.conftest import Server
from tests.server.sockets import Answer, answer_of, ask, connected, head, whole

MB = 2**20


@pytest.fixture(autouse=True)
def server_lives(server: Server, body: Callable[[int], bytes]) -> Iterator[None]:
    """After each of these the next client is answered as if nothing had been."""
    yield
    answer = ask(server.port, whole("/predict_proba", body(1)))
    assert answer is not None and answer.status == 200


def assert_refused(answer: Answer | None, status: int, code: str) -> None:
    assert answer is not None
    assert answer.status == status, answer.content
    assert answer.json()["code"] == code


def test_body_that_does_not_come_is_not_waited_for(server: Server) -> None:
    with connected(server.port) as connection:
        connection.sendall(head("/predict", "Content-Length: 1000") + b'{"data": [')
        assert_refused(answer_of(connection), 408, "too_slow")


def test_body_that_comes_drop_by_drop_is_not_waited_for(server: Server) -> None:
    with connected(server.port) as connection:
        connection.sendall(head("/data", "Content-Length: 1000"))
        # A drop, whenever a moment passes without an answer: fewer by far than the body has, however long that takes.
        drops = 0
        while not select.select([connection], [], [], 0.1)[0]:
            connection.sendall(b" ")
            drops += 1
        assert 0 < drops < 1000
        assert_refused(answer_of(connection), 408, "too_slow")


@pytest.mark.parametrize("sent", [0, 1, 300])
def test_body_that_is_broken_off_harms_nobody(server: Server, body: Callable[[int], bytes], sent: int) -> None:
    for _ in range(20):
        with connected(server.port) as connection:
            connection.sendall(whole("/predict", body(1))[: -len(body(1))] + body(1)[:sent])


def test_connection_that_is_reset_harms_nobody(server: Server, body: Callable[[int], bytes]) -> None:
    for _ in range(20):
        with connected(server.port) as connection:
            connection.sendall(whole("/explain", body(3))[:-5])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def test_length_that_is_too_large_is_refused_before_the_body_comes(server: Server) -> None:
    assert_refused(ask(server.port, head("/predict", f"Content-Length: {9 * MB}")), 413, "too_many_bytes")


def test_chunks_are_counted_while_they_come(server: Server) -> None:
    chunk = b"%x\r\n" % 65536 + b" " * 65536 + b"\r\n"
    with connected(server.port) as connection:
        connection.sendall(head("/predict", "Transfer-Encoding: chunked"))
        try:
            for _ in range(200):
                connection.sendall(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = answer_of(connection)
    assert answer is None or (answer.status, answer.json()["code"]) == (413, "too_many_bytes")


def test_chunked_body_is_read_like_any_other(server: Server, body: Callable[[int], bytes]) -> None:
    content = body(2)
    half = len(content) // 2
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (content[:half], content[half:], b""))
    answer = ask(server.port, head("/predict", "Transfer-Encoding: chunked") + chunks)
    assert answer is not None and answer.status == 200
    assert list(answer.json()["prediction"]) == ["client n°900001", "client n°900002"]


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: -5",),
        ("Content-Length: ten",),
        ("Content-Length: 10, 20",),
        ("Content-Length: 99999999999999999999999",),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: gzip, chunked",),
    ],
)
def test_false_length_gets_no_answer_of_a_client(server: Server, lines: tuple[str, ...]) -> None:
    answer = ask(server.port, head("/predict", *lines) + b"5\r\n[1,2]\r\n0\r\n\r\n")
    assert answer is None or 400 <= answer.status < 500
    assert (
        answer is None
        or b"client" not in answer.content.lower()
        or answer.headers["content-type"] == "application/json"
    )


def test_length_shorter_than_the_body_scores_nobody(server: Server, body: Callable[[int], bytes]) -> None:
    content = body(1)
    answer = ask(server.port, head("/predict", f"Content-Length: {len(content) - 1}") + content)
    assert answer is not None and answer.status == 400


def test_what_is_no_http_at_all_is_refused(server: Server) -> None:
    answer = ask(server.port, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 not http\r\n\r\n")
    assert answer is None or answer.status == 400


def test_every_line_of_the_log_is_json_and_none_holds_a_cell(server: Server, body: Callable[[int], bytes]) -> None:
    row = json.loads(body(1))["data"][0]
    for name in row:
        content = json.dumps({"data": [{**row, name: "canary-7391"}]}).encode()
        for route in ("/predict", "/data"):
            answer = ask(server.port, whole(route, content))
            assert answer is not None and answer.status in (200, 422)
            assert route == "/data" or b"canary-7391" not in answer.content
    ask(server.port, b"GET /client?id=canary-7391 HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n")
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
    for address in (b"/client?id=canary-7391", b"/_stcore/stream?id=canary-7391"):
        ask(
            server.port, b"GET " + address + b" HTTP/1.1\r\nHost: x\r\n" + upgrade + b"MTIzNDU2Nzg5MDEyMzQ1Ng==\r\n\r\n"
        )
    lines = server.log.read_text().splitlines()
    assert len(lines) > 100
    for line in lines:
        assert set(json.loads(line)) >= {"time", "level", "logger", "message"}
        assert "canary-7391" not in line
