"""The values that flow through the core; each step makes a new one and edits nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.errors import Problem

Row = Mapping[str, object]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Origins = NDArray[np.int8]

MAX_DIGITS = 6
DAYS_PER_YEAR = 365.25


Checkpoint = Callable[[], None]
"""Called between pieces of long work; whatever it raises ends the work."""


def no_checkpoint() -> None:
    """A checkpoint that never ends the work."""


class RepeatedNames(dict[str, object]):
    """A row in which one name occurred twice, so that its value is ambiguous."""

    def __init__(self, pairs: Iterable[tuple[str, object]], repeated: str) -> None:
        super().__init__(pairs)
        self.repeated = repeated


@dataclass(frozen=True, slots=True)
class NamedCells:
    """A row whose names are those of other rows too, so that they are held once: as many cells as names, in order."""

    names: tuple[str, ...]
    cells: tuple[object, ...]

    def as_row(self) -> dict[str, object]:
        """The same as a dictionary."""
        return dict(zip(self.names, self.cells, strict=True))


class ValueOrigin(IntEnum):
    """Where the value of one model column of one client comes from."""

    GIVEN = 0
    DERIVED = 1
    ASSUMED = 2
    MISSING = 3
    UNSEEN = 4


class Verdict(StrEnum):
    """What the screens recommend; a person decides."""

    FAVOURABLE = "favourable"
    UNFAVOURABLE = "unfavourable"
    TO_REVIEW = "to_review"


class ReviewReason(StrEnum):
    """Why a client is to review: the probability is in the band, too little is known, or a value cannot be right."""

    IN_BAND = "in_band"
    TOO_LITTLE_KNOWN = "too_little_known"
    IMPOSSIBLE_VALUE = "impossible_value"


@dataclass(frozen=True, slots=True)
class Impossible:
    """One thing of a client that cannot be right, by `core.alignment.possible`.

    code: which rule is broken. columns: the one column, or the two that contradict each other. low, high: between
    which numbers the one column's values lie, in the data set's own unit.
    """

    code: str
    columns: tuple[str, ...]
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True, slots=True)
class Aligned:
    """Clients in the model's columns, and what was done to bring them there.

    ids, rows: SK_ID_CURR and the position in what was sent (first is 1), one each per client.
    values: (n_clients, n_columns), float64, NaN where the model is told that a value is missing.
    states: (n_clients, n_columns), a State each.
    unknown: names that were sent and that the model does not know, in the order they came.
    refused: what is wrong with the rows that are not here; refused_total counts what was not kept.
    impossible: what cannot be right of these clients, by index; those of whom everything can be are absent.
    categories_of_numbers: raw category columns in which every client that has one has a number, and none of training.
    categories_of_words: the other raw category columns that hold anything.
    missing_markers: cells of text that stands for a missing value, such as NA, and were read so.
    """

    ids: tuple[int, ...]
    rows: tuple[int, ...]
    values: Floats
    states: Origins
    unknown: tuple[str, ...]
    refused: tuple[Problem, ...] = ()
    refused_total: int = 0
    impossible: Mapping[int, tuple[Impossible, ...]] = field(default_factory=dict)
    categories_of_numbers: tuple[str, ...] = ()
    categories_of_words: tuple[str, ...] = ()
    missing_markers: int = 0


Absence = Literal["no_employer", "no_car"]
"""Why a missing value does not apply to a client."""


class Contribution(msgspec.Struct, frozen=True):
    """What one column that people know adds to one client's answer, against the average client.

    log_odds: SHAP value in log-odds of default, positive raises the risk.
    points: the same in percentage points of solvency, positive raises the solvency.
    value: as people know it (number in the data set's own unit, or category); None when missing.
    impossible: the value, or one that it is made of, cannot be right.
    absence: why a missing value does not apply to this client; None if it may.
    """

    source: str
    log_odds: float
    points: float
    value: float | str | None
    state: ValueOrigin
    impossible: bool = False
    absence: Absence | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One client's answer taken apart; largest contribution first.

    base_log_odds + Σ log_odds = log_odds of default; 100·base_solvency + Σ points = 100·solvency.
    """

    base_log_odds: float
    log_odds: float
    base_solvency: float
    solvency: float
    contributions: tuple[Contribution, ...]


def digits_to_distinguish(first: float, second: float, at_least: int = 1) -> int:
    """Decimals with which two different percentages are printed differently; at least this many, and at most 6."""
    digits = at_least
    while digits < MAX_DIGITS and first != second and round(first, digits) == round(second, digits):
        digits += 1
    return digits


@dataclass(frozen=True, slots=True)
class Decision:
    """One client's probability of default against the threshold, both P(default)."""

    probability: float
    threshold: float
    refused: bool
    verdict: Verdict
    why_review: tuple[ReviewReason, ...]

    @property
    def solvency(self) -> float:
        """1 − P(default)."""
        return 1.0 - self.probability

    @property
    def solvency_line(self) -> float:
        """The line on the solvency scale: 1 − threshold."""
        return 1.0 - self.threshold

    @property
    def digits(self) -> int:
        """Decimals with which solvency and line, in percent, are printed differently unless they are equal."""
        return digits_to_distinguish(100.0 * self.solvency, 100.0 * self.solvency_line)


@dataclass(frozen=True, slots=True)
class Assessments:
    """Everything known about clients that were aligned, scored and decided together.

    information: share of the model's information that each client's file holds, between 0 and 1.
    """

    aligned: Aligned
    probability: Floats
    information: Floats
    decisions: tuple[Decision, ...]

    def __len__(self) -> int:
        return len(self.decisions)
