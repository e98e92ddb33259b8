"""An Excel workbook (.xlsx) → pieces of a table, read by calamine some rows at a time (`core.readers.xlsx_archive`)."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator, Sequence
from itertools import islice

from core.alignment.client_id import ID
from core.errors import Problem, TooLarge, UnreadableInput
from core.readers.csv_reader import check_names
from core.readers.worker_messages import ROWS_A_PART, HowRead, TablePart
from core.readers.xlsx_archive import Workbook, open_workbook

EXACT_DIGITS = 10**15
"""Excel keeps 15 digits of a number; of a longer id it has lost the rest before anybody reads it."""


def read_excel(content: bytes, max_rows: int, *, max_bytes: int, packed: bool) -> Iterator[HowRead | TablePart]:
    """How it was read (the first sheet with a column of ids), then its rows, a few thousand at a time.

    max_bytes: what all parts together may unpack to. Raises UnsupportedType for another kind of zip,
    UnreadableInput where it is damaged or has no ids, TooLarge over a limit.
    """
    book = open_workbook(content, max_rows, max_bytes)
    for sheet in book.sheets:
        rows = _rows(book, sheet)
        names = [str(name).strip() for name in next(rows, [])]
        if ID in names:
            break
    else:
        raise UnreadableInput([Problem("id_column_missing", column=ID)])
    check_names(names)
    yield HowRead(kind="excel", packed=packed, sheet=sheet)
    before = 0
    while piece := list(islice(rows, ROWS_A_PART)):
        if before + len(piece) > max_rows:
            raise TooLarge([Problem("file_too_long", facts={"limit": max_rows})])
        yield _part_of(names, piece)
        before += len(piece)
    if not before:
        raise UnreadableInput([Problem("file_without_clients")])


def _rows(book: Workbook, sheet: str) -> Iterator[list[object]]:
    """The rows that hold anything, from the first column on; Excel's empty rows are none."""
    from python_calamine import CalamineError, CalamineWorkbook

    for piece in book.pieces(sheet):
        try:
            table = CalamineWorkbook.from_filelike(io.BytesIO(piece)).get_sheet_by_index(0)
            left: list[object] = [""] * (table.start[1] if table.start else 0)
            rows: Sequence[Sequence[object]] = table.to_python()
        except (CalamineError, ValueError, OSError):
            raise UnreadableInput([Problem("file_broken")]) from None
        del table
        for row in rows:
            if any(cell != "" for cell in row):
                yield [*left, *row]


def _part_of(names: Sequence[str], rows: Sequence[list[object]]) -> TablePart:
    width = len(names)
    even = (row[:width] if len(row) >= width else row + [""] * (width - len(row)) for row in rows)
    cells = [[_cell(cell) for cell in column] for column in zip(*even, strict=True)]
    problems = [
        Problem("id_not_exact", place, ID)
        for place, cell in enumerate(cells[names.index(ID)], start=1)
        if isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) >= EXACT_DIGITS
    ]
    return TablePart(list(names), cells, problems)


def _cell(cell: object) -> object:
    """A cell as text, number or truth; dates and times as text, which no number is taken for."""
    if isinstance(cell, datetime.date | datetime.time | datetime.timedelta):
        return str(cell)
    return cell
