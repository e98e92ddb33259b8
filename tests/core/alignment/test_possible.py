"""What can be right: bounds of single columns, pairs of columns, and the same answer for one client and for many."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alignment.possible import PAIRS, Bound, Possible, bound_of, pairs_of
from core.records import Impossible


def wrong(**values: float) -> list[tuple[str, tuple[str, ...]]]:
    """What is found in one client of these columns."""
    found = Possible(list(values)).find(np.array([list(values.values())]))
    return [(each.code, each.columns) for each in found.get(0, ())]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("EXT_SOURCE_2", 5.0, "between"),
        ("EXT_SOURCE_2", -0.01, "between"),
        ("DAYS_BIRTH", 9000.0, "age"),
        ("DAYS_BIRTH", -1_600_000.0, "age"),
        ("DAYS_BIRTH", -45.0, "age"),
        ("AMT_INCOME_TOTAL", -1.0, "at_least"),
        ("AMT_CREDIT", 0.0, "at_least"),
        ("CNT_CHILDREN", -3.0, "between"),
        ("CNT_CHILDREN", 1.5, "whole"),
        ("CNT_FAM_MEMBERS", 0.0, "between"),
        ("DAYS_EMPLOYED", 10.0, "between"),
        ("DAYS_REGISTRATION", 1.0, "between"),
        ("REGION_RATING_CLIENT", 4.0, "between"),
        ("HOUR_APPR_PROCESS_START", 24.0, "between"),
        ("APARTMENTS_AVG", 1.1, "between"),
        ("PAYMENT_RATE", 5.0, "between"),
        ("BURO_DAYS_CREDIT_MEAN", 3.0, "between"),
        ("PREV_AMT_CREDIT_MAX", -1.0, "at_least"),
        ("CC_NAME_CONTRACT_STATUS_Active_MEAN", 1.2, "between"),
        ("POS_COUNT", -1.0, "at_least"),
        ("CC_AMT_RECIVABLE_VAR", -1.0, "at_least"),
        ("INSTAL_DAYS_ENTRY_PAYMENT_SUM", 1.0, "at_most"),
    ],
)
def test_value_outside_its_columns_bounds_is_found(column: str, value: float, code: str) -> None:
    assert wrong(**{column: value}) == [(code, (column,))]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("EXT_SOURCE_2", 0.0),
        ("EXT_SOURCE_2", 1.0),
        ("EXT_SOURCE_2", math.nan),
        ("DAYS_BIRTH", -16425.0),
        ("AMT_INCOME_TOTAL", 0.0),
        ("AMT_INCOME_TOTAL", 117e6),
        ("DAYS_EMPLOYED", 0.0),
        ("CC_AMT_RECIVABLE_MIN", -48170.25),
        ("BURO_AMT_CREDIT_SUM_LIMIT_SUM", -1e6),
        ("BURO_AMT_CREDIT_SUM_DEBT_MEAN", -4661.0),
        ("INSTAL_PAYMENT_DIFF_MEAN", -99000.0),
        ("ACTIVE_DAYS_CREDIT_ENDDATE_MEAN", 31198.0),
        ("BURO_DAYS_CREDIT_ENDDATE_MIN", -42056.0),
        ("CC_MONTHS_BALANCE_SUM", -4792.0),
        ("NOBODY_KNOWS", -1e9),
        ("FLAG_PHONE", 1.0),
    ],
)
def test_value_within_its_columns_bounds_or_of_an_unknown_column_is_possible(column: str, value: float) -> None:
    assert wrong(**{column: value}) == []


@pytest.mark.parametrize(
    ("column", "below", "low", "high", "above"),
    [
        ("DAYS_BIRTH", -43831, -43830, -5113, -5112),
        ("DAYS_EMPLOYED", -43831, -43830, 0, 1),
        ("DAYS_LAST_PHONE_CHANGE", -43831, -43830, 0, 1),
        ("AMT_INCOME_TOTAL", -0.01, 0, 1e12, None),
        ("AMT_CREDIT", 0.99, 1, 1e12, None),
        ("AMT_ANNUITY", 0.99, 1, 1e12, None),
        ("AMT_GOODS_PRICE", -0.01, 0, 1e12, None),
        ("CNT_CHILDREN", -1, 0, 50, 51),
        ("CNT_FAM_MEMBERS", 0, 1, 60, 61),
        ("OWN_CAR_AGE", -0.5, 0, 120, 120.5),
        ("REGION_POPULATION_RELATIVE", -0.001, 0, 1, 1.001),
        ("REGION_RATING_CLIENT_W_CITY", 0, 1, 3, 4),
        ("HOUR_APPR_PROCESS_START", -1, 0, 23, 24),
        ("EXT_SOURCE_3", -0.001, 0, 1, 1.001),
        ("OBS_60_CNT_SOCIAL_CIRCLE", -1, 0, 1000, 1001),
        ("AMT_REQ_CREDIT_BUREAU_YEAR", -1, 0, 1000, 1001),
        ("DAYS_EMPLOYED_PERC", -0.001, 0, 1, 1.001),
        ("PREV_HOUR_APPR_PROCESS_START_MEAN", -0.5, 0, 23, 23.5),
        ("POS_MONTHS_BALANCE_MAX", -1441, -1440, 0, 1),
    ],
)
def test_both_ends_of_a_columns_bounds_are_possible_and_what_lies_beyond_is_not(
    column: str, below: float, low: float, high: float, above: float | None
) -> None:
    assert wrong(**{column: low}) == wrong(**{column: high}) == []
    for value in (below, above):
        assert value is None or [columns for _, columns in wrong(**{column: value})] == [(column,)]


@pytest.mark.parametrize(
    ("values", "code", "columns"),
    [
        ({"DAYS_BIRTH": -9000.0, "DAYS_EMPLOYED": -9500.0}, "further_back", ("DAYS_EMPLOYED", "DAYS_BIRTH")),
        ({"DAYS_BIRTH": -9000.0, "DAYS_ID_PUBLISH": -9001.0}, "further_back", ("DAYS_ID_PUBLISH", "DAYS_BIRTH")),
        ({"CNT_CHILDREN": 2.0, "CNT_FAM_MEMBERS": 2.0}, "family", ("CNT_FAM_MEMBERS", "CNT_CHILDREN")),
        ({"AMT_ANNUITY": 300.0, "AMT_CREDIT": 299.0}, "above", ("AMT_ANNUITY", "AMT_CREDIT")),
        (
            {"DEF_30_CNT_SOCIAL_CIRCLE": 2.0, "OBS_30_CNT_SOCIAL_CIRCLE": 1.0},
            "above",
            ("DEF_30_CNT_SOCIAL_CIRCLE", "OBS_30_CNT_SOCIAL_CIRCLE"),
        ),
        (
            {"PREV_AMT_CREDIT_MEAN": 10.0, "PREV_AMT_CREDIT_MAX": 9.0},
            "above",
            ("PREV_AMT_CREDIT_MEAN", "PREV_AMT_CREDIT_MAX"),
        ),
    ],
)
def test_two_columns_that_contradict_each_other_are_found(
    values: dict[str, float], code: str, columns: tuple[str, str]
) -> None:
    assert wrong(**values) == [(code, columns)]
    assert wrong(**dict.fromkeys(values, math.nan)) == []


@pytest.mark.parametrize(
    "values",
    [
        {"DAYS_BIRTH": -9000.0, "DAYS_EMPLOYED": -9000.0},
        {"CNT_CHILDREN": 2.0, "CNT_FAM_MEMBERS": 3.0},
        {"AMT_ANNUITY": 300.0, "AMT_CREDIT": 300.0},
        {"PREV_AMT_CREDIT_MIN": 100000.01, "PREV_AMT_CREDIT_MEAN": 100000.0},
    ],
)
def test_equality_and_the_rounding_of_histories_are_possible(values: dict[str, float]) -> None:
    assert wrong(**values) == []


def test_column_out_of_its_bounds_is_not_blamed_for_its_pairs_too() -> None:
    assert wrong(CNT_CHILDREN=90.0, CNT_FAM_MEMBERS=3.0) == [("between", ("CNT_CHILDREN",))]


def test_bounds_come_with_what_is_found() -> None:
    found = Possible(["EXT_SOURCE_1"]).find(np.array([[0.5], [2.0]]))
    assert found == {1: (Impossible("between", ("EXT_SOURCE_1",), 0.0, 1.0),)}


def test_sums_have_the_sign_of_their_records_and_no_other_bound() -> None:
    assert bound_of("INSTAL_DPD_SUM") == Bound(0.0, math.inf)
    assert bound_of("CC_MONTHS_BALANCE_SUM") == Bound(-math.inf, 0.0)
    assert bound_of("BURO_AMT_CREDIT_SUM_DEBT_SUM") == Bound()
    assert bound_of("CC_NAME_CONTRACT_STATUS_Active_SUM") == Bound(0.0, math.inf)
    assert bound_of("BURO_AMT_CREDIT_SUM_SUM") == Bound(0.0, math.inf)


def test_only_pairs_of_columns_that_are_there_are_looked_at() -> None:
    assert pairs_of(["DAYS_BIRTH", "AMT_CREDIT"]) == ()
    assert pairs_of(["AMT_ANNUITY", "AMT_CREDIT"]) == (PAIRS[4],)


NAMES = ["EXT_SOURCE_1", "DAYS_BIRTH", "DAYS_EMPLOYED", "CNT_CHILDREN", "CNT_FAM_MEMBERS", "AMT_ANNUITY", "AMT_CREDIT"]
NUMBERS = st.one_of(st.just(math.nan), st.floats(-50000, 50000), st.integers(-3, 60).map(float), st.floats(0, 1))


@given(st.lists(st.lists(NUMBERS, min_size=len(NAMES), max_size=len(NAMES)), min_size=1, max_size=6))
def test_client_alone_and_among_others_is_judged_alike(rows: list[list[float]]) -> None:
    possible = Possible(NAMES)
    together = possible.find(np.array(rows))
    for index, row in enumerate(rows):
        assert together.get(index) == possible.find(np.array([row])).get(0)


@given(st.lists(NUMBERS, min_size=len(NAMES), max_size=len(NAMES)), st.integers(0, len(NAMES) - 1))
def test_value_taken_away_never_adds_something_impossible_of_its_own(row: list[float], place: int) -> None:
    possible = Possible(NAMES)
    before = possible.find(np.array([row])).get(0, ())
    row[place] = math.nan
    after = possible.find(np.array([row])).get(0, ())
    assert all(NAMES[place] not in each.columns for each in after)
    assert {each for each in after if len(each.columns) == 1} <= set(before)
