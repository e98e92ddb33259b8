"""Whether a file's clients differ from the training clients, worst first: stable, look, act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np

from core.dictionary.history_columns import histories
from core.model.bundle import SMALLEST_GROUP
from core.monitoring.observed import ColumnCounts, Observed
from core.monitoring.reference import Reference
from core.monitoring.stability import chance_difference, chance_level, population_stability
from core.records import Floats

LOOK, ACT = 0.1, 0.25
MISSING_TO_LOOK, MISSING_TO_ACT = 0.05, 0.2
"""Differences of the share of clients without a value."""
SHARE_TO_LOOK, SHARE_TO_ACT = 0.01, 0.05
"""Shares of the clients outside what training knew, or with a category never seen, above which to look and to act."""
FEW = 5
"""So many clients outside, or of an unseen category, prove nothing."""
SMALL_WEIGHT = 0.01
"""A column that weighs less in the model counts one step less: act is look, look is stable."""
SMALLEST_FILE = SMALLEST_GROUP
Kind = Literal["score", "values", "missing", "outside", "unseen"]


class Word(IntEnum):
    """What to do about a difference."""

    STABLE = 0
    LOOK = 1
    ACT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One difference between a file and the training clients.

    kind: what differs. columns: the source columns, several where a whole history is missing; empty for the score.
    value: the PSI of "score" and "values"; the difference of shares of "missing"; a share of the clients of "outside"
    and "unseen". family: of columns of one history that are missing, its table's prefix. here, there:
    the share of the file's and of the training clients that tells the difference best: up to `edge` or of the category
    `name` for "score" and "values", without a value for "missing".
    """

    kind: Kind
    columns: tuple[str, ...]
    weight: float
    value: float
    word: Word
    here: float
    there: float
    edge: float | None = None
    name: str = ""
    family: str = ""
    low: float = -np.inf
    high: float = np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What a file was found to be, against training.

    findings: worst first, those that are stable and under every limit left out of the words, not of the list. n: its
    clients that could be scored. chance: the PSI that ten bins reach by chance in one file of a hundred. too_small:
    there are fewer than 50 clients: no word is said, and only what is missing or was never seen is found. unknown:
    columns whose training values are not known.
    """

    n: int
    word: Word
    chance: float
    too_small: bool
    findings: tuple[Finding, ...]
    unknown: int


def find_drift(observed: Observed) -> Drift:
    """What differs between a file's clients and the training clients, worst first."""
    n, n_training = observed.n, observed.bundle.population.n
    comparisons = 2 * len(observed.references) + 1
    unknown = len(observed.bundle.sources) - len(observed.references)
    if n == 0 or not n_training:
        return Drift(n=n, word=Word.STABLE, chance=0.0, too_small=True, findings=(), unknown=unknown)
    findings = [
        finding
        for reference, counts in zip(observed.references, observed.columns, strict=True)
        for finding in _of_column(reference, counts, n, n_training, comparisons)
    ]
    findings = _missing_together(findings, n, n_training, comparisons)
    if observed.score is not None:
        findings.append(_distribution("score", observed.score, observed.score_bins, n_training, comparisons))
    small = n < SMALLEST_FILE
    if small:
        findings = [_with_word(each, Word.STABLE) for each in findings if each.kind in ("missing", "unseen")]
    ordered = sorted(findings, key=lambda each: (-each.word, each.kind != "score", -_size(each)))
    return Drift(
        n=n,
        word=max((each.word for each in ordered), default=Word.STABLE),
        chance=chance_level(n, n_training, 10, comparisons),
        too_small=small,
        findings=tuple(ordered),
        unknown=unknown,
    )


def _of_column(
    reference: Reference, counts: ColumnCounts, n: int, n_training: int, comparisons: int
) -> Sequence[Finding]:
    source = (reference.source,)
    found = []
    present = counts.bins.sum()
    if present >= SMALLEST_FILE and len(reference.expected) > 1:
        found.append(_distribution("values", reference, counts.bins, n_training, comparisons))
    found.append(_missing(source, counts.missing / n, reference.missing, reference.weight, n, n_training, comparisons))
    kinds: tuple[tuple[Kind, int], ...] = (("outside", counts.outside), ("unseen", counts.unseen))
    for kind, clients in kinds:
        if clients:
            share = clients / n
            word = _word(share, SHARE_TO_LOOK, SHARE_TO_ACT, 0.0) if clients > FEW else Word.STABLE
            found.append(
                Finding(
                    kind=kind,
                    columns=source,
                    weight=reference.weight,
                    value=share,
                    word=_lighter(word, reference.weight),
                    here=share,
                    there=0.0,
                    low=reference.low,
                    high=reference.high,
                )
            )
    return found


