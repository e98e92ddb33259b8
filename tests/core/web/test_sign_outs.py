"""Who signs out is signed out: the cookie and its copies reach the dashboard no more, and the visit has ended."""

from __future__ import annotations

import pytest
from itsdangerous import URLSafeTimedSerializer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from core.web.login_redirect import HOURS
from core.web.sign_outs import COOKIE, SignOutEnds, SignOuts
from core.web.visit_cookie import NAME
from core.web.visits import Visits

SECRET = "a secret of sixteen signs"
TOKEN = "v" * 43


class Brought:
    """What a visitor brought, in this test."""

    n_bytes = 0

    def close(self) -> None:
        """Nothing goes on."""


def signed(who: str, secret: str = SECRET) -> str:
    return str(URLSafeTimedSerializer(secret, salt=COOKIE).dumps(who))


@pytest.fixture
def visits() -> Visits[Brought]:
    return Visits(Brought, max_bytes=2**20)


@pytest.fixture
def client(visits: Visits[Brought]) -> TestClient:
    async def cookies(request: Request) -> Response:
        return JSONResponse(request.cookies)

    app = Starlette(routes=[Route("/{path:path}", cookies)])
    return TestClient(SignOutEnds(app, SignOuts(SECRET), visits))


def arriving(client: TestClient, path: str, cookie: str) -> dict[str, str]:
    """The cookies that the dashboard gets."""
    sent = f"{COOKIE}={cookie}; {COOKIE}_tokens=t; {COOKIE}_1=more; {NAME}={TOKEN}; _streamlit_xsrf=x"
    answer: dict[str, str] = client.get(path, headers={"cookie": sent}).json()
    return answer


def test_a_copied_cookie_opens_nothing_after_signing_out(client: TestClient) -> None:
    cookie, other = signed("Ada"), signed("Grace")
    assert COOKIE in arriving(client, "/client", cookie)
    assert COOKIE in arriving(client, "/auth/logout", cookie)
    assert arriving(client, "/client", cookie) == {NAME: TOKEN, "_streamlit_xsrf": "x"}
    assert arriving(client, "/client", other)[COOKIE] == other


def test_a_signature_written_in_another_way_opens_nothing_either(client: TestClient) -> None:
    cookie = signed("Ada")
    arriving(client, "/auth/logout", cookie)
    for again in (cookie[:-1] + "_", cookie + "=", cookie + "=="):
        assert COOKIE not in arriving(client, "/client", again)


def test_the_visit_ends_too(client: TestClient, visits: Visits[Brought]) -> None:
    visits.connect(TOKEN, 60.0)
    visits.contents(TOKEN, "1815")
    arriving(client, "/auth/logout", signed("Ada"))
    assert visits.find(TOKEN) is None


def test_only_real_sign_ins_are_remembered_and_not_for_longer_than_they_hold() -> None:
    now = 0.0
    sign_outs = SignOuts(SECRET, clock=lambda: now)
    for cookie in ("", "x", signed("Mallory", "another secret")):
        sign_outs.end(cookie)
        assert not sign_outs.has_ended(cookie)
    first, second = signed("Ada"), signed("Grace")
    sign_outs.end(first)
    assert sign_outs.has_ended(first)
    now = HOURS * 3600 + 1.0
    sign_outs.end(second)
    assert sign_outs.has_ended(second)
    assert not sign_outs.has_ended(first)
