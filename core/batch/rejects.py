"""Writes the refused rows of a file, to be corrected and sent again, in the format of that file.

Cells are unchanged; a last column says what is wrong with the row. Readers ignore that column.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

import pyarrow as pa
import pyarrow.parquet as pa_parquet

from core.alignment.client_id import ID
from core.alignment.number_text import PLAIN_NUMBER
from core.alignment.own_columns import WHY
from core.batch.workbook import Sheet, write_workbook
from core.errors import Problem
from core.i18n.translations import Language, translate_problem
from core.readers.detect import Kind
from core.readers.formulas import quote
from core.readers.worker_messages import HowRead

BYTE_ORDER_MARK = "\ufeff"
MAX_DIGITS = 15
"""A spreadsheet rounds a longer number."""

ENDINGS: Mapping[Kind, str] = {"csv": "csv", "excel": "xlsx", "json": "json", "parquet": "parquet"}

Rejected = tuple[Mapping[str, object], str]
"""A refused row, and the sentences about it."""
Numbering = Callable[[Iterable[Problem]], Sequence[Problem]]
"""Numbers the rows of problems as a spreadsheet shows them, where one shows the file (`Intake.numbered`)."""


@dataclass(frozen=True, slots=True)
class CsvForm:
    """The separator and the decimal sign of a CSV file."""

    separator: str = ","
    decimal: str = "."


def csv_form(how: HowRead) -> CsvForm:
    """The form of a CSV file of refused rows: that of the file that was read, if it was CSV."""
    return CsvForm(how.separator or ",", how.decimal or ".") if how.kind == "csv" else CsvForm()


def rejects_file(rows: Iterable[Rejected], how: HowRead) -> bytes:
    """The refused rows in the format of the file that was read. ENDINGS has the extension."""
    kept = list(rows)
    names = names_in(row for row, _ in kept)
    if how.kind == "csv":
        return rejects_csv(kept, csv_form(how))
    if how.kind == "json":
        document = [{**row, WHY: why} for row, why in kept]
        return json.dumps(document, ensure_ascii=False, indent=1).encode()
    if how.kind == "parquet":
        columns = {name: _arrow([row.get(name) for row, _ in kept]) for name in names}
        out = io.BytesIO()
        pa_parquet.write_table(pa.table(columns | {WHY: [why for _, why in kept]}), out)
        return out.getvalue()
    return rejects_workbook(kept, how.sheet)


def rejects_csv(rows: Iterable[Rejected], form: CsvForm = CsvForm()) -> bytes:
    """The refused rows as CSV with a byte-order mark, from which a spreadsheet knows the encoding."""
    kept = list(rows)
    out = io.StringIO(newline="")
    write_rejects(out, names_in(row for row, _ in kept), kept, header=True, form=form)
    return (BYTE_ORDER_MARK + out.getvalue()).encode()


def rejects_workbook(rows: Iterable[Rejected], sheet: str = "") -> bytes:
    """The refused rows as a workbook; text that is a plain number becomes a number."""
    kept = list(rows)
    names = names_in(row for row, _ in kept)
    cells = [[*(_workbook_cell(row.get(name), name) for name in names), why] for row, why in kept]
    return write_workbook([Sheet(sheet or "clients", (*names, WHY), cells)])


def names_in(rows: Iterable[Mapping[str, object]]) -> list[str]:
    """The names of all columns in order of appearance, without the column of problems of an earlier round."""
    return [name for name in dict.fromkeys(name for row in rows for name in row) if name != WHY]


def sentences(problems: Iterable[Problem], language: Language, numbered: Numbering = tuple) -> dict[int, str]:
    """All sentences about each row, as one text by row number. numbered: returns the problems with the rows to tell."""
    listed = list(problems)
    found: dict[int, list[str]] = {}
    for problem, told in zip(listed, numbered(listed), strict=True):
        if problem.row is not None:
            found.setdefault(problem.row, []).append(translate_problem(told, language))
    return {row: " ".join(said) for row, said in found.items()}


def write_rejects(
    out: TextIO,
    names: Sequence[str],
    rows: Iterable[Rejected],
    *,
    header: bool,
    form: CsvForm = CsvForm(),
) -> None:
    """Write refused rows as CSV. header: write the names first."""

    def line(cells: Iterable[str]) -> str:
        return form.separator.join(quote(cell, form.separator, form.decimal) for cell in cells) + "\n"

    if header:
        out.write(line([*names, WHY]))
    for row, why in rows:
        out.write(line([*(_text(row.get(name), form.decimal) for name in names), why]))


def _text(cell: object, decimal: str) -> str:
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float):
        return repr(cell).replace(".", decimal)
    return str(cell)


def _workbook_cell(cell: object, name: str) -> object:
    """The cell; a number for text that is a plain number of at most MAX_DIGITS digits, lists and objects as JSON."""
    if isinstance(cell, str):
        bare = cell.strip()
        exact = PLAIN_NUMBER.fullmatch(bare) and sum(map(str.isdigit, bare)) <= MAX_DIGITS
        leading_zero = name == ID and bare.startswith("0")
        return float(bare) if exact and not leading_zero else cell
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, list | dict) else cell


def _arrow(cells: Sequence[object]) -> pa.Array:
    try:
        return pa.array(cells)
    except (pa.ArrowException, OverflowError):
        return pa.array([None if cell is None else _text(cell, ".") for cell in cells], pa.string())
