"""Spearman's rank correlations between the raw columns of clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.model.bundle import SMALLEST_GROUP
from core.records import Floats
from core.synthetic.constraints import FOLLOWS, MISSING, ONLY_FOR, REVOLVING, REVOLVING_TERMS, missing_with


@dataclass(frozen=True, slots=True)
class Observed:
    """Clients by raw column, arrays of shape (n_clients,): numbers (NaN if missing) and texts (None if missing)."""

    numbers: Mapping[str, Floats]
    texts: Mapping[str, NDArray[np.object_]]


def ranked(observed: Observed, order: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], Floats]:
    """The columns to correlate: their names, and numeric values of shape (n_clients, n_names).

    Numbers stay as they are, a category becomes its position in `order`, and a 0/1 column "missing:<column>" is added
    for each independent pattern of missing values. Columns that follow from others (FOLLOWS) are left out.
    """
    columns: dict[str, Floats] = {}
    for name, numbers in observed.numbers.items():
        if name not in FOLLOWS:
            columns[name] = numbers
    for name, texts in observed.texts.items():
        places = {value: float(place) for place, value in enumerate(order[name])}
        columns[name] = np.array([places.get(text, np.nan) for text in texts])
    if "NAME_CONTRACT_TYPE" in observed.texts:
        revolving = observed.texts["NAME_CONTRACT_TYPE"] == REVOLVING
        columns |= {name: np.where(revolving, np.nan, columns[name]) for name in REVOLVING_TERMS if name in columns}
    columns |= {
        f"{MISSING}{name}": absent
        for name, absent in _missing(observed).items()
        if min(absent.sum(), (1 - absent).sum()) >= SMALLEST_GROUP
    }
    varied = {name: numbers for name, numbers in columns.items() if np.nanmin(numbers) < np.nanmax(numbers)}
    return tuple(varied), np.column_stack(list(varied.values()))


def rank_correlations(values: Floats) -> Floats:
    """Spearman's correlations, of shape (n, n), between columns of shape (n_rows, n) with NaN where missing.

    Ranks are taken among the present values (ties get their mean rank) and correlated over the rows where both columns
    are present; the correlation is 0 if those are fewer than 50 or do not vary.
    """
    present = ~np.isnan(values)
    ranks = pd.DataFrame(values).rank().to_numpy()
    scaled = np.where(present, ranks / np.maximum(present.sum(axis=0), 1) - 0.5, 0.0)
    weights = present.astype(np.float64)
    n = weights.T @ weights
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (scaled.T @ weights) / n
        variance = (scaled**2).T @ weights / n - mean**2
        covariance = scaled.T @ scaled / n - mean * mean.T
        correlations = covariance / np.sqrt(variance * variance.T)
    usable = (n >= SMALLEST_GROUP) & (variance > 1e-9) & (variance.T > 1e-9)
    correlations = np.clip(np.where(usable, correlations, 0.0), -1.0, 1.0)
    np.fill_diagonal(correlations, 1.0)
    return correlations


def _missing(observed: Observed) -> dict[str, Floats]:
    """1 where a column is missing, for the columns whose missing values do not follow from another column."""
    absent = {name: np.isnan(numbers) for name, numbers in observed.numbers.items() if name not in FOLLOWS}
    absent |= {name: np.array([text is None for text in texts]) for name, texts in observed.texts.items()}
    own = (name for name in absent if missing_with(name, observed.numbers) == name and name not in ONLY_FOR)
    return {name: absent[name].astype(np.float64) for name in own}
