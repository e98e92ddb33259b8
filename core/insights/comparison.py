"""One client among many and beside another: distributions by verdict, and what separates two solvencies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.dictionary.lookup import entry_of, to_shown_scale
from core.insights.population import ALL
from core.model.schema import NumberShares, Population
from core.records import Contribution, Explanation, Floats
from core.scoring.explanation import points_of_solvency

VERDICTS = ("favourable", "unfavourable")
STEPS = 24
OUTER, FEW = 0.005, 0.025


@dataclass(frozen=True, slots=True)
class Spread:
    """How a number is spread among clients of each verdict: edges (n + 1), as shown, and shares (n) by verdict.

    The outermost half per cent of all clients on either side is left out, so the shares sum to a little less than 1.
    """

    edges: tuple[float, ...]
    shares: dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What one column does to separate two clients: points of solvency from the other client to this one."""

    source: str
    points: float
    here: Contribution
    there: Contribution


def spread(population: Population, column: str) -> Spread | None:
    """A number of many values among clients of each verdict, from the bundle's quantiles; None for other columns."""
    groups = population.numbers.get(column)
    if groups is None or column in population.categories:
        return None
    ends = sorted(to_shown_scale(column, value) for value in _at(groups[ALL], population, (OUTER, 1.0 - OUTER)))
    edges = np.linspace(ends[0], ends[1], STEPS + 1)
    if ends[0] == ends[1]:
        return None
    return Spread(
        tuple(edges.tolist()),
        {
            verdict: tuple(np.diff(_reached(groups[verdict], population, column, edges)).tolist())
            for verdict in VERDICTS
            if verdict in groups
        },
    )


def shares(population: Population, column: str) -> dict[str, dict[str, float]] | None:
    """Share of each value among clients of each verdict, by value and verdict; None for numbers of many values.

    Values in their own order, numbers by size; one that a verdict lacks is 0 there.
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
    """A value as the population names it, as the number that it is where the column is a count, flag or rating."""
    return value if entry_of(column).unit == "category" or not _is_number(value) else float(value)


def differences(here: Explanation, there: Explanation) -> tuple[Difference, ...]:
    """What separates this client's solvency from the other's, largest first; they add up to the difference.

    Contributions differ by d in log-odds of default, which add up to the difference of both log-odds; points are d
    times the slope of the straight line between the two solvencies (`points_of_solvency`).
    """
    others = {each.source: each for each in there.contributions}
    pairs = [(each, others[each.source]) for each in here.contributions]
    digits_to_distinguish = np.array([one.log_odds - other.log_odds for one, other in pairs])
    points = points_of_solvency(digits_to_distinguish, there.log_odds)
    found = [Difference(one.source, float(size), one, other) for (one, other), size in zip(pairs, points, strict=True)]
    return tuple(sorted(found, key=lambda each: (-abs(each.points), each.source)))


def _at(numbers: NumberShares, population: Population, levels: tuple[float, ...]) -> list[float]:
    return [float(np.interp(level, population.grid, numbers.quantiles)) for level in levels]


def _reached(numbers: NumberShares, population: Population, column: str, edges: Floats) -> Floats:
    """Share of clients below each edge, on the shown scale.

    The outermost quantiles of a small group are all the same, which says where nobody may be looked at more closely
    rather than that many share a value: those few clients are left out.
    """
    quantiles, grid = np.asarray(numbers.quantiles), np.asarray(population.grid)
    scale = to_shown_scale(column, 1.0)
    if scale < 0:
        quantiles, grid = quantiles[::-1], 1.0 - grid[::-1]
    first, last = int(np.flatnonzero(quantiles == quantiles[0])[-1]), int(np.argmax(quantiles == quantiles[-1]))
    if first >= last:
        return np.asarray(edges > scale * quantiles[0], dtype=np.float64)
    left = grid[first] if grid[first] < FEW else 0.0
    right = grid[last] if grid[last] > 1.0 - FEW else 1.0
    inner = slice(first, last + 1)
    reached = np.interp(edges, scale * quantiles[inner], grid[inner])
    # A value that many share at the very first edge lies in the first step too.
    tied = int(np.searchsorted(scale * quantiles[inner], edges[0] - 1e-12))
    if abs(scale * quantiles[inner][min(tied, last - first)] - edges[0]) <= 1e-12:
        reached[0] = min(reached[0], grid[inner][tied])
    # Whoever shares the lowest value lies in the first step, and whoever shares the highest in the last.
    reached = np.where(edges <= scale * quantiles[first], left, reached)
    return np.asarray(np.where(edges >= scale * quantiles[last], right, reached))


def _order(column: str, value: str, share: float) -> tuple[float, str]:
    return (float(value), "") if _is_number(value) and entry_of(column).unit != "category" else (-share, value)


def _is_number(value: str) -> bool:
    return value.lstrip("-").replace(".", "", 1).isdigit()
