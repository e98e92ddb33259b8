"""Ratios, assumed values and refusals of several clients at once, each number typed by hand."""

from __future__ import annotations

import math

import pytest

from core.alignment.aligner import Aligner
from core.records import ValueOrigin
from tests.core.samples import NAMES, RAW, align, aligned_one, number, places, ratio, raw, refused, states_of, without

GIVEN, DERIVED, ASSUMED, MISSING, UNSEEN = (int(each) for each in ValueOrigin)


def test_assumed_ratio_follows_a_column_that_only_the_ratio_needs() -> None:
    """AMT_CREDIT is no column of this model: what a row says of it counts all the same, for each client its own."""
    aligner = Aligner([number("AMT_ANNUITY", fill=25000.0), ratio("PAYMENT_RATE", fill=0.05), number("DAYS_BIRTH")])
    found = aligner.align(
        [
            {"SK_ID_CURR": 1, "AMT_CREDIT": 500000, "DAYS_BIRTH": -9000},
            {"SK_ID_CURR": 2, "AMT_CREDIT": 250000, "AMT_ANNUITY": 5000},
            {"SK_ID_CURR": 3, "AMT_ANNUITY": 5000},
            {"SK_ID_CURR": 4, "AMT_CREDIT": 0},
            {"SK_ID_CURR": 5, "AMT_CREDIT": 100000},
        ]
    )
    assert found.values.tolist() == [
        [25000.0, 0.05, -9000.0],
        [5000.0, 0.02, 0.0],
        [5000.0, 0.05, 0.0],
        [25000.0, 0.05, 0.0],
        [25000.0, 0.25, 0.0],
    ]
    assert found.states.tolist() == [
        [ASSUMED, ASSUMED, GIVEN],
        [GIVEN, DERIVED, ASSUMED],
        [GIVEN, ASSUMED, ASSUMED],
        [ASSUMED, ASSUMED, ASSUMED],
        [ASSUMED, ASSUMED, ASSUMED],
    ]


def test_ratio_of_nothing_is_nothing_and_agrees_with_nothing_else() -> None:
    row = raw(AMT_ANNUITY=0)
    assert (aligned_one(row)["PAYMENT_RATE"], states_of(row)["PAYMENT_RATE"]) == (0.0, ValueOrigin.DERIVED)
    assert aligned_one({**row, "PAYMENT_RATE": 0.0})["PAYMENT_RATE"] == 0.0
    assert places(refused({**row, "PAYMENT_RATE": 1e-9})) == [("ratio_differs", 1, "PAYMENT_RATE")]


def test_each_ratio_that_differs_is_named_with_its_own_two_columns() -> None:
    problems = refused(RAW, raw(SK_ID_CURR=2, PAYMENT_RATE=0.06, DAYS_EMPLOYED_PERC=0.2, INCOME_CREDIT_PERC=0.4))
    assert [(each.row, each.column, each.facts) for each in problems] == [
        (2, "DAYS_EMPLOYED_PERC", {"other": "DAYS_EMPLOYED", "third": "DAYS_BIRTH"}),
        (2, "PAYMENT_RATE", {"other": "AMT_ANNUITY", "third": "AMT_CREDIT"}),
    ]


def test_missing_in_training_stays_missing_and_complete_in_training_is_assumed() -> None:
    row = without(RAW, "DAYS_EMPLOYED", "AMT_ANNUITY", "CNT_FAM_MEMBERS", "EXT_SOURCE_1", "OCCUPATION_TYPE")
    values, states = aligned_one(row), states_of(row)
    assert {name: (values[name], states[name]) for name in NAMES if states[name] != GIVEN} == {
        "AMT_ANNUITY": (25000.0, ASSUMED),
        "DAYS_EMPLOYED": (pytest.approx(math.nan, nan_ok=True), MISSING),
        "CNT_FAM_MEMBERS": (2.0, ASSUMED),
        "EXT_SOURCE_1": (pytest.approx(math.nan, nan_ok=True), MISSING),
        "OCCUPATION_TYPE_Drivers": (0.0, MISSING),
        "OCCUPATION_TYPE_Managers": (0.0, MISSING),
        "OCCUPATION_TYPE_Sales staff": (0.0, MISSING),
        "DAYS_EMPLOYED_PERC": (pytest.approx(math.nan, nan_ok=True), MISSING),
        "INCOME_CREDIT_PERC": (0.4, DERIVED),
        "INCOME_PER_PERSON": (80000.0, ASSUMED),
        "ANNUITY_INCOME_PERC": (0.15625, ASSUMED),
        "PAYMENT_RATE": (0.0625, ASSUMED),
    }


