"""Intervals: Wilson's for a share, and a seeded bootstrap of the counts of score bins for everything else."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.model.outcomes import Money, Outcomes
from core.model.schema import Figure
from core.records import Floats

DRAWS = 500
SEED = 20260101
Z = 1.959964
"""The 97.5 % quantile of the normal distribution."""
Drawn = tuple[Floats, Floats]
"""Good and defaulted clients of each bootstrap sample by bin, each of shape (DRAWS, n_bins)."""


def share(part: float, whole: float) -> Figure | None:
    """A share with Wilson's 95 % interval (Wilson, 1927), which is sound for few clients too; None of nobody.

    part, whole: clients; an interpolated threshold gives fractions of them. Example: 5 of 10 is 0.5, from 0.237 to
    0.763.
    """
    if whole <= 0:
        return None
    value = min(max(part / whole, 0.0), 1.0)
    middle = (value + Z**2 / (2 * whole)) / (1 + Z**2 / whole)
    half = Z / (1 + Z**2 / whole) * np.sqrt(value * (1 - value) / whole + Z**2 / (4 * whole**2))
    return Figure(value, min(max(float(middle - half), 0.0), value), max(min(float(middle + half), 1.0), value))


def percentiles(value: float, drawn: Floats) -> Figure:
    """A figure with the 2.5 % and 97.5 % percentiles of its bootstrap samples, of shape (DRAWS,)."""
    low, high = np.percentile(drawn[~np.isnan(drawn)], [2.5, 97.5])
    return Figure(value, float(low), float(high))


@lru_cache(maxsize=64)
def draw_clients(outcomes: Outcomes) -> Drawn:
    """Bootstrap samples of as many clients as there are, each with its bin and outcome."""
    bad = np.array(outcomes.defaults, dtype=np.float64)
    good = np.array(outcomes.n, dtype=np.float64) - bad
    return _drawn(good, bad)


@lru_cache(maxsize=4)
def draw_money(money: Money) -> Drawn:
    """AMT_CREDIT of the good and of the defaulted clients of bootstrap samples, as in `draw_clients`.

    Within a bin, the sum of the amounts of k drawn clients is taken as normal with k times their mean and variance.
    """
    random = np.random.default_rng(SEED + 1)
    counts = (np.array(money.n_good, dtype=np.float64), np.array(money.n_defaulted, dtype=np.float64))
    sums = ((money.good, money.good_squares), (money.defaulted, money.defaulted_squares))
    amounts = []
    for n, (total, squares), drawn in zip(counts, sums, _drawn(*counts), strict=True):
        mean = np.array(total) / np.maximum(n, 1.0)
        spread = np.sqrt(np.maximum(np.array(squares) / np.maximum(n, 1.0) - mean**2, 0.0))
        amounts.append(drawn * mean + np.sqrt(drawn) * spread * random.standard_normal(drawn.shape))
    return amounts[0], amounts[1]


def _drawn(good: Floats, bad: Floats) -> Drawn:
    random = np.random.default_rng(SEED)
    cells = np.concatenate([good, bad])
    counts = random.multinomial(int(cells.sum()), cells / cells.sum(), DRAWS).astype(np.float64)
    return counts[:, : len(good)], counts[:, len(good) :]
