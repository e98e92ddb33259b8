"""A value that cannot be right: refused where it is essential, and elsewhere told beside the answer."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from core.api.app import build_api
from core.records import ReviewReason, Verdict
from core.scoring.assess import Model, assess
from core.settings import Settings
from tests.core.http import assert_refusal, send

CLIENT: dict[str, object] = {
    "SK_ID_CURR": 700001,
    "AMT_CREDIT": 312000,
    "AMT_INCOME_TOTAL": 150000,
    "AMT_ANNUITY": 15000,
    "DAYS_BIRTH": -11000,
    "EXT_SOURCE_1": 0.07,
    "EXT_SOURCE_2": 0.09,
    "EXT_SOURCE_3": 0.08,
    "NAME_EDUCATION_TYPE": "Lower secondary",
}
SCORES = {"EXT_SOURCE_1": 7, "EXT_SOURCE_2": 9, "EXT_SOURCE_3": 8}


@pytest.fixture(scope="module")
def api(model: Model) -> TestClient:
    return TestClient(build_api(model, Settings()))


@pytest.mark.parametrize("route", ["/predict", "/predict_proba", "/explain"])
def test_scores_beyond_their_scale_are_scored_to_review_and_named(api: TestClient, route: str) -> None:
    body = {"data": [CLIENT, {**CLIENT, **SCORES, "SK_ID_CURR": 700002}]}
    document = send(api, body, route).json()
    assert "client n°700002" in document["to_review"]
    assert document["impossible"] == {
        "clients": [
            {
                "client": "client n°700002",
                "columns": ["EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3"],
                "message": "EXT_SOURCE_1 must lie between 0 and 1. EXT_SOURCE_2 must lie between 0 and 1. "
                "EXT_SOURCE_3 must lie between 0 and 1.",
            }
        ],
        "total": 1,
    }


def test_answer_about_clients_who_can_be_right_says_nothing_of_it(api: TestClient) -> None:
    assert "impossible" not in send(api, {"data": [CLIENT]}).json()


@pytest.mark.parametrize(
    ("column", "value", "code", "bound"),
    [
        ("DAYS_BIRTH", 11000, "essential_age", "between -43830 and -5113"),
        ("DAYS_BIRTH", -1_599_000, "essential_age", "between -43830 and -5113"),
        ("AMT_INCOME_TOTAL", -150000, "essential_too_small", "at least 0"),
        ("AMT_CREDIT", 0, "essential_too_small", "at least 1"),
    ],
)
@pytest.mark.parametrize("route", ["/predict", "/predict_proba"])
def test_essential_value_that_cannot_be_right_is_refused_with_its_bound(
    api: TestClient, route: str, column: str, value: float, code: str, bound: str
) -> None:
    body = {"data": [CLIENT, {**CLIENT, "SK_ID_CURR": 700002, column: value}]}
    document = assert_refusal(send(api, body, route), 422, code)
    assert (document["errors"][0]["row"], document["errors"][0]["column"]) == (2, column)
    assert bound in document["error"]


@pytest.mark.parametrize(
    ("changes", "columns", "message"),
    [
        ({"CNT_CHILDREN": -3}, ["CNT_CHILDREN"], "CNT_CHILDREN must lie between 0 and 50."),
        ({"CNT_CHILDREN": 1.5}, ["CNT_CHILDREN"], "CNT_CHILDREN must be a whole number."),
        ({"DAYS_EMPLOYED": 30}, ["DAYS_EMPLOYED"], "DAYS_EMPLOYED must lie between -43,830 and 0."),
        (
            {"DAYS_EMPLOYED": -11500},
            ["DAYS_EMPLOYED", "DAYS_BIRTH"],
            "DAYS_EMPLOYED cannot go further back than DAYS_BIRTH.",
        ),
        (
            {"CNT_CHILDREN": 2, "CNT_FAM_MEMBERS": 2},
            ["CNT_FAM_MEMBERS", "CNT_CHILDREN"],
            "CNT_FAM_MEMBERS cannot be fewer than CNT_CHILDREN plus the client.",
        ),
        ({"AMT_ANNUITY": 400000}, ["AMT_ANNUITY", "AMT_CREDIT"], "AMT_ANNUITY cannot be above AMT_CREDIT."),
        ({"AMT_GOODS_PRICE": -1}, ["AMT_GOODS_PRICE"], "AMT_GOODS_PRICE must be at least 0."),
    ],
)
def test_each_kind_of_impossible_value_is_told(
    api: TestClient, changes: dict[str, object], columns: list[str], message: str
) -> None:
    document = send(api, {"data": [{**CLIENT, **changes}]}).json()
    assert document["to_review"] == ["client n°700001"]
    assert document["impossible"]["clients"][0]["columns"] == columns
    assert document["impossible"]["clients"][0]["message"] == message


def test_text_and_encoded_values_are_judged_as_numbers_are(api: TestClient) -> None:
    document = send(api, {"data": [{**CLIENT, "EXT_SOURCE_2": "9"}]}).json()
    assert document["impossible"]["clients"][0]["columns"] == ["EXT_SOURCE_2"]


def test_first_hundred_clients_are_listed_and_all_are_counted(api: TestClient) -> None:
    rows = [{**CLIENT, **SCORES, "SK_ID_CURR": 700001 + index} for index in range(130)]
    found = send(api, {"data": rows}).json()["impossible"]
    assert (len(found["clients"]), found["total"]) == (100, 130)
    assert found["clients"][99]["client"] == "client n°700100"


def test_contribution_of_an_impossible_value_or_of_a_ratio_made_of_one_says_so(api: TestClient) -> None:
    answer = send(api, {"data": [{**CLIENT, **SCORES, "AMT_ANNUITY": 400000}]}, "/explain").json()
    contributions = answer["explanation"]["client n°700001"]["contributions"]
    marked = {each["column"] for each in contributions if each.get("impossible")}
    assert {"EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3", "AMT_ANNUITY", "AMT_CREDIT", "PAYMENT_RATE"} <= marked
    assert "DAYS_BIRTH" not in marked


def test_impossible_value_is_a_reason_for_review_of_its_own_and_leaves_the_score_alone(model: Model) -> None:
    found = assess(model, [CLIENT, {**CLIENT, "SK_ID_CURR": 700002, "CNT_CHILDREN": 1.5}], review_band=0.0)
    assert ReviewReason.IMPOSSIBLE_VALUE in found.decisions[1].why_review
    assert found.decisions[1].verdict is Verdict.TO_REVIEW
    assert list(found.aligned.impossible) == [1]


def test_refused_rows_leave_what_is_impossible_with_its_own_client(model: Model) -> None:
    rows = [{**CLIENT, "DAYS_BIRTH": 5}, CLIENT | {"SK_ID_CURR": 2}, {**CLIENT, "SK_ID_CURR": 3, "CNT_CHILDREN": -1}]
    found = assess(model, rows, review_band=0.02, keep_good=True)
    assert found.aligned.ids == (2, 3)
    assert list(found.aligned.impossible) == [1]
    assert [(each.code, each.row) for each in found.aligned.refused] == [("essential_age", 1)]


def test_number_beyond_almost_all_of_training_is_named_and_is_no_reason_for_review(api: TestClient) -> None:
    document = send(api, {"data": [{**CLIENT, "AMT_INCOME_TOTAL": 9e8}]}).json()
    assert "AMT_INCOME_TOTAL" in document["outside"]["columns"]
    assert "impossible" not in document
    assert "outside" not in send(api, {"data": [CLIENT]}).json()


def test_cells_that_were_read_as_missing_are_counted(api: TestClient) -> None:
    document = send(api, {"data": [{**CLIENT, "EXT_SOURCE_1": "NA", "NAME_INCOME_TYPE": "-"}]}).json()
    assert document["read_as_missing"] == 2
    assert "read_as_missing" not in send(api, {"data": [CLIENT]}).json()
