"""JSON as the routes send it: in ASCII, with floats that keep every bit, and without NaN."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import Response


class Json(Response):
    """A JSON response in ASCII. Floats keep every bit; NaN raises ValueError."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The bytes of a document; bytes are passed through."""
        return content if isinstance(content, bytes) else to_json(content)


def to_json(document: object) -> bytes:
    """The bytes of a document, in ASCII. Raises ValueError if it holds NaN or an infinity."""
    return json.dumps(document, allow_nan=False, separators=(",", ":")).encode("ascii")


def constant_json(document: object) -> Callable[[Request], Awaitable[Response]]:
    """Serves a constant JSON body with an ETag; answers 304 to a matching If-None-Match."""
    content = to_json(document)
    tag = f'W/"{sha256(content).hexdigest()[:16]}"'
    headers = {"Cache-Control": "no-cache", "ETag": tag}

    async def route(request: Request) -> Response:
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Json(content, headers=headers)

    return route
