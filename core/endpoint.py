"""The JSON routes of the contract; with `front_door` the only module that knows HTTP.

A route reads JSON, calls one core function in a worker thread and answers JSON. Each class of error has its
status in one dictionary.
"""

from __future__ import annotations

import json
import logging
import traceback
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import numpy as np
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.assessment import Model, assess
from core.body import read_json, rows_of, without_infinities
from core.errors import InputRefused, Problem, TooLarge, UnreadableInput, UnsupportedType
from core.language import say, say_problem
from core.records import Assessments, State, Verdict
from core.settings import Settings

LISTED = 100
LONGEST_NAME = 120
STATUS: Mapping[type[InputRefused], int] = {
    UnreadableInput: 400,
    UnsupportedType: 415,
    TooLarge: 413,
    InputRefused: 422,
}

log = logging.getLogger("aval.endpoint")


class Json(Response):
    """JSON in ASCII with floats to the last bit; refuses to write NaN."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The document's bytes."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


def build_api(model: Model, settings: Settings) -> Starlette:
    """The routes, answered by one model under these limits; a bare app that runs without the dashboard."""

    async def welcome(request: Request) -> Response:
        return PlainTextResponse(say("api.welcome", "fr"), headers={"Vary": "Accept"})

    async def features(request: Request) -> Response:
        return Json({"columns": list(model.bundle.names)})

    async def best_threshold(request: Request) -> Response:
        return Json({"best_threshold": model.bundle.policy.threshold})

    async def predict(request: Request) -> Response:
        content = await _body(request, settings)
        return Json(await run_in_threadpool(_answer, content, model, settings, yes_or_no))

    async def predict_proba(request: Request) -> Response:
        content = await _body(request, settings)
        return Json(await run_in_threadpool(_answer, content, model, settings, solvency_and_threshold))

    async def data(request: Request) -> Response:
        content = await _body(request, settings)
        document = await run_in_threadpool(lambda: without_infinities(read_json(content)))
        return Json({"données à traiter": document})

    api = Starlette(
        routes=[
            Route("/", welcome, methods=["GET"]),
            Route("/features", features, methods=["GET"]),
            Route("/best_threshold", best_threshold, methods=["GET"]),
            Route("/predict", _guarded(predict), methods=["POST"]),
            Route("/predict_proba", _guarded(predict_proba), methods=["POST"]),
            Route("/data", _guarded(data), methods=["POST"]),
        ],
        exception_handlers={
            InputRefused: _refuse,
            HTTPException: _refuse_address,
            ClientDisconnect: _nobody_there,
        },
    )
    api.router.redirect_slashes = False
    return api


def yes_or_no(found: Assessments, index: int) -> object:
    """`/predict`'s answer for one client: "No" exactly when P(default) is over the threshold."""
    return "No" if found.decisions[index].refused else "Yes"


def solvency_and_threshold(found: Assessments, index: int) -> object:
    """`/predict_proba`'s answer for one client: solvency, and the threshold on the P(default) scale."""
    decision = found.decisions[index]
    return {"niveau de solvabilité": decision.solvency, "seuil": decision.threshold}


def answer(found: Assessments, model: Model, tell: Callable[[Assessments, int], object]) -> dict[str, object]:
    """The document of a POST route: the contract's `prediction`, and beside it what was done to the rows."""
    clients = found.aligned.ids
    document: dict[str, object] = {
        "prediction": {f"client n°{client}": tell(found, index) for index, client in enumerate(clients)}
    }
    beside = {
        "to_review": [
            f"client n°{client}"
            for client, decision in zip(clients, found.decisions, strict=True)
            if decision.verdict is Verdict.TO_REVIEW
        ],
        "ignored": _listed(found.aligned.unknown),
        "derived": _listed(_sources(found, model, State.DERIVED)),
        "assumed": _listed(_sources(found, model, State.ASSUMED)),
        "never_seen": _listed(_sources(found, model, State.UNSEEN)),
    }
    return document | {key: value for key, value in beside.items() if value}


def refusal(error: InputRefused) -> dict[str, object]:
    """The document of a refusal: one sentence, a stable code, and the first hundred things that are wrong."""
    errors = [
        {"row": problem.row, "column": _short(problem.column), "message": say_problem(_cut(problem), "en")}
        for problem in error.problems[:LISTED]
    ]
    sentence = errors[0]["message"]
    if error.total > 1:
        sentence = f"{sentence} {say('problem.and_more', 'en', n=error.total - 1)}"
    return {"error": sentence, "code": error.code, "errors": errors, "total": error.total}


def _answer(
    content: bytes, model: Model, settings: Settings, tell: Callable[[Assessments, int], object]
) -> dict[str, object]:
    rows = rows_of(read_json(content), settings.max_rows)
    return answer(assess(model, rows, review_band=settings.review_band), model, tell)


async def _body(request: Request, settings: Settings) -> bytes:
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind and kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise UnsupportedType([Problem("content_type")])
    limit = settings.max_body_mb * 2**20
    over = TooLarge([Problem("too_many_bytes", facts={"limit": settings.max_body_mb})])
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise over
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > limit:
            raise over
    return bytes(content)


def _sources(found: Assessments, model: Model, state: State) -> Sequence[str]:
    slots = np.flatnonzero((found.aligned.states == state).any(axis=0)).tolist()
    return list(dict.fromkeys(model.bundle.columns[slot].source for slot in slots))


def _listed(names: Sequence[str]) -> dict[str, object]:
    return {"columns": [_short(name) for name in names[:LISTED]], "total": len(names)} if names else {}


def _short(name: str | None) -> str | None:
    return name if name is None or len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"


def _cut(problem: Problem) -> Problem:
    return Problem(problem.code, problem.row, _short(problem.column), problem.facts)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, InputRefused)
    return Json(refusal(error), status_code=STATUS[type(error)])


async def _refuse_address(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "unknown_address", 405: "wrong_verb"}.get(error.status_code, "refused")
    problem = Problem(code, facts={"allowed": (error.headers or {}).get("Allow", "")})
    document = refusal(InputRefused([problem]))
    return Json(document, status_code=error.status_code, headers=error.headers)


async def _nobody_there(request: Request, error: Exception) -> Response:
    return Response(status_code=400)


def _guarded(route: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The route, with a failure of ours answered by a request id.

    The log gets the trace without the exception's own text, which could hold a client's value.
    """

    async def guarded(request: Request) -> Response:
        try:
            return await route(request)
        except (InputRefused, HTTPException, ClientDisconnect):
            raise
        except Exception as error:
            request_id = uuid.uuid4().hex
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error("request %s failed with %s\n%s", request_id, type(error).__name__, frames)
            return Json({"request_id": request_id}, status_code=500)

    return guarded
