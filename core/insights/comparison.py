"""Compares one client with many (distributions by verdict) and with one other (what separates two solvencies)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.dictionary.lookup import entry_of, to_shown_scale
from core.model.schema import ALL, NumberShares, Population
from core.records import Contribution, Explanation, Floats
from core.scoring.explanation import points_of_solvency

VERDICTS = ("favourable", "unfavourable")
STEPS = 24
"""Steps of a distribution."""
OUTER = 0.005
"""Share of clients left out at either end of a distribution."""
SMALL_END = 0.025
"""A tie at an outermost quantile of a group below this share is masking of a small group, not a common value."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """The distribution of a number among the clients of each verdict.

    edges: (n + 1,), on the shown scale. shares: by verdict, (n,), share of that verdict's clients in each step; their
    sum is a little below 1, because OUTER of all clients is left out at either end.
    """

    edges: tuple[float, ...]
    shares: dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What one column contributes to the difference of two clients, in points of solvency from `there` to `here`."""

    source: str
    points: float
    here: Contribution
    there: Contribution


def number_distribution(population: Population, column: str) -> Distribution | None:
    """The distribution of a numeric column by verdict, from the quantiles of the bundle.

    Returns
    -------
    None for a column with few values, without quantiles, or with the same value for nearly all clients.
    """
    groups = population.numbers.get(column)
    if groups is None or column in population.categories:
        return None
    ends = sorted(to_shown_scale(column, value) for value in _at(groups[ALL], population, (OUTER, 1.0 - OUTER)))
    if ends[0] == ends[1]:
        # Almost all clients share one value: use the outermost quantiles instead.
        ends = sorted(to_shown_scale(column, groups[ALL].quantiles[place]) for place in (0, -1))
    if ends[0] == ends[1]:
        return None
    edges = np.linspace(ends[0], ends[1], STEPS + 1)
    return Distribution(
        tuple(edges.tolist()),
        {
            verdict: tuple(np.diff(_share_below(groups[verdict], population, column, edges)).tolist())
            for verdict in VERDICTS
            if verdict in groups
        },
    )


def shares(population: Population, column: str) -> dict[str, dict[str, float]] | None:
    """Share of each value among the clients of each verdict.

    Returns
    -------
    value → verdict → share between 0 and 1, numbers in ascending order and categories by frequency; None for a column
    with many values.
    """
    groups = population.categories.get(column)
    if groups is None:
        return None
    values = sorted(groups[ALL].shares, key=lambda value: _order(column, value, groups[ALL].shares[value]))
    return {
        value: {verdict: groups[verdict].shares.get(value, 0.0) for verdict in VERDICTS if verdict in groups}
        for value in values
    }


def value_of_share(column: str, value: str) -> float | str:
    """A value of `shares` as a number if the column is a count, flag or rating, else as its category."""
    return value if entry_of(column).unit == "category" or not _is_number(value) else float(value)


def differences(here: Explanation, there: Explanation) -> tuple[Difference, ...]:
    """The contribution of each column to the difference between two clients' solvencies.

    Parameters
    ----------
    here, there: explanations of the two clients by the same model.

    Returns
    -------
    One difference per column, largest first. With d = contribution here − contribution there, in log-odds of default,
    points are d times the slope of the line between the two solvencies (`points_of_solvency`); they add up to the
    difference of the solvencies.
    """
    others = {each.source: each for each in there.contributions}
    pairs = [(each, others[each.source]) for each in here.contributions]
    log_odds = np.array([one.log_odds - other.log_odds for one, other in pairs])
    points = points_of_solvency(log_odds, there.log_odds)
    result = [Difference(one.source, float(size), one, other) for (one, other), size in zip(pairs, points, strict=True)]
    return tuple(sorted(result, key=lambda each: (-abs(each.points), each.source)))


def _at(numbers: NumberShares, population: Population, levels: tuple[float, ...]) -> list[float]:
    return [float(np.interp(level, population.grid, numbers.quantiles)) for level in levels]


def _share_below(numbers: NumberShares, population: Population, column: str, edges: Floats) -> Floats:
    """Share of clients below each edge, on the shown scale.

    The bundle masks the ends of a small group by equal outermost quantiles. Such a tie does not mean that many clients
    share the value, so those few clients are left out.
    """
    quantiles, grid = np.asarray(numbers.quantiles), np.asarray(population.grid)
    shown = np.array([to_shown_scale(column, each) for each in numbers.quantiles])
    if to_shown_scale(column, 1.0) < 0:
        shown, quantiles, grid = shown[::-1], quantiles[::-1], 1.0 - grid[::-1]
    first, last = int(np.flatnonzero(quantiles == quantiles[0])[-1]), int(np.argmax(quantiles == quantiles[-1]))
    if first >= last:
        below = np.asarray(edges > shown[0], dtype=np.float64)
        below[-1] = max(below[-1], float(shown[0] >= edges[-1] - 1e-12))
        return below
    left = grid[first] if grid[first] < SMALL_END else 0.0
    right = grid[last] if grid[last] > 1.0 - SMALL_END else 1.0
    inner = slice(first, last + 1)
    below = np.interp(edges, shown[inner], grid[inner])
    # A frequent value that equals the first edge belongs to the first step.
    tied = int(np.searchsorted(shown[inner], edges[0] - 1e-12))
    if abs(shown[inner][min(tied, last - first)] - edges[0]) <= 1e-12:
        below[0] = min(below[0], grid[inner][tied])
    # Clients with the lowest value belong to the first step, those with the highest to the last.
    below = np.where(edges <= shown[first], left, below)
    return np.asarray(np.where(edges >= shown[last], right, below))


def _order(column: str, value: str, share: float) -> tuple[float, str]:
    return (float(value), "") if _is_number(value) and entry_of(column).unit != "category" else (-share, value)


def _is_number(value: str) -> bool:
    return value.lstrip("-").replace(".", "", 1).isdigit()
