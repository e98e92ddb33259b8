"""Keys of programs, and how much may be under way at once: in numbers, and through the routes."""

from __future__ import annotations

import asyncio
import hashlib

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from core.__main__ import main
from core.api.app import build_api
from core.api.limits import ApiKeys, ConcurrencyLimiter
from core.errors import Busy, KeyRefused
from core.scoring.assess import Model
from core.settings import Settings
from tests.core.conftest import Thousand
from tests.core.http import assert_refusal, send

KEY, OTHER = "a-key-of-one-program", "a-key-of-another"
DIGESTS = [hashlib.sha256(key.encode()).hexdigest() for key in (KEY, OTHER)]
POSTS = ("/predict", "/predict_proba", "/explain", "/data")


@pytest.fixture(scope="module")
def guarded(model: Model) -> TestClient:
    return TestClient(build_api(model, Settings(api_keys=", ".join(DIGESTS))))


@pytest.mark.parametrize("key", [KEY, OTHER])
@pytest.mark.parametrize("route", POSTS)
def test_each_known_key_is_let_in(guarded: TestClient, thousand: Thousand, route: str, key: str) -> None:
    answer = send(guarded, {"data": thousand.rows[:1]}, route, authorization=f"Bearer {key}")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({}, "key_absent"),
        ({"authorization": ""}, "key_absent"),
        ({"authorization": KEY}, "key_absent"),
        ({"authorization": f"Basic {KEY}"}, "key_absent"),
        ({"authorization": "Bearer "}, "key_absent"),
        ({"authorization": "Bearer x"}, "key_unknown"),
        ({"authorization": f"Bearer {DIGESTS[0]}"}, "key_unknown"),
        ({"authorization": f"Bearer {KEY} {OTHER}"}, "key_unknown"),
    ],
)
@pytest.mark.parametrize("route", POSTS)
def test_nobody_else_is_let_in_and_told_what_to_do(
    guarded: TestClient, route: str, header: dict[str, str], code: str
) -> None:
    answer = send(guarded, b"not even JSON", route, **header)
    assert_refusal(answer, 401, code)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_what_tells_nothing_of_clients_stays_open(guarded: TestClient) -> None:
    for route in ("/", "/features", "/best_threshold", "/health", "/openapi.json", "/docs"):
        assert guarded.get(route).status_code == 200


def test_without_keys_everybody_may_ask() -> None:
    ApiKeys(()).check("")


def test_where_people_sign_in_and_no_key_is_set_no_program_may_ask(model: Model, thousand: Thousand) -> None:
    api = TestClient(build_api(model, Settings(oidc_issuer="https://login.example")))
    for route in POSTS:
        assert_refusal(send(api, {"data": thousand.rows[:1]}, route), 401, "key_absent")
        assert_refusal(send(api, {"data": thousand.rows[:1]}, route, authorization="Bearer x"), 401, "key_unknown")
    assert api.get("/features").status_code == 200
    description = api.get("/openapi.json").json()
    assert description["paths"]["/predict"]["post"]["security"] == [{"key": []}]
    keyed = TestClient(build_api(model, Settings(oidc_issuer="https://login.example", api_keys=DIGESTS[0])))
    assert send(keyed, {"data": thousand.rows[:1]}, authorization=f"Bearer {KEY}").status_code == 200


def test_key_may_be_called_bearer_in_any_case() -> None:
    ApiKeys(DIGESTS).check(f"bEARER  {KEY} ")
    with pytest.raises(KeyRefused):
        ApiKeys(DIGESTS).check("bearer")


def test_key_may_hold_any_letter_as_bytes_in_utf_8(model: Model, thousand: Thousand) -> None:
    key = "sésame-ouvre-toi".encode()
    api = TestClient(build_api(model, Settings(api_keys=hashlib.sha256(key).hexdigest())))
    body = {"data": thousand.rows[:1]}
    assert api.post("/predict", json=body, headers={b"authorization": b"Bearer " + key}).status_code == 200
    assert api.post("/predict", json=body, headers={b"authorization": b"Bearer sesame"}).status_code == 401


def test_key_made_by_the_command_line_opens_the_routes(capsys: pytest.CaptureFixture[str], model: Model) -> None:
    assert main(["key"]) == 0
    key, digest = (line.rpartition(" ")[2] for line in capsys.readouterr().out.splitlines())
    assert len(key) >= 40
    api = TestClient(build_api(model, Settings(api_keys=digest)))
    assert send(api, {}, "/data", authorization=f"Bearer {key}").status_code == 200
    assert send(api, {}, "/data", authorization=f"Bearer {digest}").status_code == 401


def test_scorings_past_the_most_are_refused_until_one_ends() -> None:
    limiter = ConcurrencyLimiter(max_bytes=10, max_scorings=2)
    with limiter.scoring():
        with limiter.scoring(), pytest.raises(Busy), limiter.scoring():
            pass
        with limiter.scoring():
            pass


def test_bytes_are_given_back_when_the_request_ends_however_it_ends() -> None:
    limiter = ConcurrencyLimiter(max_bytes=10, max_scorings=1)
    with pytest.raises(ValueError), limiter.body() as first:
        first.add(6)
        with pytest.raises(Busy), limiter.body() as second:
            second.add(4)
            second.add(1)
        raise ValueError
    with limiter.body() as all_of_it:
        all_of_it.add(10)


def test_small_body_is_let_in_whatever_large_ones_hold() -> None:
    limiter = ConcurrencyLimiter(max_bytes=10, max_scorings=1, free_bytes_each=5)
    with limiter.body() as large:
        large.add(3)
        large.add(12)
        with limiter.body() as small:
            small.add(4)
            small.add(1)
            with pytest.raises(Busy):
                small.add(1)
    with limiter.body() as all_of_it:
        all_of_it.add(15)


def test_bodies_together_past_twice_the_limit_of_one_are_refused(model: Model) -> None:
    api = build_api(model, Settings(max_body_mb=1))
    most = b" " * (2**20 - 1)

    async def post(come: asyncio.Event, body: bytes = most, held: asyncio.Event | None = None) -> int:
        """Sends all of a body but its end, which comes when the event says so; the status of the answer.

        held: set once the body is held and its end is waited for.
        """
        statuses: list[int] = []
        parts: list[Message] = [{"type": "http.request", "body": body, "more_body": True}]

        async def receive() -> Message:
            if parts:
                return parts.pop()
            if held is not None:
                held.set()
            await come.wait()
            return {"type": "http.request", "body": b" ", "more_body": False}

        async def send(message: Message) -> None:
            statuses.extend([message["status"]] if "status" in message else [])

        await api(
            {"type": "http", "method": "POST", "path": "/data", "headers": [], "query_string": b""}, receive, send
        )
        return statuses[0]

    async def four() -> tuple[int, int, list[int], int]:
        later, now = asyncio.Event(), asyncio.Event()
        now.set()
        held = [asyncio.Event(), asyncio.Event()]
        waiting = [asyncio.create_task(post(later, held=each)) for each in held]
        for each in held:
            await each.wait()
        third, small = await post(now), await post(now, b"{}")
        later.set()
        return third, small, [await each for each in waiting], await post(now)

    assert asyncio.run(four()) == (503, 200, [400, 400], 400)
