"""What the routes refuse: each row of the contract with its status, in one shape, without any cell's value."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from core.api.app import build_api
from core.scoring.assess import Model
from core.settings import Settings
from tests.core.conftest import Thousand
from tests.core.http import ROUTES, assert_refusal, send
from tests.core.samples import without

SCORING = ("/predict", "/predict_proba")


@pytest.fixture
def api(model: Model) -> TestClient:
    return TestClient(build_api(model, Settings(max_body_mb=1, max_rows=3)))


@pytest.fixture
def row(thousand: Thousand) -> dict[str, object]:
    return dict(thousand.rows[0])


@pytest.mark.parametrize("route", SCORING)
@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"AMT_CREDIT": "a lot"}, "text_in_number", "AMT_CREDIT"),
        ({"AMT_CREDIT": True}, "boolean_in_number", "AMT_CREDIT"),
        ({"AMT_CREDIT": [1]}, "nested_value", "AMT_CREDIT"),
        ({"UNKNOWN": {"a": 1}}, "nested_value", "UNKNOWN"),
        ({"FLAG_OWN_CAR": True}, "boolean_in_binary", "FLAG_OWN_CAR"),
        ({"FLAG_OWN_REALTY": False}, "boolean_in_binary", "FLAG_OWN_REALTY"),
        ({"FLAG_OWN_CAR": "X"}, "unknown_code", "FLAG_OWN_CAR"),
        ({"FLAG_PHONE": 5}, "not_zero_or_one", "FLAG_PHONE"),
        ({"PAYMENT_RATE": 77}, "ratio_differs", "PAYMENT_RATE"),
        ({"AMT_CREDIT": None}, "essential_missing", "AMT_CREDIT"),
        ({"DAYS_BIRTH": ""}, "essential_missing", "DAYS_BIRTH"),
        ({"SK_ID_CURR": None}, "id_missing", "SK_ID_CURR"),
        ({"SK_ID_CURR": 1.5}, "id_not_whole", "SK_ID_CURR"),
        ({"SK_ID_CURR": "x"}, "id_not_whole", "SK_ID_CURR"),
    ],
)
def test_bad_cell_is_422_by_row_and_column(
    api: TestClient, row: dict[str, object], route: str, changes: dict[str, object], code: str, column: str
) -> None:
    body = {"data": [{**row, "SK_ID_CURR": 1}, {**row, **changes}]}
    document = assert_refusal(send(api, body, route), 422, code)
    assert (document["errors"][0]["row"], document["errors"][0]["column"]) == (2, column)
    assert "Row 2" in document["error"]
    assert column in document["error"]


def test_raw_and_encoded_that_disagree_are_422_naming_both(api: TestClient, row: dict[str, object]) -> None:
    changes = {"NAME_INCOME_TYPE": "Pensioner", "NAME_INCOME_TYPE_Working": 1}
    document = assert_refusal(send(api, {"data": [row | changes]}), 422, "raw_and_encoded_differ")
    assert "NAME_INCOME_TYPE_Working" in document["error"]
    assert "with NAME_INCOME_TYPE;" in document["error"]


def test_ratio_that_differs_is_422_naming_its_two_columns(api: TestClient, row: dict[str, object]) -> None:
    document = assert_refusal(send(api, {"data": [row | {"PAYMENT_RATE": 77}]}), 422, "ratio_differs")
    assert all(name in document["error"] for name in ("PAYMENT_RATE", "AMT_ANNUITY", "AMT_CREDIT"))


def test_same_client_twice_is_422_naming_both_rows(api: TestClient, row: dict[str, object]) -> None:
    document = assert_refusal(send(api, {"data": [row, {**row, "SK_ID_CURR": 5}, row]}), 422, "client_twice")
    assert [each["row"] for each in document["errors"]] == [1, 3]
    assert "row 3" in document["errors"][0]["message"]


def test_row_with_no_known_column_is_422(api: TestClient) -> None:
    assert_refusal(send(api, {"data": [{"SK_ID_CURR": 1, "PET": "cat"}]}), 422, "no_known_column")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "data_absent"),
        ({"Data": []}, "data_absent"),
        ([], "data_absent"),
        (None, "data_absent"),
        ("data", "data_absent"),
        ({"data": {}}, "data_not_a_list"),
        ({"data": None}, "data_not_a_list"),
        ({"data": "[]"}, "data_not_a_list"),
        ({"data": []}, "data_empty"),
        ({"data": [5]}, "row_not_an_object"),
        ({"data": [[]]}, "row_not_an_object"),
    ],
)
@pytest.mark.parametrize("route", SCORING)
def test_document_without_clients_is_422(api: TestClient, route: str, body: object, code: str) -> None:
    assert_refusal(send(api, body, route), 422, code)


def test_column_twice_in_a_row_is_422(api: TestClient) -> None:
    content = b'{"data": [{"SK_ID_CURR": 1, "AMT_CREDIT": 5, "AMT_CREDIT": 6}]}'
    assert "AMT_CREDIT" in assert_refusal(send(api, content), 422, "column_twice")["error"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"{'data': []}", "not_json"),
        (b'{"data": [1,]}', "not_json"),
        (b"data=1", "not_json"),
        ('{"data": "é"}'.encode("latin-1"), "wrong_encoding"),
        ('{"data": []}'.encode("utf-16"), "wrong_encoding"),
        (b'{"a": "\xed\xa0\x80"}', "wrong_encoding"),
        (b"[" * 101 + b"]" * 101, "too_deep"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, "too_deep"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 100_000, "too_deep"),
    ],
)
@pytest.mark.parametrize("route", ROUTES)
def test_what_is_not_json_is_400(api: TestClient, route: str, content: bytes, code: str) -> None:
    assert_refusal(send(api, content, route), 400, code)


def test_hundred_levels_are_still_read(api: TestClient) -> None:
    assert send(api, b"[" * 100 + b"]" * 100, "/data").status_code == 200
    assert send(api, b'"' + b"[" * 500 + b'"', "/data").status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "text/csv", "multipart/form-data", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("route", ROUTES)
def test_other_content_type_is_415(api: TestClient, route: str, kind: str) -> None:
    answer = send(api, {"data": []}, route, **{"content-type": kind})
    assert_refusal(answer, 415, "content_type")


@pytest.mark.parametrize("route", ROUTES)
def test_body_declared_over_the_limit_is_413_naming_the_setting(api: TestClient, route: str) -> None:
    document = assert_refusal(send(api, b"1", route, **{"content-length": str(2**20 + 1)}), 413, "too_many_bytes")
    assert "1 MB" in document["error"]
    assert "MAX_BODY_MB" in document["error"]


@pytest.mark.parametrize("route", ROUTES)
def test_chunked_body_over_the_limit_is_413(api: TestClient, route: str) -> None:
    chunks = (b" " * 2**18 for _ in range(5))
    answer = api.post(route, content=chunks, headers={"content-type": "application/json"})
    assert "content-length" not in answer.request.headers
    assert_refusal(answer, 413, "too_many_bytes")


def test_endless_body_is_refused_as_soon_as_it_is_too_large(model: Model) -> None:
    taken: list[int] = []
    told: list[Message] = []

    async def receive() -> Message:
        taken.append(2**18)
        return {"type": "http.request", "body": b" " * 2**18, "more_body": True}

    async def tell(message: Message) -> None:
        told.append(message)

    scope = {"type": "http", "method": "POST", "path": "/data", "query_string": b"", "headers": []}
    asyncio.run(build_api(model, Settings(max_body_mb=1))(scope, receive, tell))
    assert told[0]["status"] == 413
    assert len(taken) == 5


def test_body_of_exactly_the_limit_is_read(api: TestClient) -> None:
    assert send(api, b" " * (2**20 - 1) + b"1", "/data").status_code == 200
    assert send(api, b" " * 2**20 + b"1", "/data").status_code == 413


def test_more_rows_than_the_limit_are_413_naming_the_setting(api: TestClient, row: dict[str, object]) -> None:
    rows = [{**row, "SK_ID_CURR": client} for client in range(4)]
    assert send(api, {"data": rows[:3]}).status_code == 200
    document = assert_refusal(send(api, {"data": rows}), 413, "too_many_rows")
    assert "MAX_ROWS" in document["error"]
    assert "than 3 clients" in document["error"]


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("route", ROUTES)
def test_wrong_verb_on_a_post_route_is_405_with_allow(api: TestClient, route: str, verb: str) -> None:
    answer = api.request(verb, route)
    assert "POST" in assert_refusal(answer, 405, "wrong_verb")["error"]
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("route", ["/", "/features", "/best_threshold"])
def test_wrong_verb_on_a_get_route_is_405_with_allow(api: TestClient, route: str) -> None:
    answer = api.post(route)
    assert_refusal(answer, 405, "wrong_verb")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize("address", ["/nothing", "/predict/", "/predict/x", "/Features", "/features/"])
@pytest.mark.parametrize("verb", ["GET", "POST", "DELETE"])
def test_unknown_address_is_a_json_404(api: TestClient, address: str, verb: str) -> None:
    assert_refusal(api.request(verb, address, follow_redirects=False), 404, "unknown_address")


def test_every_problem_of_every_row_is_counted_and_a_hundred_are_told(model: Model, row: dict[str, object]) -> None:
    api = TestClient(build_api(model, Settings()))
    body = {"data": [{**row, "SK_ID_CURR": client, "AMT_CREDIT": "x"} for client in range(150)]}
    document = assert_refusal(send(api, body), 422, "text_in_number")
    assert len(document["errors"]) == 100
    assert document["total"] == 150
    assert document["error"].endswith("(And 149 more problems, the first ones listed in errors.)")
    assert [each["row"] for each in document["errors"]] == list(range(1, 101))


def test_refusal_is_in_english_whatever_the_browser_speaks(api: TestClient, row: dict[str, object]) -> None:
    answer = send(api, {"data": [without(row, "AMT_CREDIT")]}, **{"accept-language": "fr"})
    assert "it is missing" in json.loads(answer.text)["error"]
