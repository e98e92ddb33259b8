"""Where one client lies among the clients the model was trained on, from the bundle's aggregates alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.model.schema import Population

ALL = "all"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a value lies among all training clients that have one; None where that is not known.

    below and above: share of clients with a lower and with a higher value, on the data set's own scale (a
    longer time ago is a lower number of days). same: share with exactly this value, for what has few values.
    """

    below: float | None = None
    above: float | None = None
    same: float | None = None


@dataclass(frozen=True, slots=True)
class Density:
    """How many clients there are along the solvency scale: edges (n + 1) and share per point of solvency (n)."""

    edges: tuple[float, ...]
    heights: tuple[float, ...]


def standing(population: Population, column: str, value: float | str | None, group: str = ALL) -> Standing:
    """Where a value of a column lies among the training clients of a group that have one; empty where it is not known.

    For numbers of many values to the grid's step, so up to one client in a hundred more or less.
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
        between = float(np.interp(value, quantiles, grid, left=0.0, right=1.0))
        return Standing(below=between, above=1.0 - between)
    many = last - first > 1
    return Standing(
        below=0.0 if many and first == 0 else grid[first],
        above=0.0 if many and last == len(grid) else 1.0 - grid[last - 1],
    )


def median(population: Population, column: str) -> float | None:
    """The training median of a number, in the data set's own unit; None for other columns."""
    numbers = population.numbers.get(column)
    if numbers is None:
        return None
    return float(np.interp(0.5, population.grid, numbers[ALL].quantiles))


def seen(population: Population, column: str) -> tuple[float, float] | None:
    """What 99.8 % of the training clients lie between, in the data set's own unit; None where that is not known."""
    numbers = population.numbers.get(column)
    return (numbers[ALL].quantiles[0], numbers[ALL].quantiles[-1]) if numbers else None


def share_missing(population: Population, column: str) -> float:
    """The share of training clients of whom a column is missing; 0 where it never is, or nobody knows."""
    groups = population.numbers.get(column) or population.categories.get(column)
    return groups[ALL].missing if groups else 0.0


def solvency_density(population: Population, steps: int = 60) -> Density | None:
    """The out-of-fold clients along the solvency scale, in `steps` equal steps between the outer score bins.

    None where the population is not known.
    """
    bins = population.score_bins.get(ALL)
    if not bins:
        return None
    edges = np.array([bins[0].low, *(each.high for each in bins)])
    counted = np.concatenate([[0.0], np.cumsum([each.n for each in bins])])
    risk = np.linspace(edges[0], edges[-1], steps + 1)
    shares = np.diff(np.interp(risk, edges, counted / counted[-1]))
    heights = shares[::-1] / (100.0 * (edges[-1] - edges[0]) / steps)
    return Density(tuple((1.0 - risk[::-1]).tolist()), tuple(heights.tolist()))
