"""How much is known: shares that add up, values that cannot be right, values the model has hardly seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.i18n.translations import Language
from core.insights.completeness import (
    ColumnValue,
    Outside,
    column_name,
    column_values,
    impossible_columns,
    impossible_in_words,
    outside,
    outside_in_words,
    outside_of,
    review_sentences,
    share_by_state,
)
from core.records import ReviewReason, ValueOrigin
from core.scoring.assess import Model, assess
from core.scoring.decision import decide
from tests.core.conftest import Thousand
from tests.core.small_bundle import small_population


def given_value(source: str, value: float, state: ValueOrigin = ValueOrigin.GIVEN) -> tuple[ColumnValue, ...]:
    return (ColumnValue(source, value, state, 0.1),)


def sentences_of(model: Model, row: dict[str, object], language: Language = "en") -> list[str]:
    found = assess(model, [row], review_band=0.02)
    return impossible_in_words(found.aligned, model.bundle, language, "")


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        (
            "DAYS_EMPLOYED",
            16_500.0,
            "Time in the current job: -45.2 years is impossible; the value must lie between 0 and 120.",
        ),
        ("EXT_SOURCE_2", 62.0, "External score 2: 62.000 is impossible; the value must lie between 0 and 1."),
        ("AMT_GOODS_PRICE", -5.0, "Price of the financed goods: -5 is impossible; the minimum is 0."),
        ("CNT_CHILDREN", 0.5, "Number of children: 0.50 is impossible; the value must be a whole number."),
        (
            "REGION_RATING_CLIENT",
            7.0,
            "Rating of the home region: 7 is impossible; the value must lie between 1 and 3.",
        ),
    ],
)
def test_value_that_cannot_be_right_is_said_plainly(
    model: Model, thousand: Thousand, column: str, value: float, sentence: str
) -> None:
    assert sentences_of(model, {**thousand.rows[0], column: value}) == [sentence]


def test_two_values_that_contradict_each_other_are_both_named(model: Model, thousand: Thousand) -> None:
    row = {**thousand.rows[0], "CNT_CHILDREN": 3, "CNT_FAM_MEMBERS": 2, "INCOME_PER_PERSON": None}
    assert sentences_of(model, row) == [
        "Number of family members, client included (2) cannot be fewer than Number of children (3) plus the client."
    ]


def test_value_that_can_be_right_is_not_complained_of(model: Model, thousand: Thousand) -> None:
    assert all(sentences_of(model, dict(row)) == [] for row in thousand.rows[:50])


@pytest.mark.parametrize(("value", "above", "edge"), [(100.5, True, 100.0), (0.5, False, 1.0)])
def test_number_beyond_the_outermost_quantile_is_outside(value: float, above: bool, edge: float) -> None:
    found = outside(given_value("AMT_CREDIT", value), small_population())
    assert found == (Outside("AMT_CREDIT", value, above, edge),)


@pytest.mark.parametrize(
    ("source", "value", "state"),
    [
        ("AMT_CREDIT", 100.0, ValueOrigin.GIVEN),
        ("AMT_CREDIT", 1.0, ValueOrigin.GIVEN),
        ("AMT_CREDIT", 500.0, ValueOrigin.ASSUMED),
        ("NOBODY_KNOWS", 500.0, ValueOrigin.GIVEN),
    ],
)
def test_number_within_assumed_or_of_an_unknown_column_is_not_outside(
    source: str, value: float, state: ValueOrigin
) -> None:
    assert outside(given_value(source, value, state), small_population()) == ()


def test_how_far_almost_all_clients_reach_is_said_on_the_scale_that_is_shown(model: Model) -> None:
    high = model.bundle.population.numbers["DAYS_BIRTH"]["all"].quantiles[0]
    found = outside(given_value("DAYS_BIRTH", high - 3652.5), model.bundle.population)
    assert found[0].above
    years = int(-high // 365.25)
    assert outside_in_words(found, "en", "") == [
        f"Age: {years + 10} years; for almost all clients, {years} years at most."
    ]


def test_measures_of_the_same_thing_that_lie_outside_are_one_sentence() -> None:
    far = (
        Outside("CC_AMT_BALANCE_SUM", 90_000.0, True, 50_000.0),
        Outside("CC_AMT_RECIVABLE_SUM", 91_000.0, True, 50_000.0),
        Outside("CC_AMT_BALANCE_MIN", 900.0, True, 500.0),
        Outside("CC_AMT_TOTAL_RECEIVABLE_MEAN", 9_000.0, True, 5_000.0),
        Outside("CC_AMT_BALANCE_MAX", 5.0, False, 10.0),
    )
    assert outside_in_words(far, "en", "") == [
        "Credit cards by month: balance (total): 90,000; for almost all clients, 50,000 at most. "
        "The same goes for 2 other measures of the same thing.",
        "Credit cards by month: balance (lowest): 900; for almost all clients, 500 at most.",
        "Credit cards by month: balance (highest): 5; for almost all clients, 10 at least.",
    ]
    assert outside_in_words(far[:2], "fr", "")[0].endswith("Il en va de même pour 1 autre mesure de la même chose.")


def test_shares_of_the_information_add_up_and_are_those_of_the_assessment(model: Model, thousand: Thousand) -> None:
    rows = [{**thousand.rows[0], "EXT_SOURCE_1": None, "ORGANIZATION_TYPE": "Moon base"}]
    rows[0].pop("DAYS_ID_PUBLISH")
    found = assess(model, rows, review_band=0.02)
    shares = share_by_state(found, model.bundle)
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares[ValueOrigin.GIVEN] + shares[ValueOrigin.DERIVED] == pytest.approx(float(found.information[0]))
    assert min(shares[ValueOrigin.ASSUMED], shares[ValueOrigin.MISSING], shares[ValueOrigin.UNSEEN]) > 0


def test_every_column_that_people_know_is_there_once_the_weightiest_first(model: Model, thousand: Thousand) -> None:
    everything = column_values(thousand.found.aligned, model.bundle)
    assert sorted(each.source for each in everything) == sorted(model.bundle.sources)
    weights = [each.weight for each in everything]
    assert weights == sorted(weights, reverse=True)
    assert sum(weights) == pytest.approx(1.0)


def test_client_made_of_the_population_is_seldom_outside_and_never_impossible(model: Model, thousand: Thousand) -> None:
    everything = column_values(thousand.found.aligned, model.bundle)
    assert impossible_columns(thousand.found.aligned) == set()
    assert len(outside(everything, model.bundle.population)) <= 3


def test_what_lies_outside_is_the_same_where_only_numbers_beyond_their_range_are_looked_at(
    model: Model, thousand: Thousand
) -> None:
    far = {"AMT_CREDIT": 9e8, "AMT_GOODS_PRICE": 8e8, "CNT_CHILDREN": 14, "OWN_CAR_AGE": 89.0, "EXT_SOURCE_2": None}
    for row in (*thousand.rows[:20], {**thousand.rows[0], **far}):
        found = assess(model, [row], review_band=0.02).aligned
        everything = outside(column_values(found, model.bundle), model.bundle.population)
        assert outside_of(found, model.bundle) == everything
    assert len(everything) > 2


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.booleans())
def test_why_to_review_never_contradicts_the_decision(probability: float, information: float, impossible: bool) -> None:
    decision = decide(
        probability=probability, threshold=0.16, review_band=0.02, information=information, impossible=impossible
    )
    assert (ReviewReason.IMPOSSIBLE_VALUE in decision.why_review) == impossible
    sentences = review_sentences(decision, information, 0.02, "en")
    told = [sentence.startswith("To review") for sentence in sentences]
    assert sum(told) == len(decision.why_review)


@pytest.mark.parametrize(
    ("probability", "start"),
    [
        (0.15, "To review: the solvency of 85.0% lies in the review band, from 82.0% to 86.0%"),
        (0.3, "The solvency of 70.0% lies outside the review band, from 82.0% to 86.0%"),
    ],
)
def test_band_is_told_on_the_solvency_scale(probability: float, start: str) -> None:
    decision = decide(probability=probability, threshold=0.16, review_band=0.02, information=1.0)
    near, enough = review_sentences(decision, 1.0, 0.02, "en")
    assert near.startswith(start)
    assert enough == "The file holds 100% of the information, and 50% is enough: no reason for a review."


def test_what_a_client_does_not_have_is_not_called_missing(model: Model, thousand: Thousand) -> None:
    row = {**thousand.rows[0], "FLAG_OWN_CAR": 0, "OWN_CAR_AGE": None}
    aligned = assess(model, [row], review_band=0.02).aligned
    named = {each.source: column_name(each, "en") for each in column_values(aligned, model.bundle)}
    assert named["OWN_CAR_AGE"] == "Age of the car: not applicable (no car)"
    assert named["AMT_CREDIT"] == "Loan amount"
