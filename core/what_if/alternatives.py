"""What would change the outcome: four ways from the requested loan, each with the first loan that may be advised.

None of them is larger or dearer at a time than the requested loan, and the rule of `core.what_if.advice` holds for
each: no loan that is no heavier has a worse opinion. The loans that it looks at are those of the map and of the way.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from core.records import Row, Verdict
from core.scoring.assess import Model
from core.what_if.advice import ScoredLoan, heavier_than_unfavourable
from core.what_if.loan_offer import (
    LoanMap,
    LoanRequest,
    multiples,
    nearest_loan,
    plausible_only,
    round_step,
    score_loans,
)

LONGEST = 600
"""Instalments of the longest loan that is looked at."""
CENTS = 2
FAVOURABLE = (Verdict.FAVOURABLE,)
AT_LEAST_REVIEW = (Verdict.FAVOURABLE, Verdict.TO_REVIEW)


class Way(StrEnum):
    """How a loan differs from the requested one."""

    LONGER = "longer"
    SAME_INSTALMENT = "same_instalment"
    SAME_PAYMENTS = "same_payments"
    NEAREST = "nearest"


@dataclass(frozen=True, slots=True)
class Alternative:
    """The first loan on a way that may be advised, or else that is at least to review; None if it is out of reach."""

    way: Way
    loan: ScoredLoan | None


def find_alternatives(model: Model, row: Row, loans: LoanMap, *, review_band: float) -> tuple[Alternative, ...]:
    """The four ways to another outcome; none if the opinion on the requested loan is favourable.

    Parameters
    ----------
    model: the model.
    row: the client, raw or encoded, with the loan that `loans` is drawn around.
    loans: the map of the client's loans.
    review_band: distance from the threshold within which a client is to review, in P(default).
    """
    request = LoanRequest.of(row)
    if request is None or loans.asked.favourable:
        return ()
    found = [Alternative(way, _first(model, request, way, loans, review_band)) for way in Way if way is not Way.NEAREST]
    nearest = loans.nearest
    reached = [each.loan for each in found if each.loan is not None]
    is_unfavourable = loans.asked.decision.verdict is Verdict.UNFAVOURABLE
    if nearest is None and is_unfavourable and not any(each.favourable for each in reached):
        nearest = nearest_loan(model, request, loans.loans, review_band, AT_LEAST_REVIEW)
    reached += [nearest] if nearest is not None else []
    best = min(
        reached, key=lambda each: (not each.favourable, request.distance(each.amount, each.instalment)), default=None
    )
    return (*found, Alternative(Way.NEAREST, best))


def _first(model: Model, request: LoanRequest, way: Way, loans: LoanMap, review_band: float) -> ScoredLoan | None:
    """The loan on a way nearest to the requested one that may be advised, favourable before to review."""
    # Beyond the map nothing is scored that could stand against a loan.
    on_map = [loan for loan in _candidates(request, way, float(loans.amounts[0])) if loan[1] >= loans.instalments[0]]
    candidates = plausible_only(on_map, model)
    scored = tuple(score_loans(model, request, candidates, review_band))
    levels: list[Collection[Verdict]] = [FAVOURABLE]
    if loans.asked.decision.verdict is Verdict.UNFAVOURABLE:
        levels.append(AT_LEAST_REVIEW)
    for enough in levels:
        heavier = heavier_than_unfavourable(candidates, (*loans.loans, *scored), enough).tolist()
        for each, blocked in zip(scored, heavier, strict=True):
            if each.decision.verdict in enough and not blocked:
                return each
    return None


def _candidates(request: LoanRequest, way: Way, least: float) -> list[tuple[float, float]]:
    """The loans (amount, instalment) on a way, the nearest to the requested one first. least: the smallest amount."""
    amount, instalment = request.amount, request.instalment
    payments = amount / instalment
    if way is Way.LONGER:
        return [(amount, round(amount / n, CENTS)) for n in range(int(payments) + 1, LONGEST + 1)]
    smaller = [each for each in reversed(multiples(round_step(amount), least, amount)) if each < amount]
    if way is Way.SAME_INSTALMENT:
        return [(each, instalment) for each in smaller]
    return [(each, each / payments) for each in smaller]
