"""What would change the outcome: four ways by name, none larger, dearer or heavier than a loan with a worse opinion."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core.records import Flags, Floats, Verdict
from core.scoring.assess import Model
from core.settings import Settings
from core.what_if.alternatives import Way, find_alternatives
from core.what_if.loan_offer import map_loans
from tests.core.conftest import Thousand
from tests.core.what_if.test_loan_offer_by_hand import ASKED, NO, REVIEW, YES, graded, rule

BAND = Settings().review_band


def ways(model: Model, row: dict[str, object], band: float) -> dict[Way, tuple[float, float, Verdict] | None]:
    loans = map_loans(model, row, review_band=band)
    assert loans is not None
    return {
        each.way: None if each.loan is None else (each.loan.amount, each.loan.instalment, each.loan.decision.verdict)
        for each in find_alternatives(model, row, loans, review_band=band)
    }


@pytest.mark.parametrize(
    ("favourable", "wanted"),
    [
        # At most 4,000 at a time: 25 instalments, or 80,000 in 20; the nearest is the amount asked for.
        (
            lambda amount, instalment: instalment <= 4000.0,
            {
                Way.LONGER: (100000.0, 4000.0),
                Way.SAME_INSTALMENT: None,
                Way.SAME_PAYMENTS: (80000.0, 4000.0),
                Way.NEAREST: (100000.0, 4000.0),
            },
        ),
        # At most 10 instalments: only less at the same instalment, never 10 dearer ones.
        (
            lambda amount, instalment: amount / instalment <= 10.0,
            {
                Way.LONGER: None,
                Way.SAME_INSTALMENT: (50000.0, 5000.0),
                Way.SAME_PAYMENTS: None,
                Way.NEAREST: (50000.0, 5000.0),
            },
        ),
        # The amount alone counts.
        (
            lambda amount, instalment: amount <= 90000.0,
            {
                Way.LONGER: None,
                Way.SAME_INSTALMENT: (90000.0, 5000.0),
                Way.SAME_PAYMENTS: (90000.0, 4500.0),
                Way.NEAREST: (90000.0, 5000.0),
            },
        ),
        # Longer is favourable by habit, and shorter at the same price is not: no advice.
        (lambda amount, instalment: amount / instalment >= 21.0, dict.fromkeys(Way)),
        (lambda amount, instalment: amount > 100000.0, dict.fromkeys(Way)),
    ],
)
def test_each_way_ends_at_the_first_loan_that_may_be_advised(
    favourable: Callable[[Floats, Floats], Flags], wanted: dict[Way, tuple[float, float] | None]
) -> None:
    found = ways(rule(favourable), dict(ASKED), 0.0)
    assert {way: each and each[:2] for way, each in found.items()} == wanted


def test_what_is_at_least_to_review_is_named_where_nothing_is_favourable() -> None:
    model = graded(lambda amount, _: np.where(amount <= 80000.0, REVIEW, NO))
    found = ways(model, dict(ASKED), BAND)
    assert found[Way.LONGER] is None
    for way in (Way.SAME_INSTALMENT, Way.SAME_PAYMENTS, Way.NEAREST):
        each = found[way]
        assert each is not None
        assert (each[0], each[2]) == (80000.0, Verdict.TO_REVIEW)


def test_who_is_to_review_is_not_offered_another_loan_to_review() -> None:
    model = graded(lambda amount, _: np.full_like(amount, REVIEW))
    assert ways(model, dict(ASKED), BAND) == dict.fromkeys(Way)


def test_a_favourable_loan_needs_no_other_way() -> None:
    model = graded(lambda amount, _: np.where(amount <= 200000.0, YES, NO))
    assert ways(model, dict(ASKED), 0.0) == {}


def test_no_way_of_the_model_that_ships_is_larger_or_dearer_and_the_nearest_is_nearest(
    model: Model, thousand: Thousand
) -> None:
    n = 0
    for row in thousand.rows[:40]:
        loans = map_loans(model, row, review_band=BAND)
        if loans is None or loans.asked.favourable:
            continue
        n += 1
        found = {each.way: each.loan for each in find_alternatives(model, row, loans, review_band=BAND)}
        asked, nearest = loans.asked, found[Way.NEAREST]
        for each in found.values():
            if each is not None:
                assert each.amount <= asked.amount
                assert each.instalment <= asked.instalment
                assert nearest is not None
                away = np.hypot(each.amount / asked.amount - 1, each.instalment / asked.instalment - 1)
                near = np.hypot(nearest.amount / asked.amount - 1, nearest.instalment / asked.instalment - 1)
                assert near <= away + 1e-9 or (nearest.favourable and not each.favourable)
    assert n >= 5
