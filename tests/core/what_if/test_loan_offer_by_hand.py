"""Which loan is offered, on rules so plain that the right offer can be typed by hand."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
import pytest

from core.model.schema import NumberShares, Policy, Population
from core.records import Flags, Floats, Verdict
from core.scoring.assess import Model
from core.what_if.advice import Advice, ScoredLoan
from core.what_if.loan_offer import LoanMap, map_loans, plausible, round_step
from tests.core.hand_model import HandEstimator, hand_model
from tests.core.samples import number

ASKED: dict[str, object] = {"SK_ID_CURR": 1, "AMT_CREDIT": 100000.0, "AMT_ANNUITY": 5000.0}
"""Twenty payments; a bank rounds to 1,000 and to 50. The map goes from 10,000 to 210,000 and from 1,100 to 10,100."""
YES, REVIEW, NO = -100.0, 0.0, 100.0
"""What gives 0.4, 0.5 and 0.6 of default, the threshold being 0.5."""
COLUMNS = [msgspec.structs.replace(number(name), weight=0.5) for name in ("AMT_CREDIT", "AMT_ANNUITY")]


def graded(answer: Callable[[Floats, Floats], Floats]) -> Model:
    """A model whose log-odds are this of amount and instalment."""
    return hand_model(COLUMNS, HandEstimator(lambda values: answer(values[:, 0], values[:, 1])), Policy(threshold=0.5))


def rule(favourable: Callable[[Floats, Floats], Flags]) -> Model:
    """A model that is favourable where this holds of amount and instalment, and unfavourable elsewhere."""
    return graded(lambda amount, instalment: np.where(favourable(amount, instalment), YES, NO))


def loans(model: Model, **asked: object) -> LoanMap:
    found = map_loans(model, {**ASKED, **asked}, review_band=0.0)
    assert found is not None
    return found


def terms(offer: ScoredLoan | None) -> tuple[float, float] | None:
    return None if offer is None else (offer.amount, offer.instalment)


@pytest.mark.parametrize(
    ("favourable", "nearest"),
    [
        (lambda amount, instalment: amount <= 90000.0, (90000.0, 5000.0)),
        (lambda amount, instalment: amount <= 90999.0, (90000.0, 5000.0)),
        (lambda amount, instalment: instalment <= 4500.0, (100000.0, 4500.0)),
        # 8 % less to borrow and 4 % less at a time is the foot of the perpendicular.
        (lambda amount, instalment: amount + 10.0 * instalment <= 140000.0, (92000.0, 4800.0)),
        # Equally far: the one that leaves the amount as it is.
        (lambda amount, instalment: (amount <= 90000.0) | (instalment <= 4500.0), (100000.0, 4500.0)),
        (lambda amount, instalment: (amount <= 90000.0) | (instalment <= 4450.0), (90000.0, 5000.0)),
        # The ends of the map are in reach, what lies beyond is not.
        (lambda amount, instalment: amount <= 10000.0, (10000.0, 5000.0)),
        (lambda amount, instalment: amount < 9999.0, None),
        (lambda amount, instalment: instalment <= 1100.0, (100000.0, 1100.0)),
        (lambda amount, instalment: instalment < 1099.0, None),
        # Nobody is offered more than was asked for.
        (lambda amount, instalment: amount > 100000.0, None),
        (lambda amount, instalment: (amount > 100000.0) | (amount <= 50000.0), (50000.0, 5000.0)),
    ],
)
def test_the_nearest_favourable_round_loan_is_offered(
    favourable: Callable[[Floats, Floats], Flags], nearest: tuple[float, float] | None
) -> None:
    found = loans(rule(favourable))
    assert terms(found.nearest) == nearest
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


@pytest.mark.parametrize("most", [100000.0, 150000.0, 999999.0])
def test_favourable_client_is_offered_nothing_larger(most: float) -> None:
    found = loans(rule(lambda amount, instalment: amount <= most))
    assert found.nearest is None
    advice = dict(zip([(each.amount, each.instalment) for each in found.loans], found.advice, strict=True))
    assert advice[100000.0, 5000.0] is Advice.ASKED_FOR
    assert {each for (amount, _), each in advice.items() if amount > 100000.0} <= {Advice.LARGER, Advice.NOT_ACCEPTED}
    below = {terms: each for terms, each in advice.items() if terms[0] < 100000.0}
    assert {each for (_, instalment), each in below.items() if instalment <= 5000.0} == {Advice.ADVISED}
    assert {each for (_, instalment), each in below.items() if instalment > 5000.0} == {Advice.DEARER}


@pytest.mark.parametrize(
    ("favourable", "nearest"),
    [
        # Nothing smaller is favourable, so nothing is advised.
        (lambda amount, instalment: (amount >= 80000.0) & (amount <= 90000.0), None),
        # 65,000 to 75,000 are not: the way down to 60,000 is the nearest that may be advised.
        (
            lambda amount, instalment: (amount <= 60000.0) | ((amount >= 80000.0) & (amount <= 90000.0)),
            (60000.0, 5000.0),
        ),
        # What lies between two amounts of the map, 80,000 and 85,000, is not on it.
        (
            lambda amount, instalment: (amount <= 90000.0) & ((amount <= 81000.0) | (amount >= 84000.0)),
            (90000.0, 5000.0),
        ),
        # Dearer at a time than asked for: never an offer, however small or short.
        (lambda amount, instalment: instalment >= 6000.0, None),
        # Longer at the same price at a time, and refused when shorter: a habit that is never advice.
        (lambda amount, instalment: amount / instalment >= 21.0, None),
        # Shorter is better, whatever the amount, but not at a dearer instalment.
        (lambda amount, instalment: amount / instalment <= 10.0, (50000.0, 5000.0)),
    ],
)
def test_no_loan_is_offered_that_is_at_least_as_heavy_as_an_unfavourable_one(
    favourable: Callable[[Floats, Floats], Flags], nearest: tuple[float, float] | None
) -> None:
    assert terms(loans(rule(favourable)).nearest) == nearest


def test_map_goes_from_a_tenth_to_twice_the_amount_and_from_a_fifth_to_twice_the_instalment() -> None:
    found = loans(rule(lambda amount, instalment: amount <= 90000.0))
    assert found.solvency.shape == (31, 41)
    assert found.amounts[[0, 17, 18, 19, 40]].tolist() == pytest.approx([10000, 95000, 100000, 105000, 210000])
    assert found.instalments[[0, 12, 13, 14, 30]].tolist() == pytest.approx([1100, 4700, 5000, 5300, 10100])
    assert (found.amounts[18], found.instalments[13]) == (100000.0, 5000.0)
    assert np.argwhere(np.isnan(found.solvency)).tolist() == [[30, 0]], "10,100 at a time for a loan of 10,000"
    assert (found.solvency[:, :17][~np.isnan(found.solvency[:, :17])] == 0.6).all()
    assert (found.solvency[:, 17:] == 0.4).all()
    assert len(found.loans) == 31 * 41 - 1
    assert [terms(found.loans[place]) for place in (0, 40, 41)] == [
        pytest.approx((10000.0, 1100.0)),
        pytest.approx((210000.0, 1100.0)),
        pytest.approx((10000.0, 1400.0)),
    ]


def test_loan_asked_for_is_on_the_map_though_no_client_ever_had_such_a_one() -> None:
    found = loans(rule(lambda amount, instalment: amount <= 90000.0), AMT_ANNUITY=150000.0)
    assert terms(found.asked) == (100000.0, 150000.0)
    assert (found.solvency[13, 18], found.asked.decision.solvency) == (0.4, 0.4)


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
def test_without_an_amount_and_an_instalment_above_0_there_is_no_map(asked: dict[str, object]) -> None:
    model = rule(lambda amount, instalment: amount <= 90000.0)
    assert map_loans(model, {**ASKED, **asked}, review_band=0.0) is None


def test_smallest_loan_and_one_written_as_text_have_their_maps() -> None:
    model = rule(lambda amount, instalment: amount <= 90000.0)
    assert terms(loans(model, AMT_CREDIT=1.0, AMT_ANNUITY=0.5).asked) == (1.0, 0.5)
    assert terms(loans(model, AMT_CREDIT="100000.0", AMT_ANNUITY=" 5000 ").nearest) == (90000.0, 5000.0)


def test_band_of_review_is_the_one_asked_for() -> None:
    model = graded(lambda amount, _: np.where(amount <= 90000.0, np.where(amount <= 50000.0, -101.0, YES), NO))
    assert terms(loans(model).nearest) == (90000.0, 5000.0)
    wide = map_loans(model, ASKED, review_band=0.1)
    assert wide is not None
    assert wide.asked.decision.verdict is Verdict.TO_REVIEW
    assert terms(wide.nearest) == (50000.0, 5000.0)


def test_payments_are_amount_by_instalment() -> None:
    found = loans(rule(lambda amount, instalment: amount <= 90000.0))
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
    amounts, instalments = (np.array([case[place] for case in cases]) for place in (0, 1))
    assert plausible(amounts, instalments, population).tolist() == [case[2] for case in cases]


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
