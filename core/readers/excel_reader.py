"""An Excel workbook (.xlsx) → parts of a table, read by calamine some rows at a time (`core.readers.xlsx_archive`)."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from core.alignment.client_id import ID
from core.alignment.names import match_names
from core.errors import InputRefused, Problem, TooLarge, UnreadableInput
from core.readers.csv_reader import MAX_TITLE_ROWS, check_names
from core.readers.excel_cells import NOT_AVAILABLE, BadCell, MergedCells, bad_cells
from core.readers.worker_messages import ROWS_A_PART, HowRead, TablePart, starts_of
from core.readers.xlsx_archive import Workbook, open_workbook

EXACT_DIGITS = 10**15
"""Excel keeps 15 digits of a number; of a longer id it has lost the rest before anybody reads it."""


class SheetRow(NamedTuple):
    """One row of a sheet that holds anything: its number in the sheet, its cells, and those without a value."""

    number: int
    cells: list[object]
    bad: Sequence[BadCell]


class SheetTable(NamedTuple):
    """The table in a sheet: the columns, the rows below, how many rows stood above, and a renamed column of ids."""

    names: list[str]
    rows: Iterator[SheetRow]
    title_rows: int
    renamed: dict[str, str]


def read_excel(
    content: bytes, max_rows: int, *, max_bytes: int, packed: bool, sheet: str = ""
) -> Iterator[HowRead | TablePart]:
    """How it was read, then its rows, a few thousand at a time.

    Parameters
    ----------
    content : bytes
        The workbook.
    max_rows, max_bytes : int
        Rows that a sheet may hold, and bytes that all parts together may unpack to.
    packed : bool
        Whether gzip was around it.
    sheet : str
        The sheet to read; where it is empty, the one visible sheet with a column of ids, or a hidden one if no visible
        sheet has one.

    Raises
    ------
    UnsupportedType
        It is another kind of zip.
    UnreadableInput
        It is damaged, or has no ids.
    TooLarge
        It is over a limit.
    InputRefused
        Several sheets would do, or the wanted one is not there.
    """
    book = open_workbook(content, max_rows, max_bytes)
    name, table = _choose(book, sheet)
    check_names(table.names)
    yield HowRead(kind="excel", packed=packed, sheet=name, title_rows=table.title_rows, renamed=table.renamed)
    before = 0
    while some := list(islice(table.rows, ROWS_A_PART)):
        before += len(some)
        if before > max_rows:
            raise TooLarge([Problem("file_too_long", facts={"limit": max_rows})])
        yield _part_of(table.names, some, name)
    if not before:
        raise UnreadableInput([Problem("file_without_clients")])


def _choose(book: Workbook, wanted: str) -> tuple[str, SheetTable]:
    """The sheet to read, and its table."""
    if wanted:
        if wanted not in book.sheets:
            raise InputRefused([Problem("sheet_not_there", facts={"sheets": ", ".join(book.sheets)})])
        table = _table(book, wanted)
        if table is None:
            raise UnreadableInput([Problem("id_column_missing", column=ID)])
        return wanted, table
    for hidden in (False, True):
        names = [name for name in book.sheets if (name in book.hidden) is hidden]
        tables = {name: table for name in names if (table := _table(book, name)) is not None}
        if len(tables) == 1:
            return next(iter(tables.items()))
        if tables:
            sheets = {f"sheet_{place}": name for place, name in enumerate(tables, start=1)}
            raise InputRefused([Problem("sheet_unclear", facts={"sheets": ", ".join(tables), **sheets})])
    raise UnreadableInput([Problem("id_column_missing", column=ID)])


def _table(book: Workbook, sheet: str) -> SheetTable | None:
    """The table in a sheet, below a title if there is one; None where no row near the top names the ids."""
    rows = _rows(book, sheet)
    for title_rows, row in enumerate(islice(rows, MAX_TITLE_ROWS + 1)):
        names = [str(cell).strip() for cell in row.cells]
        renamed = match_names(names, {ID})
        if ID in names or renamed:
            return SheetTable([renamed.get(name, name) for name in names], rows, title_rows, renamed)
    return None


def _rows(book: Workbook, sheet: str) -> Iterator[SheetRow]:
    """The rows that hold anything, from the first column on; Excel's empty rows are none."""
    from python_calamine import CalamineError, CalamineWorkbook

    last, merged = 0, MergedCells(book.merged(sheet))
    for piece, xml in book.pieces(sheet):
        bad: dict[int, list[BadCell]] = {}
        for cell in bad_cells(xml):
            bad.setdefault(cell.row, []).append(cell)
        try:
            table = CalamineWorkbook.from_filelike(io.BytesIO(piece)).get_sheet_by_index(0)
            top, first = table.start or (0, 0)
            rows: Sequence[Sequence[object]] = table.to_python()
        except (CalamineError, ValueError, OSError):
            raise UnreadableInput([Problem("file_broken")]) from None
        del table
        left: list[object] = [""] * first
        # A sheet whose rows do not say their numbers counts from 1 again in each piece.
        shift = max(last - top, 0)
        last = top + shift + len(rows)
        for number, row in enumerate(rows, start=top + 1):
            if number in bad or any(cell != "" for cell in row):
                cells, without = [*left, *row], bad.pop(number, [])
                without += merged.covered(number + shift, cells, without)
                yield SheetRow(number + shift, cells, without)
        for number in sorted(bad):
            yield SheetRow(number + shift, [], bad[number])


def _part_of(names: Sequence[str], rows: Sequence[SheetRow], sheet: str) -> TablePart:
    width = len(names)
    even = [row.cells[:width] + [""] * (width - len(row.cells)) for row in rows]
    problems = []
    for place, row in enumerate(rows, start=1):
        for cell in row.bad:
            if cell.column >= width:
                continue
            column = names[cell.column]
            if cell.error == NOT_AVAILABLE:
                even[place - 1][cell.column] = NOT_AVAILABLE
            elif cell.merged:
                merged = {"sheet": sheet, "cell": cell.place, "range": cell.merged}
                problems.append(Problem("merged_cell", place, column, merged))
            else:
                facts = {"sheet": sheet, "cell": cell.place, "error": cell.error}
                problems.append(Problem("error_cell" if cell.error else "formula_without_result", place, column, facts))
    cells = [[_cell(cell) for cell in column] for column in zip(*even, strict=True)]
    problems += [
        Problem("id_not_exact", place, ID)
        for place, cell in enumerate(cells[names.index(ID)], start=1)
        if isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) >= EXACT_DIGITS
    ]
    return TablePart(list(names), cells, problems, starts_of([row.number for row in rows]))


def _cell(cell: object) -> object:
    """A cell as text, number or truth; dates and times as text, which no number is taken for."""
    if isinstance(cell, datetime.date | datetime.time | datetime.timedelta):
        return str(cell)
    return cell
