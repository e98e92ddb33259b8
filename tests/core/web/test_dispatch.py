"""One port for two: who gets the JSON routes, who gets the dashboard, and what a page is told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx2 as httpx
import pytest
import streamlit
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from core.api.app import build_api
from core.scoring.assess import Model
from core.settings import Settings
from core.web.dispatch import BACKEND_SCRIPT, Dispatcher, build_page
from tests.core.conftest import Thousand
from tests.core.http import assert_refusal, send

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PAGE = "<html><head><title>Streamlit</title></head><body>dashboard</body></html>"
STYLES = ".screen { margin: 0; }"


async def page(request: Request) -> Response:
    if request.url.path.startswith("/_stcore/"):
        return JSONResponse({"path": request.url.path})
    return HTMLResponse(PAGE, headers={"etag": "abc", "x-seen-encoding": request.headers.get("accept-encoding", "")})


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("dashboard")
    await socket.close()


@pytest.fixture
def door(model: Model) -> TestClient:
    every = ["GET", "HEAD", "POST", "PUT", "DELETE"]
    dashboard = Starlette(
        routes=[WebSocketRoute("/_stcore/stream", stream), Route("/{rest:path}", page, methods=every)]
    )
    return TestClient(Dispatcher(dashboard, api=build_api(model, Settings()), page=PAGE, styles=STYLES))


def is_page(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and "dashboard</body>" in answer.text


def test_browser_gets_the_dashboard_at_the_bare_address(door: TestClient) -> None:
    answer = door.get("/", headers={"accept": BROWSER})
    assert is_page(answer)
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/plain", ""])
def test_program_gets_the_welcome_at_the_bare_address(door: TestClient, accept: str) -> None:
    answer = door.get("/", headers={"accept": accept})
    assert answer.text.startswith("Bienvenue sur le serveur de prédiction")
    assert answer.headers["vary"] == "Accept"


@pytest.mark.parametrize("address", ["/client", "/client?id=900001", "/raw-data", "/nothing", "/predict/x", "/a/b/"])
def test_browser_gets_the_dashboard_at_an_address_that_is_no_route(door: TestClient, address: str) -> None:
    assert is_page(door.get(address, headers={"accept": BROWSER}))


def test_browser_is_sent_to_one_address_from_below_any_screen(door: TestClient) -> None:
    answer = door.get("/client/900001", headers={"accept": BROWSER}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, "/no-such-screen")


@pytest.mark.parametrize("accept", ["*/*", "application/json"])
@pytest.mark.parametrize("address", ["/nothing", "/client", "/predict/"])
def test_program_gets_a_json_404_at_an_unknown_address(door: TestClient, address: str, accept: str) -> None:
    assert_refusal(door.get(address, headers={"accept": accept}), 404, "unknown_address")


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE"])
def test_other_verb_at_an_unknown_address_is_a_json_404_even_from_a_browser(door: TestClient, verb: str) -> None:
    assert_refusal(door.request(verb, "/nothing", headers={"accept": BROWSER}), 404, "unknown_address")


@pytest.mark.parametrize("route", ["/features", "/best_threshold"])
def test_browser_gets_json_from_a_route(door: TestClient, route: str) -> None:
    answer = door.get(route, headers={"accept": BROWSER})
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("route", ["/predict", "/predict_proba", "/data"])
def test_browser_that_opens_a_post_route_is_told_the_verb(door: TestClient, route: str) -> None:
    answer = door.get(route, headers={"accept": BROWSER})
    assert_refusal(answer, 405, "wrong_verb")
    assert answer.headers["allow"] == "POST"


def test_post_to_the_bare_address_is_405_and_not_the_dashboard(door: TestClient) -> None:
    assert_refusal(door.post("/", headers={"accept": BROWSER}), 405, "wrong_verb")


def test_routes_score_behind_the_front_door(door: TestClient, thousand: Thousand) -> None:
    answer = send(door, {"data": thousand.rows[:3]})
    numbers = [each["niveau de solvabilité"] for each in answer.json()["prediction"].values()]
    assert numbers == [decision.solvency for decision in thousand.found.decisions[:3]]


@pytest.mark.parametrize("address", ["/_stcore/health", "/_stcore/upload_file/x"])
@pytest.mark.parametrize("verb", ["GET", "POST", "PUT", "DELETE"])
def test_dashboard_s_own_addresses_pass_through_unchanged(door: TestClient, address: str, verb: str) -> None:
    answer = door.request(verb, address, headers={"accept": "*/*"})
    assert answer.json() == {"path": address}


def test_websocket_passes_through(door: TestClient) -> None:
    with door.websocket_connect("/_stcore/stream") as socket:
        assert socket.receive_text() == "dashboard"


def test_page_has_our_title_and_knows_where_the_server_is(door: TestClient) -> None:
    answer = door.get("/client", headers={"accept": BROWSER})
    assert "<title>Aval</title>" in answer.text
    assert "BACKEND_BASE_URL:window.location.origin" in answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "etag" not in answer.headers


def test_page_is_asked_for_uncompressed_so_that_it_can_be_changed(door: TestClient) -> None:
    answer = door.get("/client", headers={"accept": BROWSER, "accept-encoding": "gzip"})
    assert answer.headers["x-seen-encoding"] == ""


def test_page_sent_in_parts_arrives_whole(model: Model) -> None:
    async def in_parts(scope: Scope, receive: Receive, send: Send) -> None:
        start = [(b"content-type", b"text/html; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": start})
        for part in (PAGE[:9], PAGE[9:30], PAGE[30:]):
            await send({"type": "http.response.body", "body": part.encode(), "more_body": True})
            await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": b""})

    door = TestClient(Dispatcher(in_parts, api=build_api(model, Settings()), page=PAGE, styles=STYLES))
    answer = door.get("/", headers={"accept": BROWSER})
    assert answer.text.startswith("<html><head><script>")
    assert answer.text.endswith(f"<style>{STYLES}</style></head><body>dashboard</body></html>")


def test_what_the_dashboard_does_not_find_below_its_addresses_is_a_json_404(model: Model) -> None:
    door = TestClient(
        Dispatcher(PlainTextResponse("File not found", 404), api=build_api(model, Settings()), page=PAGE, styles=STYLES)
    )
    assert_refusal(door.get("/media/nothing.png"), 404, "unknown_address")


def test_dashboard_s_failure_passes_as_it_is(model: Model) -> None:
    failing = HTMLResponse("<head>gone", status_code=503)
    door = TestClient(Dispatcher(failing, api=build_api(model, Settings()), page=PAGE, styles=STYLES))
    answer = door.get("/", headers={"accept": BROWSER})
    assert (answer.status_code, answer.text) == (503, "<head>gone")


@pytest.mark.parametrize("accept", [BROWSER, "*/*", "application/x-protobuf"])
@pytest.mark.parametrize(
    "address",
    [
        "/_stcore/metrics",
        "/_stcore/metrics/",
        "/_stcore//metrics",
        "/_stcore/script-health-check",
        "/_stcore/agent/openapi.json",
        "/_stcore/bidi-components/x",
        "/component/x/index.html",
        "/manifest.json",
    ],
)
def test_what_no_page_needs_of_streamlit_s_addresses_is_a_json_404(door: TestClient, address: str, accept: str) -> None:
    assert_refusal(door.get(address, headers={"accept": accept}), 404, "unknown_address")


def test_page_of_the_installed_streamlit_takes_every_change() -> None:
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    changed = build_page(page, "fr", STYLES)
    for ours in (
        '<html lang="fr">',
        f"<head>{BACKEND_SCRIPT}",
        "<title>Aval</title>",
        "autorisez-le pour cette adresse",
        STYLES,
    ):
        assert changed.count(ours) == 1
    for gone in ("service-desc", "_stcore/agent", "Streamlit app"):
        assert gone in page
        assert gone not in changed
    assert changed.count('<script type="module"') == page.count('<script type="module"') == 1
