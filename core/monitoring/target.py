"""TARGET in a file of clients: 1 for payment difficulties on the loan's first instalments, 0 for none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from core.alignment.number_text import Unreadable, read_number
from core.alignment.parsers import is_missing_cell
from core.alignment.table import Table, to_list
from core.batch.sources import Rows
from core.records import Floats

TARGET = "TARGET"
NEITHER = -1.0


def read_targets(rows: Rows, positions: Sequence[int]) -> Floats | None:
    """The TARGET of the rows at these positions, the first is 0; None if no row has the column.

    Returns
    -------
    0 or 1, NaN where it is missing, −1 for anything else; of shape (n_positions,).
    """
    if isinstance(rows, Table):
        cells = rows.column(TARGET)
        if cells is None:
            return None
        chosen = cells.take(pa.array(positions, pa.int64())) if isinstance(cells, pa.Array) else None
        listed = to_list(chosen) if chosen is not None else [cells[place] for place in positions]
    else:
        sent = [rows[place] for place in positions]
        if not any(isinstance(row, dict) and TARGET in row for row in sent):
            return None
        listed = [row.get(TARGET) if isinstance(row, dict) else None for row in sent]
    return np.array([_outcome(cell) for cell in listed], dtype=np.float64)


def _outcome(cell: object) -> float:
    if is_missing_cell(cell):
        return np.nan
    try:
        number = float(cell) if isinstance(cell, bool) else read_number(cell)
    except Unreadable:
        return NEITHER
    return number if number in (0.0, 1.0) else np.nan if np.isnan(number) else NEITHER
