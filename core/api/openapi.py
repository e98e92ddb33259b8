"""The OpenAPI document of the routes, `/openapi.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.alignment.client_id import ID, LARGEST_ID
from core.alignment.parsers import BINARY
from core.scoring.assess import Model
from core.settings import VERSION, Settings

Schema = dict[str, Any]

REFUSALS: Mapping[str, str] = {
    "400": "Not JSON, another encoding than UTF-8, or nested beyond 100 levels.",
    "401": "The server wants a key, and there is none, or another one.",
    "408": "The body did not arrive in time.",
    "413": "Over the limit of bytes or of clients; the sentence names the limit and the setting that raises it.",
    "415": "Another content type than JSON, or compressed.",
    "422": "At least one client cannot be scored, and so none was; the sentences name row and column.",
    "503": "The server is scoring as much as it can; the same request again, after the seconds of Retry-After.",
}
NO_REASONS: Mapping[str, str] = {"501": "This model's answers cannot be taken apart column by column."}
MISSING = "A number, or a number written as text; null, NaN or empty text when it is missing."


def describe(model: Model, settings: Settings) -> Schema:
    """The OpenAPI 3.0 document of the routes, for this model and these limits."""
    columns = {
        "Columns": {"type": "object", "required": ["columns"], "properties": {"columns": _list({"type": "string"})}},
        "Threshold": {
            "type": "object",
            "required": ["best_threshold"],
            "properties": {"best_threshold": _share("On the scale of P(default).")},
        },
        "Health": {
            "type": "object",
            "required": ["status", "bundle", "version"],
            "properties": {
                "status": {"type": "string", "enum": ["ready"]},
                "bundle": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "Digest of the model."},
                "version": {"type": "string"},
            },
        },
    }
    listed = _reference("Listed")
    beside = {
        "to_review": _list({"type": "string"}, "Clients near the threshold, or of whom too little is known."),
        **dict.fromkeys(("ignored", "derived", "assumed", "never_seen"), listed),
    }
    answers = {
        "Predictions": _answers("prediction", {"type": "string", "enum": ["Yes", "No"]}, beside),
        "Probabilities": _answers("prediction", _reference("Solvency"), beside),
        "Explanations": _answers("explanation", _reference("Explanation"), beside),
        "Shown": {"type": "object", "required": ["données à traiter"], "properties": {"données à traiter": {}}},
    }
    body = _reference("Clients")
    paths = {
        "/": {"get": _get("The list of routes, as text. A browser gets the dashboard.", None)},
        "/features": {"get": _get("The model's columns, in the model's order.", "Columns")},
        "/best_threshold": {"get": _get("The threshold, on the scale of P(default).", "Threshold")},
        "/health": {"get": _get("Ready, with a model whose files and golden rows were checked.", "Health")},
        "/openapi.json": {"get": _get("This description.", None, "application/json")},
        "/predict": {"post": _post("Yes, or No exactly when P(default) is over the threshold.", body, "Predictions")},
        "/predict_proba": {
            "post": _post("Solvency, 1 − P(default), and the threshold on P(default).", body, "Probabilities")
        },
        "/explain": {"post": _post("Why: contributions that add up to the answer.", body, "Explanations", NO_REASONS)},
        "/data": {"post": _post("What arrived, as it was read. Nothing is scored.", {}, "Shown")},
    }
    document: Schema = {
        "openapi": "3.0.3",
        "info": {
            "title": "Aval",
            "version": VERSION,
            "description": "Credit scoring: the answers of the dashboard, as JSON. Missing values may be sent as NaN.",
        },
        "paths": paths,
        "components": {"schemas": {**columns, **answers, **_parts(), "Clients": _clients(model, settings)}},
    }
    if settings.api_key_digests or settings.sign_in:
        document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        for path in paths.values():
            if "post" in path:
                path["post"]["security"] = [{"key": []}]
    return document


def _clients(model: Model, settings: Settings) -> Schema:
    """The body: what each column may hold. What columns must be to each other a schema cannot say."""
    bundle = model.bundle
    number: Schema = {"anyOf": [{"type": "number", "nullable": True}, {"type": "string"}], "description": MISSING}
    flag: Schema = {"anyOf": [{"type": "boolean", "nullable": True}, {"type": "integer", "enum": [0, 1]}]}
    client: Schema = {ID: {"type": "integer", "format": "int64", "minimum": 0, "maximum": LARGEST_ID}}
    for column in bundle.columns:
        if column.kind == "one_hot":
            client[column.source] = {"type": "string", "nullable": True}
        if column.kind == "binary":
            letters = [*BINARY[column.name], None]
            client[column.name] = {"anyOf": [{"type": "string", "nullable": True, "enum": letters}, flag["anyOf"][1]]}
        else:
            client[column.name] = flag if column.kind in ("flag", "one_hot") else number
    essential = [column.name for column in bundle.columns if column.essential]
    row = {"type": "object", "required": [ID, *essential], "properties": client, "additionalProperties": True}
    data = {"type": "array", "minItems": 1, "maxItems": settings.max_rows, "items": row}
    example = {name: value for name, value in bundle.golden[0].row.items() if value is not None}
    return {
        "type": "object",
        "required": ["data"],
        "properties": {"data": data},
        "example": {"data": [{ID: 100001, **example}]},
    }


def _parts() -> dict[str, Schema]:
    columns = _list({"type": "string"})
    text: Schema = {"type": "string"}
    number: Schema = {"type": "number"}
    count: Schema = {"type": "integer"}
    problem = {
        "row": {"type": "integer", "nullable": True, "description": "The first client is 1."},
        "column": {"type": "string", "nullable": True},
        "message": text,
    }
    contribution = {
        "column": text,
        "log_odds": {"type": "number", "description": "Of default: a positive one raises the risk."},
        "points": {"type": "number", "description": "Percentage points of solvency: a positive one raises it."},
        "value": {"anyOf": [{"type": "number", "nullable": True}, text]},
        "state": {"type": "string", "enum": ["given", "derived", "assumed", "missing", "unseen"]},
    }
    solvency = {"niveau de solvabilité": _share("1 − P(default)."), "seuil": _share("On the scale of P(default).")}
    explanation = {
        **solvency,
        "base": _object({"log_odds": number, "solvency": _share("Of the average client.")}),
        "log_odds": {"type": "number", "description": "Of default: base and contributions add up to it."},
        "contributions": _list(_object(contribution)),
        "reason_codes": _object({"raising": columns, "lowering": columns}),
    }
    return {
        "Solvency": _object(solvency),
        "Explanation": _object(explanation),
        "Listed": _object({"columns": columns, "total": count}),
        "Refusal": _object(
            {"error": text, "code": text, "errors": _list(_object(problem)), "total": {"type": "integer"}}
        ),
    }


def _answers(key: str, each: Schema, beside: Mapping[str, Schema]) -> Schema:
    answers = {"type": "object", "additionalProperties": each, "description": "By client: client n°SK_ID_CURR."}
    return {"type": "object", "required": [key], "properties": {key: answers, **beside}, "additionalProperties": False}


def _get(summary: str, schema: str | None, kind: str = "text/plain") -> Schema:
    content = {"application/json": {"schema": _reference(schema)}} if schema else {kind: {}}
    return {"summary": summary, "responses": {"200": {"description": summary, "content": content}}}


def _post(summary: str, body: Schema, schema: str, others: Mapping[str, str] | None = None) -> Schema:
    refused = {"application/json": {"schema": _reference("Refusal")}}
    refusals = {**REFUSALS, **(others or {})}
    return {
        "summary": summary,
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "200": {"description": summary, "content": {"application/json": {"schema": _reference(schema)}}},
            **{status: {"description": why, "content": refused} for status, why in refusals.items()},
        },
    }


def _object(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "required": list(properties), "properties": dict(properties)}


def _list(items: Schema, description: str = "") -> Schema:
    return {"type": "array", "items": items} | ({"description": description} if description else {})


def _share(description: str) -> Schema:
    return {"type": "number", "minimum": 0, "maximum": 1, "description": description}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
