"""A simulation says what a file could say: typed examples, what cannot be, and laws that hold for any client."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputRefused
from core.scoring.assess import Model, assess
from core.what_if.simulation import EDITABLE, Edits, Value, changes, edited_row, fields, file_value, moves, simulate
from tests.core.conftest import Thousand
from tests.core.drawn import encoded_row
from tests.core.samples import ALIGNER, ENCODED, NAMES, RAW, raw

WORKER = {**RAW, "NAME_INCOME_TYPE": "Working", "ORGANIZATION_TYPE": "Bank", "FLAG_EMP_PHONE": 1, "CNT_CHILDREN": 0}
PENSIONER = {
    **RAW,
    "NAME_INCOME_TYPE": "Pensioner",
    "ORGANIZATION_TYPE": "XNA",
    "DAYS_EMPLOYED": 365243,
    "FLAG_EMP_PHONE": 0,
}


def aligned(row: object) -> dict[str, float]:
    found = ALIGNER.align([row])
    assert not found.refused, found.refused
    return dict(zip(NAMES, found.values[0].tolist(), strict=True))


def refusals(row: dict[str, object], edits: Edits) -> list[tuple[str, str | None]]:
    with pytest.raises(InputRefused) as refused:
        edited_row(row, edits)
    return [(problem.code, problem.column) for problem in refused.value.problems]


def test_ratios_follow_what_was_edited_and_only_that() -> None:
    found = aligned(edited_row(dict(ENCODED), {"AMT_CREDIT": 200000.0, "DAYS_EMPLOYED": 8.0}))
    assert found["INCOME_CREDIT_PERC"] == 160000.0 / 200000.0
    assert found["PAYMENT_RATE"] == 20000.0 / 200000.0
    assert found["DAYS_EMPLOYED"] == -2922.0
    assert found["DAYS_EMPLOYED_PERC"] == -2922.0 / -14600.0
    assert found["ANNUITY_INCOME_PERC"] == ENCODED["ANNUITY_INCOME_PERC"]


def test_an_edited_category_replaces_its_encoded_columns() -> None:
    found = aligned(edited_row(dict(ENCODED), {"OCCUPATION_TYPE": "Drivers", "FLAG_OWN_REALTY": "N"}))
    assert (found["OCCUPATION_TYPE_Drivers"], found["OCCUPATION_TYPE_Managers"]) == (1.0, 0.0)
    assert found["FLAG_OWN_REALTY"] == 1.0


def test_years_in_the_job_are_shown_with_one_decimal_and_are_no_edit_until_changed() -> None:
    row = raw(DAYS_EMPLOYED=-1736)
    assert file_value(row, "DAYS_EMPLOYED") == 4.8
    assert edited_row(row, {"DAYS_EMPLOYED": 4.8}) == row
    assert edited_row(row, {"DAYS_EMPLOYED": 4.9})["DAYS_EMPLOYED"] == -1790


def test_a_pensioner_has_no_job_any_more() -> None:
    row = edited_row(WORKER, {"NAME_INCOME_TYPE": "Pensioner", "DAYS_EMPLOYED": 3.0})
    assert (row["DAYS_EMPLOYED"], row["ORGANIZATION_TYPE"], row["FLAG_EMP_PHONE"]) == (None, "XNA", 0)
    assert math.isnan(aligned(row)["DAYS_EMPLOYED_PERC"])


def test_a_pensioner_who_takes_a_job_must_say_how_long() -> None:
    assert refusals(PENSIONER, {"NAME_INCOME_TYPE": "Working"}) == [("simulation_new_job", "DAYS_EMPLOYED")]
    row = edited_row(PENSIONER, {"NAME_INCOME_TYPE": "Working", "DAYS_EMPLOYED": 1.0})
    assert (row["DAYS_EMPLOYED"], row["FLAG_EMP_PHONE"]) == (-365, 1)


def test_who_sells_the_car_has_none_of_any_age() -> None:
    owner = raw(FLAG_OWN_CAR="Y", OWN_CAR_AGE=7.0)
    assert edited_row(owner, {"FLAG_OWN_CAR": "N"})["OWN_CAR_AGE"] is None


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({"AMT_ANNUITY": 400001.0}, ("simulation_instalment", "AMT_ANNUITY")),
        ({"AMT_CREDIT": 19999.0}, ("simulation_instalment", "AMT_ANNUITY")),
        ({"AMT_CREDIT": 0.0}, ("simulation_out_of_bounds", "AMT_CREDIT")),
        ({"CNT_CHILDREN": 2}, ("simulation_children", "CNT_CHILDREN")),
        ({"DAYS_EMPLOYED": 22.0}, ("simulation_job_years", "DAYS_EMPLOYED")),
        ({"FLAG_OWN_CAR": "Y"}, ("simulation_car_age", "OWN_CAR_AGE")),
    ],
)
def test_what_cannot_be_is_refused_by_name(edits: dict[str, Value], expected: tuple[str, str]) -> None:
    assert expected in refusals(WORKER, edits)


@pytest.mark.parametrize(
    "edits", [{"AMT_ANNUITY": 400000.0}, {"CNT_CHILDREN": 1}, {"DAYS_EMPLOYED": 21.9}, {"CNT_FAM_MEMBERS": 1}]
)
def test_the_bounds_themselves_can_be(edits: dict[str, Value]) -> None:
    assert edited_row(WORKER, edits) != WORKER


def test_a_file_that_was_odd_before_may_stay_so_elsewhere() -> None:
    odd = raw(AMT_ANNUITY=500000.0)
    assert edited_row(odd, {"AMT_INCOME_TOTAL": 200000.0})["AMT_ANNUITY"] == 500000.0


def test_nothing_can_be_edited_that_a_file_could_not_say_otherwise(model: Model, thousand: Thousand) -> None:
    found = fields(thousand.rows[0], model)
    assert set(found) == set(EDITABLE)
    assert not [name for name in found if name.startswith(("EXT_", "DAYS_BIRTH", "CODE_GENDER", "NAME_FAMILY"))]
    assert "Working" in found["NAME_INCOME_TYPE"].choices
    assert found["FLAG_OWN_CAR"].choices == ("N", "Y")


edits_of_a_loan = st.fixed_dictionaries(
    {},
    optional={
        "AMT_CREDIT": st.floats(2e5, 2e6),
        "AMT_ANNUITY": st.floats(5e3, 4.5e4),
        "AMT_GOODS_PRICE": st.floats(5e4, 2e6),
        "AMT_INCOME_TOTAL": st.floats(2e4, 1e6),
        "DAYS_EMPLOYED": st.floats(0.0, 2.0),
        "NAME_HOUSING_TYPE": st.sampled_from(["With parents", "Rented apartment"]),
        "FLAG_OWN_REALTY": st.sampled_from(["Y", "N"]),
    },
)
places = st.integers(0, 999)


@given(place=places, encoded=st.booleans())
def test_without_a_change_it_is_the_same_answer_bit_for_bit(
    model: Model, thousand: Thousand, place: int, encoded: bool
) -> None:
    row = encoded_row(model, thousand.rows[place]) if encoded else thousand.rows[place]
    same = {name: each.value for name, each in fields(row, model).items() if each.value is not None}
    found = simulate(model, row, same, review_band=0.02)
    assert changes(row, same) == {}
    assert found.after.probability.tobytes() == found.before.probability.tobytes()
    assert found.before.probability[0] == thousand.found.probability[place]


@given(place=places, edits=edits_of_a_loan)
def test_raw_or_encoded_a_simulation_is_the_assessment_of_the_edited_row(
    model: Model, thousand: Thousand, place: int, edits: Edits
) -> None:
    row = thousand.rows[place]
    by_hand: dict[str, object] = {**row, **edits}
    if "DAYS_EMPLOYED" in edits:
        same = edits["DAYS_EMPLOYED"] == file_value(row, "DAYS_EMPLOYED")
        by_hand["DAYS_EMPLOYED"] = row["DAYS_EMPLOYED"] if same else -round(float(edits["DAYS_EMPLOYED"]) * 365.25)
    expected = assess(model, [by_hand], review_band=0.02).probability
    for each in (row, encoded_row(model, row)):
        assert simulate(model, each, edits, review_band=0.02).after.probability.tobytes() == expected.tobytes()


@given(place=places, edits=edits_of_a_loan)
def test_what_moved_adds_up_to_the_difference(model: Model, thousand: Thousand, place: int, edits: Edits) -> None:
    found = simulate(model, thousand.rows[place], edits, review_band=0.02)
    moved = moves(model, found)
    before, after = found.before.decisions[0].solvency, found.after.decisions[0].solvency
    assert sum(each.points for each in moved) == pytest.approx(100.0 * (after - before), abs=1e-6)
    assert [each.edited for each in moved] == sorted((each.edited for each in moved), reverse=True)
