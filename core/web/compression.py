"""Answers compressed with gzip for whoever takes it.

What lies in files is compressed once, when it is first asked for, and kept: 7 MB when somebody has asked for every
file there is. The rest is compressed as it is sent, more lightly. No answer holds both a secret and what its reader
chose, so that its length tells nothing (BREACH).
"""

from __future__ import annotations

import asyncio
import gzip
import posixpath
import re
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FILES = ("/static/", "/docs/")
TEXTS = (".js", ".css", ".svg")
ONCE, EACH_TIME = 6, 3
LEAST_BYTES = 5000
"""A client's answer is shorter: compressing it would cost a tenth of what scoring does, to spare two packets."""
OF_A_FILE = ("content-type", "cache-control", "etag", "last-modified")
OF_UNCHANGED = (b"cache-control", b"etag", b"vary")
WEIGHT_OF_NONE = re.compile(r"q=0(\.0*)?")

RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class File:
    """A file as it is sent: headers of a whole answer, and the compressed bytes."""

    headers: RawHeaders
    body: bytes
    etag: str


class Compression:
    """Around the front door. WebSockets, parts of files and what is compressed already pass as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._answers = GZipMiddleware(app, minimum_size=LEAST_BYTES, compresslevel=EACH_TIME)
        self._files: dict[str, File] = {}
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if not _is_for_a_file(scope):
            # What answers here looks for the word gzip alone, and would take `gzip;q=0` for a yes.
            await self._answers(scope if _takes_gzip(scope) else _without_encodings(scope), receive, send)
            return
        if scope["path"] not in self._files:
            refusal = await self._find(scope)
            if refusal:
                await refusal.send_on(send)
                return
        file = self._files[scope["path"]]
        status, headers, body = 200, file.headers, file.body
        if file.etag and file.etag in Headers(scope=scope).get("if-none-match", ""):
            status, headers, body = 304, [each for each in headers if each[0] in OF_UNCHANGED], b""
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})

    async def _find(self, scope: Scope) -> _Answer | None:
        """Asks for the file and keeps it compressed; what came instead, if there is none."""
        # Ten first visitors at once cost no more than one, and memory for one file.
        async with self._one_at_a_time:
            if scope["path"] in self._files:
                return None
            answer = _Answer()
            await self._app(_plain(scope), _nobody_leaves, answer)
            if answer.status != 200:
                return answer
            self._files[scope["path"]] = await run_in_threadpool(answer.compressed)
            return None


class _Answer:
    """Receives an answer instead of the visitor; 500 until a status has come."""

    def __init__(self) -> None:
        self.status = 500
        self._headers: RawHeaders = []
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self._headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    async def send_on(self, send: Send) -> None:
        """The answer as it came."""
        await send({"type": "http.response.start", "status": self.status, "headers": self._headers})
        await send({"type": "http.response.body", "body": bytes(self._body)})

    def compressed(self) -> File:
        """The answer as a file that is kept. Raises EOFError where it is not all there."""
        if len(self._body) != int(Headers(raw=self._headers).get("content-length", len(self._body))):
            raise EOFError("a file broke off while it was read")
        body = gzip.compress(self._body, ONCE, mtime=0)
        headers = {name: value for name, value in Headers(raw=self._headers).items() if name in OF_A_FILE}
        etag = headers.get("etag", "").removeprefix("W/")
        if etag:
            # Other bytes than those of the file: alike is all that may be said of them.
            headers["etag"] = f"W/{etag}"
        headers |= {"content-encoding": "gzip", "content-length": str(len(body)), "vary": "Accept-Encoding"}
        return File(Headers(headers).raw, body, etag)


async def _nobody_leaves() -> Message:
    """In place of the visitor, at whose leaving a file would break off that is kept for all."""
    return await asyncio.Future()


def _is_for_a_file(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    path = scope["path"]
    # One file has one address here: it would else be kept again for each `/static//a.js` that somebody makes up.
    is_file = path.startswith(FILES) and path.endswith(TEXTS) and path == posixpath.normpath(path)
    return is_file and "range" not in Headers(scope=scope) and _takes_gzip(scope)


def _takes_gzip(scope: Scope) -> bool:
    """Whether gzip is named among the encodings that are accepted, and not with a weight of 0."""
    if scope["type"] != "http":
        return False
    for accepted in Headers(scope=scope).get("accept-encoding", "").split(","):
        encoding, _, weight = accepted.partition(";")
        if encoding.strip() == "gzip":
            return not WEIGHT_OF_NONE.fullmatch(weight.lower().replace(" ", ""))
    return False


def _without_encodings(scope: Scope) -> Scope:
    if scope["type"] != "http":
        return scope
    return {**scope, "headers": [each for each in scope["headers"] if each[0] != b"accept-encoding"]}


def _plain(scope: Scope) -> Scope:
    """The same request for the whole file in plain bytes."""
    return {**scope, "method": "GET", "headers": [each for each in scope["headers"] if each[0] in (b"host", b"accept")]}
