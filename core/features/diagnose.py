"""Finds the first bad cell of a malformed table, with the cell readers of training and serving.

Polars reads millions of cells at once and only reports that a table is malformed; this module then finds the place.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import pyarrow.parquet as pq

from core.alignment.number_text import Unreadable, read_number
from core.alignment.parsers import BINARY, Reader
from core.features.tables import UNREADABLE, Source, TableRefused, open_text

LARGEST_KEY = 2**53
DAMAGED = "it cannot be read, it is damaged or of another kind"
FINDINGS: Mapping[str, str] = {
    "text_in_number": "is not a number",
    "boolean_in_number": "is not a number",
    "boolean_in_binary": "is not one of its codes",
    "nested_value": "is neither a number nor text",
    "not_zero_or_one": "is neither 0 nor 1",
    "no_key": "is missing",
    "not_whole": "is not a whole number",
}


def first_fault(source: Source) -> TableRefused | None:
    """The refusal of a table for its first bad cell or because it is damaged; None if it is well formed."""
    schema = source.schema
    readers: dict[str, Reader] = dict.fromkeys(schema.numbers, read_number)
    readers |= {**schema.readers, schema.key: read_key}
    keys: set[float] = set()
    try:
        for line, cells in _lines(source, tuple(readers)):
            for (column, reader), cell in zip(readers.items(), cells, strict=True):
                try:
                    number = reader(cell)
                except Unreadable as reason:
                    return TableRefused(source.file.name, _finding(column, reason.code), column=column, line=line)
                if schema.unique and column == schema.key:
                    if number in keys:
                        return TableRefused(source.file.name, "repeats an earlier one", column=column, line=line)
                    keys.add(number)
    except TableRefused as refused:
        return refused
    except UNREADABLE:
        return TableRefused(source.file.name, DAMAGED)
    return None


def read_key(value: object) -> float:
    """Read a key: a whole number that a float represents exactly. Raises Unreadable for anything else."""
    number = read_number(value)
    if math.isnan(number):
        raise Unreadable("no_key")
    if number != math.floor(number) or abs(number) > LARGEST_KEY:
        raise Unreadable("not_whole")
    return number


def _finding(column: str, code: str) -> str:
    if code == "unknown_code":
        return f"is none of {', '.join(BINARY[column])}"
    return FINDINGS[code]


def _lines(source: Source, columns: Sequence[str]) -> Iterator[tuple[int, list[object]]]:
    parquet = source.file.suffix == ".parquet"
    return _parquet_rows(source, columns) if parquet else _csv_lines(source, columns)


def _parquet_rows(source: Source, columns: Sequence[str]) -> Iterator[tuple[int, list[object]]]:
    row = 0
    for batch in pq.ParquetFile(source.file).iter_batches(columns=list(columns)):
        for cells in zip(*(batch.column(column).to_pylist() for column in columns), strict=True):
            row += 1
            yield row, [float(cell) if isinstance(cell, bool | Decimal) else cell for cell in cells]


def _csv_lines(source: Source, columns: Sequence[str]) -> Iterator[tuple[int, list[object]]]:
    table, expected = source.file.name, len(source.header)
    places = [source.header.index(column) for column in columns]
    with open_text(source.file) as content:
        rows = csv.reader(content, strict=True)
        next(rows)
        while True:
            line = rows.line_num + 1
            try:
                row = next(rows, None)
            except csv.Error:
                raise TableRefused(table, "a value is not quoted as CSV wants it", line=line) from None
            if row is None:
                return
            if not row:
                continue
            if not _is_utf8(row):
                raise TableRefused(table, "there are bytes that are not UTF-8", line=line)
            if len(row) != expected:
                raise TableRefused(table, f"there are {len(row)} fields instead of {expected}", line=line)
            yield line, [row[place] for place in places]


def _is_utf8(row: Sequence[str]) -> bool:
    try:
        "".join(row).encode()
    except UnicodeEncodeError:
        return False
    return True
