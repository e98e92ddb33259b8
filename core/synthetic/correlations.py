"""Clients by the columns people know, and how these rise and fall together."""

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
    """The training data by the columns people know: numbers (NaN missing) and texts (None missing)."""

    numbers: Mapping[str, Floats]
    texts: Mapping[str, NDArray[np.object_]]


def ranked(observed: Observed, order: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], Floats]:
    """Names, and values of shape (n_clients, n_names) that sort as the correlations want.

    Numbers as they are, categories by their place in `order`, and for what is missing in its own way a 0/1
    column named "missing:<column>". Columns that are derived from these, or move with them, have none.
    """
    found: dict[str, Floats] = {}
    for name, numbers in observed.numbers.items():
        if name not in FOLLOWS:
            found[name] = numbers
    for name, texts in observed.texts.items():
        places = {value: float(place) for place, value in enumerate(order[name])}
        found[name] = np.array([places.get(text, np.nan) for text in texts])
    if "NAME_CONTRACT_TYPE" in observed.texts:
        revolving = observed.texts["NAME_CONTRACT_TYPE"] == REVOLVING
        found |= {name: np.where(revolving, np.nan, found[name]) for name in REVOLVING_TERMS if name in found}
    found |= {
        f"{MISSING}{name}": absent
        for name, absent in _missing(observed).items()
        if min(absent.sum(), (1 - absent).sum()) >= SMALLEST_GROUP
    }
    varied = {name: numbers for name, numbers in found.items() if np.nanmin(numbers) < np.nanmax(numbers)}
    return tuple(varied), np.column_stack(list(varied.values()))


def rank_correlations(values: Floats) -> Floats:
    """Spearman's correlations, of shape (n, n), between columns of shape (n_rows, n) with NaN where missing.

    Ranks (ties share their mean) among those present, correlated over the rows where both are; 0 where those
    are fewer than 50 or do not vary.
    """
    present = ~np.isnan(values)
    ranks = pd.DataFrame(values).rank().to_numpy()
    scaled = np.where(present, ranks / np.maximum(present.sum(axis=0), 1) - 0.5, 0.0)
    there = present.astype(np.float64)
    n = there.T @ there
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (scaled.T @ there) / n
        spread = (scaled**2).T @ there / n - mean**2
        together = scaled.T @ scaled / n - mean * mean.T
        found = together / np.sqrt(spread * spread.T)
    usable = (n >= SMALLEST_GROUP) & (spread > 1e-9) & (spread.T > 1e-9)
    found = np.clip(np.where(usable, found, 0.0), -1.0, 1.0)
    np.fill_diagonal(found, 1.0)
    return found


def _missing(observed: Observed) -> dict[str, Floats]:
    """1 where a column is missing, for the columns that are missing in their own way."""
    absent = {name: np.isnan(numbers) for name, numbers in observed.numbers.items() if name not in FOLLOWS}
    absent |= {name: np.array([text is None for text in texts]) for name, texts in observed.texts.items()}
    own = (name for name in absent if missing_with(name, observed.numbers) == name and name not in ONLY_FOR)
    return {name: absent[name].astype(np.float64) for name in own}
