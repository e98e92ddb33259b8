"""Signing in leads to the page that was left, on this server and nowhere else, whatever was sent."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from core.web.login_redirect import COOKIE, LoginRedirect

ORIGIN = "https://aval.example"
PROVIDER = "https://login.example/authorize?state=1"


class Visitor(TestClient):
    """A browser, and what its server was asked when it came back."""

    seen: list[str]


def visitor(*, login: str = PROVIDER, status: int = 302, signs_in: bool = True, origin: str = ORIGIN) -> Visitor:
    """A browser at a server whose provider answers so."""
    seen: list[str] = []

    async def begin(request: Request) -> Response:
        return RedirectResponse(login, 302) if status == 302 else PlainTextResponse("no", status)

    async def end(request: Request) -> Response:
        seen.append(request.url.query)
        answer = RedirectResponse("/", 302)
        answer.delete_cookie("_streamlit_user")
        if signs_in:
            answer.set_cookie("_streamlit_user", "signed", max_age=60)
            answer.set_cookie("_streamlit_user_tokens", "Max-Age=9", max_age=30 * 24 * 3600)
        return answer

    async def other(request: Request) -> Response:
        return RedirectResponse("/", 302)

    routes = [Route("/auth/login", begin), Route("/oauth2callback", end), Route("/auth/logout", other)]
    client = Visitor(LoginRedirect(Starlette(routes=routes), origin), base_url=origin, follow_redirects=False)
    client.headers["accept"] = "text/html"
    client.seen = seen
    return client


def come_back(client: TestClient, left: str, query: str = "code=1&state=2") -> str:
    """Where the browser is sent at the end."""
    client.get("/auth/login", headers={"referer": left})
    return client.get(f"/oauth2callback?{query}").headers["location"]


@pytest.mark.parametrize(
    ("left", "page"),
    [
        (f"{ORIGIN}/client?id=900001", "/client?id=900001"),
        (f"{ORIGIN}/portfolio", "/portfolio"),
        (f"{ORIGIN}/client?id=900001&sign_in=failed", "/client?id=900001"),
        (f"{ORIGIN}/client?sign_in=failed", "/client"),
        (f"{ORIGIN}/client?id=%22%3E%0d%0aSet-Cookie:x", "/client?id=%22%3E%0D%0ASet-Cookie%3Ax"),
        ("", "/"),
        ("https://evil.example/client", "/"),
        ("https://aval.example.evil.example/client", "/"),
        ("http://aval.example/client", "/"),
        ("https://someone@aval.example/client", "/"),
        ("not an address", "/"),
        ("https://[", "/"),
    ],
)
def test_the_page_that_was_left_is_come_back_to(left: str, page: str) -> None:
    assert come_back(visitor(), left) == ORIGIN + page


@given(st.text(string.printable + "é\x00", max_size=80))
def test_whatever_the_cookie_holds_the_way_back_stays_here(kept: str) -> None:
    value = "".join(char for char in kept if char not in "\r\n\x00;").encode("latin-1")
    headers = {b"cookie": f"{COOKIE}=".encode() + value}
    location = visitor().get("/oauth2callback?code=1", headers=headers).headers["location"]
    assert location.startswith(ORIGIN + "/")
    assert "\n" not in location


@pytest.mark.parametrize(
    "kept", ["//evil.example", "/\\evil.example", "/%5cevil.example", "https://evil.example", "@evil"]
)
def test_a_way_back_to_elsewhere_stays_on_this_server(kept: str) -> None:
    location = visitor().get("/oauth2callback?code=1", headers={"cookie": f"{COOKIE}={kept}"}).headers["location"]
    assert location.startswith("https://aval.example/")


def test_the_cookie_is_for_the_way_back_alone_and_ends_with_it() -> None:
    client = visitor()
    cookie = client.get("/auth/login", headers={"referer": f"{ORIGIN}/client?id=1"}).headers["set-cookie"]
    assert cookie == f"{COOKIE}=/client%3Fid%3D1; Path=/oauth2callback; Max-Age=600; HttpOnly; SameSite=Lax; Secure"
    answer = client.get("/oauth2callback?code=1")
    assert f"{COOKIE}=; Path=/oauth2callback; Max-Age=0" in answer.headers["set-cookie"]
    assert client.get("/oauth2callback?code=1").headers["location"] == ORIGIN + "/"


def test_without_https_the_cookie_is_not_kept_from_it() -> None:
    left = {"referer": "http://localhost:8501/client"}
    cookie = visitor(origin="http://localhost:8501").get("/auth/login", headers=left).headers["set-cookie"]
    assert "Secure" not in cookie


@pytest.mark.parametrize("query", ["code=1&state=2", "error=access_denied"])
def test_who_was_not_signed_in_is_told_so_where_she_was(query: str) -> None:
    location = come_back(visitor(signs_in=False), f"{ORIGIN}/client?id=900001", query)
    assert location == f"{ORIGIN}/client?id=900001&sign_in=failed"


@pytest.mark.parametrize("broken", [{"status": 400}, {"login": "/"}])
def test_a_provider_that_cannot_be_asked_is_told_where_the_visitor_was(broken: dict[str, Any]) -> None:
    answer = visitor(**broken).get("/auth/login", headers={"referer": f"{ORIGIN}/portfolio"})
    assert answer.status_code == 302
    assert answer.headers["location"] == f"{ORIGIN}/portfolio?sign_in=failed"


def test_coming_back_from_signing_out_is_no_failure() -> None:
    assert visitor(signs_in=False).get("/oauth2callback").headers["location"] == ORIGIN + "/"


def test_the_words_of_an_error_go_no_further() -> None:
    client = visitor(signs_in=False)
    client.get("/oauth2callback?error=access_denied&error_description=ada@bank.example&state=7")
    client.get("/oauth2callback?error=Ada+King&state=7")
    assert client.seen == ["error=access_denied&state=7", "error=unknown&state=7"]


def test_the_cookies_of_a_sign_in_live_for_a_working_day_at_most() -> None:
    answer = visitor().get("/oauth2callback?code=1&state=2")
    cookies = answer.headers.get_list("set-cookie")
    lifetimes = [cookie.partition(";")[2] for cookie in cookies if cookie.startswith("_streamlit_user")]
    assert ["Max-Age=0;" in each or "Max-Age=60;" in each or "Max-Age=43200;" in each for each in lifetimes] == [
        True
    ] * 3


def test_other_addresses_are_left_alone() -> None:
    assert visitor().get("/auth/logout").headers["location"] == "/"
