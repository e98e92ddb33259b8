"""Measures the differences between synthetic clients and the population they were drawn from: scores and columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from core.alignment.parsers import RATIOS, STANDS_FOR_MISSING, divide
from core.model.schema import ALL, Population, ScoreBin
from core.records import Floats
from core.synthetic.constraints import GOODS_SHARE

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class ScoreComparison:
    """The solvency (1 − P(default)) of synthetic clients compared with the population's, out of fold.

    distance: Kolmogorov–Smirnov. means, refused (share), and quantiles by level: (synthetic, population).
    """

    distance: float
    means: tuple[float, float]
    refused: tuple[float, float]
    quantiles: dict[float, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class MarginalComparison:
    """The distance of one column. kind: "KS", "share" (of a value) or "missing" (share)."""

    column: str
    kind: str
    distance: float


class Expected(NamedTuple):
    """A distribution of P(default): edges, ascending, and the share of clients below each, (n,); and the mean."""

    edges: Floats
    cumulative: Floats
    mean: float


def mixture(parts: Sequence[tuple[tuple[ScoreBin, ...], int]]) -> Expected:
    """The mixture of the distributions of several groups. parts: the score bins and the number of clients of each."""
    cumulated_parts = [(*cumulated(bins), n) for bins, n in parts]
    edges = np.unique(np.concatenate([edges for edges, _, _ in cumulated_parts]))
    total = sum(n for _, n in parts)
    cumulative = sum(n / total * np.interp(edges, own, up_to) for own, up_to, n in cumulated_parts)
    mean = sum(
        n / total * float(np.average((own[1:] + own[:-1]) / 2, weights=np.diff(up))) for own, up, n in cumulated_parts
    )
    return Expected(edges, np.asarray(cumulative), mean)


def compare_scores(probability: Floats, expected: Expected, *, threshold: float) -> ScoreComparison:
    """Compare synthetic clients' P(default), of shape (n_clients,), with the population's; threshold on P(default)."""
    edges, cumulative = expected.edges, expected.cumulative
    ordered = np.sort(probability)
    share = np.searchsorted(ordered, edges, side="right") / len(ordered)
    inner = slice(1, -1)
    risk = np.interp([1 - level for level in LEVELS], cumulative, edges)
    return ScoreComparison(
        distance=float(np.abs(share - cumulative)[inner].max()),
        means=(1 - float(probability.mean()), 1 - expected.mean),
        refused=(
            float((probability > threshold).mean()),
            float(1 - np.interp(threshold, edges, cumulative)),
        ),
        quantiles={
            level: (float(1 - np.quantile(probability, 1 - level)), float(1 - expected_risk))
            for level, expected_risk in zip(LEVELS, risk, strict=True)
        },
    )


def cumulated(bins: tuple[ScoreBin, ...]) -> tuple[Floats, Floats]:
    """Edges of the score bins, in P(default), and the share of clients below each edge, both of shape (n_bins + 1,)."""
    counts = np.cumsum([0, *(each.n for each in bins)])
    return np.array([bins[0].low, *(each.high for each in bins)]), counts / counts[-1]


def compare_marginals(
    clients: pd.DataFrame, population: Population, *, by_choice: Sequence[str] = ()
) -> list[MarginalComparison]:
    """Compare every category, number and ratio of raw synthetic clients with the population, largest distance first.

    The distance of a number with many values is Kolmogorov–Smirnov, that of other columns the largest difference of a
    value's share; the difference of the missing shares is a separate distance.

    Parameters
    ----------
    clients: raw clients, of shape (n_clients, n_columns).
    population: the population.
    by_choice: prefixes of columns whose missing shares were chosen and are not compared. Such a column is skipped if
        fewer than half of the clients have it, because a small sample is far from its population by chance.
    """
    chosen = tuple(f"{prefix}_" for prefix in by_choice)
    scarce = {name for name in clients if str(name).startswith(chosen) and clients[name].notna().mean() < 0.5}
    comparisons: list[MarginalComparison] = []
    for name, shares in population.categories.items():
        if name in scarce:
            continue
        texts = _texts(clients, name)
        observed = texts.dropna().value_counts(normalize=True)
        gaps = [abs(float(observed.get(value, 0.0)) - share) for value, share in shares[ALL].shares.items()]
        comparisons.append(MarginalComparison(name, "share", max(gaps)))
        if not name.startswith(chosen):
            gap = abs(float(texts.isna().mean()) - shares[ALL].missing)
            comparisons.append(MarginalComparison(name, "missing", gap))
    for name, quantiles in population.numbers.items():
        if name in population.categories or name == GOODS_SHARE or name in scarce:
            continue
        numbers = _numbers(clients, name)
        present = numbers[~np.isnan(numbers)]
        comparisons.append(
            MarginalComparison(name, "KS", _distance(present, population.grid, quantiles[ALL].quantiles))
        )
        if not name.startswith(chosen):
            gap = abs(float(np.isnan(numbers).mean()) - quantiles[ALL].missing)
            comparisons.append(MarginalComparison(name, "missing", gap))
    return sorted(comparisons, key=lambda each: (-each.distance, each.column))


def _distance(numbers: Floats, grid: Sequence[float], quantiles: Sequence[float]) -> float:
    """The Kolmogorov–Smirnov distance at the population's quantiles.

    At a value that many clients share, several quantiles are equal; any share between their levels is distance 0.
    """
    ordered, at = np.sort(numbers), np.array(quantiles)
    levels = np.array(grid)
    below = np.searchsorted(ordered, at, side="left") / len(ordered)
    up_to = np.searchsorted(ordered, at, side="right") / len(ordered)
    first = levels[np.searchsorted(at, at, side="left")]
    last = levels[np.searchsorted(at, at, side="right") - 1]
    return float(np.maximum(np.maximum(below - first, last - up_to), 0.0).max())


def _numbers(clients: pd.DataFrame, name: str) -> Floats:
    if name in RATIOS:
        return divide(*(_numbers(clients, part) for part in RATIOS[name]))
    numbers = clients[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(numbers == STANDS_FOR_MISSING.get(name), np.nan, numbers)


def _texts(clients: pd.DataFrame, name: str) -> pd.Series:
    """A column as the keys of CategoryShares: whole numbers become text without decimals."""
    cells = clients[name]
    return cells.map(lambda cell: str(int(cell)), na_action="ignore") if is_numeric_dtype(cells) else cells
