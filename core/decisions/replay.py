"""Replay: the stored input of an entry scored again, and whether the answer is the one that was decided on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from core.decisions.draft import decode_input, reasons_shown, with_loan
from core.decisions.entry import Entry
from core.errors import InputRefused, JournalError, Problem
from core.records import Decision, Row, Verdict
from core.scoring.assess import Model, assess

ReasonsShown = tuple[tuple[str, float], ...]
"""Columns, each with its points of solvency."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as an entry holds it: P(default), what was recommended, and the columns shown with their points."""

    probability: float
    recommendation: Verdict
    reasons: ReasonsShown = ()

    @property
    def solvency(self) -> float:
        """1 − P(default)."""
        return 1.0 - self.probability


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was answered otherwise then.

    name: of the loan asked for or the one decided the P(default), or the threshold (P(default)), the recommendation or
    the reasons shown.
    """

    name: Literal["asked", "decided", "threshold", "recommendation", "reasons"]
    then: float | Verdict | ReasonsShown
    now: float | Verdict | ReasonsShown


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was answered then, and what is answered now.

    then, now: to the loan decided. threshold_then, threshold_now: P(default). bundle: digest of the model that answered
    now.
    """

    then: Answer
    now: Answer
    asked_then: float
    asked_now: float
    threshold_then: float
    threshold_now: float
    bundle: str

    @property
    def equal(self) -> bool:
        """Whether every number is the same to the last bit, and every word."""
        return not self.differences

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What is not the same, to the last bit."""
        both = (
            Difference("asked", self.asked_then, self.asked_now),
            Difference("decided", self.then.probability, self.now.probability),
            Difference("threshold", self.threshold_then, self.threshold_now),
            Difference("recommendation", self.then.recommendation, self.now.recommendation),
            Difference("reasons", self.then.reasons, self.now.reasons),
        )
        return tuple(each for each in both if each.then != each.now)


def replay(entry: Entry, models: Callable[[str], Model], *, model: Model | None = None) -> Replayed:
    """An entry's input scored again.

    Parameters
    ----------
    models: opens the model with a digest. model: another one to answer instead, to see what differs.

    Raises
    ------
    JournalError: the input was erased, the bundle is missing, or the input cannot be scored by this model.
    """
    body = entry.body
    if "input" not in entry.parts:
        raise JournalError(Problem("journal_erased", facts={"entry": body.sequence}))
    chosen = model or models(body.bundle)
    row: Row = decode_input(entry.parts["input"])
    try:
        asked = assess(chosen, [row], review_band=body.review_band)
        otherwise = body.loan_probability is not None
        decided = assess(chosen, [with_loan(row, entry.loan)], review_band=body.review_band) if otherwise else asked
    except InputRefused:
        raise JournalError(Problem("journal_not_scored", facts={"entry": body.sequence})) from None
    then = Answer(
        body.probability if body.loan_probability is None else body.loan_probability,
        body.loan_recommendation or body.recommendation,
        body.reasons,
    )
    found: Decision = decided.decisions[0]
    now = Answer(found.probability, found.verdict, reasons_shown(chosen, decided))
    return Replayed(
        then=then,
        now=now,
        asked_then=body.probability,
        asked_now=asked.decisions[0].probability,
        threshold_then=body.threshold,
        threshold_now=found.threshold,
        bundle=chosen.bundle.digest,
    )
