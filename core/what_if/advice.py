"""The loans that may be advised to a client: a rule that withholds advice and changes no probability.

Rule. A loan is *no heavier* than another if its amount, its instalment and its number of instalments (amount ÷
instalment) are all at most the other's. A loan is advised if neither its amount nor its instalment is above the
requested loan's, its opinion is favourable, and so are the opinions of all loans on the map that are no heavier.

Reason. The training data shows which clients were granted which loans. Lenders gave long and large loans to clients
whom they already trusted, so a model may predict a lower risk for a heavier loan. That is correct as an estimate for
the clients who asked for such loans, but wrong as advice: no lender means "borrow more, and the opinion becomes
favourable".

Alternative. Constraining the score to be monotone in the loan would cost accuracy for every client, change every
probability, and only improve the advice to a few. It also cannot be done with one column: at a fixed amount, a longer
loan has a smaller instalment, so neither direction is the cautious one. Dominance needs only one assumption: a client
who can repay a loan can also repay a smaller and shorter one with a smaller instalment. If each of two loans is
heavier than the other in some measure, the rule does not compare them and the model decides. A dearer instalment is
never advised, however short the loan: a client whose loan is refused is not helped by 8 instalments of twice the price.

Consequences. The advised loans are the largest set of favourable loans on the map, none larger or dearer, that
contains every loan no heavier than one of its members. If a model never predicts a lower risk for a heavier loan, the
rule withholds only larger and dearer loans. The rule never adds advice, and every solvency and opinion is the model's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.records import Decision, Flags, Floats, Verdict

TOLERANCE = 1e-9
"""Relative tolerance: the computed number of instalments of two equally long loans differs in the last bits."""


@dataclass(frozen=True, slots=True)
class ScoredLoan:
    """A loan's amount and instalment, in the data set's currency, and the decision on it."""

    amount: float
    instalment: float
    decision: Decision

    @property
    def favourable(self) -> bool:
        """Whether the opinion is favourable; "to review" is not."""
        return self.decision.verdict is Verdict.FAVOURABLE

    @property
    def payments(self) -> float:
        """The number of instalments that repay the amount, without interest."""
        return self.amount / self.instalment


class Advice(StrEnum):
    """The advice on one loan; the last four say why the rule withholds a loan the model accepts."""

    ASKED_FOR = "asked_for"
    ADVISED = "advised"
    NOT_ACCEPTED = "not_accepted"
    LARGER = "larger"
    DEARER = "dearer"
    TO_REVIEW = "to_review"
    HEAVIER = "heavier"


WITHHELD = (Advice.LARGER, Advice.DEARER, Advice.TO_REVIEW, Advice.HEAVIER)
"""The model accepts the loan, but it is not advised: it is larger than the requested one, its instalment is dearer,
its opinion is "to review", or a loan that is no heavier has an opinion that is not favourable."""


def advise(loans: Sequence[ScoredLoan], asked: ScoredLoan) -> tuple[Advice, ...]:
    """The advice on each loan of a map, by the module's rule.

    loans: all scored loans of the map, including the requested one. asked: the requested loan.
    """
    heavier = heavier_than_unfavourable([(each.amount, each.instalment) for each in loans], loans).tolist()
    return tuple(_advice(each, asked, blocked) for each, blocked in zip(loans, heavier, strict=True))


def heavier_than_unfavourable(
    candidates: Sequence[tuple[float, float]],
    loans: Sequence[ScoredLoan],
    enough: Collection[Verdict] = (Verdict.FAVOURABLE,),
) -> Flags:
    """Whether the map has a loan that is no heavier than the candidate and whose opinion is not good enough.

    Parameters
    ----------
    candidates: (amount, instalment) of each candidate, in the data set's currency.
    loans: all scored loans of the map.
    enough: the opinions that are good enough.

    Returns
    -------
    Flags of shape (n_candidates,).
    """
    bounds = _measures(candidates) * (1.0 + TOLERANCE)
    others = _measures([(each.amount, each.instalment) for each in loans if each.decision.verdict not in enough])
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
    if loan.instalment > asked.instalment * (1.0 + TOLERANCE):
        return Advice.DEARER
    if not loan.favourable:
        return Advice.TO_REVIEW
    return Advice.HEAVIER if heavier else Advice.ADVISED