def _distribution(kind: Kind, reference: Reference, counts: Floats, n_training: int, comparisons: int) -> Finding:
    present = float(counts.sum())
    shares, known = counts / present, max(n_training * (1.0 - reference.missing), 1.0)
    value = population_stability(shares, reference.expected, n=present, n_expected=known)
    chance = chance_level(present, known, len(shares), comparisons)
    word = _word(value, LOOK, ACT, chance)
    edge: float | None
    if reference.names:
        place = int(np.argmax(np.abs(shares - reference.expected)))
        here, there, edge, name = float(shares[place]), float(reference.expected[place]), None, reference.names[place]
    else:
        below, expected = np.cumsum(shares)[:-1], np.cumsum(reference.expected)[:-1]
        place = int(np.argmax(np.abs(below - expected)))
        here, there, edge, name = float(below[place]), float(expected[place]), float(reference.edges[place]), ""
    return Finding(
        kind=kind,
        columns=(reference.source,) if reference.source else (),
        weight=reference.weight,
        value=value,
        word=_lighter(word, reference.weight),
        here=here,
        there=there,
        edge=edge,
        name=name,
        low=reference.low,
        high=reference.high,
    )


def _missing(
    columns: tuple[str, ...],
    here: float,
    there: float,
    weight: float,
    n: int,
    n_training: int,
    comparisons: int,
    family: str = "",
) -> Finding:
    """The finding on shares of clients without a value; by chance alone the difference is about normal."""
    value = abs(here - there)
    chance = chance_difference(there, n, n_training, comparisons)
    word = _lighter(_word(value, MISSING_TO_LOOK, MISSING_TO_ACT, chance), weight)
    return Finding(
        kind="missing", columns=columns, weight=weight, value=value, word=word, here=here, there=there, family=family
    )


def _missing_together(findings: Sequence[Finding], n: int, n_training: int, comparisons: int) -> list[Finding]:
    """The findings, those on missing values joined that say one thing: of one history, or of equal shares.

    The columns of one history are missing together, and so are those of one building; of a history the shares are
    means over its columns.
    """
    joined: dict[object, list[Finding]] = {}
    others = []
    for each in findings:
        prefix = each.columns[0].split("_")[0]
        if each.kind != "missing":
            others.append(each)
        elif prefix in histories().tables:
            joined.setdefault(prefix, []).append(each)
        else:
            joined.setdefault((round(each.here, 6), round(each.there, 2)) if each.here else each.columns, []).append(
                each
            )
    for key, members in joined.items():
        if len(members) == 1:
            others += members
            continue
        ordered = sorted(members, key=lambda each: -each.weight)
        others.append(
            _missing(
                tuple(each.columns[0] for each in ordered),
                float(np.mean([each.here for each in members])),
                float(np.mean([each.there for each in members])),
                sum(each.weight for each in members),
                n,
                n_training,
                comparisons,
                family=key if isinstance(key, str) else "",
            )
        )
    return others


def _word(value: float, look: float, act: float, chance: float) -> Word:
    if value < look or value <= chance:
        return Word.STABLE
    return Word.ACT if value >= act else Word.LOOK


def _lighter(word: Word, weight: float) -> Word:
    return Word(max(0, word - 1)) if weight < SMALL_WEIGHT else word


def _with_word(finding: Finding, word: Word) -> Finding:
    return Finding(**{name: getattr(finding, name) for name in Finding.__slots__} | {"word": word})


def _size(finding: Finding) -> float:
    """PSI and shares on one scale: times their limit for acting."""
    limits: dict[Kind, float] = {"missing": MISSING_TO_ACT, "outside": SHARE_TO_ACT, "unseen": SHARE_TO_ACT}
    return finding.value / limits.get(finding.kind, ACT)
