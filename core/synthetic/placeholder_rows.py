"""Made-up clients for the golden rows of a model without a population, generated from the columns' names alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.model.schema import Column

ROWS = 10
SEED = 7
FIRST_ID = 900_001

Cell = str | float | int | None


def make_placeholder_rows(columns: Sequence[Column]) -> list[dict[str, Cell]]:
    """ROWS made-up clients with reproducible values: the first all missing, the second all 0, the others mixed.

    At most one column of a one-hot group is 1; about a third of the cells are missing or absent.
    """
    chance = np.random.default_rng(SEED)
    drawn: list[dict[str, Cell]] = [{column.name: None for column in columns}, {column.name: 0 for column in columns}]
    while len(drawn) < ROWS:
        row: dict[str, Cell] = {}
        taken: set[str] = set()
        for column in columns:
            what, size = chance.random(), chance.random()
            if what < 0.1 and row:
                continue
            row[column.name] = None if what < 0.35 else 0 if what < 0.45 else _cell(column, size, taken)
        drawn.append(row)
    return [{"SK_ID_CURR": FIRST_ID + position, **row} for position, row in enumerate(drawn)]


def _cell(column: Column, size: float, taken: set[str]) -> Cell:
    """A plausible value for the column at a level between 0 and 1; adds a one-hot group that has its 1 to `taken`."""
    if column.kind == "one_hot":
        if size < 0.6 or column.source in taken:
            return 0
        taken.add(column.source)
        return 1
    if column.kind != "number":
        return int(size < 0.5)
    name = column.name
    if "DAYS_" in name or "MONTHS_" in name:
        return -int(size * (90 if "MONTHS_" in name else 20_000))
    if "AMT_" in name or "PAYMENT_DIFF" in name:
        return round(float(np.exp(7 + 8 * size)), 2)
    if "CNT_" in name or "COUNT" in name or "SIZE" in name:
        return int(size * 20)
    return round(size, 6)
