"""Who signs out is signed out: the cookie and its copies reach the dashboard no more, and the visit has ended."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from itsdangerous import URLSafeTimedSerializer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from core.web.login_redirect import HOURS
from core.web.sign_outs import COOKIE, FILE, SignOutEnds, SignOuts
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
def client(visits: Visits[Brought], tmp_path: Path) -> TestClient:
    async def cookies(request: Request) -> Response:
        return JSONResponse(request.cookies)

    app = Starlette(routes=[Route("/{path:path}", cookies)])
    return TestClient(SignOutEnds(app, SignOuts(SECRET, tmp_path / FILE), visits))


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


def in_pieces(*parts: str, secret: str = SECRET) -> dict[str, str]:
    """The cookies of a sign-in that is too large for one, as Streamlit writes them."""
    contents = {COOKIE: f"chunks-{len(parts)}"} | {f"{COOKIE}_{place}": part for place, part in enumerate(parts, 1)}
    return {name: str(URLSafeTimedSerializer(secret, salt=name).dumps(content)) for name, content in contents.items()}


def test_only_real_sign_ins_are_remembered_and_not_for_longer_than_they_hold(tmp_path: Path) -> None:
    now = 0.0
    sign_outs = SignOuts(SECRET, tmp_path / FILE, clock=lambda: now)
    for cookie in ("", "x", signed("Mallory", "another secret")):
        sign_outs.end({COOKIE: cookie})
        assert not sign_outs.has_ended({COOKIE: cookie})
    first, second = {COOKIE: signed("Ada")}, {COOKIE: signed("Grace")}
    sign_outs.end(first)
    assert sign_outs.has_ended(first)
    now = HOURS * 3600 + 1.0
    sign_outs.end(second)
    assert sign_outs.has_ended(second)
    assert not sign_outs.has_ended(first)


def test_a_sign_in_in_pieces_ends_as_a_whole_and_no_other_with_it(tmp_path: Path) -> None:
    sign_outs = SignOuts(SECRET, tmp_path / FILE)
    ada, again, grace = in_pieces("Ada, 1", "815"), in_pieces("Ada, 2", "815"), in_pieces("Grace", " Hopper")
    again[f"{COOKIE}_2"] = str(URLSafeTimedSerializer(SECRET, salt=f"{COOKIE}_2").dumps("later"))
    sign_outs.end(ada)
    assert sign_outs.has_ended(ada)
    # How many pieces there are is in a cookie of its own, which the other sign-ins have too.
    assert not sign_outs.has_ended(grace)
    assert not sign_outs.has_ended(again)
    # Pieces of an ended sign-in beside those of one that holds.
    for name in (f"{COOKIE}_1", f"{COOKIE}_2"):
        assert sign_outs.has_ended(grace | {name: ada[name]})
    assert sign_outs.has_ended(ada | {COOKIE: grace[COOKIE]})


def test_a_named_pipe_in_place_of_the_file_ends_sign_ins_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / FILE)
    now = time.time() + 10.0
    sign_outs = SignOuts(SECRET, tmp_path / FILE, clock=lambda: now)
    cookies = {COOKIE: signed("Ada")}
    assert sign_outs.has_ended(cookies)
    sign_outs.end(cookies)
    assert sign_outs.has_ended(cookies)


def test_a_sign_out_holds_after_a_restart_for_as_long_as_the_cookie(tmp_path: Path) -> None:
    now = 1000.0
    file = tmp_path / "data" / FILE
    first, second = {COOKIE: signed("Ada")}, in_pieces("Grace", "Hopper")
    before = SignOuts(SECRET, file, clock=lambda: now)
    for each in (first, second, first):
        before.end(each)
    assert len(file.read_text().splitlines()) == 3
    assert file.stat().st_mode & 0o777 == 0o600
    with file.open("a") as torn:
        torn.write("1800")
    after = SignOuts(SECRET, file, clock=lambda: now)
    assert after.has_ended(first) and after.has_ended(second)
    assert not after.has_ended({COOKIE: signed("Alan")})
    now += HOURS * 3600 + 2.0
    assert not SignOuts(SECRET, file, clock=lambda: now).has_ended(first)
    assert file.read_text() == ""


def test_where_no_disk_lasts_a_restart_ends_every_sign_in() -> None:
    cookies = {COOKIE: signed("Ada")}
    large = in_pieces("Ada", "Lovelace")
    now = time.time()
    for clock, ended in ((lambda: now - 60.0, False), (lambda: now + 60.0, True)):
        sign_outs = SignOuts(SECRET, None, clock=clock)
        assert sign_outs.has_ended(cookies) is ended
        assert sign_outs.has_ended(large) is ended
        assert not sign_outs.has_ended({})


def test_a_disk_that_cannot_be_written_is_one_line_and_the_sign_out_holds(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").mkdir()
    sign_outs = SignOuts(SECRET, tmp_path / "data" / FILE)
    (tmp_path / "data").rmdir()
    (tmp_path / "data").write_text("a file where the folder should be")
    cookies = {COOKIE: signed("Ada")}
    sign_outs.end(cookies)
    assert sign_outs.has_ended(cookies)
    assert [each.levelname for each in caplog.records] == ["ERROR"]


def test_sign_outs_that_cannot_be_read_end_every_sign_in(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE).mkdir()
    later = time.time() + 60.0
    assert SignOuts(SECRET, tmp_path / FILE, clock=lambda: later).has_ended({COOKIE: signed("Ada")})
    assert [each.levelname for each in caplog.records] == ["ERROR"]
