"""Through the real server: no message of a visitor reaches what all visitors share."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.browser.serving import MAX_SECONDS
from tests.server.conftest import Server
from tests.server.test_what_a_browser_is_told import HTML, get, session

FILE = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\nSK_ID_CURR\r\n--b--\r\n'


def cookie_of(server: Server, path: str) -> str:
    return get(server, path, *HTML).headers["set-cookie"].partition(";")[0]


def test_nobody_empties_the_caches_in_which_the_visits_of_all_lie(server: Server) -> None:
    cookie, visit, stranger_s = cookie_of(server, "/_stcore/health"), cookie_of(server, "/"), cookie_of(server, "/")
    token = cookie.partition("=")[2]
    with session(server, token, visit) as (_, session_id), session(server, token, stranger_s) as (stranger, _):
        clear, page, told = BackMsg(), BackMsg(), ForwardMsg()
        clear.clear_cache = True
        page.rerun_script.page_name = "client"
        for message in (clear, page):
            stranger.send(message.SerializeToString())
        while told.WhichOneof("type") != "script_finished":
            told.ParseFromString(stranger.recv(timeout=MAX_SECONDS))
        own = (f"Cookie: {cookie}; {visit}", f"X-Xsrftoken: {token}")
        kind = ("Content-Type: multipart/form-data; boundary=b", f"Content-Length: {len(FILE)}")
        # A page that is drawn anew looks for its visit in the cache.
        with session(server, token, visit):
            path = f"/_stcore/upload_file/{session_id}/{uuid.uuid4()}"
            assert get(server, path, *kind, *own, verb="PUT", body=FILE).status == 204
        new = cookie_of(server, "/")
        with session(server, token, new) as (_, session_id):
            path = f"/_stcore/upload_file/{session_id}/{uuid.uuid4()}"
            lines = (f"Cookie: {cookie}; {new}", own[1])
            assert get(server, path, *kind, *lines, verb="PUT", body=FILE).status == 204


def fragments_until_it_ends(tab: ClientConnection) -> Iterator[bytes]:
    """One more than may come, and no further: what a server leaves unread takes its last word away."""
    yield from [b""] * 1001
    for _ in range(int(MAX_SECONDS * 100)):
        if tab.close_code is not None:
            return
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("message", "code", "line"),
    [
        (None, 1008, "connection refused: a message came in more than 1000 fragments"),
        (b"\xff\xfe", 1007, "connection refused: a message was no UTF-8"),
    ],
    ids=["fragments", "no text"],
)
def test_a_message_that_no_tab_sends_ends_its_connection_in_one_line_of_the_log(
    server: Server, message: bytes | None, code: int, line: str
) -> None:
    before = server.log.read_text()
    token = cookie_of(server, "/_stcore/health").partition("=")[2]
    with session(server, token, cookie_of(server, "/")) as (tab, _), pytest.raises(ConnectionClosed) as closed:
        if message is None:
            tab.send(fragments_until_it_ends(tab))
        else:
            tab.send(message, text=True)
        while True:
            tab.recv(timeout=MAX_SECONDS)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code
    said = server.log.read_text().removeprefix(before)
    assert said.count(line) == 1
    assert "Traceback" not in said
