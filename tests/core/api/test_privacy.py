"""No cell leaves the process in a refusal, nor enters a log; a failure of ours says nothing but its number."""

from __future__ import annotations

import logging

import pytest
from starlette.testclient import TestClient

from core.api.app import build_api
from core.api.request_log import JsonLines
from core.scoring.assess import Model
from core.settings import Settings
from tests.core.conftest import Thousand
from tests.core.http import send

SCORING = ("/predict", "/predict_proba")
CANARY = "canary-7391"


@pytest.fixture
def api(model: Model) -> TestClient:
    return TestClient(build_api(model, Settings()))


@pytest.fixture
def row(thousand: Thousand) -> dict[str, object]:
    return dict(thousand.rows[0])


def test_no_refusal_and_no_log_holds_a_cell(
    api: TestClient, row: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    cells = (CANARY, [CANARY], {"x": CANARY}, [{CANARY: 1}])
    statuses = set()
    for name in row:
        for cell in cells:
            answer = send(api, {"data": [{**row, name: cell}]})
            statuses.add(answer.status_code)
            assert CANARY not in answer.text, name
    assert statuses == {200, 422}
    assert CANARY not in caplog.text


@pytest.mark.parametrize(
    "content", [f'{{"data": {CANARY}}}', f'["{CANARY}', f'{{"data": "{CANARY}"}}', f'["{CANARY}"]']
)
def test_refused_document_is_not_echoed(api: TestClient, content: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answer = send(api, content.encode())
    assert answer.status_code in (400, 422)
    assert CANARY not in answer.text
    assert CANARY not in caplog.text


@pytest.mark.parametrize("route", SCORING)
def test_failure_of_ours_is_500_with_a_request_id_and_nothing_else(
    api: TestClient,
    row: dict[str, object],
    route: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(f"{CANARY} {row}")

    monkeypatch.setattr("core.api.app.assess", fail)
    caplog.set_level(logging.DEBUG)
    answer = send(api, {"data": [row | {"PET": CANARY}]}, route)
    assert answer.status_code == 500
    assert list(answer.json()) == ["request_id"]
    assert len(answer.json()["request_id"]) == 32
    lines = "".join(map(JsonLines().format, caplog.records))
    assert answer.json()["request_id"] in lines
    assert "RuntimeError" in lines
    assert CANARY not in lines


def test_failure_to_write_an_answer_is_a_500_too(
    api: TestClient, row: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.api.app.answer", lambda *_: {"prediction": float("nan")})
    answer = send(api, {"data": [row]})
    assert answer.status_code == 500
    assert list(answer.json()) == ["request_id"]
