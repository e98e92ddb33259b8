"""Through the real server: a cookie that would stop it while it is read is not read."""

from __future__ import annotations

import pytest

from tests.server.conftest import Server
from tests.server.sockets import answer_of, ask, connected

SMALL = b'"' + b"\\101" + b"A" * 42 + b'"'
"""Whoever reads this finds the name of a visit in it."""
LARGE = b'"' + b"\\\\" * 30_000 + b'"'
"""Whoever reads this is half a minute at it, on Python 3.11.7."""


@pytest.mark.parametrize("path", ["/", "/client", "/media/none.csv", "/static/none.js", "/_stcore/host-config"])
def test_a_cookie_of_backslashes_is_not_read(server: Server, path: str) -> None:
    for cookie in (SMALL, LARGE):
        answer = ask(
            server.port,
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nConnection: close\r\n".encode()
            + b"Cookie: aval_visit="
            + cookie
            + b"\r\n\r\n",
        )
        assert answer is not None
        assert answer.status == (404 if "none" in path else 200)
        # A visit begins: the one that the cookie would name was not found.
        assert ("aval_visit=" in answer.headers.get("set-cookie", "")) == (path in ("/", "/client"))


def test_a_tab_whose_header_is_too_long_is_refused_and_closed(server: Server) -> None:
    lines = ("GET /_stcore/stream HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade")
    key = ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==", "Cookie: a=" + "x" * 9000)
    with connected(server.port) as connection:
        connection.settimeout(60)
        connection.sendall("\r\n".join((*lines, *key, "", "")).encode())
        answer = answer_of(connection)
        assert answer is not None
        assert answer.status == 431
        assert not connection.recv(1)
