"""The position of one client among the training clients, from the bundle's aggregates alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.model.schema import ALL, Population

OUTER = 0.01
"""The share of clients that a scale of solvency may leave out at either end."""
MARGIN = 0.1
"""Solvency that a scale shows on either side of the review band."""
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Standing:
    """The position of a value among the training clients that have one; None for what is not known.

    below, above: shares of clients with a lower and with a higher value, on the data set's scale (a longer time ago is
    a lower number of days). same: share with exactly this value, for columns with few values.
    """

    below: float | None = None
    above: float | None = None
    same: float | None = None


@dataclass(frozen=True, slots=True)
class Density:
    """The density of clients over solvency. edges: (n + 1,), shares from 0 to 1; heights: (n,), share per point."""

    edges: tuple[float, ...]
    heights: tuple[float, ...]


def standing(population: Population, column: str, value: float | str | None, group: str = ALL) -> Standing:
    """The position of a value of a column among the training clients of a group.

    Parameters
    ----------
    population: the bundle's aggregates.
    column: a source column.
    value: in the data set's unit; None if it is missing.
    group: ALL or a verdict.

    Returns
    -------
    An empty Standing if the position is not known. For columns with many values it is accurate to one client in a
    hundred, the step of the quantiles.
    """
    categories = population.categories.get(column, {}).get(group)
    numbers = population.numbers.get(column, {}).get(group)
    if isinstance(value, str):
        return Standing(same=categories.shares.get(value)) if categories else Standing()
    if value is None or numbers is None:
        return Standing()
    if categories:
        shares = {float(name): share for name, share in categories.shares.items()}
        below = sum(share for number, share in shares.items() if number < value)
        above = sum(share for number, share in shares.items() if number > value)
        return Standing(below=below, above=above, same=shares.get(value))
    quantiles, grid = np.asarray(numbers.quantiles), population.grid
    first, last = np.searchsorted(quantiles, value, side="left"), np.searchsorted(quantiles, value, side="right")
    if first == last:
        share = float(np.interp(value, quantiles, grid, left=0.0, right=1.0))
        return Standing(below=share, above=1.0 - share)
    is_tie = last - first > 1
    return Standing(
        below=0.0 if is_tie and first == 0 else grid[first],
        above=0.0 if is_tie and last == len(grid) else 1.0 - grid[last - 1],
    )


def median(population: Population, column: str) -> float | None:
    """The training median of a number, in the data set's own unit; None for other columns."""
    return quantile(population, column, 0.5)


def quantile(population: Population, column: str, share: float) -> float | None:
    """The value below which this share of the training clients lies, in the data set's own unit; None if not known."""
    numbers = population.numbers.get(column)
    return float(np.interp(share, population.grid, numbers[ALL].quantiles)) if numbers else None


def central_range(population: Population, column: str) -> tuple[float, float] | None:
    """The range that holds 99.8 % of the training clients, in the data set's unit; None if it is not known."""
    numbers = population.numbers.get(column)
    return (numbers[ALL].quantiles[0], numbers[ALL].quantiles[-1]) if numbers else None


def share_missing(population: Population, column: str) -> float:
    """The share of training clients without a value in a column; 0 if the bundle has no statistics of it."""
    groups = population.numbers.get(column) or population.categories.get(column)
    return groups[ALL].missing if groups else 0.0


def solvency_density(population: Population, steps: int = 60) -> Density | None:
    """The density of the out-of-fold clients over solvency, in `steps` equal steps between the outermost score bins.

    Returns
    -------
    None if the bundle has no score bins.
    """
    bins = population.score_bins.get(ALL)
    if not bins:
        return None
    edges = np.array([bins[0].low, *(each.high for each in bins)])
    cumulative = np.concatenate([[0.0], np.cumsum([each.n for each in bins])])
    risk = np.linspace(edges[0], edges[-1], steps + 1)
    shares = np.diff(np.interp(risk, edges, cumulative / cumulative[-1]))
    heights = shares[::-1] / (100.0 * (edges[-1] - edges[0]) / steps)
    return Density(tuple((1.0 - risk[::-1]).tolist()), tuple(heights.tolist()))


def solvency_range(
    population: Population, *, threshold: float, review_band: float, solvency: float
) -> tuple[float, float]:
    """The solvencies between which a scale is drawn, so that it is exact where clients are: two whole tenths.

    It holds 98 % of the out-of-fold clients, a tenth on either side of the review band, and this client. Without score
    bins it is 0 to 1.

    Parameters
    ----------
    population: the bundle's aggregates.
    threshold, review_band: in P(default).
    solvency: this client's, from 0 to 1.
    """
    bins = population.score_bins.get(ALL)
    if not bins:
        return 0.0, 1.0
    edges = [bins[0].low, *(each.high for each in bins)]
    cumulative = np.cumsum([0, *(each.n for each in bins)])
    low_risk, high_risk = np.interp([OUTER, 1.0 - OUTER], cumulative / cumulative[-1], edges)
    line = 1.0 - threshold
    low = min(1.0 - float(high_risk), line - review_band - MARGIN, solvency)
    high = max(1.0 - float(low_risk), line + review_band + MARGIN, solvency)
    return max(0.0, math.floor(10.0 * low + ROUNDING) / 10.0), min(1.0, math.ceil(10.0 * high - ROUNDING) / 10.0)
