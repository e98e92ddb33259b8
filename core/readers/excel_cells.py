"""Cells of a sheet that hold no value to read: errors, formulas whose result was not stored, and merged cells.

calamine reads all of them as nothing, and nothing would be a missing value. So they are looked for in the sheet's XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from core.readers.csv_reader import MAX_COLUMNS

NOT_AVAILABLE = "#N/A"
"""The error that people write for a missing value."""
_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*[^<>/])?>(.*?)</(?:\w+:)?c>", re.DOTALL)
_CELL_END = re.compile(rb"</(?:\w+:)?c>")
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_TYPE = re.compile(rb"""\bt=["'](\w+)["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?\bref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
_LONGEST_TAG = 1000
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>([^<]+)<")


class BadCell(NamedTuple):
    """A cell without a value: its row (the first is 1) and column (the first is 0) in the sheet, and the error in it.

    place: as the spreadsheet calls it, `D2`. error: `#DIV/0!` or the like; empty for a formula without a result.
    merged: the merged cells to which it belongs, `D1:D4`, of which only the first holds their value; empty elsewhere.
    """

    row: int
    column: int
    place: str
    error: str
    merged: str = ""


class MergedRange(NamedTuple):
    """Cells merged into one: their first and last row (from 1) and column (from 0), and how a spreadsheet says it."""

    top: int
    left: int
    bottom: int
    right: int
    place: str


class MergedCells:
    """The merged cells of a sheet, to be asked for the rows of the sheet in order."""

    def __init__(self, ranges: Iterable[MergedRange]) -> None:
        self._coming = sorted(ranges, reverse=True)
        self._open: list[MergedRange] = []

    def covered(self, row: int, cells: Sequence[object], bad: Iterable[BadCell]) -> list[BadCell]:
        """The cells of this row that are merged with one that holds their value.

        row: its number in the sheet. cells, bad: its cells, and those without a value.
        """
        self._open = [each for each in self._open if each.bottom >= row]
        while self._coming and self._coming[-1].top <= row:
            coming = self._coming.pop()
            holds = coming.left < len(cells) and cells[coming.left] != ""
            if coming.top == row and (holds or any(each.column == coming.left for each in bad)):
                self._open.append(coming)
        return [
            BadCell(row, column, f"{_letters(column)}{row}", "", each.place)
            for each in self._open
            for column in range(each.left + (each.top == row), min(each.right, MAX_COLUMNS) + 1)
        ]


def merged_ranges(blocks: Iterable[bytes]) -> Iterator[MergedRange]:
    """The merged cells in the XML of a sheet, which comes block by block."""
    rest = b""
    for block in chain(blocks, [b"<"]):
        window = rest + block
        cut = window.rfind(b"<")
        for found in _MERGED.finditer(window, 0, max(cut, 0)):
            place = b"%s%s:%s%s" % found.groups()
            left, right = (_column(found[letters].decode()) for letters in (1, 3))
            yield MergedRange(int(found[2]), left, int(found[4]), right, place.decode())
        rest = window[cut:] if cut >= 0 and len(window) - cut <= _LONGEST_TAG else b""


def bad_cells(sheet: bytes) -> Iterator[BadCell]:
    """The errors and the formulas without a result in the XML of a sheet."""
    if b'="e"' not in sheet and b"='e'" not in sheet and not _FORMULA.search(sheet):
        return
    # Up to the last cell's end: each cell behind it, without one, would be read to the end of the sheet in vain.
    end = max((found.end() for found in _CELL_END.finditer(sheet)), default=0)
    for cell in _CELL.finditer(sheet, 0, end):
        attributes, content = cell[1] or b"", cell[2]
        kind = (_TYPE.search(attributes) or (b"", b""))[1]
        value = _VALUE.search(content)
        place = _PLACE.search(attributes)
        if place is None or (kind != b"e" and (value is not None or kind == b"str" or not _FORMULA.search(content))):
            continue
        error = value[1].decode("utf-8", "replace") if value is not None else ""
        letters = place[1].decode()
        yield BadCell(int(place[2]), _column(letters), f"{letters}{int(place[2])}", error)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _letters(column: int) -> str:
    letters, rest = "", column + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
