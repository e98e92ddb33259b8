"""Through the real server: headers, cookies, what is closed, who may upload, and how much at once."""

from __future__ import annotations

import gzip
import socket
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from core.settings import ROOT
from tests.browser.serving import HTTP, MAX_SECONDS
from tests.server.conftest import Server
from tests.server.sockets import Answer, ask, whole

MB = 2**20
STREAMLIT = Subprotocol("streamlit")
HTML = ("Accept: text/html",)
TLS = ("X-Forwarded-Proto: https",)
ELSEWHERE = ("Origin: https://elsewhere.example",)


def answered(server: Server, request: bytes) -> Answer:
    """The answer to one request, which must come."""
    answer = ask(server.port, request)
    assert answer is not None
    return answer


def get(server: Server, path: str, *lines: str, verb: str = "GET", body: bytes = b"") -> Answer:
    """One request, and its answer, which must come."""
    head = (f"{verb} {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", *lines, "Connection: close", "", "")
    return answered(server, "\r\n".join(head).encode() + body)


@pytest.fixture(scope="module")
def script(server: Server) -> str:
    """The address of the page's own script."""
    page = get(server, "/", *HTML).content.decode()
    return page.partition('<script type="module" crossorigin src=".')[2].partition('"')[0]


class Inline(HTMLParser):
    """The texts of the inline scripts of a page, as a browser finds them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag == "script" and "src" not in dict(attrs)

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found.append(data)
            self._open = False


def test_every_answer_carries_the_headers(server: Server, script: str, body: Callable[[int], bytes]) -> None:
    answers = {
        path: get(server, path, *HTML, *ELSEWHERE)
        for path in ("/", "/client?id=1", "/docs", "/features", "/predict", "/_stcore/health", "/favicon.png", script)
    }
    answers |= {path: get(server, path, *ELSEWHERE) for path in ("/health", "/nothing", "/media/nothing.png")}
    posted = {route: answered(server, whole(route, body(1))) for route in ("/predict_proba", "/data")}
    refused = {"refused": answered(server, whole("/predict", b"{"))}
    for name, answer in (answers | posted | refused).items():
        headers = answer.headers
        assert headers["x-content-type-options"] == "nosniff", name
        assert headers["x-frame-options"] == "DENY", name
        assert headers["content-security-policy"].startswith("default-src 'none'"), name
        assert "frame-ancestors 'none'" in headers["content-security-policy"], name
        assert "cache-control" in headers, name
        assert [each for each in headers if each.startswith("access-control")] == [], name
        assert "strict-transport-security" not in headers, name
    assert all(answer.headers["cache-control"] == "no-store" for answer in (posted | refused).values())
    assert get(server, "/", *HTML, *TLS).headers["strict-transport-security"] == "max-age=31536000"


def test_policy_names_the_inline_scripts_of_the_page_that_is_sent(server: Server) -> None:
    answer = get(server, "/client", *HTML)
    policy = answer.headers["content-security-policy"]
    script_src = next(part for part in policy.split("; ") if part.startswith("script-src")).split()
    scripts = Inline(answer.content.decode()).found
    assert len(scripts) == 2
    wanted = {f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in scripts}
    assert set(script_src[1:]) == {"'self'", "'wasm-unsafe-eval'", *wanted}


def test_token_cookie_is_secure_behind_tls_and_stays_on_this_site(server: Server) -> None:
    cookie = get(server, "/_stcore/health", *TLS).headers["set-cookie"]
    assert cookie.startswith("_streamlit_xsrf=")
    assert {"SameSite=Lax", "Secure"} <= set(cookie.split("; "))
    assert "Secure" not in get(server, "/_stcore/health").headers["set-cookie"]


def test_metrics_are_nobody_s(server: Server) -> None:
    for path in ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent/openapi.json"):
        for lines in (HTML, (), TLS):
            assert get(server, path, *lines).json()["code"] == "unknown_address"


def test_script_comes_compressed_once_and_for_all(server: Server, script: str) -> None:
    plain = get(server, script)
    packed = get(server, script, "Accept-Encoding: gzip, deflate, br")
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2
    assert "immutable" in packed.headers["cache-control"]
    assert get(server, script, "Accept-Encoding: gzip", f"If-None-Match: {packed.headers['etag']}").status == 304
    assert get(server, "/", *HTML).headers["cache-control"] == "no-cache"


def test_answers_that_stay_the_same_are_sent_once(server: Server) -> None:
    for path in ("/features", "/best_threshold", "/openapi.json"):
        first = get(server, path)
        assert first.headers["cache-control"] == "no-cache"
        again = get(server, path, f"If-None-Match: {first.headers['etag']}")
        assert (again.status, again.content) == (304, b"")


@contextmanager
def session(server: Server, token: str, visit: str = "") -> Iterator[tuple[ClientConnection, str]]:
    """A visitor's WebSocket, and the id of the session behind it; with a visit's cookie, once the page was shown."""
    here = f"127.0.0.1:{server.port}"
    lines = {"Cookie": visit} if visit else {}
    with connect(
        f"ws://{here}/_stcore/stream",
        subprotocols=[STREAMLIT, Subprotocol(token)],
        origin=Origin(f"http://{here}"),
        additional_headers=lines,
        max_size=None,
    ) as socket:
        ask_for_page = BackMsg()
        ask_for_page.rerun_script.page_name = "client"
        socket.send(ask_for_page.SerializeToString())
        told = ForwardMsg()
        while told.WhichOneof("type") != "new_session":
            told.ParseFromString(socket.recv(timeout=MAX_SECONDS))
        session_id = told.new_session.initialize.session_id
        while visit and told.WhichOneof("type") != "script_finished":
            told.ParseFromString(socket.recv(timeout=MAX_SECONDS))
        yield socket, session_id


def test_upload_wants_the_token_and_is_not_too_large(server: Server) -> None:
    cookie = get(server, "/_stcore/health").headers["set-cookie"].partition(";")[0]
    token = cookie.partition("=")[2]
    content = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\nSK_ID_CURR\r\n--b--\r\n'
    visit = get(server, "/", *HTML).headers["set-cookie"].partition(";")[0]
    own = (f"Cookie: {cookie}; {visit}", f"X-Xsrftoken: {token}")
    kind = ("Content-Type: multipart/form-data; boundary=b", f"Content-Length: {len(content)}")
    with session(server, token, visit) as (_, session_id):
        path = f"/_stcore/upload_file/{session_id}/{uuid.uuid4()}"
        without_token = (f"Cookie: {visit}",)
        for lines in (without_token, own[:1], (*without_token, own[1]), (own[0], "X-Xsrftoken: 2|0|0|0")):
            assert get(server, path, *kind, *lines, verb="PUT", body=content).status == 403
            assert get(server, path, *lines, verb="DELETE").status == 403
        without_visit = (f"Cookie: {cookie}", own[1])
        assert get(server, path, *kind, *without_visit, verb="PUT", body=content).status == 403
        assert get(server, path, *kind, *own, verb="PUT", body=content).status == 204
        large = get(server, path, kind[0], f"Content-Length: {51 * MB}", *own, verb="PUT")
        assert (large.status, large.content) == (413, b"File too large")


def test_page_of_another_origin_gets_no_session(server: Server) -> None:
    address = f"ws://127.0.0.1:{server.port}/_stcore/stream"
    for origin in ("https://elsewhere.example", "http://127.0.0.1:1", "http://localhost"):
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(address, subprotocols=[STREAMLIT], origin=Origin(origin)),
        ):
            pass
        assert refused.value.response.status_code == 403


def test_page_of_a_name_that_was_made_to_point_here_gets_nothing(server: Server, body: Callable[[int], bytes]) -> None:
    """Its requests are of one origin with ours; only the host name tells them apart."""
    own = ("Host: evil.example", "Origin: http://evil.example", "Connection: close")
    content = body(1)
    json_body = ("Content-Type: application/json", f"Content-Length: {len(content)}")
    for first, lines, sent in (
        ("GET / HTTP/1.1", ("Accept: text/html",), b""),
        ("GET /features HTTP/1.1", (), b""),
        ("GET /_stcore/health HTTP/1.1", ("X-Forwarded-For: 1.1.1.1",), b""),
        ("POST /predict_proba HTTP/1.1", json_body, content),
    ):
        answer = ask(server.port, "\r\n".join((first, *own, *lines, "", "")).encode() + sent)
        assert answer is not None
        assert (answer.status, b"ALLOWED_HOSTS" in answer.content) == (400, True)
        assert answer.headers["x-frame-options"] == "DENY"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        address, origin = f"ws://evil.example:{server.port}/_stcore/stream", f"http://evil.example:{server.port}"
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(address, sock=connection, subprotocols=[STREAMLIT], origin=Origin(origin)),
        ):
            pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "kind", [(), ("Content-Type: text/plain",), ("Content-Type: application/x-www-form-urlencoded",)]
)
def test_body_of_a_browser_must_say_that_it_is_json(
    server: Server, body: Callable[[int], bytes], kind: tuple[str, ...]
) -> None:
    content = body(1)
    lines = (*kind, f"Content-Length: {len(content)}")
    for origin in (ELSEWHERE, (f"Origin: http://127.0.0.1:{server.port}",)):
        assert get(server, "/predict", *lines, *origin, verb="POST", body=content).status == 415
    own = ("Content-Type: application/json", *lines[-1:])
    assert (
        get(server, "/predict", *own, f"Origin: http://127.0.0.1:{server.port}", verb="POST", body=content).status
        == 200
    )


def test_message_over_a_megabyte_ends_the_session_unread(server: Server) -> None:
    message = BackMsg()
    typed = message.rerun_script.widget_states.widgets.add()
    typed.id, typed.string_value = "x", "a" * MB
    with session(server, "none") as (socket, _):
        with pytest.raises(ConnectionClosedError) as ended:
            socket.send(message.SerializeToString())
            while True:
                socket.recv(timeout=MAX_SECONDS)
        assert ended.value.rcvd is not None and ended.value.rcvd.code == 1009


def test_every_way_to_start_has_that_limit_and_those_of_the_connections() -> None:
    for name in ("Procfile", "setup.sh"):
        assert f"--ws-max-size {MB}" in (ROOT / name).read_text(encoding="utf-8").split("uvicorn dashboard:app")[1]
        assert f"--http {HTTP}" in (ROOT / name).read_text(encoding="utf-8").split("uvicorn dashboard:app")[1]
    started_by_hand = (ROOT / "dashboard.py").read_text(encoding="utf-8")
    assert "ws_max_size=2**20" in started_by_hand and f'"{HTTP}"' in started_by_hand
