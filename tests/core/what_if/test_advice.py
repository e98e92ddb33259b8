"""What may be advised: nothing larger than asked for, nothing that is at least as heavy as an unfavourable loan."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.records import Decision, Verdict
from core.scoring.decision import decide
from core.what_if.advice import Advice, ScoredLoan, advise, heavier_than_unfavourable

FAVOURABLE, ACCEPTED_TO_REVIEW, REFUSED_TO_REVIEW, UNFAVOURABLE = 0.10, 0.15, 0.17, 0.30
WHERE = {
    FAVOURABLE: (Verdict.FAVOURABLE, False),
    ACCEPTED_TO_REVIEW: (Verdict.TO_REVIEW, False),
    REFUSED_TO_REVIEW: (Verdict.TO_REVIEW, True),
    UNFAVOURABLE: (Verdict.UNFAVOURABLE, True),
}
SIZES = st.integers(1, 12).map(float)
LOANS = st.lists(st.tuples(SIZES, SIZES, st.sampled_from(list(WHERE))), min_size=1, max_size=40)


def decision(probability: float) -> Decision:
    return decide(probability=probability, threshold=0.16, review_band=0.02, information=0.9)


def loan(amount: float, instalment: float, probability: float) -> ScoredLoan:
    return ScoredLoan(amount, instalment, decision(probability))


def no_heavier(one: ScoredLoan, other: ScoredLoan) -> bool:
    return one.amount <= other.amount and one.instalment <= other.instalment and one.payments <= other.payments


@pytest.mark.parametrize(("probability", "expected"), list(WHERE.items()))
def test_the_four_places_of_a_probability(probability: float, expected: tuple[Verdict, bool]) -> None:
    found = decision(probability)
    assert (found.verdict, found.refused) == expected


def test_a_small_map() -> None:
    asked = loan(300.0, 30.0, UNFAVOURABLE)
    expected = {
        loan(100.0, 20.0, FAVOURABLE): Advice.ADVISED,
        loan(200.0, 20.0, UNFAVOURABLE): Advice.NOT_ACCEPTED,
        # As dear at a time as the one above and longer.
        loan(300.0, 20.0, FAVOURABLE): Advice.HEAVIER,
        loan(300.0, 30.0, UNFAVOURABLE): Advice.ASKED_FOR,
        # Larger and dearer than the second, and as long: ten instalments.
        loan(240.0, 24.0, FAVOURABLE): Advice.HEAVIER,
        # Shorter, but dearer at a time than asked for.
        loan(300.0, 75.0, FAVOURABLE): Advice.DEARER,
        loan(150.0, 30.0, ACCEPTED_TO_REVIEW): Advice.TO_REVIEW,
        loan(150.0, 15.0, REFUSED_TO_REVIEW): Advice.NOT_ACCEPTED,
        # Heavier than the one to review alone.
        loan(160.0, 30.0, FAVOURABLE): Advice.HEAVIER,
        loan(310.0, 90.0, FAVOURABLE): Advice.LARGER,
        loan(310.0, 20.0, UNFAVOURABLE): Advice.NOT_ACCEPTED,
    }
    assert dict(zip(expected, advise(list(expected), asked), strict=True)) == expected


def test_equal_terms_count_as_equal_whatever_their_last_bits() -> None:
    lighter, heavier = loan(0.7 * 3, 0.3, UNFAVOURABLE), loan(0.7 * 6, 0.6, FAVOURABLE)
    thirds = loan(1e6 * (1 + 0.05 * -6), 3e4 * (1 + 0.06 * -5), UNFAVOURABLE)
    for one, other in ((lighter, heavier), (thirds, loan(1e6, 3e4, FAVOURABLE))):
        assert heavier_than_unfavourable([(other.amount, other.instalment)], [one]).tolist() == [True]


def test_without_an_unfavourable_loan_nothing_is_heavier_than_one() -> None:
    assert heavier_than_unfavourable([(5.0, 1.0)], [loan(1.0, 1.0, FAVOURABLE)]).tolist() == [False]
    assert heavier_than_unfavourable([], [loan(1.0, 1.0, UNFAVOURABLE)]).tolist() == []


@given(LOANS, st.integers(0, 39))
def test_the_advised_are_the_largest_set_that_holds_all_that_is_no_heavier(
    drawn: list[tuple[float, float, float]], place: int
) -> None:
    loans = list({each[:2]: loan(*each) for each in drawn}.values())
    asked = loans[place % len(loans)]
    found = dict(zip(loans, advise(loans, asked), strict=True))
    assert found[asked] is Advice.ASKED_FOR
    for each, advice in found.items():
        heavier = any(no_heavier(other, each) and not other.favourable for other in loans)
        allowed = (
            each.favourable and each.amount <= asked.amount and each.instalment <= asked.instalment and not heavier
        )
        assert (advice is Advice.ADVISED) == (allowed and each != asked)
        assert (advice is Advice.NOT_ACCEPTED) == (each.decision.refused and each != asked)


@given(LOANS, st.integers(0, 39))
def test_a_model_that_never_rates_a_heavier_loan_higher_is_only_kept_from_larger_ones(
    drawn: list[tuple[float, float, float]], place: int
) -> None:
    loans = list(
        {(amount, each): loan(amount, each, min(0.99, amount * each / 100.0)) for amount, each, _ in drawn}.values()
    )
    asked = loans[place % len(loans)]
    assert Advice.HEAVIER not in advise(loans, asked)
