"""The cookie of a visit: random, set once with a page, read from connections; and what is refused without it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import httpx2 as httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.types import Message, Scope
from starlette.websockets import WebSocket

from core.web.visit_cookie import NAME, VISIT, VisitCookie
from core.web.visits import Visits

MB = 2**20
UPLOAD = "/_stcore/upload_file/session/file"


class Brought:
    """What a visitor brought, in this test."""

    n_bytes = 0

    def close(self) -> None:
        """Nothing goes on."""


class Server:
    """A dashboard behind the middleware. marks: of the media files; now: its clock."""

    def __init__(self, *, sign_in: bool = False) -> None:
        self.now = 0.0
        self.media_type = "text/csv"
        self.uploads = 0
        self.n_bytes: list[int] = []
        self.n_bytes_read: list[int] = []
        self.visits: Visits[Brought] = Visits(Brought, max_bytes=100 * MB, clock=lambda: self.now)
        routes = [
            WebSocketRoute("/_stcore/stream", self.stream),
            Route("/media/file.csv", self.media),
            Route(UPLOAD, self.upload, methods=["PUT"]),
            Route("/_stcore/health", lambda request: PlainTextResponse("ok")),
            Route("/client", lambda request: HTMLResponse("<html></html>")),
        ]
        self.app = VisitCookie(Starlette(routes=routes), self.visits, minutes=120, sign_in=sign_in)

    async def stream(self, socket: WebSocket) -> None:
        """A tab: it is told its token, and a page is shown to it when it asks for one."""
        await socket.accept()
        tokens = socket.headers.getlist(VISIT)
        await socket.send_json(tokens)
        while (await socket.receive_text()) == "page":
            self.visits.contents(tokens[0], "")
            await socket.send_text("shown")
        await socket.close()

    async def media(self, request: Request) -> Response:
        return Response(b"a;b", media_type=self.media_type)

    async def upload(self, request: Request) -> Response:
        self.n_bytes.append(self.visits.n_bytes)
        await request.body()
        self.n_bytes_read.append(self.visits.n_bytes)
        self.uploads += 1
        return Response(status_code=204)

    def browser(self, address: str = "http://localhost") -> TestClient:
        """A browser of its own."""
        return TestClient(self.app, base_url=address)


@pytest.fixture
def server() -> Server:
    return Server()


def token_in(answer: httpx.Response) -> str:
    return str(answer.headers["set-cookie"]).partition("=")[2].partition(";")[0]


def open_tab(browser: TestClient, **headers: str) -> WebSocketTestSession:
    """The connection of a tab, with the cookies that the browser has got."""
    address = str(browser.base_url).replace("http", "ws", 1)
    cookies = {"cookie": "; ".join(f"{each.name}={each.value}" for each in browser.cookies.jar)}
    return browser.websocket_connect(f"{address}/_stcore/stream", headers=cookies | headers)


def shown(browser: TestClient) -> None:
    """A page is shown to this browser, and its tab closed."""
    with open_tab(browser) as tab:
        tab.receive_json()
        tab.send_text("page")
        tab.receive_text()
        tab.send_text("end")


def test_a_browser_gets_one_cookie_with_its_first_page(server: Server) -> None:
    browser = server.browser()
    cookie = browser.get("/client").headers["set-cookie"]
    assert cookie.startswith(f"{NAME}=")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax")
    assert "set-cookie" not in browser.get("/client").headers
    assert "set-cookie" not in server.browser().get("/_stcore/health").headers


def test_no_two_browsers_get_the_same(server: Server) -> None:
    tokens = {token_in(server.browser().get("/client")) for _ in range(50)}
    assert len(tokens) == 50
    assert all(len(token) == 43 for token in tokens)


def test_behind_tls_no_other_site_can_set_it(server: Server) -> None:
    browser = server.browser("https://aval.example")
    cookie = browser.get("/client").headers["set-cookie"]
    assert cookie.startswith(f"__Host-{NAME}=")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")
    planted = browser.get("/client", headers={"cookie": f"{NAME}={'x' * 43}"})
    assert (
        "set-cookie" in server.browser("https://aval.example").get("/client", headers=planted.request.headers).headers
    )


def test_a_tab_is_told_the_token_of_its_cookie_and_of_nothing_else(server: Server) -> None:
    browser = server.browser()
    token = token_in(browser.get("/client"))
    with open_tab(browser, **{VISIT: "of somebody else"}) as tab:
        assert tab.receive_json() == [token]
        tab.send_text("end")
    with open_tab(server.browser(), **{VISIT: token}) as tab:
        assert tab.receive_json() == []
        tab.send_text("end")
    with open_tab(server.browser(), cookie=f"{NAME}=../x") as tab:
        assert tab.receive_json() == []
        tab.send_text("end")


@pytest.mark.parametrize(
    ("address", "sign_in", "minutes"),
    [
        ("http://localhost", False, 120),
        ("http://192.168.0.7", False, 120),
        ("https://aval.example", False, 15),
        ("https://aval.example", True, 120),
    ],
)
def test_a_visit_lasts_its_minutes_and_on_a_public_demonstration_fewer(
    address: str, sign_in: bool, minutes: int
) -> None:
    server = Server(sign_in=sign_in)
    browser = server.browser(address)
    token = token_in(browser.get("/client"))
    shown(browser)
    server.now = 60.0 * minutes - 1.0
    server.visits.end_late()
    assert server.visits.find(token) is not None
    server.now += 1.0
    server.visits.end_late()
    assert server.visits.find(token) is None


def never(server: Server, browser: TestClient) -> None:
    """No cookie at all."""


def page_only(server: Server, browser: TestClient) -> None:
    browser.get("/client")


def no_access(server: Server, browser: TestClient) -> None:
    browser.get("/client")
    with open_tab(browser) as tab:
        tab.receive_json()
        tab.send_text("end")


def ended(server: Server, browser: TestClient) -> None:
    token = token_in(browser.get("/client"))
    shown(browser)
    server.visits.end(token)


@pytest.mark.parametrize("before", [never, page_only, no_access, ended])
def test_nobody_uploads_to_whom_no_page_was_shown(server: Server, before: Callable[[Server, TestClient], None]) -> None:
    browser = server.browser()
    before(server, browser)
    assert browser.put(UPLOAD, content=b"file").status_code == 403
    assert server.uploads == 0


def test_a_visitor_uploads(server: Server) -> None:
    browser = server.browser()
    browser.get("/client")
    shown(browser)
    assert browser.put(UPLOAD, content=b"file").status_code == 204
    assert server.uploads == 1
    assert server.visits.n_bytes < MB


def pieces(count: int) -> Iterator[bytes]:
    """A file of this many megabytes, whose length is not said."""
    for _ in range(count):
        yield bytes(MB)


def test_an_upload_counts_by_what_has_come_and_not_by_what_its_sender_says(server: Server) -> None:
    """Or six that say they are large, and send nothing, would end the visits of others."""
    browser = server.browser()
    browser.get("/client")
    shown(browser)
    assert browser.put(UPLOAD, content=b"file", headers={"content-length": str(90 * MB)}).status_code == 204
    assert browser.put(UPLOAD, content=pieces(90)).status_code == 204
    assert server.n_bytes[0] < MB
    assert 90 * MB <= server.n_bytes_read[1] < 91 * MB
    assert server.visits.n_bytes < MB


def test_an_upload_for_which_no_room_is_left_is_refused_while_it_comes(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    browser = server.browser()
    browser.get("/client")
    shown(browser)
    with open_tab(browser) as tab:
        tab.receive_json()
        answer = browser.put(UPLOAD, content=pieces(200))
        tab.send_text("end")
    assert (answer.status_code, answer.text) == (507, "No memory is left for files; try again later.\n")
    assert server.uploads == 0
    assert server.visits.n_bytes < MB
    assert caplog.messages == ["upload refused: MAX_VISITS_MB are full"]


def upload_of(token: str, kind: bytes = b"multipart/form-data; boundary=b") -> Scope:
    """An upload with the cookie of a visit, to be served piece by piece."""
    headers = [(b"host", b"localhost"), (b"cookie", f"{NAME}={token}".encode()), (b"content-type", kind)]
    return {
        "type": "http", "method": "PUT", "path": UPLOAD, "raw_path": UPLOAD.encode(), "query_string": b"",
        "scheme": "http", "headers": headers, "server": ("localhost", 80), "root_path": "",
    }  # fmt: skip


def answers_to(server: Server, scope: Scope, *messages: Message) -> list[Message]:
    """What an upload whose sender sends these messages, and then goes, is answered."""
    left, answers = [*messages], list[Message]()

    async def receive() -> Message:
        return left.pop(0) if left else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answers.append(message)

    asyncio.run(server.app(scope, receive, send))
    return answers


def test_an_upload_that_is_broken_off_is_one_line_in_the_log_and_counts_no_longer(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    browser = server.browser()
    token = token_in(browser.get("/client"))
    shown(browser)
    piece = {"type": "http.request", "body": bytes(2 * MB), "more_body": True}
    answers_to(server, upload_of(token), piece)
    assert [(each.levelname, each.message) for each in caplog.records] == [("WARNING", "upload broken off")]
    assert server.visits.n_bytes < MB


def test_uploads_that_are_small_each_have_no_more_room_together(server: Server) -> None:
    """Or as many as there may be connections would take a megabyte each, whatever MAX_VISITS_MB says."""
    browser = server.browser()
    token = token_in(browser.get("/client"))
    shown(browser)
    server.visits.connect(token, 60.0)
    piece = {"type": "http.request", "body": bytes(MB - 1), "more_body": True}
    most = 0

    async def upload_all() -> list[int]:
        refused, come = list[int](), asyncio.Event()

        async def one() -> None:
            pieces = [piece]

            async def receive() -> Message:
                nonlocal most
                if pieces:
                    return pieces.pop()
                most = max(most, server.visits.n_bytes)
                await come.wait()
                return {"type": "http.disconnect"}

            async def send(message: Message) -> None:
                refused.extend([message["status"]] if message["type"] == "http.response.start" else [])

            await server.app(upload_of(token), receive, send)

        uploads = [asyncio.create_task(one()) for _ in range(200)]
        for _ in range(100):
            await asyncio.sleep(0)
        come.set()
        await asyncio.gather(*uploads)
        return refused

    assert asyncio.run(upload_all()).count(507) >= 97
    assert most < 103 * MB
    assert server.visits.n_bytes < MB


def test_a_form_that_no_page_sends_is_refused_unread(server: Server) -> None:
    browser = server.browser()
    token = token_in(browser.get("/client"))
    shown(browser)
    answer, body = answers_to(server, upload_of(token, b"application/x-www-form-URLENCODED"))
    assert (answer["status"], body["body"]) == (415, b"Send the file as multipart/form-data.\n")
    assert server.uploads == 0


def test_an_upload_past_the_memory_of_all_is_refused_unread(server: Server) -> None:
    browser = server.browser()
    browser.get("/client")
    shown(browser)
    with open_tab(browser) as tab:
        tab.receive_json()
        server.visits.file_arrives(101 * MB)
        assert browser.put(UPLOAD, content=b"file").status_code == 507
        tab.send_text("end")
    assert server.uploads == 0


def test_a_download_ends_with_what_the_visit_holds(server: Server) -> None:
    browser = server.browser()
    token = token_in(browser.get("/client"))
    shown(browser)
    server.media_type = f"text/csv; id={server.visits.mark(token)}"
    assert browser.get("/media/file.csv").content == b"a;b"
    server.visits.end(token)
    assert browser.get("/media/file.csv").status_code == 404
    shown(browser)
    assert browser.get("/media/file.csv").status_code == 404


def test_a_download_is_its_visit_s_own(server: Server) -> None:
    browser, other, stranger = server.browser(), server.browser(), server.browser()
    token = token_in(browser.get("/client"))
    other.get("/client")
    server.media_type = f"text/csv; id={server.visits.mark(token)}"
    assert browser.get("/media/file.csv").content == b"a;b"
    for each in (other, stranger):
        answer = each.get("/media/file.csv")
        assert answer.status_code == 404
        assert answer.text == "Not Found"
    server.media_type = "image/png"
    assert stranger.get("/media/file.csv").status_code == 200
