"""The headers of every answer, the page's policy, cookies behind TLS, and what other origins get: nothing."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.web.security_headers import SecurityHeaders, page_policy

HERE = "http://testserver"
ELSEWHERE = [
    "https://elsewhere.example",
    "http://testserver.elsewhere.example",
    "http://testserver:81",
    "null",
    "http://[",
]


async def shown(request: Request) -> Response:
    answer = JSONResponse({"origin": request.headers.get("origin")})
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Allow-Credentials"] = "true"
    answer.set_cookie("one", "1", httponly=True)
    answer.headers.append("set-cookie", "two=2; Path=/; SameSite=Lax; Secure")
    return answer


async def cached(request: Request) -> Response:
    return PlainTextResponse("x", headers={"Cache-Control": "public, immutable, max-age=31536000"})


async def unchanged(request: Request) -> Response:
    return Response(status_code=304, headers={"etag": '"abc"'})


async def failing(request: Request) -> Response:
    raise RuntimeError("canary-7391")


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("open")
    await socket.close()


@pytest.fixture
def client() -> TestClient:
    routes = [
        Route("/shown", shown),
        Route("/static/name.0123.js", cached),
        Route("/favicon.png", cached),
        Route("/unchanged", unchanged),
        Route("/failing", failing),
        WebSocketRoute("/stream", stream),
    ]
    return TestClient(SecurityHeaders(Starlette(routes=routes)), raise_server_exceptions=False)


@pytest.mark.parametrize(("path", "status"), [("/shown", 200), ("/nowhere", 404), ("/failing", 500)])
def test_every_answer_carries_the_headers(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "strict-transport-security" not in answer.headers
    assert "canary-7391" not in answer.text


def test_cookies_are_secure_and_the_address_stays_secure_behind_tls(client: TestClient) -> None:
    secure = client.get("https://testserver/shown")
    assert secure.headers["strict-transport-security"] == "max-age=31536000"
    assert [each.count("Secure") for each in secure.headers.get_list("set-cookie")] == [1, 1]
    plain = client.get("/shown")
    assert [each.count("Secure") for each in plain.headers.get_list("set-cookie")] == [0, 1]


@pytest.mark.parametrize("origin", [HERE, *ELSEWHERE])
def test_no_origin_is_ever_allowed_or_told_to_the_dashboard(client: TestClient, origin: str) -> None:
    answer = client.get("/shown", headers={"origin": origin})
    assert [name for name in answer.headers if name.startswith("access-control")] == []
    assert answer.json() == {"origin": None}


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_page_of_another_origin_gets_no_websocket(client: TestClient, origin: str) -> None:
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/stream", headers={"origin": origin}):
        pass
    assert refused.value.code == 1008


@pytest.mark.parametrize("headers", [{}, {"origin": HERE}])
def test_program_and_own_page_get_the_websocket(client: TestClient, headers: dict[str, str]) -> None:
    with client.websocket_connect("/stream", headers=headers) as socket:
        assert socket.receive_text() == "open"


def test_only_names_with_a_digest_are_kept_for_ever(client: TestClient) -> None:
    assert "immutable" in client.get("/static/name.0123.js").headers["cache-control"]
    assert client.get("/favicon.png").headers["cache-control"] == "public, max-age=86400"


def test_what_the_browser_has_unchanged_it_may_keep(client: TestClient) -> None:
    answer = client.get("/unchanged")
    assert (answer.status_code, answer.headers["etag"]) == (304, '"abc"')
    assert "cache-control" not in answer.headers


def test_policy_lets_the_page_s_own_inline_scripts_run_and_no_other() -> None:
    page = b"<script>\n one()\n</script><script type=module src='x.js'></script><script defer>two()</script>"
    script_src = next(part for part in page_policy(page).split("; ") if part.startswith("script-src"))
    wanted = {f"'sha256-{b64encode(sha256(text).digest()).decode()}'" for text in (b"\n one()\n", b"two()")}
    assert set(script_src.split()) == {"script-src", "'self'", "'wasm-unsafe-eval'", *wanted}
