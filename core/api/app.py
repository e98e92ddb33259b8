"""The JSON routes: the six of the contract, and `/explain`, `/health`, `/openapi.json` and `/docs`.

A route reads JSON, calls one core function and answers JSON. STATUS maps each class of error to its status code.
One or two clients are scored on the event loop, because a thread would cost more than the scoring. Larger requests are
scored in worker threads, `max_scorings` at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.api import openapi, schemas
from core.api.docs import documentation_routes
from core.api.json_response import Json, constant_json, to_json
from core.api.limits import ApiKeys, BodyReservation, ConcurrencyLimiter
from core.api.request_body import BodyReader
from core.api.request_log import ROWS, RequestLog
from core.api.responses import (
    ClientAnswer,
    answer,
    explain_each,
    refusal,
    solvency_and_threshold,
    yes_or_no,
)
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
"""A body of at most this many bytes and clients is scored on the event loop."""

PrepareAnswers = Callable[[Assessments, Model], ClientAnswer]


def build_api(model: Model, settings: Settings) -> Starlette:
    """Build the app of the JSON routes; it runs without the dashboard.

    Parameters
    ----------
    model: scores every request.
    settings: limits, API keys and review band.

    Returns
    -------
    A Starlette app whose routes answer in JSON, errors included.
    """
    posts = PostRoutes(model, settings)
    health = schemas.Health(status="ready", bundle=model.bundle.digest, version=VERSION)

    async def welcome(request: Request) -> Response:
        return PlainTextResponse(translate("api.welcome", "fr"), headers={"Vary": "Accept"})

    async def ready(request: Request) -> Response:
        return Json(health, headers={"Cache-Control": "no-store"})

    features = constant_json(schemas.Features(columns=list(model.bundle.names)))
    best_threshold = constant_json(schemas.BestThreshold(best_threshold=model.bundle.policy.threshold))
    description = constant_json(openapi.describe(model, settings))

    routes = [
        Route("/", welcome, methods=["GET"]),
        Route("/features", features, methods=["GET"]),
        Route("/best_threshold", best_threshold, methods=["GET"]),
        Route("/predict", posts.scoring("prediction", lambda *_: yes_or_no), methods=["POST"]),
        Route("/predict_proba", posts.scoring("prediction", lambda *_: solvency_and_threshold), methods=["POST"]),
        Route("/explain", posts.scoring("explanation", explain_each, max_clients_inline=0), methods=["POST"]),
        Route("/data", posts.data, methods=["POST"]),
        Route("/health", ready, methods=["GET"]),
        Route("/openapi.json", description, methods=["GET"]),
        *documentation_routes(),
    ]
    paths = {route.path for route in routes}
    api = Starlette(
        routes=routes,
        middleware=[Middleware(RequestLog, paths=paths, bundle=model.bundle.digest)],
        exception_handlers={
            InputRefused: _refuse,
            NotExplained: _not_explained,
            HTTPException: _refuse_http,
            ClientDisconnect: _client_disconnected,
        },
    )
    api.router.redirect_slashes = False
    return api


class PostRoutes:
    """The POST routes: each checks key, content type and limits, then calls one core function."""

    def __init__(self, model: Model, settings: Settings) -> None:
        self._model = model
        self._settings = settings
        self._reader = BodyReader()
        self._keys = ApiKeys(settings.api_key_digests, closed=settings.sign_in)
        self._limit = settings.max_body_mb * 2**20
        self._limiter = ConcurrencyLimiter(
            max_bytes=2 * self._limit, max_scorings=settings.max_scorings, free_bytes_each=FEW_BYTES
        )

    def scoring(
        self, key: str, prepare: PrepareAnswers, max_clients_inline: int = FEW_CLIENTS
    ) -> Callable[[Request], Awaitable[Response]]:
        """Make a route that assesses the clients of the body.

        Parameters
        ----------
        key: the name of the answer's first object, `prediction` or `explanation`.
        prepare: returns the function that builds the answer for one client.
        max_clients_inline: up to this many clients are scored on the event loop; more use a worker thread.
        """

        def assess_and_encode(request: Request, rows: Sequence[object]) -> bytes:
            assessments = assess(self._model, rows, review_band=self._settings.review_band)
            request.scope[ROWS] = len(assessments)
            return to_json(answer(assessments, self._model, prepare(assessments, self._model), key))

        async def route(request: Request) -> Response:
            with self._limiter.body() as reservation:
                content = await self._body(request, reservation)
                if max_clients_inline and len(content) <= FEW_BYTES:
                    few = self._reader.read(content, self._settings.max_rows)
                    if len(few) <= max_clients_inline:
                        return Json(assess_and_encode(request, few))
                    with self._limiter.scoring():
                        return Json(await run_in_threadpool(assess_and_encode, request, few))
                with self._limiter.scoring():
                    return Json(
                        await run_in_threadpool(
                            lambda: assess_and_encode(request, self._reader.read(content, self._settings.max_rows))
                        )
                    )

        return route

    async def data(self, request: Request) -> Response:
        """`/data`: answers the body as it was read, and scores nothing."""

        def echo(content: bytes) -> bytes:
            check_size(content, self._settings.max_rows)
            document: schemas.Data = {"données à traiter": without_infinities(read_json(content))}
            return to_json(document)

        with self._limiter.body() as reservation:
            content = await self._body(request, reservation)
            if len(content) <= FEW_BYTES:
                return Json(echo(content))
            with self._limiter.scoring():
                return Json(await run_in_threadpool(echo, content))

    async def _body(self, request: Request, reservation: BodyReservation) -> bytes:
        """Check the key and the headers, then read the whole body within the limits of bytes and time."""
        self._keys.check(request.headers.get("authorization", ""))
        media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        is_json_dialect = media_type.startswith("application/") and media_type.endswith("+json")
        if media_type and media_type != "application/json" and not is_json_dialect:
            raise UnsupportedType([Problem("content_type")])
        if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise UnsupportedType([Problem("content_encoding")])
        too_large = TooLarge([Problem("too_many_bytes", facts={"limit": self._settings.max_body_mb})])
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self._limit:
            raise too_large
        chunks = []
        try:
            async with asyncio.timeout(self._settings.max_body_seconds):
                async for chunk in request.stream():
                    reservation.add(len(chunk))
                    chunks.append(chunk)
                    if reservation.size > self._limit:
                        raise too_large
        except TimeoutError:
            raise TooSlow([Problem("too_slow", facts={"seconds": self._settings.max_body_seconds})]) from None
        return b"".join(chunks)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, InputRefused)
    return Json(refusal(error), status_code=STATUS[type(error)], headers=HEADERS.get(type(error)))


async def _not_explained(request: Request, error: Exception) -> Response:
    return Json(refusal(InputRefused([Problem("not_explained")])), status_code=501)


async def _refuse_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "unknown_address", 405: "wrong_verb"}.get(error.status_code, "refused")
    problem = Problem(code, facts={"allowed": (error.headers or {}).get("Allow", "")})
    document = refusal(InputRefused([problem]))
    return Json(document, status_code=error.status_code, headers=error.headers)


async def _client_disconnected(request: Request, error: Exception) -> Response:
    """No client receives this answer; its status goes to the request log."""
    return Response(status_code=400)
