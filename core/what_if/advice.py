"""Which loans may be advised to a client: a rule that withholds advice and changes no number.

The rule. A loan is *no heavier* than another when it is at most as large, at most as dear at a time and at most as
long: amount, instalment and amount ÷ instalment are all at most the other's. A loan is advised when it is not larger
than the one asked for, its opinion is favourable, and so is that of every loan on the map that is no heavier.

Why there is a rule. A model learns who was granted which loan. Long and large loans went to clients whom a lender
trusted already, so a model may rate a heavier loan higher than a lighter one. As an estimate for those who asked for
such a loan that is right. As advice it is not: "borrow more and the opinion turns favourable" is what no lender means.

Why dominance and not a bent score. Holding the score monotone in the loan costs accuracy for every client, to mend
advice for a few, and every probability would carry the wish of whoever held it. It also cannot be done in one column:
with the amount fixed, a longer loan is a cheaper one at a time, so neither end of the scale is the cautious one.
Dominance assumes only what nobody disputes: who can be trusted with a loan can be trusted with one that is smaller,
cheaper at a time and shorter. Where two loans each have something heavier, it says nothing and the model decides.

What follows. The advised loans are the largest set of favourable loans on the map, none larger than asked for, that
holds with each loan every one that is no heavier. From a model that never rates a heavier loan higher, the rule
withholds nothing but larger loans. It never adds advice: every solvency and opinion stays the model's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.records import Decision, Flags, Floats, Verdict

TOLERANCE = 1e-9
"""Relative; two loans of the same number of instalments differ in the last bits of it."""


@dataclass(frozen=True, slots=True)
class ScoredLoan:
    """A loan by its amount and instalment, both in the data set's currency, and what is decided of it."""

    amount: float
    instalment: float
    decision: Decision

    @property
    def favourable(self) -> bool:
        """Whether the opinion is favourable; one to review is not."""
        return self.decision.verdict is Verdict.FAVOURABLE

    @property
    def payments(self) -> float:
        """How many instalments repay the amount, interest aside."""
        return self.amount / self.instalment


class Advice(StrEnum):
    """What is advised of one loan, and why not where the model accepts it and the rule does not."""

    ASKED_FOR = "asked_for"
    ADVISED = "advised"
    NOT_ACCEPTED = "not_accepted"
    LARGER = "larger"
    TO_REVIEW = "to_review"
    HEAVIER = "heavier"


WITHHELD = (Advice.LARGER, Advice.TO_REVIEW, Advice.HEAVIER)
"""The model accepts the loan, and it is not advised: larger than asked for, for a person to examine, or at least as
heavy as a loan whose opinion is not favourable."""


def advise(loans: Sequence[ScoredLoan], asked: ScoredLoan) -> tuple[Advice, ...]:
    """What is advised of each loan on a map, by the rule above.

    loans: all that is scored on the map, the one asked for among them. asked: the loan asked for.
    """
    heavier = heavier_than_unfavourable([(each.amount, each.instalment) for each in loans], loans).tolist()
    return tuple(_advice(each, asked, blocked) for each, blocked in zip(loans, heavier, strict=True))


def heavier_than_unfavourable(candidates: Sequence[tuple[float, float]], loans: Sequence[ScoredLoan]) -> Flags:
    """Of which candidates the map holds a loan that is no heavier and whose opinion is not favourable, (n_candidates,).

    candidates: amount and instalment of each. loans: all that is scored on the map.
    """
    bounds = _measures(candidates) * (1.0 + TOLERANCE)
    others = _measures([(each.amount, each.instalment) for each in loans if not each.favourable])
    no_heavier = np.ones((others.shape[1], bounds.shape[1]), dtype=bool)
    for other, bound in zip(others, bounds, strict=True):
        no_heavier &= np.less_equal.outer(other, bound)
    return np.asarray(no_heavier.any(axis=0))


def _measures(loans: Sequence[tuple[float, float]]) -> Floats:
    """Amount, instalment and number of instalments of each loan, (3, n_loans)."""
    amounts, instalments = np.array(loans, dtype=np.float64).reshape(-1, 2).T
    return np.stack([amounts, instalments, amounts / instalments])


def _advice(loan: ScoredLoan, asked: ScoredLoan, heavier: bool) -> Advice:
    if (loan.amount, loan.instalment) == (asked.amount, asked.instalment):
        return Advice.ASKED_FOR
    if loan.decision.refused:
        return Advice.NOT_ACCEPTED
    if loan.amount > asked.amount:
        return Advice.LARGER
    if not loan.favourable:
        return Advice.TO_REVIEW
    return Advice.HEAVIER if heavier else Advice.ADVISED
