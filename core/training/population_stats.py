"""Statistics of the training data, for comparisons with a client and for generating synthetic clients.

Aggregates only: a value, share or score bin of fewer than 50 people is left out, and a quantile has at least 50 people
on either side of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.alignment.parsers import BINARY, divide
from core.model.bundle import SMALLEST_GROUP
from core.model.schema import ALL, CategoryShares, Column, Correlations, NumberShares, Population
from core.records import Flags, Floats
from core.synthetic.constraints import COUPLES, GOODS_SHARE, NO_JOB
from core.synthetic.correlations import Observed, rank_correlations, ranked
from core.training.applications import Applications
from core.training.columns import has_few_values
from core.training.score_bins import score_bins

GRID = (0.001, 0.0025, 0.005, *(round(step / 100, 2) for step in range(1, 100)), 0.995, 0.9975, 0.999)
DIGITS = 6
DECIMALS = 3
T = TypeVar("T")


def describe_population(
    applications: Applications,
    columns: Sequence[Column],
    values: Floats,
    probability: Floats,
    *,
    threshold: float,
) -> tuple[Population, Correlations]:
    """The population of a bundle, and the correlations for generating synthetic clients.

    Parameters
    ----------
    applications: the training clients.
    columns, values: their encoded values, of shape (n_clients, n_columns), including the excluded columns.
    probability: P(default), of shape (n_clients,), each by a model that had not seen the client.
    threshold: on P(default); a client above it belongs to the group "unfavourable".
    """
    observed = _observe(applications.table, columns, values)
    groups = {
        ALL: np.ones(len(probability), dtype=bool),
        "favourable": probability <= threshold,
        "unfavourable": probability > threshold,
    }
    order = {
        name: _by_default_rate(texts, applications.defaults, NO_JOB.get(name)) for name, texts in observed.texts.items()
    }
    names, ranks = ranked(observed, order)
    population = Population(
        n=len(probability),
        grid=GRID,
        numbers=_by_column({group: _number_shares(observed, chosen) for group, chosen in groups.items()}),
        categories=_by_column({group: _category_shares(observed, chosen) for group, chosen in groups.items()}),
        score_bins=score_bins(applications, probability),
    )
    matrix = rank_correlations(ranks)
    lines = (tuple(round(float(each), DECIMALS) for each in line[: place + 1]) for place, line in enumerate(matrix))
    return population, Correlations(order=order, correlated=names, correlations=tuple(lines))


def _observe(table: pd.DataFrame, columns: Sequence[Column], values: Floats) -> Observed:
    numbers: dict[str, Floats] = {}
    texts: dict[str, NDArray[np.object_]] = {}
    for position, column in enumerate(columns):
        if column.kind == "one_hot" or column.source in BINARY:
            if column.source not in texts:
                raw = table[column.source]
                texts[column.source] = raw.astype(object).where(raw.notna(), None).to_numpy()
        else:
            numbers[column.name] = values[:, position]
    if "AMT_GOODS_PRICE" in numbers and "AMT_CREDIT" in numbers:
        numbers[GOODS_SHARE] = divide(numbers["AMT_GOODS_PRICE"], numbers["AMT_CREDIT"])
    return Observed(numbers, texts)


def _by_default_rate(texts: NDArray[np.object_], defaults: Flags, unranked: str | None) -> tuple[str, ...]:
    rates = {
        str(value): float(defaults[texts == value].mean())
        for value in sorted({text for text in texts if text is not None})
        if value != unranked and (texts == value).sum() >= SMALLEST_GROUP
    }
    return tuple(sorted(rates, key=lambda value: (value in COUPLES, rates[value], value)))


def _number_shares(observed: Observed, chosen: Flags) -> dict[str, NumberShares]:
    shares = {}
    for name, numbers in observed.numbers.items():
        present = numbers[chosen & ~np.isnan(numbers)]
        if len(present) < SMALLEST_GROUP:
            continue
        edge = min(0.5, SMALLEST_GROUP / (len(present) - 1))
        quantiles = np.quantile(present, np.clip(GRID, edge, 1 - edge))
        shares[name] = NumberShares(
            missing=_share_missing(int(chosen.sum()), len(present)),
            quantiles=tuple(_shortened(float(each)) for each in quantiles),
        )
    return shares


def _category_shares(observed: Observed, chosen: Flags) -> dict[str, CategoryShares]:
    columns: dict[str, NDArray[np.object_]] = dict(observed.texts)
    for name, numbers in observed.numbers.items():
        if has_few_values(numbers):
            columns[name] = np.array([None if np.isnan(each) else str(int(each)) for each in numbers], dtype=object)
    shares = {}
    for name, texts in columns.items():
        counts = pd.Series(texts[chosen]).value_counts()
        frequent = counts[counts >= SMALLEST_GROUP]
        if len(frequent):
            total = int(frequent.sum())
            shares[name] = CategoryShares(
                missing=_share_missing(int(chosen.sum()), int(counts.sum())),
                shares={str(value): round(int(frequent[value]) / total, DIGITS) for value in sorted(frequent.index)},
            )
    return shares


def _by_column(shares: Mapping[str, Mapping[str, T]]) -> dict[str, dict[str, T]]:
    """Regroup shares by group and column into shares by column and group; groups without the column are absent."""
    return {
        name: {group: columns[name] for group, columns in shares.items() if name in columns} for name in shares[ALL]
    }


def _share_missing(n: int, present: int) -> float:
    return round((n - present) / n, DIGITS) if n - present >= SMALLEST_GROUP else 0.0


def _shortened(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")
