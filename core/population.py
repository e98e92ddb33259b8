"""Where one client lies among the clients the model was trained on, from the bundle's aggregates alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.contents import Population

ALL = "all"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a value lies: share of clients with a lower value, or share with the same category.

    Numbers are compared on the data set's own scale: for days before the application a lower value
    is a longer time ago. below is None for categories, same is None for numbers.
    """

    below: float | None = None
    same: float | None = None


@dataclass(frozen=True, slots=True)
class Density:
    """How many clients there are along the solvency scale: edges (n + 1) and share per point of solvency (n)."""

    edges: tuple[float, ...]
    heights: tuple[float, ...]


def standing(population: Population, column: str, value: float | str | None) -> Standing:
    """Where a value of a column lies among all training clients that have one; empty where it is not known."""
    if isinstance(value, str):
        categories = population.categories.get(column)
        return Standing(same=categories[ALL].shares.get(value)) if categories else Standing()
    numbers = population.numbers.get(column)
    if value is None or numbers is None:
        return Standing()
    quantiles = np.asarray(numbers[ALL].quantiles)
    lower = np.searchsorted(quantiles, value, side="left")
    upper = np.searchsorted(quantiles, value, side="right")
    if lower != upper:
        middle = (population.grid[lower] + population.grid[upper - 1]) / 2
        return Standing(below=float(middle))
    return Standing(below=float(np.interp(value, quantiles, population.grid, left=0.0, right=1.0)))


def median(population: Population, column: str) -> float | None:
    """The training median of a number, in the data set's own unit; None for other columns."""
    numbers = population.numbers.get(column)
    if numbers is None:
        return None
    return float(np.interp(0.5, population.grid, numbers[ALL].quantiles))


def solvency_density(population: Population, steps: int = 60) -> Density:
    """The out-of-fold clients along the solvency scale, in `steps` equal steps between the outer score bins."""
    bins = population.score_bins[ALL]
    edges = np.array([bins[0].low, *(each.high for each in bins)])
    counted = np.concatenate([[0.0], np.cumsum([each.n for each in bins])])
    risk = np.linspace(edges[0], edges[-1], steps + 1)
    shares = np.diff(np.interp(risk, edges, counted / counted[-1]))
    heights = shares[::-1] / (100.0 * (edges[-1] - edges[0]) / steps)
    return Density(tuple((1.0 - risk[::-1]).tolist()), tuple(heights.tolist()))
