"""The description of the routes: it is complete, answers match its schemas, and `/docs` needs no other server."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from starlette.routing import Route
from starlette.testclient import TestClient

from core.api.app import build_api
from core.api.openapi import describe
from core.scoring.assess import Model, open_model
from core.settings import ROOT, VERSION, Settings

API = build_api(open_model(Settings().model_folder), Settings(max_rows=5))
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", API)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
"""Left out: positive_data_acceptance, for what columns must be to each other (a ratio and its two columns, raw and
encoded, ids that differ) no schema can say, so bodies that fit it may be refused; negative_data_rejection, for the
contract takes more than the schema offers (NaN, any unknown column, numbers as text); the checks on authentication
and on resources that are made and deleted, for there are none without API_KEYS."""


@SCHEMA.parametrize()
@hypothesis_settings(max_examples=10)
def test_any_request_is_answered_as_described(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(checks=CHECKS)


def test_every_route_is_described() -> None:
    served = {route.path for route in API.routes if isinstance(route, Route)}
    described = set(describe(open_model(Settings().model_folder), Settings())["paths"])
    assert served - described == {"/docs", "/docs/start.js", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js"}
    assert described <= served


def test_a_model_without_golden_rows_is_described_too() -> None:
    model = open_model(Settings().model_folder)
    bare = replace(model, bundle=replace(model.bundle, golden=()))
    example = describe(bare, Settings())["components"]["schemas"]["Clients"]["example"]
    assert example == {"data": [{"SK_ID_CURR": 100001}]}


@pytest.mark.parametrize("path", ["/predict", "/predict_proba", "/explain", "/data"])
def test_its_own_example_is_answered_and_fits_the_schema(path: str) -> None:
    example = SCHEMA.raw_schema["components"]["schemas"]["Clients"]["example"]
    case = SCHEMA[path]["POST"].Case(body=example, media_type="application/json")
    answer = case.call()
    assert answer.status_code == 200, answer.text
    case.validate_response(answer, checks=CHECKS)


def test_types_of_answers_become_schemas_of_openapi_3_0(model: Model) -> None:
    schemas = describe(model, Settings())["components"]["schemas"]
    assert schemas["RefusedCell"] == {
        "title": "RefusedCell",
        "description": "One thing that is wrong with a request.",
        "type": "object",
        "properties": {
            "row": {"type": "integer", "nullable": True, "description": "The first client is 1."},
            "column": {"type": "string", "nullable": True},
            "message": {"type": "string"},
        },
        "required": ["column", "message", "row"],
    }
    assert schemas["Predictions"]["required"] == ["prediction"]
    assert schemas["Predictions"]["additionalProperties"] is False
    assert schemas["Predictions"]["properties"]["prediction"] == {
        "type": "object",
        "description": "By client: client n°SK_ID_CURR.",
        "additionalProperties": {"enum": ["No", "Yes"]},
    }
    assert schemas["Probability"]["properties"]["seuil"] == {
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "description": "On the scale of P(default).",
    }


def test_columns_of_the_model_become_the_fields_of_a_client(model: Model) -> None:
    schemas = describe(model, Settings(max_rows=7))["components"]["schemas"]
    data = schemas["Clients"]["properties"]["data"]
    assert data == {"type": "array", "items": {"$ref": "#/components/schemas/Client"}, "minItems": 1, "maxItems": 7}
    client = schemas["Client"]
    assert client["required"] == ["SK_ID_CURR", "AMT_INCOME_TOTAL", "AMT_CREDIT", "DAYS_BIRTH"]
    sources = {column.source for column in model.bundle.columns if column.kind == "one_hot"}
    assert set(client["properties"]) == {"SK_ID_CURR", *sources, *(column.name for column in model.bundle.columns)}
    bit = {"type": "integer", "minimum": 0, "maximum": 1}
    letters = {"type": "string", "enum": ["N", "Y", None], "nullable": True}
    assert client["properties"]["FLAG_OWN_CAR"] == {"anyOf": [letters, bit]}
    assert client["properties"]["FLAG_EMAIL"] == {"anyOf": [{"type": "boolean", "nullable": True}, bit]}
    assert client["properties"]["NAME_CONTRACT_TYPE"] == {"type": "string", "nullable": True}
    assert client["properties"]["AMT_CREDIT"]["anyOf"] == [{"type": "number", "nullable": True}, {"type": "string"}]


def test_keys_are_described_only_where_they_are_wanted(model: Model) -> None:
    assert "securitySchemes" not in describe(model, Settings())["components"]
    guarded = describe(model, Settings(api_keys="0" * 64))
    assert guarded["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert guarded["paths"]["/explain"]["post"]["security"] == [{"key": []}]
    assert "security" not in guarded["paths"]["/health"]["get"]


def test_documentation_page_names_no_other_server(model: Model) -> None:
    api = TestClient(build_api(model, Settings()))
    page = api.get("/docs", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "'self'" in page.headers["content-security-policy"]
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert address == "data:," or api.get(address).status_code == 200
    assert "://" not in page.text


def test_health_tells_the_model_and_the_version(model: Model) -> None:
    answer = TestClient(build_api(model, Settings())).get("/health")
    assert answer.json() == {"status": "ready", "bundle": model.bundle.digest, "version": VERSION}
    assert answer.headers["cache-control"] == "no-store"


def test_version_is_the_project_s() -> None:
    assert f'version = "{VERSION}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["/docs/", "/docs/../core/settings.py", "/docs/swagger-ui.js.map"])
def test_nothing_else_is_served_below_the_documentation(path: str, model: Model) -> None:
    assert TestClient(build_api(model, Settings())).get(path).status_code == 404
