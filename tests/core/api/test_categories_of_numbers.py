"""Label-encoded categories are refused by name; a category never seen is scored and told."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from starlette.testclient import TestClient

from core.api.app import build_api
from core.errors import InputRefused
from core.scoring.assess import Model, assess
from core.settings import Settings
from tests.core.api.test_impossible_values import CLIENT
from tests.core.http import assert_refusal, send

ENCODED = {"NAME_INCOME_TYPE": 7, "NAME_HOUSING_TYPE": "1"}


@pytest.fixture(scope="module")
def api(model: Model) -> TestClient:
    return TestClient(build_api(model, Settings()))


def clients(*changes: Mapping[str, object]) -> dict[str, object]:
    return {"data": [{**CLIENT, "SK_ID_CURR": 700001 + place, **each} for place, each in enumerate(changes)]}


def test_columns_of_nothing_but_numbers_are_refused_by_name(api: TestClient) -> None:
    body = clients(ENCODED, {**ENCODED, "NAME_INCOME_TYPE": None}, {**ENCODED, "NAME_INCOME_TYPE": "3.0"})
    document = assert_refusal(send(api, body), 422, "category_of_numbers")
    assert [(each["row"], each["column"]) for each in document["errors"]] == [
        (None, "NAME_INCOME_TYPE"),
        (None, "NAME_HOUSING_TYPE"),
    ]


@pytest.mark.parametrize("numbers", [("7,0", "1,0"), ("1.234,5", "2"), ("10 000,5", "7 €"), ("1.000", "2,000")])
def test_numbers_in_text_are_numbers_with_either_decimal_sign(api: TestClient, numbers: tuple[str, str]) -> None:
    body = clients(*({"NAME_INCOME_TYPE": number} for number in numbers))
    assert_refusal(send(api, body), 422, "category_of_numbers")


def test_number_too_large_for_a_float_is_a_number(api: TestClient) -> None:
    body = clients({"NAME_INCOME_TYPE": 10**400}, {"NAME_INCOME_TYPE": 7})
    assert_refusal(send(api, body), 422, "category_of_numbers")


@pytest.mark.parametrize("other", ["Working", "Astronaut", True])
def test_number_among_words_is_a_category_never_seen(api: TestClient, other: object) -> None:
    document = send(api, clients({"NAME_INCOME_TYPE": 7}, {"NAME_INCOME_TYPE": other})).json()
    assert "NAME_INCOME_TYPE" in document["never_seen"]["columns"]
    assert len(document["prediction"]) == 2


def test_lone_number_is_a_category_never_seen_for_one_client_is_no_column(api: TestClient) -> None:
    document = send(api, clients(ENCODED)).json()
    assert set(document["never_seen"]["columns"]) == set(ENCODED)
    assert len(document["prediction"]) == 1


def test_encoded_column_that_the_model_lacks_is_no_column_of_numbers(api: TestClient) -> None:
    assert "prediction" in send(api, clients({"NAME_INCOME_TYPE_Astronaut": 1})).json()


def test_part_of_a_file_is_judged_by_whoever_reads_the_whole(model: Model) -> None:
    rows = [{**CLIENT, **ENCODED}, {**CLIENT, **ENCODED, "SK_ID_CURR": 2}]
    with pytest.raises(InputRefused):
        assess(model, rows, review_band=0.02, keep_good=True)
    found = assess(model, rows, review_band=0.02, keep_good=True, whole=False)
    assert set(found.aligned.categories_of_numbers) == set(ENCODED)
    assert found.aligned.categories_of_words == ("NAME_EDUCATION_TYPE",)
