"""The server's log: JSON lines on standard output, without any data of a client.

The line of a request holds its id, route, status, duration, number of clients and the model's digest. It leaves out
the address, which may name a client, and the text of an exception, which may quote a cell.
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
METHODS = frozenset({"GET", "HEAD", "POST"})
_FIELDS = "aval_fields"

log = logging.getLogger("aval.requests")


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object: time (UTC), level, logger, message, and the fields of a request."""

    def format(self, record: logging.LogRecord) -> str:
        """Format one record. An exception is given by its type and its stack frames, without its text."""
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
    """Make every logger of this process, libraries and warnings included, write JSON lines to standard output."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    logging.captureWarnings(True)
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger) and logger.handlers:
            logger.handlers, logger.propagate = [], True
    # Access lines hold the whole address, which may name a client.
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("uvicorn.error").addFilter(_is_no_access_line)
    log.setLevel(logging.INFO)


class RequestLog:
    """Middleware that gives each request an id and a log line, and answers a failure with 500 and the id alone."""

    def __init__(self, app: ASGIApp, paths: Collection[str], bundle: str) -> None:
        """Set up the log.

        Parameters
        ----------
        paths: paths of the routes; a request for any other path is logged as "unknown".
        bundle: digest of the model, written on every line.
        """
        self._app = app
        self._paths = frozenset(paths)
        self._bundle = bundle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and log it."""
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
            failure = {_FIELDS: {"request_id": request_id}}
            log.error("failed", exc_info=(type(error), error, error.__traceback__), extra=failure)
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
        is_route = scope["path"] in self._paths and scope["method"] in METHODS
        return f"{scope['method']} {scope['path']}" if is_route else "unknown"


def _is_no_access_line(record: logging.LogRecord) -> bool:
    """False for uvicorn's access lines of WebSockets, which it writes through the logger of its errors."""
    return "WebSocket" not in str(record.msg)


def _request_id(scope: Scope) -> str:
    """The id in the request's header if it is a UUID, which can hold no data; otherwise a new one."""
    try:
        return uuid.UUID(Headers(scope=scope).get(ID_HEADER, "")).hex
    except ValueError:
        return uuid.uuid4().hex
