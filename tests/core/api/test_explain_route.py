"""`/explain`: base and contributions add up to the answer that `/predict_proba` gives, to the last digits."""

from __future__ import annotations

import math

import pytest
from starlette.testclient import TestClient

from core.api.app import build_api
from core.errors import NotExplained
from core.scoring.assess import Model, explain_clients
from core.settings import Settings
from tests.core.conftest import Thousand
from tests.core.http import assert_refusal, send


@pytest.fixture
def api(model: Model) -> TestClient:
    return TestClient(build_api(model, Settings()))


def test_contributions_add_up_in_log_odds_and_in_points(api: TestClient, thousand: Thousand) -> None:
    body = {"data": thousand.rows[:50]}
    told = send(api, body, "/explain").json()["explanation"]
    plain = send(api, body, "/predict_proba").json()["prediction"]
    assert list(told) == list(plain)
    for client, each in told.items():
        assert {key: each[key] for key in plain[client]} == plain[client]
        log_odds = each["base"]["log_odds"] + sum(part["log_odds"] for part in each["contributions"])
        assert log_odds == pytest.approx(each["log_odds"], abs=1e-9)
        assert 1 / (1 + math.exp(each["log_odds"])) == pytest.approx(each["niveau de solvabilité"], abs=1e-9)
        points = 100 * each["base"]["solvency"] + sum(part["points"] for part in each["contributions"])
        assert points == pytest.approx(100 * each["niveau de solvabilité"], abs=1e-9)


def test_contributions_are_those_of_the_screens(api: TestClient, thousand: Thousand, model: Model) -> None:
    told = send(api, {"data": thousand.rows[:1]}, "/explain").json()["explanation"]["client n°900001"]
    shown = explain_clients(model, thousand.found)[0]
    assert [(part["column"], part["log_odds"]) for part in told["contributions"]] == [
        (each.source, each.log_odds) for each in shown.contributions
    ]
    assert {part["column"] for part in told["contributions"]} == set(model.bundle.sources)


def test_reason_codes_are_the_three_largest_on_each_side(api: TestClient, thousand: Thousand) -> None:
    for each in send(api, {"data": thousand.rows[:20]}, "/explain").json()["explanation"].values():
        ordered = sorted(each["contributions"], key=lambda part: -abs(part["points"]))
        assert each["reason_codes"]["raising"] == [part["column"] for part in ordered if part["points"] > 0][:3]
        assert each["reason_codes"]["lowering"] == [part["column"] for part in ordered if part["points"] < 0][:3]


def test_one_bad_client_explains_nobody(api: TestClient, thousand: Thousand) -> None:
    assert_refusal(send(api, {"data": [thousand.rows[0], {"SK_ID_CURR": 1}]}, "/explain"), 422, "no_known_column")


def test_model_that_cannot_be_taken_apart_is_said_to_be_one(
    api: TestClient, thousand: Thousand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise NotExplained("its transforms do not keep the columns one to one")

    monkeypatch.setattr("core.api.responses.explain_clients", refuse)
    assert_refusal(send(api, {"data": thousand.rows[:1]}, "/explain"), 501, "not_explained")
    posts = {
        path: told["post"]["responses"]
        for path, told in api.get("/openapi.json").json()["paths"].items()
        if "post" in told
    }
    assert [path for path, told in posts.items() if "501" in told] == ["/explain"]
