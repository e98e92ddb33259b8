"""Files of clients in every format, made of plain rows, and what is read from them."""

from __future__ import annotations

import csv
import datetime
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest
import xlsxwriter

from core.alignment.names import Vocabulary
from core.errors import InputRefused, UnreadableInput
from core.i18n.translations import translate_problem
from core.readers.intake import Intake, settle, store
from core.readers.upload import ASK, LIMITS, Limits, ReadChoices, read_upload
from core.readers.worker import read_parts
from core.readers.worker_messages import LENGTH, HowRead, RowsPart, TablePart, pack, unpack

Rows = Sequence[Mapping[str, object]]


def as_csv(rows: Rows, separator: str = ",") -> bytes:
    """CSV with floats by repr and nothing for a missing value."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(rows[0])
    writer.writerows([["" if cell is None else cell for cell in row.values()] for row in rows])
    return out.getvalue().encode()


def as_json(rows: Rows) -> bytes:
    """An array of objects."""
    return json.dumps(list(rows)).encode()


class Exact(float):
    """A number that XlsxWriter writes with all its digits, as Excel does, and not with sixteen."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def excel(rows: Rows) -> bytes:
    """A workbook of one sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Clients")
        sheet.write_row(0, 0, list(rows[0]))
        for place, row in enumerate(rows, start=1):
            for column, cell in enumerate(row.values()):
                if cell is not None:
                    sheet.write(place, column, Exact(cell) if isinstance(cell, float) else cell)
    return out.getvalue()


def parquet(rows: Rows) -> bytes:
    """A Parquet file, each column of the kind that Arrow finds."""
    out = io.BytesIO()
    pa_parquet.write_table(pa.Table.from_pylist([dict(row) for row in rows]), out)
    return out.getvalue()


def parquet_of(kind: str, ids: Sequence[float]) -> bytes:
    """A Parquet file of ids of this kind of number and one more column."""
    out = io.BytesIO()
    table = {
        "SK_ID_CURR": pa.array(ids, {"float32": pa.float32(), "float64": pa.float64()}[kind]),
        "A": [1.0] * len(ids),
    }
    pa_parquet.write_table(pa.table(table), out)
    return out.getvalue()


KINDS: dict[str, Callable[[Rows], bytes]] = {"csv": as_csv, "excel": excel, "parquet": parquet, "json": as_json}


def written(kind: str, rows: Rows) -> bytes:
    """The rows in one of the formats."""
    return KINDS[kind](rows)


def workbook_with_every_kind_of_cell() -> bytes:
    """A second sheet with two clients below an empty line, one cell of each kind."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("Notes").write(0, 0, "nothing here")
        sheet = book.add_worksheet("Clients")
        sheet.write_row(1, 0, ["SK_ID_CURR", "A", "B", "C", "D", "E", "F"])
        sheet.write_row(2, 0, [7, True, 0.1, "text"])
        sheet.write_datetime(2, 4, datetime.datetime(2020, 1, 2), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_formula(2, 5, "=A1", None, 5.5)
        sheet.write(4, 0, 8)
        sheet.write(4, 6, "x")
    return out.getvalue()


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def unzipped(packed: bytes | bytearray) -> dict[str, bytes]:
    """The parts of a zip."""
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def changed(workbook: bytes, parts: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """A workbook with some of its parts changed."""
    kept = unzipped(workbook)
    return zipped({name: parts[name](content) if name in parts else content for name, content in kept.items()})


def read(
    content: bytes,
    *,
    max_bytes: int = 60_000_000,
    max_rows: int = 100,
    limits: Limits = LIMITS,
    vocabulary: Vocabulary | None = None,
    choices: ReadChoices = ASK,
) -> Intake:
    """What is read of these bytes, by the process that may die."""
    return read_upload(
        content, max_bytes=max_bytes, max_rows=max_rows, limits=limits, vocabulary=vocabulary, choices=choices
    )


def read_here(content: bytes | str, *, max_rows: int = 100) -> Intake:
    """The same by the same code in this process, which is faster: for files that do no harm."""
    given_bytes = content.encode() if isinstance(content, str) else content
    how, *parts = read_parts(given_bytes, max_rows=max_rows, max_unpacked=50_000_000)
    assert isinstance(how, HowRead)
    sent = [unpack(pack(part)[LENGTH.size :]) for part in parts]
    how = next((part for part in reversed(sent) if isinstance(part, HowRead)), how)
    stored = tuple(store(part) for part in sent if isinstance(part, TablePart | RowsPart))
    return settle(Intake(how, sum(each.n_rows for each in stored), stored), None, "auto")


def refused(read: Callable[[], object], kind: type[InputRefused]) -> InputRefused:
    """How something is refused, which can be said in both languages."""
    with pytest.raises(InputRefused) as refused:
        read()
    assert type(refused.value) is kind
    for problem in refused.value.problems:
        assert translate_problem(problem, "en")
        assert translate_problem(problem, "fr")
    return refused.value


def refusal_here(
    content: bytes | str, kind: type[InputRefused] = UnreadableInput, *, max_rows: int = 100
) -> InputRefused:
    """How these bytes are refused by the code in this process."""
    return refused(lambda: read_here(content, max_rows=max_rows), kind)
