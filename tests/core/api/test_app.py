"""The JSON routes as clients of the old API know them: shapes, order, bits, and what stands beside the answer."""

from __future__ import annotations

import json
import math

import pytest
from starlette.testclient import TestClient

from core.api.app import build_api
from core.model.bundle import load_bundle
from core.scoring.assess import Model, outside_seen
from core.settings import Settings
from tests.core.conftest import Thousand
from tests.core.drawn import encoded_row, filled_column, unused_history
from tests.core.http import numbers_of, send


@pytest.fixture
def api(model: Model) -> TestClient:
    return TestClient(build_api(model, Settings()))


@pytest.fixture
def history(model: Model) -> list[str]:
    """Four columns of the histories that the old API read and this model does not."""
    return unused_history(model, 4)


@pytest.fixture
def old_body(model: Model, thousand: Thousand, history: list[str]) -> dict[str, object]:
    """A body of the shape that programs of the old API send: encoded columns, history this model has not, bare NaN."""
    row = encoded_row(model, thousand.rows[0])
    row |= {"CODE_GENDER": 0, "NAME_FAMILY_STATUS_Married": 1, "FLAG_MOBIL": 1}
    row |= {name: math.nan if place % 2 else 1.5 for place, name in enumerate(history)}
    return {"data": [row]}


def test_welcome_lists_the_routes(api: TestClient) -> None:
    answer = api.get("/")
    assert answer.status_code == 200
    assert answer.text.startswith("Bienvenue sur le serveur de prédiction")
    assert answer.headers["vary"] == "Accept"
    for route in ("/features", "/best_threshold", "/predict", "/predict_proba", "/data"):
        assert f"{route} " in answer.text


def test_features_are_the_model_s_columns_in_the_model_s_order(api: TestClient) -> None:
    columns = load_bundle(Settings().model_folder).columns
    assert api.get("/features").json() == {"columns": [column.name for column in columns]}


def test_best_threshold_is_a_probability_of_default(api: TestClient, model: Model) -> None:
    assert api.get("/best_threshold").json() == {"best_threshold": model.bundle.policy.threshold}


def test_body_of_an_old_client_gets_the_old_answer(
    api: TestClient, model: Model, thousand: Thousand, old_body: dict[str, object]
) -> None:
    content = json.dumps(old_body).encode()
    assert b"NaN" in content
    client = "client n°900001"
    decision = thousand.found.decisions[0]
    proba = api.post("/predict_proba", content=content)
    assert proba.status_code == 200
    assert proba.json()["prediction"] == {
        client: {"niveau de solvabilité": 1 - decision.probability, "seuil": model.bundle.policy.threshold}
    }
    plain = api.post("/predict", content=content)
    assert plain.json()["prediction"] == {client: "No" if decision.refused else "Yes"}


def test_old_client_is_told_what_was_ignored(api: TestClient, old_body: dict[str, object], history: list[str]) -> None:
    document = send(api, old_body).json()
    ignored = ["CODE_GENDER", "NAME_FAMILY_STATUS_Married", "FLAG_MOBIL", *history]
    assert document["ignored"] == {"columns": ignored, "total": len(ignored)}


def test_both_answers_occur_and_follow_the_threshold(api: TestClient, model: Model, thousand: Thousand) -> None:
    body = {"data": thousand.rows}
    words = send(api, body, "/predict").json()["prediction"]
    numbers = send(api, body).json()["prediction"]
    assert set(words.values()) == {"Yes", "No"}
    assert list(words) == list(numbers)
    for client, word in words.items():
        told = numbers[client]
        assert (word == "No") == (1 - told["niveau de solvabilité"] > told["seuil"])


def test_probabilities_are_not_rounded(api: TestClient, thousand: Thousand) -> None:
    answer = send(api, {"data": thousand.rows})
    expected = [repr(decision.solvency) for decision in thousand.found.decisions]
    assert [repr(number) for number in numbers_of(answer.json())] == expected
    assert all(number in answer.text for number in expected)


def test_raw_and_encoded_clients_get_the_same_bits_over_http(api: TestClient, model: Model, thousand: Thousand) -> None:
    rows = thousand.rows[:50]
    encoded = [encoded_row(model, row) for row in rows]
    assert numbers_of(send(api, {"data": encoded}).json()) == numbers_of(send(api, {"data": rows}).json())


def test_answers_stand_in_the_order_of_the_request(api: TestClient, thousand: Thousand) -> None:
    rows = [thousand.rows[place] for place in (5, 0, 999, 3)]
    assert list(send(api, {"data": rows}).json()["prediction"]) == [f"client n°{row['SK_ID_CURR']}" for row in rows]


@pytest.mark.parametrize("cell", [155312, 155312.0, "155312", "155312.0"])
def test_client_is_named_by_its_whole_number(api: TestClient, thousand: Thousand, cell: object) -> None:
    document = send(api, {"data": [{**thousand.rows[0], "SK_ID_CURR": cell}]}).json()
    assert list(document["prediction"]) == ["client n°155312"]


@pytest.mark.parametrize("route", ["/predict", "/predict_proba"])
def test_clients_to_review_are_listed_beside_the_prediction(api: TestClient, thousand: Thousand, route: str) -> None:
    document = send(api, {"data": thousand.rows}, route).json()
    clients = zip(thousand.rows, thousand.found.decisions, strict=True)
    expected = [f"client n°{row['SK_ID_CURR']}" for row, decision in clients if decision.verdict == "to_review"]
    assert expected
    assert document["to_review"] == expected


