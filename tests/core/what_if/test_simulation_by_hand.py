"""Edits one by one, typed by hand: what may be said, what follows from it, and what moved."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from core.errors import InputRefused
from core.model.schema import Policy
from core.scoring.assess import Model
from core.what_if.simulation import (
    EDITABLE,
    Edits,
    Value,
    cell_of,
    changes,
    edited_row,
    fields,
    file_value,
    moves,
    simulate,
    with_cells,
)
from tests.core.conftest import Thousand
from tests.core.hand_model import HandEstimator, hand_model
from tests.core.samples import RAW, number, one_hot, raw

WORKER = {**RAW, "NAME_INCOME_TYPE": "Working", "ORGANIZATION_TYPE": "Bank", "FLAG_EMP_PHONE": 1, "CNT_CHILDREN": 0}
PENSIONER = {
    **RAW,
    "NAME_INCOME_TYPE": "Pensioner",
    "ORGANIZATION_TYPE": "XNA",
    "DAYS_EMPLOYED": 365243,
    "FLAG_EMP_PHONE": 0,
}


def refusals(row: dict[str, object], edits: Edits) -> list[tuple[str, str | None, dict[str, object]]]:
    with pytest.raises(InputRefused) as refused:
        edited_row(row, edits)
    return [(problem.code, problem.column, dict(problem.facts)) for problem in refused.value.problems]


def test_what_can_be_edited_stands_in_this_order() -> None:
    assert list(EDITABLE) == [
        *("AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE"),
        *("AMT_INCOME_TOTAL", "NAME_INCOME_TYPE", "DAYS_EMPLOYED", "OCCUPATION_TYPE", "ORGANIZATION_TYPE"),
        *("NAME_HOUSING_TYPE", "FLAG_OWN_REALTY", "FLAG_OWN_CAR", "OWN_CAR_AGE", "CNT_CHILDREN", "CNT_FAM_MEMBERS"),
    ]


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [
        ("AMT_CREDIT", 1, 1000000000),
        ("AMT_ANNUITY", 1, 1000000000),
        ("AMT_GOODS_PRICE", 1, 1000000000),
        ("AMT_INCOME_TOTAL", 1, 1000000000),
        ("DAYS_EMPLOYED", 0, 60),
        ("OWN_CAR_AGE", 0, 90),
        ("CNT_CHILDREN", 0, 20),
        ("CNT_FAM_MEMBERS", 1, 25),
    ],
)
def test_number_may_lie_at_its_bounds_and_not_beyond_them(column: str, low: int, high: int) -> None:
    row: dict[str, object] = {"SK_ID_CURR": 1}
    for value in (float(low), float(high)):
        assert edited_row(row, {column: value})[column] == cell_of(column, value)
    beyond: list[Value] = [low - 0.5, high + 0.5, math.nan, "much"]
    for each in beyond:
        assert refusals(row, {column: each}) == [("simulation_out_of_bounds", column, {"low": low, "high": high})]


@pytest.mark.parametrize(("years", "days"), [(0.0, 0), (1.0, -365), (4.0, -1461), (4.9, -1790), (0.1, -37)])
def test_years_in_the_job_are_written_as_days_before_the_application(years: float, days: int) -> None:
    assert cell_of("DAYS_EMPLOYED", years) == days
    assert file_value({"DAYS_EMPLOYED": days}, "DAYS_EMPLOYED") == years
    assert cell_of("OWN_CAR_AGE", years) == years


@pytest.mark.parametrize("after", ["Pensioner", "Unemployed"])
def test_whoever_stops_working_has_no_job_any_more(after: str) -> None:
    found = edited_row(WORKER, {"NAME_INCOME_TYPE": after})
    changed = {name: found[name] for name in found if found[name] != WORKER.get(name)}
    assert changed == {
        "NAME_INCOME_TYPE": after,
        "DAYS_EMPLOYED": None,
        "OCCUPATION_TYPE": None,
        "ORGANIZATION_TYPE": "XNA",
        "FLAG_EMP_PHONE": 0,
    }


def test_pensioner_who_is_unemployed_instead_needs_no_years_in_a_job() -> None:
    found = edited_row(PENSIONER, {"NAME_INCOME_TYPE": "Unemployed"})
    assert (found["NAME_INCOME_TYPE"], found["DAYS_EMPLOYED"], found["FLAG_EMP_PHONE"]) == ("Unemployed", None, 0)


def test_worker_who_becomes_an_official_keeps_job_and_telephone() -> None:
    assert edited_row(WORKER, {"NAME_INCOME_TYPE": "State servant"}) == {**WORKER, "NAME_INCOME_TYPE": "State servant"}
    assert "FLAG_EMP_PHONE" not in edited_row(dict(RAW), {"NAME_INCOME_TYPE": "Working"})


def test_pensioner_with_another_loan_is_a_pensioner_still() -> None:
    assert edited_row(PENSIONER, {"AMT_CREDIT": 300000.0}) == {**PENSIONER, "AMT_CREDIT": 300000.0}


@pytest.mark.parametrize(
    ("row", "edits", "expected"),
    [
        (raw(), {"FLAG_OWN_CAR": "Y"}, {"FLAG_OWN_CAR": "Y"}),
        (raw(FLAG_OWN_CAR="Y", OWN_CAR_AGE=7.0), {"OWN_CAR_AGE": 8.0}, {"OWN_CAR_AGE": 8.0}),
        (raw(FLAG_OWN_CAR="Y", OWN_CAR_AGE=7.0), {"FLAG_OWN_CAR": "N"}, {"FLAG_OWN_CAR": "N", "OWN_CAR_AGE": None}),
        (raw(), {"FLAG_OWN_CAR": "Y", "OWN_CAR_AGE": 3.0}, {"FLAG_OWN_CAR": "Y", "OWN_CAR_AGE": 3.0}),
    ],
)
def test_car_and_its_age_go_together(row: dict[str, object], edits: Edits, expected: dict[str, object]) -> None:
    if edits == {"FLAG_OWN_CAR": "Y"}:
        assert refusals(row, edits) == [("simulation_car_age", "OWN_CAR_AGE", {})]
    else:
        assert edited_row(row, edits) == {**row, **expected}


def test_everything_that_cannot_be_is_named_at_once() -> None:
    edits: dict[str, Value] = {
        "AMT_ANNUITY": 400001.0,
        "CNT_CHILDREN": 2,
        "DAYS_EMPLOYED": 22.0,
        "FLAG_OWN_CAR": "Y",
        "OWN_CAR_AGE": -1.0,
    }
    assert [(code, column) for code, column, _ in refusals(WORKER, edits)] == [
        ("simulation_out_of_bounds", "OWN_CAR_AGE"),
        ("simulation_instalment", "AMT_ANNUITY"),
        ("simulation_children", "CNT_CHILDREN"),
        ("simulation_job_years", "DAYS_EMPLOYED"),
    ]


@pytest.mark.parametrize(("birth", "years", "possible"), [(-10957.5, 12.0, True), (-10957.5, 12.1, False)])
def test_job_begins_at_18_at_the_earliest(birth: float, years: float, possible: bool) -> None:
    row = raw(DAYS_BIRTH=birth)
    if possible:
        assert edited_row(row, {"DAYS_EMPLOYED": years})["DAYS_EMPLOYED"] == -4383
    else:
        assert refusals(row, {"DAYS_EMPLOYED": years}) == [("simulation_job_years", "DAYS_EMPLOYED", {})]


def test_where_the_file_does_not_say_the_other_half_nothing_contradicts_an_edit() -> None:
    assert edited_row({"SK_ID_CURR": 1}, {"AMT_ANNUITY": 5e6, "CNT_CHILDREN": 20.0, "DAYS_EMPLOYED": 60.0}) == {
        "SK_ID_CURR": 1,
        "AMT_ANNUITY": 5e6,
        "CNT_CHILDREN": 20.0,
        "DAYS_EMPLOYED": -21915,
    }


def test_edits_that_say_what_the_file_says_are_no_changes() -> None:
    assert changes(WORKER, {"CNT_CHILDREN": 1, "AMT_CREDIT": 400000.0, "FLAG_OWN_CAR": "N", "DAYS_EMPLOYED": 4.0}) == {
        "CNT_CHILDREN": 1
    }
    assert list(changes(WORKER, {"CNT_CHILDREN": 1, "AMT_CREDIT": 1.0, "SHOE_SIZE": 40.0})) == [
        "AMT_CREDIT",
        "CNT_CHILDREN",
    ]


def test_other_cells_take_out_their_ratios_and_what_was_encoded_of_them_and_nothing_else() -> None:
    row: dict[str, object] = {
        "SK_ID_CURR": 1,
        "AMT_CREDIT": 4.0,
        "PAYMENT_RATE": 0.5,
        "INCOME_CREDIT_PERC": 0.25,
        "INCOME_PER_PERSON": 3.0,
        "OCCUPATION_TYPE_Drivers": 1,
        "OCCUPATION_TYPE": "Drivers",
        "NAME_INCOME_TYPE_Working": 1,
    }
    assert with_cells(row, {"AMT_CREDIT": 5.0, "OCCUPATION_TYPE": "Managers"}) == {
        "SK_ID_CURR": 1,
        "AMT_CREDIT": 5.0,
        "INCOME_PER_PERSON": 3.0,
        "OCCUPATION_TYPE": "Managers",
        "NAME_INCOME_TYPE_Working": 1,
    }
    assert with_cells(row, {}) == row


COLUMNS = [
    msgspec.structs.replace(column, weight=0.25)
    for column in (
        number("EXT_SOURCE_1", complete=False),
        number("AMT_CREDIT", complete=False),
        one_hot("OCCUPATION_TYPE", "Drivers", complete=False),
        one_hot("OCCUPATION_TYPE", "Managers", complete=False),
        number("AMT_ANNUITY", complete=False),
    )
]
ROW: dict[str, object] = {
    "SK_ID_CURR": 1,
    "EXT_SOURCE_1": 0.5,
    "AMT_CREDIT": 400.0,
    "OCCUPATION_TYPE": "Clerks",
    "AMT_ANNUITY": 20.0,
}


def test_fields_are_those_the_model_uses_with_the_file_s_own_value_among_the_choices() -> None:
    model = hand_model(COLUMNS, HandEstimator(lambda values: values[:, 0]), Policy(threshold=0.5))
    found = fields(ROW, model)
    assert {name: (each.column, each.value, each.choices) for name, each in found.items()} == {
        "AMT_CREDIT": ("AMT_CREDIT", 400.0, ()),
        "AMT_ANNUITY": ("AMT_ANNUITY", 20.0, ()),
        "OCCUPATION_TYPE": ("OCCUPATION_TYPE", "Clerks", ("Clerks", "Drivers", "Managers")),
    }
    managed = fields({**ROW, "OCCUPATION_TYPE": "Managers"}, model)["OCCUPATION_TYPE"]
    assert managed.choices == ("Managers", "Drivers")
    assert fields({}, model)["OCCUPATION_TYPE"].choices == ("Drivers", "Managers")


def test_column_that_only_a_ratio_of_the_model_needs_can_be_edited(model: Model, thousand: Thousand) -> None:
    columns = [number("EXT_SOURCE_1"), msgspec.structs.replace(number("PAYMENT_RATE"), kind="ratio")]
    small = hand_model(columns, HandEstimator(lambda values: values[:, 0]), Policy(threshold=0.5))
    assert list(fields(ROW, small)) == ["AMT_CREDIT", "AMT_ANNUITY"]
    assert fields(thousand.rows[0], model)["FLAG_OWN_REALTY"].choices == ("Y", "N")


class Weighted(HandEstimator):
    """Each column's SHAP value is its value times its weight."""

    def shap_values(self, values: np.ndarray, on_checkpoint: object = None) -> tuple[np.ndarray, np.ndarray]:
        return np.nan_to_num(values) * np.array([1.0, 1 / 400, 1.0, -1.0, 1 / 20]), np.full(len(values), -3.0)


def test_what_moved_is_listed_with_what_was_edited_first_and_the_largest_first() -> None:
    model = hand_model(COLUMNS, Weighted(lambda values: values[:, 0]), Policy(threshold=0.5))
    edits: dict[str, Value] = {"AMT_CREDIT": 500.0, "OCCUPATION_TYPE": "Managers", "AMT_ANNUITY": 25.0}
    found = moves(model, simulate(model, ROW, edits, review_band=0.0))
    # From −3 + 0.5 + 1 + 0 + 1 to −3 + 0.5 + 1.25 − 1 + 1.25: half a unit of log-odds less.
    gained = 100.0 * (1 / (1 + math.exp(0.5)) - 1 / (1 + math.exp(1.0)))
    assert [(each.before.source, each.log_odds, each.edited) for each in found] == [
        ("OCCUPATION_TYPE", -1.0, True),
        ("AMT_ANNUITY", 0.25, True),
        ("AMT_CREDIT", 0.25, True),
        ("EXT_SOURCE_1", 0.0, False),
    ]
    assert [each.points for each in found] == pytest.approx([2 * gained, -0.5 * gained, -0.5 * gained, 0.0])
    assert (found[0].before.value, found[0].after.value) == (None, "Managers")
