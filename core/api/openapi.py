"""The OpenAPI document of the routes, generated from the types of the answers and from the model's columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from core.alignment.client_id import ID, LARGEST_ID
from core.alignment.parsers import BINARY
from core.api import schemas
from core.scoring.assess import Model
from core.settings import VERSION, Settings

Schema = dict[str, Any]

GET: Mapping[str, tuple[str, Any]] = {
    "/features": ("The model's columns, in the model's order.", schemas.Features),
    "/best_threshold": ("The threshold, on the scale of P(default).", schemas.BestThreshold),
    "/health": ("Ready, with a model whose files and golden rows were checked.", schemas.Health),
    "/openapi.json": ("This description.", Any),
}
POST: Mapping[str, tuple[str, Any]] = {
    "/predict": ("Yes, or No exactly when P(default) is over the threshold.", schemas.Predictions),
    "/predict_proba": ("Solvency, 1 − P(default), and the threshold on P(default).", schemas.Probabilities),
    "/explain": ("Why: contributions that add up to the answer.", schemas.Explanations),
    "/data": ("What arrived, as it was read. Nothing is scored.", schemas.Data),
}
"""Path → (summary, type of the answer)."""
CLOSED = ("Predictions", "Probabilities", "Explanations")
"""Answers that hold no other names than those of their type."""
REFUSALS: Mapping[str, str] = {
    "400": "Not JSON, another encoding than UTF-8, or nested beyond 100 levels.",
    "401": "The server requires a key, and the request has none or an unknown one.",
    "408": "The body did not arrive in time.",
    "413": "Over the limit of bytes or of clients; the sentence names the limit and the setting that raises it.",
    "415": "Another content type than JSON, or compressed.",
    "422": "At least one client cannot be scored, and so none was; the sentences name row and column.",
    "503": "The server scores as many requests as it can; send this one again after the seconds of Retry-After.",
}
NOT_EXPLAINED: Mapping[str, str] = {"501": "This model's answers have no contribution per column."}

ClientId = Annotated[int, Meta(ge=0, le=LARGEST_ID, extra_json_schema={"format": "int64"})]
MISSING = Meta(description="A number, or a number written as text; null, NaN or empty text when it is missing.")
Number = Annotated[float | str | None, MISSING]
Bit = Annotated[int, Meta(ge=0, le=1)]
Flag = bool | Bit | None


def describe(model: Model, settings: Settings) -> Schema:
    """Describe the routes.

    Parameters
    ----------
    model: its columns are the fields of a client.
    settings: the limits, and whether the POST routes require a key.

    Returns
    -------
    An OpenAPI 3.0 document: the bundled Swagger UI reads no later version.
    """
    body = _body_type(model, settings)
    answers = {path: answer for path, (_, answer) in {**GET, **POST}.items()}
    types = [body, schemas.Refusal, *answers.values()]
    generated, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    body_schema, refusal, *references = map(_as_openapi_3_0, generated)
    answer_schemas = dict(zip(answers, references, strict=True))
    paths = {"/": {"get": _get("The list of routes, as text. A browser gets the dashboard.", {"text/plain": {}})}}
    for path, (summary, _) in GET.items():
        paths[path] = {"get": _get(summary, _json(answer_schemas[path]))}
    for path, (summary, _) in POST.items():
        operation = _post(summary, {} if path == "/data" else body_schema, answer_schemas[path], refusal)
        paths[path] = {"post": operation}
    explain_responses = paths["/explain"]["post"]["responses"]
    explain_responses |= {status: _response(why, refusal) for status, why in NOT_EXPLAINED.items()}
    document: Schema = {
        "openapi": "3.0.3",
        "info": {
            "title": "Aval",
            "version": VERSION,
            "description": "Credit scoring: the answers of the dashboard, as JSON. Missing values may be sent as NaN.",
        },
        "paths": paths,
        "components": {"schemas": {name: _as_openapi_3_0(schema) for name, schema in components.items()}},
    }
    for name in CLOSED:
        document["components"]["schemas"][name]["additionalProperties"] = False
    document["components"]["schemas"]["Clients"]["example"] = _example(model)
    if settings.api_key_digests or settings.sign_in:
        document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        for path in POST:
            paths[path]["post"]["security"] = [{"key": []}]
    return document


def _body_type(model: Model, settings: Settings) -> type:
    """The type of the body. Its schema cannot say how columns depend on each other, such as a ratio on its terms."""
    fields: dict[str, tuple[Any, Any]] = {ID: (ClientId, msgspec.NODEFAULT)}
    for column in model.bundle.columns:
        if column.kind == "one_hot":
            fields[column.source] = (str | None | UnsetType, UNSET)
        kind = _cell_type(column.name, column.kind)
        fields[column.name] = (kind, msgspec.NODEFAULT) if column.essential else (kind | UnsetType, UNSET)
    names = {f"column_{place}": name for place, name in enumerate(fields)}
    client = msgspec.defstruct(
        "Client",
        [(field, *fields[name]) for field, name in names.items()],
        rename=names,
        kw_only=True,
    )
    clients = Annotated[list[client], Meta(min_length=1, max_length=settings.max_rows)]  # type: ignore[valid-type]
    return msgspec.defstruct("Clients", [("data", clients)])


def _cell_type(name: str, kind: str) -> Any:
    """What a cell of one of the model's columns may hold."""
    if kind == "binary":
        letters = Annotated[str, Meta(extra_json_schema={"enum": list(BINARY[name])})]
        return letters | Bit | None
    return Flag if kind in ("flag", "one_hot") else Number


def _example(model: Model) -> Schema:
    golden = model.bundle.golden[0].row if model.bundle.golden else {}
    row = {name: value for name, value in golden.items() if value is not None}
    return {"data": [{ID: 100001, **row}]}


def _get(summary: str, content: Schema) -> Schema:
    return {"summary": summary, "responses": {"200": {"description": summary, "content": content}}}


def _post(summary: str, body: Schema, answer: Schema, refusal: Schema) -> Schema:
    responses = {"200": _response(summary, answer)}
    responses |= {status: _response(why, refusal) for status, why in REFUSALS.items()}
    return {"summary": summary, "requestBody": {"required": True, "content": _json(body)}, "responses": responses}


def _response(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": _json(schema)}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _as_openapi_3_0(schema: Any) -> Any:
    """The same schema with `nullable` in place of the type "null", which OpenAPI 3.0 does not have."""
    if isinstance(schema, list):
        return [_as_openapi_3_0(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {name: _as_openapi_3_0(each) for name, each in schema.items()}
    options = schema.get("anyOf", [])
    if {"type": "null"} not in options:
        return schema
    first, *others = (each for each in options if each != {"type": "null"})
    first = {**first, "nullable": True}
    if "enum" in first:
        first["enum"] = [*first["enum"], None]
    if others:
        return {**schema, "anyOf": [first, *others]}
    return {name: each for name, each in schema.items() if name != "anyOf"} | first
