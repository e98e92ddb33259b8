"""Any client row in the model's columns: what is read, derived, assumed, ignored and refused."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import cast

import pytest

from core.alignment.aligner import Aligner
from core.i18n.translations import translate_problem
from core.readers.json_document import read_json
from core.records import ValueOrigin
from tests.core.samples import (
    COLUMNS,
    ENCODED,
    NAMES,
    RAW,
    align,
    aligned_one,
    number,
    places,
    ratio,
    raw,
    refused,
    states_of,
    without,
)

EXPECTED = {name: float(cast(float, ENCODED[name])) for name in NAMES}


def test_raw_client_gets_the_numbers_that_training_would_have_written() -> None:
    assert aligned_one(RAW) == EXPECTED


def test_encoded_client_gets_the_same_numbers() -> None:
    assert aligned_one(ENCODED) == EXPECTED


def test_raw_and_encoded_columns_may_be_mixed() -> None:
    mixed = without(ENCODED, "CODE_GENDER", "OCCUPATION_TYPE_Drivers", "OCCUPATION_TYPE_Managers", "PAYMENT_RATE")
    assert aligned_one({**mixed, "CODE_GENDER": "F", "OCCUPATION_TYPE": "Managers"}) == EXPECTED


def test_order_of_columns_is_the_models_whatever_the_row_s() -> None:
    assert aligned_one(dict(reversed(list(RAW.items())))) == EXPECTED


def test_unknown_columns_are_ignored_and_named_once_in_the_order_they_came() -> None:
    found = align(raw(BURO_CREDIT_MEAN=1.5, TARGET="x"), raw(SK_ID_CURR=900002, TARGET=1, PREV_X=math.nan))
    assert found.unknown == ("BURO_CREDIT_MEAN", "TARGET", "PREV_X")
    assert found.values.tolist() == [list(EXPECTED.values())] * 2


def test_realty_owner_is_zero_and_other_is_one() -> None:
    assert aligned_one(raw(FLAG_OWN_REALTY="Y"))["FLAG_OWN_REALTY"] == 0.0
    assert aligned_one(raw(FLAG_OWN_REALTY="N"))["FLAG_OWN_REALTY"] == 1.0


@pytest.mark.parametrize("sentinel", [365243, 365243.0, "365243"])
def test_365243_days_of_employment_mean_missing(sentinel: object) -> None:
    row = raw(DAYS_EMPLOYED=sentinel)
    assert math.isnan(aligned_one(row)["DAYS_EMPLOYED"])
    assert math.isnan(aligned_one(row)["DAYS_EMPLOYED_PERC"])
    assert states_of(row)["DAYS_EMPLOYED"] is ValueOrigin.MISSING


def test_365243_means_nothing_special_in_other_columns() -> None:
    assert aligned_one(without(raw(AMT_ANNUITY=365243), "OCCUPATION_TYPE"))["AMT_ANNUITY"] == 365243.0


MISSING = [None, "", math.nan, math.inf, -math.inf, json.loads("1e400"), 10**400]


@pytest.mark.parametrize("cell", MISSING)
def test_missing_value_stays_missing_where_training_had_missing_values(cell: object) -> None:
    row = raw(EXT_SOURCE_1=cell)
    assert math.isnan(aligned_one(row)["EXT_SOURCE_1"])
    assert states_of(row)["EXT_SOURCE_1"] is ValueOrigin.MISSING


@pytest.mark.parametrize("cell", MISSING)
@pytest.mark.parametrize(
    ("column", "fill"),
    [("CNT_FAM_MEMBERS", 2.0), ("FLAG_PHONE", 1.0), ("CODE_GENDER", 1.0), ("FLAG_OWN_REALTY", 0.0)],
)
def test_missing_value_takes_the_fill_value_where_training_was_complete(column: str, fill: float, cell: object) -> None:
    row = raw(**{column: cell})
    assert aligned_one(row)[column] == fill
    assert states_of(row)[column] is ValueOrigin.ASSUMED


def test_absent_column_is_treated_as_a_missing_value() -> None:
    row = without(RAW, "EXT_SOURCE_1", "FLAG_PHONE", "AMT_ANNUITY")
    assert states_of(row)["EXT_SOURCE_1"] is ValueOrigin.MISSING
    assert aligned_one(row)["FLAG_PHONE"] == 1.0
    assert aligned_one(row)["AMT_ANNUITY"] == 25000.0


@pytest.mark.parametrize("cell", MISSING)
@pytest.mark.parametrize("column", ["AMT_CREDIT", "AMT_INCOME_TOTAL", "DAYS_BIRTH"])
def test_essential_column_that_is_missing_is_refused_by_name(column: str, cell: object) -> None:
    assert places(refused(raw(**{column: cell}))) == [("essential_missing", 1, column)]
    assert places(refused(without(RAW, column))) == [("essential_missing", 1, column)]


def test_every_missing_essential_column_is_named() -> None:
    assert places(refused({"SK_ID_CURR": 1, "EXT_SOURCE_1": 0.5})) == [
        ("essential_missing", 1, "AMT_INCOME_TOTAL"),
        ("essential_missing", 1, "AMT_CREDIT"),
        ("essential_missing", 1, "DAYS_BIRTH"),
    ]


def test_number_written_as_text_is_read_as_the_number() -> None:
    as_text = {name: str(value) for name, value in RAW.items()}
    assert aligned_one(as_text) == EXPECTED


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("AMT_CREDIT", "a lot", "text_in_number"),
        ("AMT_CREDIT", True, "boolean_in_number"),
        ("AMT_CREDIT", [1], "nested_value"),
        ("FLAG_PHONE", 2, "not_zero_or_one"),
        ("CODE_GENDER", True, "boolean_in_binary"),
        ("CODE_GENDER", "XNA", "unknown_code"),
        ("FLAG_OWN_REALTY", False, "boolean_in_binary"),
        ("OCCUPATION_TYPE", {"is": "Drivers"}, "nested_value"),
        ("PAYMENT_RATE", "high", "text_in_number"),
        ("NOT_A_COLUMN", [1, 2], "nested_value"),
    ],
)
def test_cell_that_cannot_be_read_is_refused_by_row_and_column(column: str, cell: object, code: str) -> None:
    assert places(refused(RAW, raw(SK_ID_CURR=900002, **{column: cell}))) == [(code, 2, column)]


def test_every_bad_cell_of_a_row_is_named() -> None:
    problems = refused(raw(AMT_CREDIT="x", FLAG_PHONE=3, EXT_SOURCE_1=[]))
    assert {problem.column for problem in problems} == {"AMT_CREDIT", "FLAG_PHONE", "EXT_SOURCE_1"}


@pytest.mark.parametrize("row", [None, 5, "text", [], [["SK_ID_CURR", 1]]])
def test_row_that_is_not_an_object_is_refused(row: object) -> None:
    assert places(refused(row)) == [("row_not_an_object", 1, None)]


def test_row_without_a_column_that_the_model_knows_is_refused() -> None:
    assert places(refused({"SK_ID_CURR": 1, "COLOUR": "blue"})) == [("no_known_column", 1, None)]
    assert places(refused({"SK_ID_CURR": 1})) == [("no_known_column", 1, None)]


def test_ratio_that_is_absent_is_derived_from_its_two_columns() -> None:
    assert aligned_one(RAW)["INCOME_PER_PERSON"] == 80000.0
    assert states_of(RAW)["INCOME_PER_PERSON"] is ValueOrigin.DERIVED
    assert states_of(ENCODED)["INCOME_PER_PERSON"] is ValueOrigin.GIVEN


def test_ratio_is_derived_even_from_columns_that_are_not_the_models_own() -> None:
    aligner = Aligner([number("AMT_CREDIT", essential=True), ratio("PAYMENT_RATE")])
    found = aligner.align([{"SK_ID_CURR": 1, "AMT_CREDIT": 400000, "AMT_ANNUITY": "20000"}])
    assert found.values.tolist() == [[400000.0, 0.05]]
    assert found.unknown == ()


@pytest.mark.parametrize("people", [0, 0.0])
def test_ratio_that_cannot_be_worked_out_is_assumed_where_training_was_complete(people: object) -> None:
    row = raw(CNT_FAM_MEMBERS=people)
    assert aligned_one(row)["INCOME_PER_PERSON"] == 75000.0
    assert states_of(row)["INCOME_PER_PERSON"] is ValueOrigin.ASSUMED


RATIOS = {
    "DAYS_EMPLOYED_PERC": ("DAYS_EMPLOYED", "DAYS_BIRTH"),
    "INCOME_CREDIT_PERC": ("AMT_INCOME_TOTAL", "AMT_CREDIT"),
    "INCOME_PER_PERSON": ("AMT_INCOME_TOTAL", "CNT_FAM_MEMBERS"),
    "ANNUITY_INCOME_PERC": ("AMT_ANNUITY", "AMT_INCOME_TOTAL"),
    "PAYMENT_RATE": ("AMT_ANNUITY", "AMT_CREDIT"),
}


@pytest.mark.parametrize(("name", "parts"), RATIOS.items())
@pytest.mark.parametrize("factor", [0.9991, 0.99999, 1.0, 1.00001, 1.00099])
def test_ratio_within_a_thousandth_is_accepted_as_it_was_sent(name: str, parts: tuple[str, str], factor: float) -> None:
    sent = EXPECTED[name] * factor
    assert aligned_one({**RAW, name: sent})[name] == sent


@pytest.mark.parametrize(("name", "parts"), RATIOS.items())
@pytest.mark.parametrize("factor", [-1.0, 0.0, 0.99899, 1.00101, 100.0])
def test_ratio_over_a_thousandth_off_is_refused_naming_all_three(
    name: str, parts: tuple[str, str], factor: float
) -> None:
    problems = refused({**RAW, name: EXPECTED[name] * factor})
    assert places(problems) == [("ratio_differs", 1, name)]
    sentence = translate_problem(problems[0], "en")
    assert all(column in sentence for column in (name, *parts))


def test_negative_ratio_has_the_same_tolerance() -> None:
    row = {**RAW, "DAYS_EMPLOYED": 1460}
    assert aligned_one({**row, "DAYS_EMPLOYED_PERC": -0.10009})["DAYS_EMPLOYED_PERC"] == -0.10009
    assert places(refused({**row, "DAYS_EMPLOYED_PERC": -0.10011})) == [("ratio_differs", 1, "DAYS_EMPLOYED_PERC")]


@pytest.mark.filterwarnings("error")
def test_ratio_at_the_edge_of_what_a_float_holds_is_compared_without_a_warning() -> None:
    row = {"AMT_ANNUITY": -1e308, "AMT_CREDIT": 1.0, "PAYMENT_RATE": 1e308}
    assert places(refused(raw(**row))) == [("ratio_differs", 1, "PAYMENT_RATE")]


def test_ratio_is_not_checked_against_a_column_that_is_missing() -> None:
    assert aligned_one(without({**RAW, "PAYMENT_RATE": 0.09}, "AMT_ANNUITY"))["PAYMENT_RATE"] == 0.09


def test_column_that_stands_twice_in_a_row_is_refused() -> None:
    row = read_json(b'{"SK_ID_CURR": 1, "AMT_CREDIT": 1, "AMT_CREDIT": 2}')
    assert ("column_twice", 1, "AMT_CREDIT") in places(refused(row))


def test_no_rows_align_to_no_clients() -> None:
    found = align()
    assert (found.ids, found.values.shape, found.refused) == ((), (0, len(COLUMNS)), ())


def test_many_problems_are_counted_and_the_first_of_every_row_is_kept() -> None:
    rows: list[Mapping[str, object]] = [{"SK_ID_CURR": None, "AMT_CREDIT": "x", "FLAG_PHONE": 2}] * 1500
    found = align(*rows)
    assert found.refused_total == 7500
    assert {problem.row for problem in found.refused} == set(range(1, 1501))
    assert len(found.refused) < 2500


def test_assumed_ratio_follows_its_columns_assumed_ones_too() -> None:
    row = without(RAW, "AMT_ANNUITY")
    values, states = aligned_one(row), states_of(row)
    assert values["AMT_ANNUITY"] == 25000.0
    assert values["PAYMENT_RATE"] == 25000.0 / 400000.0
    assert values["ANNUITY_INCOME_PERC"] == 25000.0 / 160000.0
    assert states["PAYMENT_RATE"] is ValueOrigin.ASSUMED
