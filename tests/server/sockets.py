"""Requests written to a socket by hand, so that they can be wrong in every way."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.browser.serving import MAX_SECONDS


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    content: bytes

    def json(self) -> Any:
        """The content, which must be JSON."""
        return json.loads(self.content)


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """A connection that is closed at the end."""
    with socket.create_connection(("127.0.0.1", port), timeout=MAX_SECONDS) as connection:
        yield connection


def head(route: str, *headers: str) -> bytes:
    """The first lines of a POST."""
    lines = (f"POST {route} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", *headers)
    return "\r\n".join((*lines, "", "")).encode()


def whole(route: str, content: bytes) -> bytes:
    """A POST as it should be."""
    return head(route, f"Content-Length: {len(content)}") + content


def answer_of(connection: socket.socket) -> Answer | None:
    """The next answer on a connection; None where the server closed it without one."""
    received = b""
    while b"\r\n\r\n" not in received:
        try:
            more = connection.recv(65536)
        except ConnectionResetError:
            return None
        if not more:
            return None
        received += more
    top, _, content = received.partition(b"\r\n\r\n")
    first, *lines = top.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(content) < int(headers.get("content-length", 0)) and (more := connection.recv(65536)):
        content += more
    return Answer(int(first.split()[1]), headers, content)


def ask(port: int, request: bytes) -> Answer | None:
    """One request on a connection of its own."""
    with connected(port) as connection:
        connection.sendall(request)
        return answer_of(connection)
