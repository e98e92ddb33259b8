"""Finds the tables of a folder by their names in the data set, and checks their columns."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from core.alignment.parsers import Reader
from core.errors import ScoringError

CLIENT = "SK_ID_CURR"
ENDINGS = (".csv.gz", ".csv", ".parquet")
UNREADABLE = (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error, pa.ArrowException)


class TableRefused(ScoringError):
    """A table that cannot be used. table: its file's name. finding: what is wrong.

    column: the column's name. line: of a CSV file, 1 is the header; the row of a Parquet file, 1 is the first.
    """

    def __init__(self, table: str, finding: str, *, column: str | None = None, line: int | None = None) -> None:
        where = "" if line is None else f" in {'row' if table.endswith('.parquet') else 'line'} {line}"
        super().__init__(f"{table} cannot be used: {f'{column} ' if column else ''}{finding}{where}.")
        self.table = table
        self.column = column
        self.line = line


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns of a table that the features need: its name in the data set, its key, its numbers and its texts.

    categories: the text columns that are encoded, each with its categories. letters: text columns that stay text.
    readers: stricter cell readers, by column. unique: each key may occur only once.
    """

    table: str
    key: str
    numbers: tuple[str, ...]
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    letters: tuple[str, ...] = ()
    readers: Mapping[str, Reader] = field(default_factory=dict)
    unique: bool = False

    @property
    def needed(self) -> tuple[str, ...]:
        """All required columns."""
        return (self.key, *self.numbers, *self.texts)

    @property
    def texts(self) -> tuple[str, ...]:
        """All text columns."""
        return (*self.letters, *self.categories)


@dataclass(frozen=True, slots=True)
class Source:
    """A table's file, and its columns in the file's order."""

    schema: Schema
    file: Path
    header: tuple[str, ...]


def find_source(folder: Path, schema: Schema) -> Source | None:
    """The table's file in the folder, with its columns checked; None if there is none. Raises TableRefused.

    If a table has several files, the order .csv.gz, .csv, .parquet decides, as in training.
    """
    for ending in ENDINGS:
        file = folder / f"{schema.table}{ending}"
        if file.is_file():
            source = Source(schema, file, _read_header(file))
            check_columns(source)
            return source
    return None


def check_columns(source: Source) -> None:
    """Raise TableRefused, naming the columns, if a column is absent, repeated or of the wrong type."""
    absent = [column for column in source.schema.needed if column not in source.header]
    if absent:
        raise TableRefused(source.file.name, f"it has no column {', '.join(absent)}")
    twice = [column for column in source.schema.needed if source.header.count(column) > 1]
    if twice:
        raise TableRefused(source.file.name, f"it has the column {', '.join(twice)} twice")
    if source.file.suffix == ".parquet":
        types = parquet_types(source.file)
        for column in source.schema.needed:
            if not _readable(types.field(column).type):
                raise TableRefused(source.file.name, "holds neither numbers nor text", column=column)


def open_text(file: Path) -> IO[str]:
    """Open a CSV file as text; bytes that are not UTF-8 become lone surrogates."""
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8-sig", errors="surrogateescape", newline="")
    return file.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def parquet_types(file: Path) -> pa.Schema:
    """The columns of a Parquet file and their Arrow types."""
    return pq.read_schema(file)


def is_text(kind: pa.DataType) -> bool:
    """Whether an Arrow type is text or a dictionary of text."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _read_header(file: Path) -> tuple[str, ...]:
    try:
        if file.suffix == ".parquet":
            return tuple(parquet_types(file).names)
        with open_text(file) as lines:
            header = next(csv.reader(lines, strict=True), None)
    except UNREADABLE:
        raise TableRefused(file.name, "it cannot be read, it is damaged or of another kind") from None
    if not header:
        raise TableRefused(file.name, "it has no header")
    return tuple(column.strip() for column in header)


def _readable(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    checks = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean, pa.types.is_null)
    return any(check(kind) for check in checks) or is_text(kind)
