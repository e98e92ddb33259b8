"""Short ways to ask the routes, and the one shape that every refusal has."""

from __future__ import annotations

import json
from typing import Any

from starlette.testclient import TestClient

ROUTES = ("/predict", "/predict_proba", "/data")


def send(api: TestClient, content: object, route: str = "/predict_proba", **headers: str) -> Any:
    """Posts a document as Python's json writes it (bare NaN included), or bytes as they are."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return api.post(route, content=body, headers={"content-type": "application/json", **headers})


def assert_refusal(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The shape that the contract gives every refusal; returns the document."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    document: dict[str, Any] = answer.json()
    assert list(document) == ["error", "code", "errors", "total"]
    assert document["code"] == code
    assert document["error"].endswith((".", ")"))
    assert 1 <= len(document["errors"]) <= 100
    assert document["total"] >= len(document["errors"])
    for each in document["errors"]:
        assert list(each) == ["row", "column", "message"]
        assert each["row"] is None or each["row"] >= 1
        assert each["message"].endswith(".")
    assert document["error"].startswith(document["errors"][0]["message"])
    for word in ("Traceback", "/core/", "Error(", "Exception", "<class", "None"):
        assert word not in answer.text
    return document


def numbers_of(document: dict[str, Any]) -> list[float]:
    """The solvency of each client in an answer of /predict_proba, in order."""
    return [each["niveau de solvabilité"] for each in document["prediction"].values()]
