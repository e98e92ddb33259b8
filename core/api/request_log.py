"""What the server says of itself: JSON lines on standard output, and never a client's data.

A line about a request holds its id, route, status, duration, number of clients and the model's digest. The address
is not in it, for it may name a client; nor is an exception's own text, which may hold a cell.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
import uuid
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ROWS = "aval.rows"
ID_HEADER = "X-Request-ID"
VERBS = frozenset({"GET", "HEAD", "POST"})
_FIELDS = "aval_fields"

log = logging.getLogger("aval.requests")


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, and the fields that a line of ours carries."""

    def format(self, record: logging.LogRecord) -> str:
        """The line. Of an exception it holds the type and where it was raised."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, _FIELDS, {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["trace"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return msgspec.json.encode(line).decode()


def write_json_lines() -> None:
    """Has every logger of this process write JSON lines to standard output, those of libraries and warnings too."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    logging.captureWarnings(True)
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger) and logger.handlers:
            logger.handlers, logger.propagate = [], True
    # An access line holds the whole address, and with it a client's id.
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("uvicorn.error").addFilter(_holds_no_address)
    log.setLevel(logging.INFO)


class RequestLog:
    """Around the routes: gives each request its id and its line, and answers a failure of ours with the id alone."""

    def __init__(self, app: ASGIApp, paths: Collection[str], bundle: str) -> None:
        """paths: the routes' addresses, all others are called "unknown"; bundle: the model's digest."""
        self._app = app
        self._paths = frozenset(paths)
        self._bundle = bundle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, start = _request_id(scope), time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[ID_HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:
            failed = {"request_id": request_id}
            log.error("failed", exc_info=(type(error), error, error.__traceback__), extra={_FIELDS: failed})
            if not status:
                await JSONResponse({"request_id": request_id}, status_code=500)(scope, receive, send_with_id)
        finally:
            fields = {
                "request_id": request_id,
                "route": self._route(scope),
                "status": status,
                "ms": round(1000 * (time.perf_counter() - start), 3),
                "rows": scope.get(ROWS, 0),
                "bundle": self._bundle,
            }
            log.info("answered", extra={_FIELDS: fields})

    def _route(self, scope: Scope) -> str:
        known = scope["path"] in self._paths and scope["method"] in VERBS
        return f"{scope['method']} {scope['path']}" if known else "unknown"


def _holds_no_address(record: logging.LogRecord) -> bool:
    """False for uvicorn's access lines of WebSockets, which come by the same logger as its errors."""
    return "WebSocket" not in str(record.msg)


def _request_id(scope: Scope) -> str:
    """The id that the router in front gave, if it is a UUID and so can hold nothing else; a new one otherwise."""
    try:
        return uuid.UUID(Headers(scope=scope).get(ID_HEADER, "")).hex
    except ValueError:
        return uuid.uuid4().hex
