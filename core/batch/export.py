"""Scored clients as CSV, Excel or Parquet, and the refused rows as a file to mend and send again.

What is written reads back equal: floats with all their digits, ids as whole numbers. A spreadsheet runs a cell of
text that begins with = + - @, a tab or a line end; in CSV such text gets an apostrophe in front, which the intake
takes away again. A workbook's cells say themselves that they are text, and Parquet's columns too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TextIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from core.alignment.client_id import ID
from core.batch.results import VERDICTS, Results
from core.batch.scorer import MAX_REASONS
from core.errors import Problem
from core.i18n.translations import Language, translate_problem
from core.model.bundle import Bundle
from core.readers.csv_lines import AS_TEXT
from core.readers.excel_reader import EXACT_DIGITS

Format = Literal["csv", "excel", "parquet"]
ENDINGS: Mapping[Format, str] = {"csv": "csv", "excel": "xlsx", "parquet": "parquet"}
RUNS = re.compile(r"'*[=+\-@\t\r]")
PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
WHY = "problems"


class Exact(float):
    """A number that XlsxWriter writes with all its digits; it writes sixteen of any other float."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def results_table(results: Results, bundle: Bundle, *, reasons: bool) -> pa.Table:
    """One row a client. solvency and solvency_line are 1 − P(default), threshold is P(default).

    With reasons, the columns that raise and lower the solvency most, by the names that people know.
    """
    size, threshold = len(results), bundle.policy.threshold
    columns: dict[str, pa.Array] = {
        ID: pa.array(results.ids),
        "solvency": pa.array(results.solvency),
        "threshold": pa.array(np.full(size, threshold)),
        "solvency_line": pa.array(np.full(size, 1.0 - threshold)),
        "verdict": _picked([str(verdict) for verdict in VERDICTS], results.verdict),
        "information": pa.array(results.information),
        "amount": pa.array(results.amount, from_pandas=True),
    }
    for name, places in (("raises", results.raising), ("lowers", results.lowering)) if reasons else ():
        for rank in range(MAX_REASONS):
            chosen = places[:, rank] if places.shape[1] > rank else np.full(size, -1)
            columns[f"{name}_{rank + 1}"] = _picked(bundle.sources, chosen)
    columns["bundle"] = pa.array([bundle.digest] * size, pa.string())
    return pa.table(columns)


def as_bytes(table: pa.Table, form: Format) -> bytes:
    """The table as a whole file."""
    if form == "excel":
        return _workbook(table)
    out = io.BytesIO()
    if form == "csv":
        pa_csv.write_csv(table, out)
    else:
        pa_parquet.write_table(table, out)
    return out.getvalue()


def rejects_csv(rows: Iterable[tuple[Mapping[str, object], str]]) -> str:
    """Refused rows as they stood, each with what is wrong with it in a last column, which the intake ignores."""
    kept = list(rows)
    out = io.StringIO(newline="")
    write_rejects(out, names_in(row for row, _ in kept), kept, header=True)
    return out.getvalue()


def names_in(rows: Iterable[Mapping[str, object]]) -> list[str]:
    """The columns of rows, each once, in the order they come; without that of an earlier round's problems."""
    return [name for name in dict.fromkeys(name for row in rows for name in row) if name != WHY]


def sentences(problems: Iterable[Problem], language: Language) -> dict[int, str]:
    """What is wrong with each row, in one text."""
    found: dict[int, list[str]] = {}
    for problem in problems:
        if problem.row is not None:
            found.setdefault(problem.row, []).append(translate_problem(problem, language))
    return {row: " ".join(said) for row, said in found.items()}


def write_rejects(
    out: TextIO, names: Sequence[str], rows: Iterable[tuple[Mapping[str, object], str]], *, header: bool
) -> None:
    """Writes refused rows under these names, with the names first if they are wanted."""
    writer = csv.writer(out, lineterminator="\n")
    if header:
        writer.writerow([escaped(name) for name in (*names, WHY)])
    for row, why in rows:
        writer.writerow([escaped(_text(row.get(name))) for name in names] + [escaped(why)])


def escaped(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would run it; a plain number is no such text."""
    return AS_TEXT + text if RUNS.match(text) and not PLAIN_NUMBER.fullmatch(text) else text


def _text(cell: object) -> str:
    if cell is None or cell != cell:
        return ""
    return repr(cell) if isinstance(cell, float) else str(cell)


def _picked(names: Sequence[str], places: np.ndarray) -> pa.Array:
    """The name at each place, nothing at −1."""
    return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32(), mask=places < 0), list(names)).cast(pa.string())


def _workbook(table: pa.Table) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("portfolio")
        bold = book.add_format({"bold": True})
        for place, name in enumerate(table.column_names):
            sheet.write_string(0, place, name, bold)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(table.column_names) - 1, 18)
        for index, cells in enumerate(zip(*(column.to_pylist() for column in table.columns), strict=True), start=1):
            for place, cell in enumerate(cells):
                if isinstance(cell, str) or (isinstance(cell, int) and cell >= EXACT_DIGITS):
                    sheet.write_string(index, place, str(cell))
                elif cell is not None:
                    sheet.write_number(index, place, Exact(cell) if isinstance(cell, float) else cell)
    return out.getvalue()
