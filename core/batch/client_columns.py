"""Adds the clients' own columns to their results, so that a downloaded result can be uploaded and scored again."""

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
"""Digits that are a code and not a quantity: a number would lose leading zeros or the last digits."""


def with_client_columns(results: pa.Table, source: Source, rows: Places) -> pa.Table:
    """Append the source's columns to the results.

    A source column with the name of a result column is left out: a new result replaces an older one. A column that
    holds only numbers, or text that is a number with the source's decimal sign, becomes a column of numbers; text such
    as a code that begins with 0 stays text, because a number would lose digits.

    rows: position of each result's row in the source, from 1, ascending.
    """
    parts: list[tuple[int, dict[str, Any]]] = []
    decimal: DecimalSign | None = None
    for before, piece in source.pieces():
        here = rows[(rows > before) & (rows <= before + len(piece))] - before - 1
        parts.append((len(here), _rows_as_columns(piece, here)))
        if isinstance(piece, Table):
            decimal = piece.decimal
    names = dict.fromkeys(name for _, columns in parts for name in columns)
    for name in names:
        if name not in results.column_names:
            cells = [cell for size, columns in parts for cell in columns.get(name) or [None] * size]
            results = results.append_column(name, _typed_array(cells, decimal))
    return results


def _rows_as_columns(piece: Table | Sequence[object], here: Places) -> dict[str, list[object]]:
    """Columns of plain cells for some rows of a piece."""
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


def _typed_array(cells: Sequence[object], decimal: DecimalSign | None) -> pa.Array:
    """An array of booleans, whole numbers or floats; of text if the cells are none of these."""
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
