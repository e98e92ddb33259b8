"""Which host names are answered: by default on this machine and its network, everywhere once names are set."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from core.web.hosts import HostCheck, is_allowed

STRANGER = "evil.example"
LOOPBACK, PRIVATE, PUBLIC = "127.0.0.1", "192.168.1.5", "93.184.215.14"
BEHIND_A_PROXY = ((b"x-forwarded-for", b"1.1.1.1"),)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("served")(scope, receive, send)


def asked(
    host: str,
    *,
    at: str | None = LOOPBACK,
    port: int = 8501,
    names: tuple[str, ...] = (),
    kind: str = "http",
    also: Any = (),
) -> list[Message]:
    """What is sent to who asks this host name of a server that listens at this address."""
    scope = {
        "type": kind,
        "method": "GET",
        "path": "/",
        "headers": [(b"host", host.encode()), *also],
        "server": (at, port) if at else None,
    }
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    asyncio.run(HostCheck(app, frozenset(names))(scope, receive, send))
    return sent


def passes(host: str, **how: Any) -> bool:
    sent = asked(host, **how)
    status = sent[0]["status"]
    assert status in (200, 400)
    assert status == 200 or b"ALLOWED_HOSTS" in sent[1]["body"]
    return bool(status == 200)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8501",
        "LOCALHOST",
        "127.0.0.1:8501",
        "[::1]:8501",
        "10.0.0.7",
        "93.184.215.14",
        "aval",
        "a.localhost",
    ],
)
def test_addresses_and_names_that_no_stranger_can_own_always_pass(host: str) -> None:
    assert passes(host)
    assert passes(host, names=("aval.example",))


@pytest.mark.parametrize("at", [LOOPBACK, "::1", PRIVATE, "fd00::5"])
@pytest.mark.parametrize(
    "host", [STRANGER, f"{STRANGER}:8501", "127.0.0.1.evil.example", "localhost.evil.example", "1.2.3"]
)
def test_name_of_a_stranger_is_refused_on_this_machine_and_its_network(host: str, at: str) -> None:
    assert not passes(host, at=at)
    assert asked(host, at=at, kind="websocket") == [{"type": "websocket.close", "code": 1008, "reason": ""}]


@pytest.mark.parametrize(("at", "also"), [(PRIVATE, BEHIND_A_PROXY), (PUBLIC, ()), (None, ())])
def test_a_new_deployment_behind_a_platform_refuses_nobody(at: str | None, also: Any) -> None:
    assert passes("aval-1234.herokuapp.com", at=at, also=also)
    assert not passes(STRANGER, at=LOOPBACK, also=BEHIND_A_PROXY)


def test_a_page_that_was_made_to_point_to_a_private_address_cannot_pose_as_a_router() -> None:
    page = f"{STRANGER}:8501"
    assert not passes(page, at=PRIVATE)
    assert not passes(page, at=PRIVATE, also=BEHIND_A_PROXY)
    assert not passes(STRANGER, at=PRIVATE, port=80, also=BEHIND_A_PROXY)
    by_a_router = (*BEHIND_A_PROXY, (b"via", b"1.1 router"))
    assert passes(STRANGER, at=PRIVATE, port=80, also=by_a_router)
    assert passes(page, at=PRIVATE, also=by_a_router)


@pytest.mark.parametrize("at", [LOOPBACK, PRIVATE, PUBLIC, None])
def test_named_hosts_are_the_only_ones_wherever_it_serves(at: str | None) -> None:
    names = ("aval.example", "*.bank.example")
    for host in ("aval.example", "AVAL.example:443", "aval.example.", "a.bank.example", "a.b.bank.example"):
        assert passes(host, at=at, names=names, also=BEHIND_A_PROXY)
    for host in (
        STRANGER,
        "bank.example",
        "xaval.example",
        "aval.example.evil.example",
        "abank.example",
        "aval.example@evil.example",
    ):
        assert not passes(host, at=at, names=names, also=BEHIND_A_PROXY)


def test_every_name_passes_where_all_are_allowed() -> None:
    assert passes(STRANGER, names=("*",))


def test_second_host_header_is_checked_too() -> None:
    assert not passes("localhost", also=((b"host", STRANGER.encode()),))


def test_ever_new_names_cost_no_memory() -> None:
    check = HostCheck(app, frozenset(["*.bank.example"]))

    async def ask() -> None:
        async def send(message: Message) -> None:
            assert message.get("status", 200) == 200

        for number in range(1000):
            scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"%d.bank.example" % number)]}
            await check(scope, send, send)  # type: ignore[arg-type]

    asyncio.run(ask())
    assert len(check._passed) == 100
    assert is_allowed("999.bank.example", frozenset(["*.bank.example"]))


def test_refusal_is_one_line_of_the_log_without_the_name(caplog: pytest.LogCaptureFixture) -> None:
    asked(STRANGER)
    assert [record.getMessage() for record in caplog.records] == [
        "request refused: its host name is not among ALLOWED_HOSTS"
    ]
