"""Compresses answers for browsers that accept it.

Static text files are compressed with gzip when they are first requested, and cached: 7 MB once every file has been
requested. All other answers are compressed while they are sent, by `starlette-compress`: with Zstandard where the
browser accepts it, otherwise with gzip. No answer holds both a secret and text that its reader chose, so its length
reveals nothing (the BREACH attack).
"""

from __future__ import annotations

import asyncio
import gzip
import posixpath
import re
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

FILE_PATHS = ("/static/", "/docs/")
FILE_TYPES = (".js", ".css", ".svg")
FILE_LEVEL, ANSWER_LEVEL = 6, 3
MIN_BYTES = 5000
"""Answers about one client are shorter: compressing them costs a tenth of the scoring time and saves two packets."""
CACHED_HEADERS = ("content-type", "cache-control", "etag", "last-modified")
NOT_MODIFIED_HEADERS = (b"cache-control", b"etag", b"vary")
ZERO_WEIGHT = re.compile(r"q=0(\.0*)?")

RawHeaders = list[tuple[bytes, bytes]]

# Downloads of the screens.
add_compress_type("text/csv")


@dataclass(frozen=True)
class CompressedFile:
    """A cached file: the headers of a complete answer, the compressed bytes, and the ETag without its weak prefix."""

    headers: RawHeaders
    body: bytes
    etag: str


class Compression:
    """Middleware that compresses. WebSockets, parts of files and compressed formats pass unchanged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compress_answer = CompressMiddleware(
            app, minimum_size=MIN_BYTES, brotli=False, zstd_level=ANSWER_LEVEL, gzip_level=ANSWER_LEVEL
        )
        self._files: dict[str, CompressedFile] = {}
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if not _is_file_request(scope):
            await self._compress_answer(scope, receive, send)
            return
        if scope["path"] not in self._files:
            other_answer = await self._load(scope)
            if other_answer:
                await other_answer.send_to(send)
                return
        file = self._files[scope["path"]]
        status, headers, body = 200, file.headers, file.body
        if file.etag and file.etag in Headers(scope=scope).get("if-none-match", ""):
            status, headers, body = 304, [each for each in headers if each[0] in NOT_MODIFIED_HEADERS], b""
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})

    async def _load(self, scope: Scope) -> _RecordedAnswer | None:
        """Request the file from the app and cache it compressed; returns the app's answer if its status is not 200."""
        # Simultaneous first requests wait here, so that a file is compressed once and one file is in memory at a time.
        async with self._one_at_a_time:
            if scope["path"] in self._files:
                return None
            answer = _RecordedAnswer()
            await self._app(_uncompressed_request(scope), _never_disconnects, answer)
            if answer.status != 200:
                return answer
            self._files[scope["path"]] = await run_in_threadpool(answer.compress)
            return None


class _RecordedAnswer:
    """A `send` that records an answer; its status is 500 until the app sends one."""

    def __init__(self) -> None:
        self.status = 500
        self._headers: RawHeaders = []
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self._headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    async def send_to(self, send: Send) -> None:
        """Send the answer as it was recorded."""
        await send({"type": "http.response.start", "status": self.status, "headers": self._headers})
        await send({"type": "http.response.body", "body": bytes(self._body)})

    def compress(self) -> CompressedFile:
        """The answer as a compressed file. Raises EOFError if the body is shorter than its Content-Length."""
        if len(self._body) != int(Headers(raw=self._headers).get("content-length", len(self._body))):
            raise EOFError("a file broke off while it was read")
        body = gzip.compress(self._body, FILE_LEVEL, mtime=0)
        headers = {name: value for name, value in Headers(raw=self._headers).items() if name in CACHED_HEADERS}
        etag = headers.get("etag", "").removeprefix("W/")
        if etag:
            # The bytes differ from those of the file, so only a weak ETag is true of both.
            headers["etag"] = f"W/{etag}"
        headers |= {"content-encoding": "gzip", "content-length": str(len(body)), "vary": "Accept-Encoding"}
        return CompressedFile(Headers(headers).raw, body, etag)


async def _never_disconnects() -> Message:
    """A `receive` that never reports a disconnect, so a cached file is always read to its end."""
    return await asyncio.Future()


def _is_file_request(scope: Scope) -> bool:
    """Whether a request is for a whole static text file, from a browser that accepts gzip."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    path = scope["path"]
    # Only the normal form of a path is cached: each invented spelling (`/static//a.js`) would be cached again.
    is_file = path.startswith(FILE_PATHS) and path.endswith(FILE_TYPES) and path == posixpath.normpath(path)
    return is_file and "range" not in Headers(scope=scope) and _accepts_gzip(scope)


def _accepts_gzip(scope: Scope) -> bool:
    """Whether the request names gzip among the accepted encodings with a weight above 0."""
    for accepted in Headers(scope=scope).get("accept-encoding", "").split(","):
        encoding, _, weight = accepted.partition(";")
        if encoding.strip() == "gzip":
            return not ZERO_WEIGHT.fullmatch(weight.lower().replace(" ", ""))
    return False


def _uncompressed_request(scope: Scope) -> Scope:
    """The same request as a GET for the whole file without compression."""
    return {**scope, "method": "GET", "headers": [each for each in scope["headers"] if each[0] in (b"host", b"accept")]}
