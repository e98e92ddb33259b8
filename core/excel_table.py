"""An Excel workbook (.xlsx) → pieces of a table, read by calamine.

A workbook is a zip of XML, and a few kilobytes of it can ask for any amount of memory. So its parts are counted
before calamine sees them: what they unpack to, how far the farthest cell lies, and that no part declares entities.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import IO

from core.csv_table import MOST_COLUMNS, check_names
from core.errors import Problem, TooLarge, UnreadableInput, UnsupportedType
from core.identity import ID
from core.pieces import PIECE_ROWS, Fault, HowRead, Table

WORKBOOK = "xl/workbook.xml"
BLOCK = 2**18
OVERLAP = 256
MOST_CELLS = 12_000_000
EXACT_DIGITS = 10**15
"""Excel keeps 15 digits of a number; of a longer id it has lost the rest before anybody reads it."""

REFERENCE = re.compile(rb"""<(?:\w+:)?c\b[^>]{0,200}?\br=["']([A-Z]{1,4})(\d{1,9})["']""")
ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]{0,200}?\br=["'](\d{1,9})["']""")
DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def read_excel(content: bytes, most_rows: int, *, most_bytes: int, packed: bool) -> Iterator[HowRead | Table]:
    """How it was read (the first sheet with a column of ids), then its rows, a few thousand at a time.

    most_bytes: what all parts together may unpack to. Raises UnsupportedType for another kind of zip,
    UnreadableInput where it is damaged or has no ids, TooLarge over a limit.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    _check_parts(content, most_rows, most_bytes)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for place in range(len(book.sheet_names)):
            rows = _rows(book.get_sheet_by_index(place).iter_rows())
            header = next(rows, [])
            names = [str(name).strip() for name in header]
            if ID in names:
                break
        else:
            raise UnreadableInput([Problem("id_column_missing", column=ID)])
        check_names(names)
        yield HowRead(kind="excel", packed=packed, sheet=book.sheet_names[place])
        before = 0
        while piece := _take(rows, PIECE_ROWS):
            if before + len(piece) > most_rows:
                raise TooLarge([Problem("file_too_long", facts={"limit": most_rows})])
            yield _table(names, piece, before)
            before += len(piece)
    except (CalamineError, ValueError, OSError):
        raise UnreadableInput([Problem("file_broken")]) from None
    if not before:
        raise UnreadableInput([Problem("file_without_clients")])


def _rows(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    """The rows that hold anything; Excel's empty rows are none."""
    return (row for row in rows if any(cell != "" for cell in row))


def _take(rows: Iterator[Sequence[object]], most: int) -> list[Sequence[object]]:
    return list(islice(rows, most))


def _table(names: Sequence[str], rows: Sequence[Sequence[object]], before: int) -> Table:
    width = len(names)
    cells = [[_cell(cell) for cell in column] for column in zip(*(row[:width] for row in rows), strict=True)]
    faults = [
        Fault("id_not_exact", before + place, ID)
        for place, cell in enumerate(cells[names.index(ID)], start=1)
        if isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) >= EXACT_DIGITS
    ]
    return Table(list(names), cells, faults)


def _cell(cell: object) -> object:
    """A cell as text, number or truth; dates and times as text, which no number is taken for."""
    if isinstance(cell, datetime.date | datetime.time | datetime.timedelta):
        return str(cell)
    return cell


def _check_parts(content: bytes, most_rows: int, most_bytes: int) -> None:
    """Unpacks every part once, in blocks. Raises UnsupportedType, UnreadableInput, TooLarge."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = [each for each in parts.infolist() if not each.is_dir()]
            if WORKBOOK not in parts.namelist():
                raise UnsupportedType([Problem("file_of_another_kind")])
            left = most_bytes
            for part in names:
                with parts.open(part) as opened:
                    sheet = part.filename.startswith("xl/worksheets/")
                    left -= _check_part(opened, most_rows, left, most_bytes, sheet=sheet)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError, OSError):
        raise UnreadableInput([Problem("file_broken")]) from None


def _check_part(opened: IO[bytes], most_rows: int, left: int, most: int, *, sheet: bool) -> int:
    """Bytes of one part. Raises TooLarge where it is too much or a cell lies too far out."""
    size, farthest_row, farthest_column, end = 0, 0, 0, b""
    while block := opened.read(BLOCK):
        size += len(block)
        if size > left:
            raise TooLarge([Problem("file_unpacks_too_large", facts={"limit": most // 2**20})])
        window = end + block
        if DECLARES.search(window):
            raise UnreadableInput([Problem("file_broken")])
        if sheet:
            for letters, digits in REFERENCE.findall(window):
                farthest_column = max(farthest_column, _column(letters))
                farthest_row = max(farthest_row, int(digits))
            farthest_row = max([farthest_row, *map(int, ROW.findall(window))])
            too_far = farthest_row > most_rows + 1 or farthest_column > MOST_COLUMNS
            if too_far or farthest_row * farthest_column > MOST_CELLS:
                raise TooLarge([Problem("cell_far_out", facts={"limit": most_rows, "columns": MOST_COLUMNS})])
        end = window[-OVERLAP:]
    return size


def _column(letters: bytes) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
