"""What arrives of a request's cookies: all but those that no browser should send and that cost time to read."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.requests import HTTPConnection
from starlette.types import Message, Receive, Scope, Send

from core.web.cookies import WithoutBackslashes

BACKSLASHES = b'x="' + b"\\\\" * 30_000 + b'"'


def arrived(*cookies: bytes, kind: str = "http") -> tuple[dict[str, str], list[Any]]:
    """The cookies and the other headers that the app behind the middleware reads."""
    scopes: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(scope)

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    async def send(message: Message) -> None:
        raise AssertionError("nothing is sent")

    headers = [(b"host", b"a\\b"), *((b"cookie", each) for each in cookies)]
    asyncio.run(WithoutBackslashes(app)({"type": kind, "headers": headers}, receive, send))
    (scope,) = scopes
    return dict(HTTPConnection(scope).cookies), [each for each in scope["headers"] if each[0] != b"cookie"]


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_cookie_of_backslashes_is_gone_and_all_others_arrive(kind: str) -> None:
    cookies, others = arrived(
        b"aval_visit=one; " + BACKSLASHES + b'; _streamlit_xsrf=2|a|b|1;y="a==";z=\\101', b"\\", kind=kind
    )
    assert cookies == {"aval_visit": "one", "_streamlit_xsrf": "2|a|b|1", "y": "a=="}
    assert others == [(b"host", b"a\\b")]


def test_cookies_without_one_arrive_as_they_are_and_the_server_s_start_passes() -> None:
    assert arrived(b'a=1; b="two"')[0] == {"a": "1", "b": "two"}
    asyncio.run(WithoutBackslashes(_started)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]


async def _started(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope == {"type": "lifespan"}