def test_what_was_done_to_the_rows_stands_beside_the_prediction(
    api: TestClient, model: Model, thousand: Thousand
) -> None:
    row = {**thousand.rows[0], "NAME_HOUSING_TYPE": "Tree house", "PET": "cat"}
    filled = filled_column(model)
    del row[filled]
    document = send(api, {"data": [row]}).json()
    assert document["ignored"] == {"columns": ["PET"], "total": 1}
    assert document["assumed"] == {"columns": [filled], "total": 1}
    assert document["never_seen"] == {"columns": ["NAME_HOUSING_TYPE"], "total": 1}
    assert set(document["derived"]["columns"]) >= {"PAYMENT_RATE", "INCOME_CREDIT_PERC"}


def test_nothing_stands_beside_the_prediction_when_nothing_was_done(
    api: TestClient, model: Model, thousand: Thousand
) -> None:
    aligned = thousand.found.aligned
    outside = outside_seen(aligned.values, aligned.states, model.bundle)
    verdicts = [decision.verdict for decision in thousand.found.decisions]
    clear = next(n for n, verdict in enumerate(verdicts) if verdict == "favourable" and not outside[n].any())
    document = send(api, {"data": [encoded_row(model, thousand.rows[clear])]}).json()
    assert list(document) == ["prediction"]


def test_at_most_a_hundred_ignored_names_are_listed_with_the_total(api: TestClient, thousand: Thousand) -> None:
    row = thousand.rows[0] | {f"EXTRA_{place}": place for place in range(250)}
    ignored = send(api, {"data": [row]}).json()["ignored"]
    assert ignored == {"columns": [f"EXTRA_{place}" for place in range(100)], "total": 250}


def test_endless_column_name_is_cut(api: TestClient, thousand: Thousand) -> None:
    document = send(api, {"data": [thousand.rows[0] | {"X" * 5000: 1}]}).json()
    assert document["ignored"]["columns"] == ["X" * 120 + "…"]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e400", "null", '""', "9" * 6000])
def test_every_form_of_missing_is_missing(api: TestClient, thousand: Thousand, text: str) -> None:
    bare = {name: value for name, value in thousand.rows[0].items() if name != "EXT_SOURCE_2"}
    expected = numbers_of(send(api, {"data": [bare]}).json())
    content = json.dumps({"data": [bare]}).encode().replace(b"[{", b'[{"EXT_SOURCE_2": ' + text.encode() + b", ", 1)
    assert numbers_of(send(api, content).json()) == expected


def test_data_shows_what_arrived_with_nothing_that_json_cannot_hold(api: TestClient) -> None:
    content = (
        b'{"data": [{"A": NaN, "B": -Infinity, "C": [1e400, {"D": 0.1}], "E": "\xc3\xa9", "F": null}], "other": 3}'
    )
    answer = send(api, content, "/data")
    assert answer.status_code == 200
    expected = {"data": [{"A": None, "B": None, "C": [None, {"D": 0.1}], "E": "é", "F": None}], "other": 3}
    assert answer.json() == {"données à traiter": expected}


@pytest.mark.parametrize("content", [b"5", b"[]", b'"text"', b"null", b"NaN", b'{"a": {"b": [true]}}', b"  {} "])
def test_data_takes_any_json(api: TestClient, content: bytes) -> None:
    answer = send(api, content, "/data")
    expected = None if content == b"NaN" else json.loads(content)
    assert answer.json() == {"données à traiter": expected}


def test_data_scores_nothing(api: TestClient, monkeypatch: pytest.MonkeyPatch, thousand: Thousand) -> None:
    monkeypatch.setattr("core.api.app.assess", lambda *_, **__: pytest.fail("scored"))
    assert send(api, {"data": thousand.rows[:2]}, "/data").json() == {"données à traiter": {"data": thousand.rows[:2]}}


def test_lone_surrogate_comes_back_as_it_was_sent(api: TestClient, thousand: Thousand) -> None:
    assert send(api, b'{"a": "\\ud800"}', "/data").text == '{"donn\\u00e9es \\u00e0 traiter":{"a":"\\ud800"}}'
    answer = send(api, {"data": [thousand.rows[0] | {"\ud800": 1}]})
    assert answer.status_code == 200
    assert "\\ud800" in answer.text


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/ld+json"]
)
def test_json_by_any_of_its_names_is_read(api: TestClient, kind: str) -> None:
    assert send(api, b"1", "/data", **{"content-type": kind}).json() == {"données à traiter": 1}


def test_absent_content_type_counts_as_json(api: TestClient) -> None:
    answer = api.post("/data", content=b"1")
    assert "content-type" not in answer.request.headers
    assert answer.json() == {"données à traiter": 1}


def test_byte_order_mark_is_no_part_of_the_document(api: TestClient) -> None:
    assert send(api, b"\xef\xbb\xbf[1]", "/data").json() == {"données à traiter": [1]}


def test_review_band_of_the_settings_reaches_the_answer(model: Model, thousand: Thousand) -> None:
    wide = TestClient(build_api(model, Settings(review_band=0.5)))
    document = send(wide, {"data": thousand.rows[:20]}).json()
    assert len(document["to_review"]) == 20
