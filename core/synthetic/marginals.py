"""Converts levels between 0 and 1 to values of a column, by the population's quantiles and shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.model.schema import ALL, CategoryShares, NumberShares, Population
from core.records import Floats

FINE = 20001


def number_values(population: Population, name: str, levels: Floats) -> Floats:
    """Numbers at these levels: by the shares of the values for a column with few values, else by its quantiles."""
    shares = population.categories.get(name)
    if shares is None:
        return np.interp(levels, population.grid, population.numbers[name][ALL].quantiles)
    values = sorted(shares[ALL].shares, key=float)
    return np.array([float(value) for value in values])[_places(shares[ALL], values, levels)]


def number_values_without(population: Population, name: str, levels: Floats, *, spike: float, share: float) -> Floats:
    """Numbers at these levels among the clients without the value `spike`; share: of all clients with that value."""
    everyone = number_values(population, name, (np.arange(FINE) + 0.5) / FINE)
    nearest = np.argsort(np.abs(everyone - spike), kind="stable")
    others = np.sort(np.delete(everyone, nearest[: round(share * FINE)]))
    return np.interp(levels, (np.arange(len(others)) + 0.5) / len(others), others)


def text_values(
    population: Population, name: str, order: Sequence[str], levels: Floats, without: str | None = None
) -> NDArray[np.object_]:
    """Categories at these levels, in this order; `without`: a category that is excluded."""
    shares = population.categories[name][ALL]
    values = [value for value in order if value in shares.shares and value != without]
    return np.array(values, dtype=object)[_places(shares, values, levels)]


def share_missing(population: Population, name: str) -> float:
    """The share of all clients for whom a column is missing."""
    return _shares(population, name).missing


def share_of(population: Population, name: str, value: str) -> float:
    """The share of a category among the clients with a value of the column; 0 if it is not known."""
    groups = population.categories.get(name)
    return groups[ALL].shares.get(value, 0.0) if groups else 0.0


def _shares(population: Population, name: str) -> NumberShares | CategoryShares:
    if name in population.numbers:
        return population.numbers[name][ALL]
    return population.categories[name][ALL]


def _places(shares: CategoryShares, values: Sequence[str], levels: Floats) -> NDArray[np.int_]:
    edges = np.cumsum([shares.shares[value] for value in values])
    return np.minimum(np.searchsorted(edges / edges[-1], levels, side="right"), len(values) - 1)
