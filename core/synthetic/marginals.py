"""Levels between 0 and 1 → values of a column, as the population has them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.model.schema import CategoryShares, NumberShares, Population
from core.records import Floats

ALL = "all"
FINE = 20001


def number_values(population: Population, name: str, levels: Floats) -> Floats:
    """Numbers at these levels: of few-valued columns by the shares of their values, else by the quantiles."""
    shares = population.categories.get(name)
    if shares is None:
        return np.interp(levels, population.grid, population.numbers[name][ALL].quantiles)
    values = sorted(shares[ALL].shares, key=float)
    return np.array([float(value) for value in values])[_places(shares[ALL], values, levels)]


def number_values_without(population: Population, name: str, levels: Floats, *, spike: float, share: float) -> Floats:
    """Numbers at these levels among the clients who are left when a share of all, who have `spike`, is gone."""
    everyone = number_values(population, name, (np.arange(FINE) + 0.5) / FINE)
    nearest = np.argsort(np.abs(everyone - spike), kind="stable")
    left = np.sort(np.delete(everyone, nearest[: round(share * FINE)]))
    return np.interp(levels, (np.arange(len(left)) + 0.5) / len(left), left)


def text_values(
    population: Population, name: str, order: Sequence[str], levels: Floats, without: str | None = None
) -> NDArray[np.object_]:
    """Categories at these levels, in this order, but for one whose clients are told another way."""
    shares = population.categories[name][ALL]
    values = [value for value in order if value in shares.shares and value != without]
    return np.array(values, dtype=object)[_places(shares, values, levels)]


def share_missing(population: Population, name: str) -> float:
    """Share of all clients for whom a column is missing."""
    return _shares(population, name).missing


def share_of(population: Population, name: str, value: str) -> float:
    """Share of a category among the clients who have any; 0 where it is not known."""
    found = population.categories.get(name)
    return found[ALL].shares.get(value, 0.0) if found else 0.0


def _shares(population: Population, name: str) -> NumberShares | CategoryShares:
    if name in population.numbers:
        return population.numbers[name][ALL]
    return population.categories[name][ALL]


def _places(shares: CategoryShares, values: Sequence[str], levels: Floats) -> NDArray[np.int_]:
    edges = np.cumsum([shares.shares[value] for value in values])
    return np.minimum(np.searchsorted(edges / edges[-1], levels, side="right"), len(values) - 1)
