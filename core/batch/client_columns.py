"""The clients' own columns beside their results, so that a downloaded result can be opened again and scored alike."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from core.alignment.number_text import DecimalSign, Unreadable, read_number
from core.alignment.table import Table, plain_cell
from core.batch.results import Places
from core.batch.sources import Source

EXACT = 2**53
CODE = re.compile(r"0[0-9]+|[0-9]{16,}")
"""Digits that are no quantity: a number would lose its zeros in front, or its last digits."""


def with_client_columns(results: pa.Table, source: Source, rows: Places) -> pa.Table:
    """The results with the columns of their clients behind them.

    rows: the position of each result's row in the source, the first is 1, in ascending order. A column of the source
    with the name of one of the results' is left out: an older result of the same clients is replaced by this one.
    Columns that hold nothing but numbers, as numbers or as text with the source's decimal sign, become numbers; not
    text of digits that a number would not keep, such as a code that begins with 0.
    """
    parts: list[tuple[int, dict[str, Any]]] = []
    decimal: DecimalSign | None = None
    for before, piece in source.pieces():
        here = rows[(rows > before) & (rows <= before + len(piece))] - before - 1
        parts.append((len(here), _taken(piece, here)))
        if isinstance(piece, Table):
            decimal = piece.decimal
    names = dict.fromkeys(name for _, columns in parts for name in columns)
    for name in names:
        if name not in results.column_names:
            cells = [cell for size, columns in parts for cell in columns.get(name) or [None] * size]
            results = results.append_column(name, _typed(cells, decimal))
    return results


def _taken(piece: Table | Sequence[object], here: Places) -> dict[str, list[object]]:
    """Some rows of a piece as columns of plain cells."""
    if isinstance(piece, Table):
        return {
            name: cells.take(pa.array(here)).to_pylist()
            if isinstance(cells, pa.Array)
            else [plain_cell(cells[place]) for place in here.tolist()]
            for name, cells in zip(piece.names, piece.cells, strict=True)
        }
    chosen = [row if isinstance(row, dict) else {} for row in (piece[place] for place in here.tolist())]
    names = dict.fromkeys(str(name) for row in chosen for name in row)
    return {name: [row.get(name) for row in chosen] for name in names}


def _typed(cells: Sequence[object], decimal: DecimalSign | None) -> pa.Array:
    """Cells as whole numbers, numbers, truths or, where they are none of these, as text."""
    there = [cell for cell in cells if cell is not None]
    is_code = any(isinstance(cell, str) and CODE.fullmatch(cell.strip()) for cell in there)
    if there and all(isinstance(cell, bool) for cell in there):
        return pa.array(cells, pa.bool_())
    try:
        if is_code:
            raise Unreadable("text_in_number")
        read = {(type(cell), cell): read_number(cell, decimal) for cell in there}
    except (Unreadable, TypeError):
        return pa.array([None if cell is None else _text(cell) for cell in cells], pa.string())
    numbers = np.array([math.nan if cell is None else read[type(cell), cell] for cell in cells], dtype=np.float64)
    known = numbers[~np.isnan(numbers)]
    if len(known) and (known == np.rint(known)).all() and (np.abs(known) < EXACT).all():
        whole = np.where(np.isnan(numbers), 0, numbers).astype(np.int64)
        return pa.array(whole, mask=np.isnan(numbers))
    return pa.array(numbers, mask=np.isnan(numbers))


def _text(cell: object) -> str:
    return repr(cell) if isinstance(cell, float) else str(cell)
