"""Synthetic clients in the vocabulary of the model that ships, drawn from its aggregates; they exist nowhere."""

from __future__ import annotations

import json

import numpy as np

from core.alignment.possible import Pair, pairs_of
from core.dictionary.history_columns import histories
from core.model.schema import Column
from core.scoring.assess import Model
from core.settings import ROOT


def draw_rows(model: Model, n: int, seed: int, *, missing: float = 0.2) -> list[dict[str, object]]:
    """n clients in raw columns, each column on its own, but for what cannot be right together.

    missing: the share left out where that is allowed.
    """
    chance = np.random.default_rng(seed)
    pairs = pairs_of(model.bundle.names)
    rows = [{"SK_ID_CURR": 900001 + index, **_draw(model, chance, missing)} for index in range(n)]
    for row in rows:
        while any(_raised(row, pair) for pair in pairs):
            pass
    return rows


def _draw(model: Model, chance: np.random.Generator, missing: float) -> dict[str, object]:
    row: dict[str, object] = {}
    for source, columns in by_source(model).items():
        column = columns[0]
        if column.kind == "ratio" or (not column.complete and chance.random() < missing):
            continue
        if column.kind == "one_hot":
            row[source] = str(columns[int(chance.integers(len(columns)))].category)
        elif column.kind == "number":
            row[source] = float(chance.choice(model.bundle.population.numbers[source]["all"].quantiles))
        else:
            row[source] = int(chance.integers(2))
    return row


def _raised(row: dict[str, object], pair: Pair) -> bool:
    """Whether the larger of a pair had to be raised to what the smaller allows."""
    smaller, larger = row.get(pair.smaller), row.get(pair.larger)
    if isinstance(smaller, float) and isinstance(larger, float) and smaller + pair.apart > larger:
        row[pair.larger] = smaller + pair.apart
        return True
    return False


def by_source(model: Model) -> dict[str, list[Column]]:
    """The model's columns by the column people know."""
    found: dict[str, list[Column]] = {}
    for column in model.bundle.columns:
        found.setdefault(column.source, []).append(column)
    return found


def filled_column(model: Model) -> str:
    """The first yes-or-no column that is assumed where a client's file does not say it."""
    return next(each.source for each in model.bundle.columns if each.complete and each.kind in ("binary", "flag"))


def encoded_row(model: Model, row: dict[str, object]) -> dict[str, object]:
    """A drawn client as the model's own columns: what an old program sends, NaN where a value is missing."""
    found = model.aligner.align([row])
    assert not found.refused, found.refused
    return {"SK_ID_CURR": row["SK_ID_CURR"], **dict(zip(model.bundle.names, found.values[0].tolist(), strict=True))}


def unused_history(model: Model, n: int) -> list[str]:
    """n columns of the histories that the old API read and this model does not, from first to last."""
    names = json.loads((ROOT / "core" / "features" / "columns.json").read_bytes())
    past = [name for name in names if name.split("_")[0] in histories().tables and name not in model.bundle.names]
    assert len(past) >= n
    return past[:: len(past) // n][:n]
