"""Writes workbooks (.xlsx) whose numbers keep every digit under readable formats."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.readers.excel_reader import EXACT_DIGITS

WIDTH = 18
LONGEST_TEXT = 32_767
"""Characters that a cell can hold."""
LONGEST_SHEET_NAME = 31
NOT_IN_A_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))


class Exact(float):
    """A float that XlsxWriter writes with all digits; of any other float it writes sixteen."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: name, column names, rows of cells, and by column Excel's number format and the width in characters."""

    name: str
    names: Sequence[str]
    rows: Iterable[Sequence[object]]
    formats: Mapping[str, str] = field(default_factory=dict)
    widths: Mapping[str, int] = field(default_factory=dict)


def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """The bytes of a workbook. Text is never a formula; a whole number of too many digits is written as text."""
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
