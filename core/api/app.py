"""The JSON routes of the contract, and four more: health, explanations, and their own description.

A route reads JSON, calls one core function and answers JSON. Each class of error has its status in one dictionary.
A few clients are scored at once, which takes less time than handing them to a thread; more go to a thread, of which a
bounded number works at a time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.api import openapi
from core.api.limits import ApiKeys, BodyReservation, ConcurrencyLimiter
from core.api.request_body import BodyReader
from core.api.request_log import ROWS, RequestLog
from core.api.responses import Tell, answer, explanation_of, refusal, solvency_and_threshold, yes_or_no
from core.errors import (
    Busy,
    InputRefused,
    KeyRefused,
    NotExplained,
    Problem,
    TooLarge,
    TooSlow,
    UnreadableInput,
    UnsupportedType,
)
from core.i18n.translations import translate
from core.readers.json_document import check_size, read_json, without_infinities
from core.records import Assessments
from core.scoring.assess import Model, assess
from core.settings import VERSION, Settings

STATUS: Mapping[type[InputRefused], int] = {
    UnreadableInput: 400,
    KeyRefused: 401,
    TooSlow: 408,
    TooLarge: 413,
    UnsupportedType: 415,
    InputRefused: 422,
    Busy: 503,
}
HEADERS: Mapping[type[InputRefused], Mapping[str, str]] = {
    KeyRefused: {"WWW-Authenticate": "Bearer"},
    Busy: {"Retry-After": "1"},
}
FEW_BYTES, FEW_CLIENTS = 2**16, 2

Telling = Callable[[Assessments, Model], Tell]


class Json(Response):
    """JSON in ASCII with floats to the last bit; refuses to write NaN."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The document's bytes; what is bytes already is left alone."""
        return content if isinstance(content, bytes) else to_json(content)


def to_json(document: object) -> bytes:
    """A document's bytes. Raises ValueError where it holds NaN."""
    return json.dumps(document, allow_nan=False, separators=(",", ":")).encode("ascii")


def fixed(document: object) -> Callable[[Request], Awaitable[Response]]:
    """A route that answers the same as long as the server runs; who has it from before is told that it holds."""
    content = to_json(document)
    tag = f'W/"{sha256(content).hexdigest()[:16]}"'
    headers = {"Cache-Control": "no-cache", "ETag": tag}

    async def route(request: Request) -> Response:
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Json(content, headers=headers)

    return route


def build_api(model: Model, settings: Settings) -> Starlette:
    """The routes, answered by one model under these limits; a bare app that runs without the dashboard."""
    posts = PostRoutes(model, settings)
    health = {"status": "ready", "bundle": model.bundle.digest, "version": VERSION}

    async def welcome(request: Request) -> Response:
        return PlainTextResponse(translate("api.welcome", "fr"), headers={"Vary": "Accept"})

    async def ready(request: Request) -> Response:
        return Json(health, headers={"Cache-Control": "no-store"})

    features = fixed({"columns": list(model.bundle.names)})
    best_threshold = fixed({"best_threshold": model.bundle.policy.threshold})
    described = fixed(openapi.describe(model, settings))

    routes = [
        Route("/", welcome, methods=["GET"]),
        Route("/features", features, methods=["GET"]),
        Route("/best_threshold", best_threshold, methods=["GET"]),
        Route("/predict", posts.scoring("prediction", lambda *_: yes_or_no), methods=["POST"]),
        Route("/predict_proba", posts.scoring("prediction", lambda *_: solvency_and_threshold), methods=["POST"]),
        Route("/explain", posts.scoring("explanation", explanation_of, few=0), methods=["POST"]),
        Route("/data", posts.data, methods=["POST"]),
        Route("/health", ready, methods=["GET"]),
        Route("/openapi.json", described, methods=["GET"]),
        *openapi.documentation_routes(),
    ]
    paths = {route.path for route in routes}
    api = Starlette(
        routes=routes,
        middleware=[Middleware(RequestLog, paths=paths, bundle=model.bundle.digest)],
        exception_handlers={
            InputRefused: _refuse,
            NotExplained: _not_explained,
            HTTPException: _refuse_address,
            ClientDisconnect: _nobody_there,
        },
    )
    api.router.redirect_slashes = False
    return api


class PostRoutes:
    """The routes that take a body: key, type, limits, and then one core function."""

    def __init__(self, model: Model, settings: Settings) -> None:
        self._model = model
        self._settings = settings
        self._reader = BodyReader()
        self._keys = ApiKeys(settings.api_key_digests, closed=settings.sign_in)
        self._limit = settings.max_body_mb * 2**20
        self._admission = ConcurrencyLimiter(
            max_bytes=2 * self._limit, max_scorings=settings.max_scorings, small=FEW_BYTES
        )

    def scoring(self, key: str, telling: Telling, few: int = FEW_CLIENTS) -> Callable[[Request], Awaitable[Response]]:
        """A route that assesses the clients of the body; up to `few` of them without the detour by a thread."""

        def assessed(request: Request, rows: Sequence[object]) -> bytes:
            found = assess(self._model, rows, review_band=self._settings.review_band)
            request.scope[ROWS] = len(found)
            return to_json(answer(found, self._model, telling(found, self._model), key))

        async def route(request: Request) -> Response:
            with self._admission.body() as held:
                content = await self._body(request, held)
                if few and len(content) <= FEW_BYTES:
                    rows = self._reader.read(content, self._settings.max_rows)
                    if len(rows) <= few:
                        return Json(assessed(request, rows))
                with self._admission.scoring():
                    return Json(
                        await run_in_threadpool(
                            lambda: assessed(request, self._reader.read(content, self._settings.max_rows))
                        )
                    )

        return route

    async def data(self, request: Request) -> Response:
        """What arrived, as it was read; nothing is scored."""

        def shown(content: bytes) -> bytes:
            check_size(content, self._settings.max_rows)
            return to_json({"données à traiter": without_infinities(read_json(content))})

        with self._admission.body() as held:
            content = await self._body(request, held)
            if len(content) <= FEW_BYTES:
                return Json(shown(content))
            with self._admission.scoring():
                return Json(await run_in_threadpool(shown, content))

    async def _body(self, request: Request, held: BodyReservation) -> bytes:
        self._keys.check(request.headers.get("authorization", ""))
        kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if kind and kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
            raise UnsupportedType([Problem("content_type")])
        if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise UnsupportedType([Problem("content_encoding")])
        over = TooLarge([Problem("too_many_bytes", facts={"limit": self._settings.max_body_mb})])
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self._limit:
            raise over
        chunks = []
        try:
            async with asyncio.timeout(self._settings.max_body_seconds):
                async for chunk in request.stream():
                    held.add(len(chunk))
                    chunks.append(chunk)
                    if held.size > self._limit:
                        raise over
        except TimeoutError:
            raise TooSlow([Problem("too_slow", facts={"seconds": self._settings.max_body_seconds})]) from None
        return b"".join(chunks)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, InputRefused)
    return Json(refusal(error), status_code=STATUS[type(error)], headers=HEADERS.get(type(error)))


async def _not_explained(request: Request, error: Exception) -> Response:
    return Json(refusal(InputRefused([Problem("not_explained")])), status_code=501)


async def _refuse_address(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "unknown_address", 405: "wrong_verb"}.get(error.status_code, "refused")
    problem = Problem(code, facts={"allowed": (error.headers or {}).get("Allow", "")})
    document = refusal(InputRefused([problem]))
    return Json(document, status_code=error.status_code, headers=error.headers)


async def _nobody_there(request: Request, error: Exception) -> Response:
    return Response(status_code=400)
