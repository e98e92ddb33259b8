"""What is logged of a request: a JSON line with its id and nothing of a client, whatever was sent."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from core.api.app import build_api
from core.api.request_log import JsonLines
from core.scoring.assess import Model
from core.settings import ROOT, Settings
from tests.core.conftest import Thousand
from tests.core.http import send

CANARY = "canary-7391"


@pytest.fixture
def api(model: Model) -> TestClient:
    return TestClient(build_api(model, Settings()))


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, Any]]]:
    caplog.set_level(logging.DEBUG)

    def written() -> list[dict[str, Any]]:
        return [json.loads(JsonLines().format(each)) for each in caplog.records if each.name == "aval.requests"]

    return written


def test_line_of_a_request_says_what_was_asked_and_how_it_went(
    api: TestClient, lines: Callable[[], list[dict[str, Any]]], thousand: Thousand, model: Model
) -> None:
    answer = send(api, {"data": thousand.rows[:3]}, "/predict")
    (line,) = lines()
    assert list(line) == [
        *("time", "level", "logger", "message"),
        *("request_id", "route", "status", "ms", "rows", "bundle"),
    ]
    assert line["request_id"] == answer.headers["x-request-id"]
    assert (line["route"], line["status"], line["rows"]) == ("POST /predict", 200, 3)
    assert line["bundle"] == model.bundle.digest
    assert 0 < line["ms"] < 60_000


def test_refused_request_counts_no_rows(
    api: TestClient, lines: Callable[[], list[dict[str, Any]]], thousand: Thousand
) -> None:
    send(api, {"data": [*thousand.rows[:2], {}]})
    assert [(line["status"], line["rows"]) for line in lines()] == [(422, 0)]


@pytest.mark.parametrize("path", [f"/client?id={CANARY}", f"/{CANARY}", f"/predict/{CANARY}", f"/health?{CANARY}"])
def test_address_is_not_in_the_log(api: TestClient, lines: Callable[[], list[dict[str, Any]]], path: str) -> None:
    api.get(path)
    api.request(CANARY, "/predict")
    assert CANARY not in json.dumps(lines())
    assert {line["route"] for line in lines()} <= {"unknown", "GET /health"}


def test_id_of_the_router_in_front_is_kept_if_it_can_hold_nothing_else(api: TestClient) -> None:
    given = str(uuid.uuid4())
    assert api.get("/health", headers={"x-request-id": given}).headers["x-request-id"] == given.replace("-", "")
    own = api.get("/health", headers={"x-request-id": CANARY}).headers["x-request-id"]
    assert uuid.UUID(own)


def test_warnings_and_libraries_write_one_json_line_each() -> None:
    code = """
import logging, warnings
logging.getLogger("library").addHandler(logging.StreamHandler())
logging.getLogger("library").propagate = False
from core.api.request_log import write_json_lines
write_json_lines()
write_json_lines()
logging.getLogger("library").warning("one")
warnings.warn("two")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    one, two = (json.loads(line) for line in done.stdout.splitlines())
    assert (one["logger"], one["message"]) == ("library", "one")
    assert two["logger"] == "py.warnings"


def test_trace_is_written_without_the_text_of_the_exception() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        record = logging.getLogger("x").makeRecord("x", logging.ERROR, "f", 1, "broke", (), sys.exc_info())
    text = JsonLines().format(record)
    line = json.loads(text)
    assert line["exception"] == "ValueError"
    assert "test_request_log.py" in line["trace"][0]
    assert CANARY not in text
    assert "\n" not in text
