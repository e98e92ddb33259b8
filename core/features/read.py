"""Reads a table's file whole and typed: the key as a whole number, numbers as floats, text as codes.

A strict, fast reader comes first. If it fails, the cells are checked one by one for the first bad one; if there is
none, a slower reader accepts what training and serving accept (blanks around a number, an empty line).
"""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl

from core.alignment.number_text import Unreadable
from core.features.categories import MISSING, UNKNOWN
from core.features.diagnose import DAMAGED, LARGEST_KEY, first_fault
from core.features.tables import UNREADABLE, Source, TableRefused, is_text, parquet_types

BLOCK = 1 << 23
COMMA, QUOTE = ord(","), b'"'


def read_rows(source: Source, scratch: Path) -> pl.DataFrame:
    """The needed columns of a table, of shape (n_rows, n_needed), in the file's order.

    Numbers that are not finite become null; text is encoded. scratch: a folder for the decompressed file.
    Raises TableRefused, with table, column and line.
    """
    if source.file.suffix != ".gz":
        rows = _read(source, source.file)
    else:
        plain = scratch / f"{source.schema.table}.csv"
        _unpack(source, plain)
        rows = _read(source, plain)
        plain.unlink()
    check_cells(rows, source)
    return encode_categories(rows, source.schema.categories)


def check_cells(rows: pl.DataFrame, source: Source) -> None:
    """Raise TableRefused if a unique key repeats, or if a column's reader cannot read one of its cells."""
    if source.schema.unique and rows[source.schema.key].n_unique() < rows.height:
        raise _fault(source)
    for column, reader in source.schema.readers.items():
        for cell in rows[column].unique().drop_nulls():
            try:
                reader(cell)
            except Unreadable:
                raise _fault(source) from None


def _read(source: Source, file: Path) -> pl.DataFrame:
    scans = (_scan_parquet,) if source.file.suffix == ".parquet" else (_scan_csv, _scan_csv_with_float_keys)
    for scan in scans:
        with contextlib.suppress(pl.exceptions.PolarsError):
            return scan(source, file)
    fault = first_fault(source)
    if fault is not None:
        raise fault
    try:
        return _scan_csv_as_text(source, file)
    except pl.exceptions.PolarsError:
        raise TableRefused(source.file.name, DAMAGED) from None


def _scan_parquet(source: Source, file: Path) -> pl.DataFrame:
    types = parquet_types(source.file)
    texts = frozenset(column for column in source.schema.needed if is_text(types.field(column).type))
    rows = _collect(pl.scan_parquet(file, glob=False), source, texts)
    return _with_whole_keys(rows, source.schema.key)


def _scan_csv(source: Source, file: Path, key: type[pl.DataType] = pl.Int64) -> pl.DataFrame:
    kinds = {source.schema.key: key} | dict.fromkeys(source.schema.numbers, pl.Float64)
    with ThreadPoolExecutor(1) as pool:
        counting = pool.submit(_commas_outside_quotes, file)
        rows = _collect(_open_csv(source, file, kinds), source, frozenset())
        # Polars fills a row that is too short with nulls, so commas are counted; a row that is too long raises.
        if counting.result() != (rows.height + 1) * (len(source.header) - 1):
            raise pl.exceptions.ShapeError
    return _with_whole_keys(rows, source.schema.key)


def _scan_csv_with_float_keys(source: Source, file: Path) -> pl.DataFrame:
    return _scan_csv(source, file, pl.Float64)


def _scan_csv_as_text(source: Source, file: Path) -> pl.DataFrame:
    key = source.schema.key
    rows = _collect(_open_csv(source, file, {}), source, frozenset((key, *source.schema.numbers)))
    return _with_whole_keys(rows.filter(pl.col(key).is_not_null()), key)


def _open_csv(source: Source, file: Path, kinds: Mapping[str, type[pl.DataType]]) -> pl.LazyFrame:
    needed = set(source.schema.needed)
    # A column that is not needed may have any name, even an empty or a repeated one.
    names = [column if column in needed else f"unread {place}" for place, column in enumerate(source.header)]
    schema = {name: kinds.get(name, pl.String) for name in names}
    return pl.scan_csv(file, glob=False, has_header=False, skip_rows=1, schema=schema)


def _collect(rows: pl.LazyFrame, source: Source, as_text: frozenset[str]) -> pl.DataFrame:
    schema = source.schema
    key = _number(schema.key) if schema.key in as_text else pl.col(schema.key)
    numbers = [_number(column) if column in as_text else pl.col(column).cast(pl.Float64) for column in schema.numbers]
    texts = [pl.col(column).cast(pl.String) for column in schema.texts]
    typed = rows.select(key, *numbers, *texts).collect(engine="streaming")
    infinite = [column for column in schema.numbers if not typed[column].is_finite().all()]
    return typed.with_columns(
        pl.when(pl.col(column).is_finite()).then(pl.col(column)).alias(column) for column in infinite
    )


def _number(column: str) -> pl.Expr:
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text).cast(pl.Float64).alias(column)


def _with_whole_keys(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    keys = rows[key]
    whole = keys.cast(pl.Int64, strict=False)
    if whole.has_nulls() or (keys.dtype.is_float() and not ((whole == keys) & (keys.abs() <= LARGEST_KEY)).all()):
        raise pl.exceptions.InvalidOperationError
    return rows.with_columns(whole)


def _fault(source: Source) -> TableRefused:
    return first_fault(source) or TableRefused(source.file.name, DAMAGED)


def _unpack(source: Source, plain: Path) -> None:
    try:
        with gzip.open(source.file) as packed, plain.open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked, BLOCK)
    except UNREADABLE:
        raise _fault(source) from None


def _commas_outside_quotes(file: Path) -> int:
    commas = 0
    quoted = False
    for block in _blocks(file):
        outside = block
        if quoted or QUOTE in block:
            pieces = block.split(QUOTE)
            outside = b"".join(pieces[int(quoted) :: 2])
            quoted ^= len(pieces) % 2 == 0
        commas += int(np.count_nonzero(np.frombuffer(outside, dtype=np.uint8) == COMMA))
    return commas


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while block := content.read(BLOCK):
            yield block


def encode_categories(rows: pl.DataFrame, categories: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """The rows with a category's position instead of its text; blanks around a value are ignored.

    A missing value gets the position of `nan` if that is a category; else, and for an unknown category, UNKNOWN.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return rows.with_columns(pool.map(lambda column: _encode(rows[column], categories[column]), categories))


def _encode(texts: pl.Series, known: Sequence[str]) -> pl.Series:
    codes = _positions(texts, known)
    if (texts.is_not_null() & codes.is_null()).any():
        trimmed = texts.str.strip_chars()
        texts = trimmed.set(trimmed == "", None)
        codes = _positions(texts, known)
    missing = known.index(MISSING) if MISSING in known else UNKNOWN
    return codes.fill_null(UNKNOWN).set(texts.is_null(), missing)


def _positions(texts: pl.Series, known: Sequence[str]) -> pl.Series:
    return texts.cast(pl.Enum(known), strict=False).to_physical().cast(pl.Int16)
