"""Cells of a sheet that hold no value to read: errors, and formulas whose result the program did not store.

calamine reads both as nothing, and nothing would be a missing value. So they are looked for in the sheet's XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

NOT_AVAILABLE = "#N/A"
"""The error that people write for a missing value."""
_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*[^<>/])?>(.*?)</(?:\w+:)?c>", re.DOTALL)
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_TYPE = re.compile(rb"""\bt=["'](\w+)["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>([^<]+)<")


class BadCell(NamedTuple):
    """A cell without a value: its row (the first is 1) and column (the first is 0) in the sheet, and the error in it.

    place: as the spreadsheet calls it, `D2`. error: `#DIV/0!` or the like; empty for a formula without a result.
    """

    row: int
    column: int
    place: str
    error: str


def bad_cells(sheet: bytes) -> Iterator[BadCell]:
    """The errors and the formulas without a result in the XML of a sheet."""
    if b'="e"' not in sheet and b"='e'" not in sheet and not _FORMULA.search(sheet):
        return
    for cell in _CELL.finditer(sheet):
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
