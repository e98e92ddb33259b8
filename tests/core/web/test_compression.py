"""Compressed answers: the same content in fewer bytes, each file compressed once, and caches are not misled."""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from core.web.compression import Compression

if sys.version_info >= (3, 14):
    from compression.zstd import decompress as decompress_zstd
else:
    from zstandard import decompress as decompress_zstd

SCRIPT = "const a = 1;\n" * 5000
GZIP = {"accept-encoding": "gzip"}
PLAIN = {"accept-encoding": "identity"}


class Files:
    """A server of one script, one font and some JSON, which counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        routes = [
            Route("/static/a.js", self.script),
            # A server of files goes past what an address says twice or says nothing by.
            Route("/static//a.js", self.script),
            Route("/static/./a.js", self.script),
            Route("/static/a.woff2", self.font),
            Route("/docs/start.js", self.start),
            Route("/answer", self.answer),
        ]
        self.client = TestClient(Compression(Starlette(routes=routes)))

    async def script(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        await asyncio.sleep(0.01)
        headers = {"etag": '"abc"', "cache-control": "public, immutable, max-age=31536000", "x-request-id": "1"}
        return PlainTextResponse(SCRIPT, media_type="text/javascript", headers=headers)

    async def font(self, request: Request) -> Response:
        return Response(bytes(5000), media_type="font/woff2")

    async def start(self, request: Request) -> Response:
        return Response("start();", media_type="text/javascript")

    async def answer(self, request: Request) -> Response:
        return JSONResponse(["client"] * int(request.query_params["n"]))


@pytest.fixture
def files() -> Files:
    return Files()


def test_file_is_compressed_once_and_is_the_same_file(files: Files) -> None:
    answers = [files.client.get("/static/a.js", headers=GZIP) for _ in range(3)]
    assert files.asked == ["/static/a.js"]
    for answer in answers:
        assert answer.text == SCRIPT
        assert answer.headers["content-encoding"] == "gzip"
        assert int(answer.headers["content-length"]) < len(SCRIPT) / 50
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["etag"] == 'W/"abc"'
        assert answer.headers["cache-control"] == "public, immutable, max-age=31536000"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "x-request-id" not in answer.headers


def test_many_at_once_cost_one_compression(files: Files) -> None:
    async def ask_together() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=files.client.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await asyncio.gather(*(client.get("/static/a.js", headers=GZIP) for _ in range(10)))

    assert {answer.text for answer in asyncio.run(ask_together())} == {SCRIPT}
    assert files.asked == ["/static/a.js"]


def test_first_visitor_who_leaves_at_once_leaves_the_whole_file_behind(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text(SCRIPT)
    app = Compression(Starlette(routes=[Route("/static/a.js", lambda _: FileResponse(tmp_path / "a.js"))]))
    # As uvicorn says it: a server of this version breaks a file off when the visitor is gone.
    scope: dict[str, Any] = {"type": "http", "asgi": {"spec_version": "2.3"}, "method": "GET", "path": "/static/a.js"}
    scope |= {"query_string": b"", "headers": [(b"accept-encoding", b"gzip")]}
    sent: list[Message] = []

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope, gone, send))
    assert gzip.decompress(sent[-1]["body"]).decode() == SCRIPT
    assert TestClient(app).get("/static/a.js", headers=GZIP).text == SCRIPT


def test_file_that_breaks_off_is_not_kept() -> None:
    class BreaksOff(PlainTextResponse):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": self.body[:100]})

    answers = iter([BreaksOff, PlainTextResponse])
    app = Starlette(routes=[Route("/static/a.js", lambda _: next(answers)(SCRIPT, media_type="text/javascript"))])
    client = TestClient(Compression(app), raise_server_exceptions=False)
    assert client.get("/static/a.js", headers=GZIP).status_code == 500
    assert client.get("/static/a.js", headers=GZIP).text == SCRIPT


def test_file_that_the_browser_has_is_not_sent_again(files: Files) -> None:
    etag = files.client.get("/static/a.js", headers=GZIP).headers["etag"]
    answer = files.client.get("/static/a.js", headers={**GZIP, "if-none-match": etag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert (answer.headers["etag"], answer.headers["vary"]) == (etag, "Accept-Encoding")
    assert "content-encoding" not in answer.headers
    other = files.client.get("/static/a.js", headers={**GZIP, "if-none-match": 'W/"abd"'})
    assert other.status_code == 200


def test_head_comes_first_and_the_file_is_whole_all_the_same(files: Files) -> None:
    files.client.head("/static/a.js", headers=GZIP)
    assert files.client.get("/static/a.js", headers=GZIP).text == SCRIPT


def test_who_takes_no_gzip_gets_the_file_as_it_is(files: Files) -> None:
    files.client.get("/static/a.js", headers=GZIP)
    answer = files.client.get("/static/a.js", headers=PLAIN)
    assert answer.text == SCRIPT
    assert "content-encoding" not in answer.headers
    assert (answer.headers["etag"], answer.headers["vary"]) == ('"abc"', "Accept-Encoding")


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        ("gzip;q=0", False),
        ("br, gzip; q=0.00", False),
        ("x-gzip-like", False),
        ("br", False),
        ("br;q=1.0, gzip;q=0.2", True),
        ("deflate, gzip", True),
        ("deflate, gzip;q=1.0, *;q=0", True),
    ],
)
def test_gzip_is_for_who_accepts_it_and_not_for_who_only_names_it(
    files: Files, accepted: str, compressed: bool
) -> None:
    for address in ("/static/a.js", "/answer?n=1000"):
        answer = files.client.get(address, headers={"accept-encoding": accepted})
        assert answer.status_code == 200
        assert ("content-encoding" in answer.headers) == compressed
        assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("address", ["/static//a.js", "/static/%2e/a.js"])
def test_other_spellings_of_a_file_s_address_are_answered_and_not_kept(files: Files, address: str) -> None:
    for _ in range(2):
        assert files.client.get(f"http://testserver{address}", headers=GZIP).text == SCRIPT
    assert len(files.asked) == 2


def test_file_that_is_not_there_is_told_each_time_and_kept_never(files: Files) -> None:
    for _ in range(2):
        answer = files.client.get("/static/b.js", headers=GZIP)
        assert (answer.status_code, answer.text) == (404, "Not Found")


def test_font_is_compressed_already_and_short_script_needs_no_etag(files: Files) -> None:
    assert "content-encoding" not in files.client.get("/static/a.woff2", headers=GZIP).headers
    assert files.client.get("/docs/start.js", headers=GZIP).text == "start();"


@pytest.mark.parametrize(
    ("n", "accepted", "compressed"), [(400, GZIP, False), (1000, GZIP, True), (1000, PLAIN, False)]
)
def test_answer_is_compressed_when_it_is_long_and_that_is_accepted(
    files: Files, n: int, accepted: dict[str, str], compressed: bool
) -> None:
    answer = files.client.get(f"/answer?n={n}", headers=accepted)
    assert answer.json() == ["client"] * n
    assert ("content-encoding" in answer.headers) == compressed
    assert n == 400 or answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0, gzip", "gzip"),
        ("gzip;q=0, zstd", "zstd"),
        ("br", None),
        ("zstd;q=0.0", None),
    ],
)
def test_answer_is_in_the_encoding_that_costs_least(files: Files, accepted: str, encoding: str | None) -> None:
    answer = files.client.get("/answer?n=1000", headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) < (1000 if encoding else 20_000)
    assert encoding == "zstd" or answer.json() == ["client"] * 1000
    if encoding == "zstd":
        assert json.loads(decompress_zstd(answer.content)) == ["client"] * 1000


def test_file_is_cached_in_gzip_for_browsers_that_accept_more(files: Files) -> None:
    for _ in range(2):
        answer = files.client.get("/static/a.js", headers={"accept-encoding": "gzip, deflate, br, zstd"})
        assert (answer.headers["content-encoding"], answer.text) == ("gzip", SCRIPT)
    assert files.asked == ["/static/a.js"]


def test_part_of_an_answer_and_a_stream_keep_their_bytes() -> None:
    async def part(request: Request) -> Response:
        return PlainTextResponse("x" * 9000, 206, headers={"content-range": "bytes 0-8999/20000"})

    async def stream(request: Request) -> Response:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(3):
                yield b"x" * 3000

        return StreamingResponse(chunks(), media_type="text/csv")

    client = TestClient(Compression(Starlette(routes=[Route("/part", part), Route("/stream", stream)])))
    whole = client.get("/part", headers=GZIP)
    assert (whole.text, "content-encoding" in whole.headers) == ("x" * 9000, False)
    streamed = client.get("/stream", headers=GZIP)
    assert (streamed.text, streamed.headers["content-encoding"]) == ("x" * 9000, "gzip")
