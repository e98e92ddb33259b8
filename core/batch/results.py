"""Scored clients as columns, so that a million of them fit into memory."""

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
Sources = NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Scored clients as arrays of shape (n,).

    ids: SK_ID_CURR. rows: position in the source, from 1. probability: P(default). verdict: position in VERDICTS.
    review: reasons for review as bits, in the order of REVIEW_REASONS. impossible: names of the columns with impossible
    values, separated by commas. information: share of the model's information in the client's file, 0 to 1. amount:
    AMT_CREDIT, NaN if the model has no such column. raising, lowering: of shape (n, 3), positions in the bundle's
    sources, largest reason first, −1 for none; of shape (n, 0) without reasons.
    """

    ids: Places
    rows: Places
    probability: Floats
    verdict: Codes
    review: Codes
    impossible: NDArray[np.object_]
    information: Floats
    amount: Floats
    raising: Sources
    lowering: Sources

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def n_bytes(self) -> int:
        """Memory of the arrays in bytes, without the text of `impossible`."""
        return sum(getattr(self, each.name).nbytes for each in fields(self))

    @property
    def solvency(self) -> Floats:
        """1 − P(default), the same double as `Decision.solvency`."""
        return 1.0 - self.probability

    def reviewed_for(self, reason: ReviewReason) -> Flags:
        """True for each client that is to review for this reason, of shape (n,)."""
        return (self.review & _bit(reason)) > 0

    def at(self, places: Sequence[int] | Places) -> Results:
        """The clients at these positions, in this order."""
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


def results_of(model: Model, assessments: Assessments, before: int) -> Results:
    """The columns of assessed clients, without reasons. before: number of rows of the file before the first client."""
    names, size = model.bundle.names, len(assessments)
    amounts = assessments.aligned.values[:, names.index(AMOUNT)] if AMOUNT in names else np.full(size, np.nan)
    impossible = np.full(size, "", dtype=np.object_)
    for index, wrong in assessments.aligned.impossible.items():
        impossible[index] = ", ".join(dict.fromkeys(column for each in wrong for column in each.columns))
    return Results(
        ids=np.array(assessments.aligned.ids, dtype=np.int64),
        rows=np.array(assessments.aligned.rows, dtype=np.int64) + before,
        probability=assessments.probability,
        verdict=np.array([VERDICTS.index(each.verdict) for each in assessments.decisions], dtype=np.int8),
        review=np.array([review_code(each) for each in assessments.decisions], dtype=np.int8),
        impossible=impossible,
        information=assessments.information,
        amount=amounts,
        raising=np.empty((size, 0), dtype=np.int16),
        lowering=np.empty((size, 0), dtype=np.int16),
    )


def review_code(decision: Decision) -> int:
    """The reasons for review as bits; 0 if there is none."""
    return sum(_bit(reason) for reason in decision.why_review)


def review_reasons(code: int) -> tuple[ReviewReason, ...]:
    """The reasons of a `review_code`."""
    return tuple(reason for reason in REVIEW_REASONS if code & _bit(reason))


def concatenate(parts: Sequence[Results]) -> Results:
    """Concatenate results in order; of no results, NOTHING."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return parts[0] if parts else NOTHING
    columns = {each.name: np.concatenate([getattr(part, each.name) for part in filled]) for each in fields(Results)}
    return Results(**columns)


def _bit(reason: ReviewReason) -> int:
    return 1 << REVIEW_REASONS.index(reason)
