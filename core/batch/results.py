"""Scored clients as columns: what a file of a million of them is kept, shown and written as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from core.records import Assessments, Decision, Flags, Floats, ReviewReason, Verdict
from core.scoring.assess import Model

VERDICTS = tuple(Verdict)
REVIEW_REASONS = tuple(ReviewReason)
AMOUNT = "AMT_CREDIT"

Codes = NDArray[np.int8]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Scored clients as columns of one length.

    rows: position in what was sent, the first is 1. verdict: place in VERDICTS. review: why to review, the sum of 2 to
    the place in REVIEW_REASONS of each reason. impossible: names of the columns that cannot be right, with commas
    between them. information: share of the model's that the client's file holds. amount: AMT_CREDIT, NaN where the
    model does not know it. raising, lowering: of shape (n, 3), the bundle's sources by place, largest reason first, −1
    where there is none; (n, 0) if not asked for.
    """

    ids: Places
    rows: Places
    probability: Floats
    verdict: Codes
    review: Codes
    impossible: NDArray[np.object_]
    information: Floats
    amount: Floats
    raising: NDArray[np.int16]
    lowering: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def n_bytes(self) -> int:
        """Memory in bytes, without the names in `impossible`."""
        return sum(getattr(self, each.name).nbytes for each in fields(self))

    @property
    def solvency(self) -> Floats:
        """1 − P(default), the same double as `Decision.solvency`."""
        return 1.0 - self.probability

    def reviewed_for(self, reason: ReviewReason) -> Flags:
        """Which of them are to review for this reason, of shape (n,)."""
        return (self.review & _bit(reason)) > 0

    def at(self, places: Sequence[int] | Places) -> Results:
        """Some of them, in this order."""
        return Results(**{each.name: getattr(self, each.name)[places] for each in fields(self)})


NOTHING = Results(
    ids=np.empty(0, dtype=np.int64),
    rows=np.empty(0, dtype=np.int64),
    probability=np.empty(0),
    verdict=np.empty(0, dtype=np.int8),
    review=np.empty(0, dtype=np.int8),
    impossible=np.empty(0, dtype=np.object_),
    information=np.empty(0),
    amount=np.empty(0),
    raising=np.empty((0, 0), dtype=np.int16),
    lowering=np.empty((0, 0), dtype=np.int16),
)


def results_of(model: Model, found: Assessments, before: int) -> Results:
    """Assessed clients as columns, without reasons; `before` rows of the file stand before the first of them."""
    names, size = model.bundle.names, len(found)
    amounts = found.aligned.values[:, names.index(AMOUNT)] if AMOUNT in names else np.full(size, np.nan)
    impossible = np.full(size, "", dtype=np.object_)
    for index, wrong in found.aligned.impossible.items():
        impossible[index] = ", ".join(dict.fromkeys(column for each in wrong for column in each.columns))
    return Results(
        ids=np.array(found.aligned.ids, dtype=np.int64),
        rows=np.array(found.aligned.rows, dtype=np.int64) + before,
        probability=found.probability,
        verdict=np.array([VERDICTS.index(each.verdict) for each in found.decisions], dtype=np.int8),
        review=np.array([review_code(each) for each in found.decisions], dtype=np.int8),
        impossible=impossible,
        information=found.information,
        amount=amounts,
        raising=np.empty((size, 0), dtype=np.int16),
        lowering=np.empty((size, 0), dtype=np.int16),
    )


def review_code(decision: Decision) -> int:
    """Why a client is to review as one number, 0 where it is not."""
    return sum(_bit(reason) for reason in decision.why_review)


def review_reasons(code: int) -> tuple[ReviewReason, ...]:
    """The reasons that `review_code` made a number of."""
    return tuple(reason for reason in REVIEW_REASONS if code & _bit(reason))


def joined(parts: Sequence[Results]) -> Results:
    """The parts in order as one; of no part, nothing."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return parts[0] if parts else NOTHING
    columns = {each.name: np.concatenate([getattr(part, each.name) for part in filled]) for each in fields(Results)}
    return Results(**columns)


def _bit(reason: ReviewReason) -> int:
    return 1 << REVIEW_REASONS.index(reason)
