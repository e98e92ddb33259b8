"""Workbooks (.xlsx) that hold every digit, under formats that people can read."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.readers.excel_reader import EXACT_DIGITS

WIDTH = 18
LONGEST_TEXT = 32_767
"""What a cell can hold."""
LONGEST_SHEET_NAME = 31
NOT_IN_A_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))


class Exact(float):
    """A number that XlsxWriter writes with all its digits; it writes sixteen of any other float."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, the columns' names, the rows' cells, and number formats by column, as Excel writes them."""

    name: str
    names: Sequence[str]
    rows: Iterable[Sequence[object]]
    formats: Mapping[str, str] = field(default_factory=dict)
    widths: Mapping[str, int] = field(default_factory=dict)


def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as one file. Text is text whatever it begins with, and so is a whole number of too many digits."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name.translate(NOT_IN_A_SHEET_NAME).strip("'")[:LONGEST_SHEET_NAME])
            formats = [
                book.add_format({"num_format": sheet.formats[name]}) if name in sheet.formats else None
                for name in sheet.names
            ]
            for place, name in enumerate(sheet.names):
                page.write_string(0, place, name, bold)
                page.set_column(place, place, sheet.widths.get(name, WIDTH))
            page.freeze_panes(1, 1)
            for index, cells in enumerate(sheet.rows, start=1):
                for place, cell in enumerate(cells):
                    if isinstance(cell, bool):
                        page.write_boolean(index, place, cell)
                    elif isinstance(cell, str) or (isinstance(cell, int) and abs(cell) >= EXACT_DIGITS):
                        page.write_string(index, place, str(cell)[:LONGEST_TEXT])
                    elif isinstance(cell, int):
                        page.write_number(index, place, cell, formats[place])
                    elif isinstance(cell, float) and math.isfinite(cell):
                        page.write_number(index, place, Exact(cell), formats[place])
                    elif cell is not None and cell == cell:
                        page.write_string(index, place, str(cell)[:LONGEST_TEXT])
    return out.getvalue()
