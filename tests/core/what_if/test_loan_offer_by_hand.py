"""Which loan is offered, on rules so plain that the right offer can be typed by hand."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
import pytest

from core.model.schema import NumberShares, Policy, Population
from core.records import Floats, Verdict
from core.scoring.assess import Model
from core.what_if.loan_offer import LoanMap, Offer, map_loans, plausible, round_step
from tests.core.hand_model import HandEstimator, hand_model
from tests.core.samples import number

ASKED: dict[str, object] = {"SK_ID_CURR": 1, "AMT_CREDIT": 100000.0, "AMT_ANNUITY": 5000.0}
"""Twenty payments; a bank rounds to 1,000 and to 50. The map goes from 10,000 to 210,000 and from 1,100 to 10,100."""
YES, REVIEW, NO = -100.0, 0.0, 100.0
"""What gives 0.4, 0.5 and 0.6 of default, the threshold being 0.5."""
COLUMNS = [msgspec.structs.replace(number(name), weight=0.5) for name in ("AMT_CREDIT", "AMT_ANNUITY")]


def graded(answer: Callable[[Floats, Floats], Floats]) -> Model:
    """A model whose log-odds are this of amount and annuity."""
    return hand_model(COLUMNS, HandEstimator(lambda values: answer(values[:, 0], values[:, 1])), Policy(threshold=0.5))


def rule(favourable: Callable[[Floats, Floats], Floats]) -> Model:
    """A model that is favourable where this holds of amount and annuity, and unfavourable elsewhere."""
    return graded(lambda amount, annuity: np.where(favourable(amount, annuity), YES, NO))


def loans(model: Model, **asked: object) -> LoanMap:
    found = map_loans(model, {**ASKED, **asked}, review_band=0.0)
    assert found is not None
    return found


def terms(offer: Offer | None) -> tuple[float, float] | None:
    return None if offer is None else (offer.amount, offer.annuity)


@pytest.mark.parametrize(
    ("favourable", "nearest"),
    [
        (lambda amount, annuity: amount <= 90000.0, (90000.0, 5000.0)),
        (lambda amount, annuity: amount <= 90999.0, (90000.0, 5000.0)),
        (lambda amount, annuity: annuity <= 4500.0, (100000.0, 4500.0)),
        (lambda amount, annuity: annuity >= 6000.0, (100000.0, 6000.0)),
        # 8 % less to borrow and 4 % less at a time is the foot of the perpendicular.
        (lambda amount, annuity: amount + 10.0 * annuity <= 140000.0, (92000.0, 4800.0)),
        # Equally far: the one that leaves the amount as it is.
        (lambda amount, annuity: (amount <= 90000.0) | (annuity <= 4500.0), (100000.0, 4500.0)),
        (lambda amount, annuity: (amount <= 90000.0) | (annuity <= 4450.0), (90000.0, 5000.0)),
        # The ends of the map are in reach, what lies beyond is not.
        (lambda amount, annuity: amount <= 10000.0, (10000.0, 5000.0)),
        (lambda amount, annuity: amount < 9999.0, None),
        (lambda amount, annuity: annuity >= 10100.0, (100000.0, 10100.0)),
        (lambda amount, annuity: annuity > 10101.0, None),
        # Nobody is offered more than was asked for.
        (lambda amount, annuity: amount > 100000.0, None),
        (lambda amount, annuity: (amount > 100000.0) | (amount <= 50000.0), (50000.0, 5000.0)),
    ],
)
def test_the_nearest_favourable_round_loan_is_offered(
    favourable: Callable[[Floats, Floats], Floats], nearest: tuple[float, float] | None
) -> None:
    found = loans(rule(favourable))
    assert terms(found.nearest) == nearest
    assert (found.furthest, found.ends) == (None, False)
    assert terms(found.asked) == (100000.0, 5000.0)
    assert found.asked.decision.verdict is Verdict.UNFAVOURABLE
    if found.nearest is not None:
        assert found.nearest.decision.probability == 0.4


def test_loan_that_would_be_to_review_is_not_offered() -> None:
    model = graded(lambda amount, _: np.where(amount <= 80000.0, YES, np.where(amount <= 90000.0, REVIEW, NO)))
    assert terms(loans(model).nearest) == (80000.0, 5000.0)


def test_client_to_review_is_offered_a_favourable_loan_too() -> None:
    found = loans(graded(lambda amount, _: np.where(amount <= 95000.0, YES, REVIEW)))
    assert found.asked.decision.verdict is Verdict.TO_REVIEW
    assert not found.asked.favourable
    assert terms(found.nearest) == (95000.0, 5000.0)


@pytest.mark.parametrize(
    ("most", "furthest", "ends"),
    [
        (100000.0, None, False),
        (100999.0, None, False),
        (101000.0, (101000.0, 5050.0), False),
        (150000.0, (150000.0, 7500.0), False),
        (209999.0, (209000.0, 10450.0), False),
        (210000.0, (210000.0, 10500.0), True),
        (999999.0, (210000.0, 10500.0), True),
    ],
)
def test_favourable_client_hears_the_largest_round_amount_with_as_many_payments(
    most: float, furthest: tuple[float, float] | None, ends: bool
) -> None:
    found = loans(rule(lambda amount, annuity: amount <= most))
    assert terms(found.furthest) == furthest
    assert found.ends is ends
    assert found.nearest is None


def test_first_amount_that_is_not_favourable_ends_the_way_up() -> None:
    found = loans(rule(lambda amount, annuity: (amount <= 120000.0) | (amount > 130000.0)))
    assert (terms(found.furthest), found.ends) == ((120000.0, 6000.0), False)


def test_an_amount_that_is_not_round_goes_up_to_the_next_round_one() -> None:
    found = loans(rule(lambda amount, annuity: amount <= 101500.0), AMT_CREDIT=100400.0, AMT_ANNUITY=5020.0)
    assert terms(found.furthest) == (101000.0, 5050.0)


def test_map_goes_from_a_tenth_to_twice_the_amount_and_from_a_fifth_to_twice_the_annuity() -> None:
    found = loans(rule(lambda amount, annuity: amount <= 90000.0))
    assert found.solvency.shape == (31, 41)
    assert found.amounts[[0, 17, 18, 19, 40]].tolist() == pytest.approx([10000, 95000, 100000, 105000, 210000])
    assert found.annuities[[0, 12, 13, 14, 30]].tolist() == pytest.approx([1100, 4700, 5000, 5300, 10100])
    assert (found.amounts[18], found.annuities[13]) == (100000.0, 5000.0)
    assert np.argwhere(np.isnan(found.solvency)).tolist() == [[30, 0]], "10,100 at a time for a loan of 10,000"
    assert (found.solvency[:, :17][~np.isnan(found.solvency[:, :17])] == 0.6).all()
    assert (found.solvency[:, 17:] == 0.4).all()
    assert len(found.cells) == 31 * 41 - 1
    assert [terms(found.cells[place]) for place in (0, 40, 41)] == [
        pytest.approx((10000.0, 1100.0)),
        pytest.approx((210000.0, 1100.0)),
        pytest.approx((10000.0, 1400.0)),
    ]


def test_loan_asked_for_is_on_the_map_though_no_client_ever_had_such_a_one() -> None:
    found = loans(rule(lambda amount, annuity: amount <= 90000.0), AMT_ANNUITY=150000.0)
    assert terms(found.asked) == (100000.0, 150000.0)
    assert (found.solvency[13, 18], found.asked.decision.solvency) == (0.4, 0.4)


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        (lambda amount, annuity: amount / 1000.0, 0.0),
        (lambda amount, annuity: -amount / 1000.0, 20.0),
        (lambda amount, annuity: -np.abs(amount - 100000.0) / 1000.0, 11.0),
        (lambda amount, annuity: np.where(annuity < 1200.0, -amount / 1000.0, 0.0), 20.0),
    ],
)
def test_habit_is_how_much_higher_the_model_rates_a_larger_loan_at_the_same_annuity(
    answer: Callable[[Floats, Floats], Floats], points: float
) -> None:
    assert loans(graded(answer)).habit == pytest.approx(points, abs=1e-9)


@pytest.mark.parametrize(
    "asked",
    [
        {"AMT_CREDIT": 0.0},
        {"AMT_CREDIT": -1.0},
        {"AMT_CREDIT": None},
        {"AMT_CREDIT": "a lot"},
        {"AMT_ANNUITY": 0.0},
        {"AMT_ANNUITY": -1.0},
        {"AMT_ANNUITY": None},
    ],
)
def test_without_an_amount_and_an_annuity_above_0_there_is_no_map(asked: dict[str, object]) -> None:
    model = rule(lambda amount, annuity: amount <= 90000.0)
    assert map_loans(model, {**ASKED, **asked}, review_band=0.0) is None


def test_smallest_loan_and_one_written_as_text_have_their_maps() -> None:
    model = rule(lambda amount, annuity: amount <= 90000.0)
    assert terms(loans(model, AMT_CREDIT=1.0, AMT_ANNUITY=0.5).asked) == (1.0, 0.5)
    assert terms(loans(model, AMT_CREDIT="100000.0", AMT_ANNUITY=" 5000 ").nearest) == (90000.0, 5000.0)


def test_band_of_review_is_the_one_asked_for() -> None:
    model = graded(lambda amount, _: np.where(amount <= 90000.0, np.where(amount <= 50000.0, -101.0, YES), NO))
    assert terms(loans(model).nearest) == (90000.0, 5000.0)
    wide = map_loans(model, ASKED, review_band=0.1)
    assert wide is not None
    assert wide.asked.decision.verdict is Verdict.TO_REVIEW
    assert terms(wide.nearest) == (50000.0, 5000.0)


def test_payments_are_amount_by_annuity() -> None:
    found = loans(rule(lambda amount, annuity: amount <= 90000.0))
    assert found.nearest is not None
    assert (found.asked.payments, found.nearest.payments) == (20.0, 18.0)
    assert (found.asked.favourable, found.nearest.favourable) == (False, True)


def test_only_loans_between_what_the_clients_of_the_model_had_are_plausible() -> None:
    ranges = {"AMT_CREDIT": (100.0, 900.0), "AMT_ANNUITY": (10.0, 90.0), "PAYMENT_RATE": (0.05, 0.25)}
    population = Population(
        n=9, grid=(0.1, 0.9), numbers={name: {"all": NumberShares(0.0, ends)} for name, ends in ranges.items()}
    )
    cases = [
        (100.0, 10.0, True),
        (99.0, 10.0, False),
        (900.0, 90.0, True),
        (901.0, 90.0, False),
        (120.0, 9.0, False),
        (800.0, 91.0, False),
        (400.0, 20.0, True),
        (400.0, 19.0, False),
        (200.0, 50.0, True),
        (200.0, 51.0, False),
    ]
    amounts, annuities = (np.array([case[place] for case in cases]) for place in (0, 1))
    assert plausible(amounts, annuities, population).tolist() == [case[2] for case in cases]


@pytest.mark.parametrize(
    ("value", "step"),
    [
        (99.0, 1.0),
        (100.0, 1.0),
        (199.0, 1.0),
        (200.0, 2.0),
        (499.0, 2.0),
        (500.0, 5.0),
        (999.0, 5.0),
        (1000.0, 10.0),
        (49999.0, 200.0),
        (50000.0, 500.0),
    ],
)
def test_step_is_the_largest_of_1_2_and_5_within_a_hundredth(value: float, step: float) -> None:
    assert round_step(value) == step