def test_refusals_stand_in_the_order_of_the_rows_whatever_step_noticed_them() -> None:
    problems = refused(
        raw(SK_ID_CURR=1, PAYMENT_RATE=9.0),
        without(raw(SK_ID_CURR=2), "AMT_CREDIT"),
        raw(SK_ID_CURR=3),
        raw(SK_ID_CURR=4, NAME_CONTRACT_TYPE="Cash loans", **{"NAME_CONTRACT_TYPE_Revolving loans": 1}),
        raw(SK_ID_CURR=5, AMT_CREDIT="x"),
        5,
        raw(SK_ID_CURR=None),
    )
    assert places(problems) == [
        ("ratio_differs", 1, "PAYMENT_RATE"),
        ("essential_missing", 2, "AMT_CREDIT"),
        ("raw_and_encoded_differ", 4, "NAME_CONTRACT_TYPE_Revolving loans"),
        ("text_in_number", 5, "AMT_CREDIT"),
        ("row_not_an_object", 6, None),
        ("id_missing", 7, "SK_ID_CURR"),
    ]


def test_clients_between_refused_ones_keep_their_ids_rows_and_numbers() -> None:
    found = align(
        raw(SK_ID_CURR=11, AMT_CREDIT="x"),
        raw(SK_ID_CURR=12, AMT_CREDIT=100000.0),
        5,
        {"SK_ID_CURR": 13, "COLOUR": "blue"},
        raw(SK_ID_CURR=14, AMT_CREDIT=200000.0),
        without(raw(SK_ID_CURR=15), "DAYS_BIRTH"),
        raw(SK_ID_CURR=16, AMT_CREDIT=300000.0),
    )
    assert (found.ids, found.rows) == ((12, 14, 16), (2, 5, 7))
    assert found.values[:, NAMES.index("AMT_CREDIT")].tolist() == [100000.0, 200000.0, 300000.0]
    assert found.values[:, NAMES.index("PAYMENT_RATE")].tolist() == [0.2, 0.1, 20000.0 / 300000.0]
    assert (found.refused_total, [each.row for each in found.refused]) == (4, [1, 3, 4, 6])
    assert found.states.shape == found.values.shape


def test_every_problem_counts_in_the_total_and_a_thousand_are_kept_with_the_first_of_each_row() -> None:
    found = align(*[raw(SK_ID_CURR=client, AMT_CREDIT="x", EXT_SOURCE_1="x", FLAG_PHONE=2) for client in range(400)])
    assert found.refused_total == 1200
    assert [sum(each.row == row for each in found.refused) for row in (1, 333, 334, 335, 400)] == [3, 3, 1, 1, 1]
    assert len(found.refused) == 1000 + 66


def test_days_of_a_pensioner_are_missing_in_every_form_and_make_no_ratio() -> None:
    found = align(
        raw(SK_ID_CURR=1, DAYS_EMPLOYED="365243.0"),
        raw(SK_ID_CURR=2, DAYS_EMPLOYED=-1460),
        raw(SK_ID_CURR=3, DAYS_EMPLOYED=365243, DAYS_EMPLOYED_PERC=0.5),
    )
    slots = [NAMES.index(name) for name in ("DAYS_EMPLOYED", "DAYS_EMPLOYED_PERC")]
    assert found.values[:, slots].tolist() == [
        [pytest.approx(math.nan, nan_ok=True)] * 2,
        [-1460.0, 0.1],
        [pytest.approx(math.nan, nan_ok=True), 0.5],
    ]
    assert found.states[:, slots].tolist() == [[MISSING, MISSING], [GIVEN, DERIVED], [MISSING, GIVEN]]
