"""What the training clients looked like, in the bins that a file of clients is counted in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.alignment.parsers import BINARY
from core.model.bundle import Bundle
from core.model.schema import ALL, CategoryShares, NumberShares, Population
from core.records import Floats

N_BINS = 10
SMALLEST_SHARE = 0.02
"""A bin expected to hold a smaller share of the clients is joined to its neighbour."""
TIE = 1e-9
"""Relative difference below which two numbers are equal: quantiles are stored with six digits."""
ROUNDING = 2e-6


@dataclass(frozen=True, slots=True)
class Reference:
    """One source column, or the score.

    kind: "number" for values in bins by size, "category" for one bin a category. slots: its columns of the model.
    edges: the inner ends of the bins of numbers, each belonging to the bin below it; empty for categories. names: the
    categories, also of the binary columns, whose codes are numbers; () for numbers. expected: share of the training
    clients with a value in each bin, summing to 1. missing: share of the training clients without a value. weight:
    share of the model's importance.
    low, high: between which numbers 99.8 % of training lay; infinite where unknown.
    """

    source: str
    kind: Literal["number", "category"]
    slots: tuple[int, ...]
    edges: Floats
    names: tuple[str, ...]
    expected: Floats
    missing: float
    weight: float
    low: float = -np.inf
    high: float = np.inf


def column_references(bundle: Bundle) -> tuple[Reference, ...]:
    """One for each source column of the model whose training values the bundle knows, in the model's order."""
    found = []
    for source, slots in bundle.slots.items():
        weight = float(bundle.weights[list(slots)].sum())
        categories = bundle.population.categories.get(source, {}).get(ALL)
        numbers = bundle.population.numbers.get(source, {}).get(ALL)
        if categories is not None:
            found.append(_of_categories(bundle, source, slots, categories, weight))
        elif numbers is not None and len(slots) == 1:
            found.append(_of_numbers(bundle.population, source, slots, numbers, weight))
    return tuple(found)


def score_reference(bundle: Bundle) -> Reference | None:
    """The P(default) of the training clients, each by a model that had not seen the client; None if it is not known."""
    bins = bundle.population.score_bins.get(ALL)
    if not bins:
        return None
    cumulative = np.cumsum([each.n for each in bins])
    wanted = cumulative[-1] * np.arange(1, N_BINS) / N_BINS
    places = sorted({int(np.argmin(np.abs(cumulative - each))) for each in wanted} - {len(bins) - 1})
    shares = np.diff([0.0, *(cumulative[places] / cumulative[-1]).tolist(), 1.0])
    edges = np.array([bins[place].high for place in places])
    return Reference("", "number", (), edges, (), shares, 0.0, 1.0)


def bin_numbers(numbers: NumberShares, grid: Sequence[float]) -> tuple[Floats, Floats]:
    """Edges at the tenths of the training clients and the share in each bin, from quantiles at `grid`.

    Where many clients share one value, several tenths are one edge; the share up to it is that of the highest quantile
    with this value, accurate to the grid's step of one client in a hundred.
    """
    quantiles = np.maximum.accumulate(np.array(numbers.quantiles))
    levels = np.array(grid)
    tenths = np.unique(np.interp(np.arange(1, N_BINS) / N_BINS, levels, quantiles))
    edges: list[float] = []
    shares: list[float] = []
    below = 0.0
    for edge in tenths.tolist():
        last = int(np.searchsorted(quantiles, edge + TIE * abs(edge), side="right")) - 1
        is_tie = last >= 0 and abs(quantiles[last] - edge) <= TIE * abs(edge)
        up_to = float(levels[last]) if is_tie else float(np.interp(edge, quantiles, levels))
        if up_to - below >= SMALLEST_SHARE and 1.0 - up_to >= SMALLEST_SHARE:
            # The stored quantile is rounded, and the clients who have exactly this value belong below it.
            edges.append(edge + ROUNDING * abs(edge))
            shares.append(up_to - below)
            below = up_to
    return np.array(edges), np.array([*shares, 1.0 - below])


def _of_numbers(
    population: Population, source: str, slots: tuple[int, ...], numbers: NumberShares, weight: float
) -> Reference:
    edges, expected = bin_numbers(numbers, population.grid)
    low, high = numbers.quantiles[0], numbers.quantiles[-1]
    return Reference(source, "number", slots, edges, (), expected, numbers.missing, weight, low, high)


def _of_categories(
    bundle: Bundle, source: str, slots: tuple[int, ...], shares: CategoryShares, weight: float
) -> Reference:
    if len(slots) == 1 and bundle.columns[slots[0]].kind != "one_hot":
        # Numbers of few values: flags, counts, ratings. Each value ends a bin; rare ones are in that of the next.
        codes = BINARY.get(source, {})
        by_value = sorted((codes[name] if name in codes else float(name), part) for name, part in shares.shares.items())
        edges, expected = _joined([value for value, _ in by_value], [part for _, part in by_value])
        quantiles = bundle.population.numbers.get(source, {}).get(ALL)
        low, high = (quantiles.quantiles[0], quantiles.quantiles[-1]) if quantiles else (-np.inf, np.inf)
        letters = tuple(sorted(codes, key=lambda letter: codes[letter])) if len(edges) == 1 else ()
        return Reference(source, "number", slots, edges, letters, expected, shares.missing, weight, low, high)
    names = tuple(bundle.columns[slot].category or "" for slot in slots)
    expected = np.array([shares.shares.get(name, 0.0) for name in names])
    total = expected.sum()
    return Reference(
        source, "category", slots, np.empty(0), names, expected / total if total else expected, shares.missing, weight
    )


def _joined(values: Sequence[float], parts: Sequence[float]) -> tuple[Floats, Floats]:
    """Inner edges at values, and the share of each bin; bins below SMALLEST_SHARE are joined to the next."""
    edges: list[float] = []
    shares: list[float] = []
    held = 0.0
    for value, part in zip(values, parts, strict=True):
        held += part
        if held >= SMALLEST_SHARE:
            edges.append(value)
            shares.append(held)
            held = 0.0
    if held or not shares:
        shares = [*shares[:-1], shares[-1] + held] if shares else [1.0]
    return np.array(edges[:-1]), np.array(shares) / sum(shares)
