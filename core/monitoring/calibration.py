"""Whether P(default) means what it says, from counts by score bin: reliability by band, Brier score, ECE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.model.outcomes import Outcomes
from core.model.schema import Figure
from core.monitoring.intervals import draw_clients, percentiles, share
from core.records import Floats

N_BANDS = 10
SOLVENCY_BANDS = (0.98, 0.95, 0.92, 0.90, 0.85, 0.80, 0.70, 0.60)
"""Lower ends of the score bands, on the solvency scale; the last band reaches down to 0."""


@dataclass(frozen=True, slots=True)
class Band:
    """Clients with low < P(default) <= high.

    expected: mean P(default); observed: share that defaulted, with Wilson's interval.
    """

    low: float
    high: float
    n: float
    defaults: float
    expected: float
    observed: Figure


def reliability(outcomes: Outcomes, n_bands: int = N_BANDS) -> tuple[Band, ...]:
    """Bands of about equally many clients, lowest P(default) first."""
    return _bands(outcomes, _equal(outcomes, n_bands))


def score_bands(outcomes: Outcomes) -> tuple[Band, ...]:
    """The bands of SOLVENCY_BANDS that hold clients, safest first; an end inside a bin is interpolated."""
    edges = np.array(outcomes.edges)
    ends = np.array([0.0, *(round(1.0 - each, 6) for each in SOLVENCY_BANDS), 1.0])
    n, bad, risk = (
        np.diff(np.interp(ends, edges, np.concatenate([[0.0], np.cumsum(each)])))
        for each in (outcomes.n, outcomes.defaults, outcomes.risk)
    )
    found = []
    for place, observed in enumerate(share(*each) for each in zip(bad.tolist(), n.tolist(), strict=True)):
        if observed is not None and n[place] >= 0.5:
            expected = float(risk[place] / n[place])
            low, high = float(ends[place]), float(ends[place + 1])
            found.append(Band(low, high, float(n[place]), float(bad[place]), expected, observed))
    return tuple(found)


def calibration_figures(outcomes: Outcomes) -> dict[str, Figure]:
    """brier (mean of (P(default) − outcome)²) and ece (see `calibration_error`) with 95 % intervals.

    Resampling adds to absolute differences, so the interval of the ECE is biased upwards.
    """
    n, bad = np.array(outcomes.n, dtype=np.float64), np.array(outcomes.defaults, dtype=np.float64)
    total = float(n.sum())
    mean = np.array(outcomes.risk) / np.maximum(n, 1.0)
    drawn_good, drawn_bad = draw_clients(outcomes)
    brier = float(np.sum(outcomes.brier)) / total
    by_bins = float((mean**2 * (n - bad) + (1.0 - mean) ** 2 * bad).sum()) / total
    drawn_brier = (drawn_good @ mean**2 + drawn_bad @ (1.0 - mean) ** 2) / total + brier - by_bins
    upper = _equal(outcomes, N_BANDS)
    drawn_n = drawn_good + drawn_bad
    drawn_ece = _error(drawn_n, drawn_bad, drawn_n * mean, upper)
    ece = _error(n[None, :], bad[None, :], np.array(outcomes.risk)[None, :], upper)
    return {"brier": percentiles(brier, drawn_brier), "ece": percentiles(float(ece[0]), drawn_ece)}


def calibration_error(outcomes: Outcomes) -> float:
    """Mean over ten bands of about equally many clients of |mean P(default) − share that defaulted|."""
    return calibration_figures(outcomes)["ece"].value


def _error(n: Floats, bad: Floats, risk: Floats, upper: Sequence[int]) -> Floats:
    """The ECE of counts and sums of P(default) by bin, of shape (n_samples, n_bins)."""
    starts = [0, *upper[:-1]]
    sums = [np.add.reduceat(each, starts, axis=1) for each in (risk, bad)]
    return np.asarray(np.abs(sums[0] - sums[1]).sum(axis=1) / n.sum(axis=1), dtype=np.float64)


def _equal(outcomes: Outcomes, n_bands: int) -> list[int]:
    """The last bin of each band, exclusive, so that the bands hold about equally many clients and none is empty."""
    cumulative = np.cumsum(outcomes.n)
    wanted = cumulative[-1] * np.arange(1, n_bands + 1) / n_bands
    nearest = [int(np.argmin(np.abs(cumulative - each))) + 1 for each in wanted]
    return sorted({*nearest[:-1], len(cumulative)})


def _bands(outcomes: Outcomes, upper: Sequence[int]) -> tuple[Band, ...]:
    bands = []
    for first, last in zip([0, *upper[:-1]], upper, strict=True):
        n, bad = sum(outcomes.n[first:last]), sum(outcomes.defaults[first:last])
        observed = share(bad, n)
        if observed is not None:
            expected = sum(outcomes.risk[first:last]) / n
            bands.append(Band(outcomes.edges[first], outcomes.edges[last], n, bad, expected, observed))
    return tuple(bands)
