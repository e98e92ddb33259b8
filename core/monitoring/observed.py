"""Counts of a file's clients in the bins of training, piece by piece, so that memory does not grow with the file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.batch.results import AMOUNT, Places
from core.batch.sources import Rows
from core.decisions.journal import Journal
from core.model.bundle import Bundle
from core.model.outcomes import MAX_AMOUNT, Money, Outcomes
from core.monitoring.available import monitoring_of
from core.monitoring.departures import GrantedLoans
from core.monitoring.reference import Reference, column_references, score_reference
from core.monitoring.target import read_targets
from core.records import Assessments, Floats, Origins, ValueOrigin

STEP = 0.005
GIVEN = (ValueOrigin.GIVEN, ValueOrigin.DERIVED)


@dataclass(slots=True)
class ColumnCounts:
    """Clients of one source column: in each bin, without a value, outside what training knew, of unseen category."""

    bins: Floats
    missing: int = 0
    outside: int = 0
    unseen: int = 0


@dataclass(slots=True)
class Targets:
    """Rows by TARGET: 0 or 1, missing, and anything else."""

    known: int = 0
    missing: int = 0
    other: int = 0
    is_there: bool = False


@dataclass(slots=True)
class Sums:
    """Sums by bin of P(default) over clients with an outcome, each of shape (n_bins,)."""

    n: Floats
    defaults: Floats
    risk: Floats
    brier: Floats
    n_priced: Floats
    defaults_priced: Floats
    good: Floats
    defaulted: Floats
    good_squares: Floats
    defaulted_squares: Floats


class Observed:
    """What is counted of a file; `observe` takes its pieces, in any order.

    journal: where the decisions on its clients stand, if anywhere.
    """

    def __init__(self, bundle: Bundle, journal: Journal | None = None) -> None:
        self.bundle = bundle
        self.granted = GrantedLoans(journal)
        self.references = column_references(bundle)
        self.score = score_reference(bundle)
        self.n = 0
        self.columns = [ColumnCounts(np.zeros(len(each.expected))) for each in self.references]
        self.score_bins = np.zeros(len(self.score.expected) if self.score else 0)
        self.targets = Targets()
        self._edges = _outcome_edges(bundle)
        self._sums = Sums(*(np.zeros(len(self._edges) - 1) for _ in range(10)))

    def observe(self, rows: Rows, assessments: Assessments, keep: Places) -> None:
        """Count the assessed clients at the places `keep`; rows: those that were assessed."""
        if not len(keep):
            return
        values, states = assessments.aligned.values[keep], assessments.aligned.states[keep]
        risk = assessments.probability[keep]
        self.n += len(keep)
        for reference, counts in zip(self.references, self.columns, strict=True):
            _count(reference, counts, values, states)
        if self.score is not None:
            self.score_bins += _in_bins(risk, self.score.edges)
        positions = [assessments.aligned.rows[place] - 1 for place in keep.tolist()]
        ids = [assessments.aligned.ids[place] for place in keep.tolist()]
        self._count_outcomes(rows, positions, ids, values, risk)

    @property
    def outcomes(self) -> Outcomes | None:
        """The outcomes of the clients with a TARGET, in bins that hold any of them; None if there are none."""
        chosen = np.flatnonzero(self._sums.n)
        if not len(chosen):
            return None
        sums = self._sums
        return Outcomes(
            edges=self._ends(chosen),
            n=tuple(sums.n[chosen].astype(np.int64).tolist()),
            defaults=tuple(sums.defaults[chosen].astype(np.int64).tolist()),
            risk=tuple(sums.risk[chosen].tolist()),
            brier=tuple(sums.brier[chosen].tolist()),
        )

    @property
    def money(self) -> Money | None:
        """AMT_CREDIT of the clients with a TARGET and an amount; None if there are none."""
        chosen = np.flatnonzero(self._sums.n_priced)
        if not len(chosen):
            return None
        sums = self._sums
        return Money(
            edges=self._ends(chosen),
            n_good=tuple((sums.n_priced - sums.defaults_priced)[chosen].astype(np.int64).tolist()),
            n_defaulted=tuple(sums.defaults_priced[chosen].astype(np.int64).tolist()),
            good=tuple(sums.good[chosen].tolist()),
            defaulted=tuple(sums.defaulted[chosen].tolist()),
            good_squares=tuple(sums.good_squares[chosen].tolist()),
            defaulted_squares=tuple(sums.defaulted_squares[chosen].tolist()),
        )

    def _ends(self, chosen: Places) -> tuple[float, ...]:
        """Edges of the chosen bins, each reaching down to the one before it, from 0 to 1."""
        return (0.0, *self._edges[chosen[:-1] + 1].tolist(), 1.0)

    def _count_outcomes(self, rows: Rows, positions: list[int], ids: list[int], values: Floats, risk: Floats) -> None:
        targets = read_targets(rows, positions)
        if targets is None:
            return
        self.targets.is_there = True
        known = (targets == 0) | (targets == 1)
        self.targets.known += int(known.sum())
        self.targets.missing += int(np.isnan(targets).sum())
        self.targets.other += int((~known & ~np.isnan(targets)).sum())
        bad = targets[known]
        self.granted.count([str(ids[place]) for place in np.flatnonzero(known).tolist()], bad)
        risk = risk[known]
        place = np.clip(np.searchsorted(self._edges, risk, side="left") - 1, 0, len(self._edges) - 2)
        names = self.bundle.names
        credit = values[known][:, names.index(AMOUNT)] if AMOUNT in names else np.full(len(risk), np.nan)
        priced = credit < MAX_AMOUNT
        amount = np.where(priced, credit, 0.0)
        weights = (
            *(np.ones(len(risk)), bad, risk, (risk - bad) ** 2, priced.astype(np.float64), bad * priced),
            *(amount * (1 - bad), amount * bad, amount**2 * (1 - bad), amount**2 * bad),
        )
        for name, weight in zip(Sums.__slots__, weights, strict=True):
            sums = getattr(self._sums, name)
            sums += np.bincount(place, weights=weight, minlength=len(sums))


def _count(reference: Reference, counts: ColumnCounts, values: Floats, states: Origins) -> None:
    slots = list(reference.slots)
    origin = states[:, slots]
    if reference.kind == "category":
        unseen = (origin == ValueOrigin.UNSEEN).any(axis=1)
        # Encoded files write a missing category as zeros in all of its columns.
        given = np.isin(origin, GIVEN).any(axis=1) & ~unseen & (np.nansum(values[:, slots], axis=1) > 0)
        counts.unseen += int(unseen.sum())
        counts.missing += int((~given & ~unseen).sum())
        counts.bins += np.nansum(values[given][:, slots], axis=0)
        return
    known = np.isin(origin[:, 0], GIVEN) & ~np.isnan(values[:, slots[0]])
    numbers = values[known, slots[0]]
    counts.missing += len(values) - len(numbers)
    counts.outside += int(((numbers < reference.low) | (numbers > reference.high)).sum())
    counts.bins += _in_bins(numbers, reference.edges)


def _in_bins(numbers: Floats, edges: Floats) -> Floats:
    """How many numbers lie in each bin; an edge belongs to the bin below it."""
    places = np.searchsorted(edges, numbers, side="left")
    return np.bincount(places, minlength=len(edges) + 1).astype(np.float64)


def _outcome_edges(bundle: Bundle) -> Floats:
    own = monitoring_of(bundle).outcomes
    steps = np.arange(STEP, 1.0, STEP).round(6).tolist()
    return np.unique([0.0, *(own.edges if own else ()), *steps, bundle.policy.threshold, 1.0])
