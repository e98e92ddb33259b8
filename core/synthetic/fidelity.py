"""How far synthetic clients are from the population they were drawn from: scores, and each column a page draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from core.alignment.parsers import RATIOS, STANDS_FOR_MISSING, divide
from core.model.schema import Population, ScoreBin
from core.records import Floats
from core.synthetic.constraints import GOODS_SHARE

ALL = "all"
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class ScoreComparison:
    """Solvency (1 − P(default)) of synthetic clients beside the population's out-of-fold one.

    distance: Kolmogorov–Smirnov. means, refused, and each line of quantiles: (synthetic, population).
    """

    distance: float
    means: tuple[float, float]
    refused: tuple[float, float]
    quantiles: dict[float, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class MarginalComparison:
    """One column: what kind of distance it is ("KS", "share" of a value, "missing" share), and how large."""

    column: str
    kind: str
    distance: float


class Expected(NamedTuple):
    """P(default) of shape (n,), ascending, the share of clients below each, and the mean of all."""

    edges: Floats
    reached: Floats
    mean: float


def mixture(parts: Sequence[tuple[tuple[ScoreBin, ...], int]]) -> Expected:
    """The score bins of several groups, each as often as there are clients like it."""
    cumulated_parts = [(*cumulated(bins), n) for bins, n in parts]
    edges = np.unique(np.concatenate([edges for edges, _, _ in cumulated_parts]))
    whole = sum(n for _, n in parts)
    reached = sum(n / whole * np.interp(edges, own, up_to) for own, up_to, n in cumulated_parts)
    mean = sum(
        n / whole * float(np.average((own[1:] + own[:-1]) / 2, weights=np.diff(up))) for own, up, n in cumulated_parts
    )
    return Expected(edges, np.asarray(reached), mean)


def compare_scores(probability: Floats, expected: Expected, *, threshold: float) -> ScoreComparison:
    """Synthetic clients' P(default), of shape (n_clients,), against the population's."""
    edges, reached = expected.edges, expected.reached
    ordered = np.sort(probability)
    share = np.searchsorted(ordered, edges, side="right") / len(ordered)
    inner = slice(1, -1)
    risk = np.interp([1 - level for level in LEVELS], reached, edges)
    return ScoreComparison(
        distance=float(np.abs(share - reached)[inner].max()),
        means=(1 - float(probability.mean()), 1 - expected.mean),
        refused=(
            float((probability > threshold).mean()),
            float(1 - np.interp(threshold, edges, reached)),
        ),
        quantiles={
            level: (float(1 - np.quantile(probability, 1 - level)), float(1 - wanted))
            for level, wanted in zip(LEVELS, risk, strict=True)
        },
    )


def cumulated(bins: tuple[ScoreBin, ...]) -> tuple[Floats, Floats]:
    """Edges of the score bins, P(default) of shape (n_bins + 1,), and the share of clients below each."""
    counts = np.cumsum([0, *(each.n for each in bins)])
    return np.array([bins[0].low, *(each.high for each in bins)]), counts / counts[-1]


def compare_marginals(
    clients: pd.DataFrame, population: Population, *, by_choice: Sequence[str] = ()
) -> list[MarginalComparison]:
    """Raw synthetic clients against the population: every category, number and ratio, the farthest first.

    Numbers of many values by Kolmogorov–Smirnov, the others by the share that differs most; missing shares apart.
    by_choice: prefixes of columns whose missing shares are chosen: only their values are compared, and of the columns
    that half of the clients have, for a few dozen are as far from their own population by chance.
    """
    chosen = tuple(f"{prefix}_" for prefix in by_choice)
    scarce = {name for name in clients if str(name).startswith(chosen) and clients[name].notna().mean() < 0.5}
    found: list[MarginalComparison] = []
    for name, shares in population.categories.items():
        if name in scarce:
            continue
        texts = _texts(clients, name)
        told = texts.dropna()
        here = told.value_counts(normalize=True)
        gaps = [abs(float(here.get(value, 0.0)) - share) for value, share in shares[ALL].shares.items()]
        found.append(MarginalComparison(name, "share", max(gaps)))
        if not name.startswith(chosen):
            found.append(MarginalComparison(name, "missing", abs(float(texts.isna().mean()) - shares[ALL].missing)))
    for name, quantiles in population.numbers.items():
        if name in population.categories or name == GOODS_SHARE or name in scarce:
            continue
        numbers = _numbers(clients, name)
        there = numbers[~np.isnan(numbers)]
        found.append(MarginalComparison(name, "KS", _distance(there, population.grid, quantiles[ALL].quantiles)))
        if not name.startswith(chosen):
            found.append(
                MarginalComparison(name, "missing", abs(float(np.isnan(numbers).mean()) - quantiles[ALL].missing))
            )
    return sorted(found, key=lambda each: (-each.distance, each.column))


def _distance(numbers: Floats, grid: Sequence[float], quantiles: Sequence[float]) -> float:
    """Largest gap at the population's quantiles between the share of numbers up to there, and the level.

    At a value that many clients share, the population's level is anywhere between its first and its last.
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
    """A column as the keys of CategoryShares: whole numbers are written without decimals."""
    cells = clients[name]
    return cells.map(lambda cell: str(int(cell)), na_action="ignore") if is_numeric_dtype(cells) else cells
