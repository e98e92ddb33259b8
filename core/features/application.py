"""application_train (or application_test): the application's own columns, one row per client, encoded for training."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from core.alignment.number_text import read_number
from core.alignment.parsers import (
    BINARY,
    CATEGORICAL,
    RATIOS,
    STANDS_FOR_MISSING,
    Reader,
    describe_column,
    read_binary,
    read_flag,
    reader_of,
)
from core.features.categories import application_columns
from core.features.ratios import ratio
from core.features.tables import CLIENT, Schema

TARGET = "TARGET"
GENDER = "CODE_GENDER"
UNKNOWN_GENDER = "XNA"


CATEGORIES = {
    source: tuple(name[len(source) + 1 :] for name in application_columns() if describe_column(name)[0] == source)
    for source in CATEGORICAL
}


def read_gender(value: object) -> float:
    """The code of a gender; missing for XNA, whose rows are dropped."""
    unknown = isinstance(value, str) and value.strip() == UNKNOWN_GENDER
    return read_number(None) if unknown else read_binary(BINARY[GENDER])(value)


def _schema() -> Schema:
    described = {column: describe_column(column)[1] for column in application_columns()}
    numbers = tuple(column for column, kind in described.items() if kind in ("number", "flag"))
    readers: dict[str, Reader] = {
        column: reader_of(column, kind) for column, kind in described.items() if kind in ("binary", "flag")
    }
    readers[GENDER] = read_gender
    return Schema("application_train", CLIENT, numbers, CATEGORIES, tuple(BINARY), readers, unique=True)


SCHEMA = _schema()


def labelled(schema: Schema) -> Schema:
    """The schema of the same table with its TARGET, 0 or 1."""
    return replace(schema, numbers=(TARGET, *schema.numbers), readers={**schema.readers, TARGET: read_flag})


def application_features(rows: pl.LazyFrame) -> pl.DataFrame:
    """One row per application in the order of SK_ID_CURR: the key, TARGET where there is one, then the columns.

    Of shape (n_applications without gender XNA, 1 or 2 + 245). Codes and one-hots are 0 or 1, the five ratios have no
    unit, the others have the raw table's units. For a missing category, all of its one-hots are 0.
    """
    unknown = (pl.col(GENDER).str.strip_chars() == UNKNOWN_GENDER).fill_null(False)
    known = rows.filter(~unknown).collect()
    coded = known.with_columns(_codes(known[column], reader_of(column, "binary")) for column in BINARY)
    targets = [pl.col(TARGET).cast(pl.Int64)] if TARGET in coded.columns else []
    return coded.lazy().sort(CLIENT).select(CLIENT, *targets, *_columns()).collect()


def _codes(texts: pl.Series, reader: Reader) -> pl.Series:
    present = texts.unique().drop_nulls()
    codes = pl.Series([reader(text) for text in present], dtype=pl.Float64)
    return texts.replace_strict(present, codes.fill_nan(None), return_dtype=pl.Float64)


def _columns() -> Iterator[pl.Expr]:
    for column in application_columns():
        source, kind, category = describe_column(column)
        if kind == "one_hot":
            yield (pl.col(source) == CATEGORIES[source].index(str(category))).cast(pl.Float64).alias(column)
        elif kind == "ratio":
            numerator, denominator = RATIOS[column]
            yield ratio(_known(numerator), _known(denominator)).alias(column)
        else:
            yield _known(column).alias(column)


def _known(column: str) -> pl.Expr:
    number = pl.col(column)
    stands_for_missing = STANDS_FOR_MISSING.get(column)
    return number if stands_for_missing is None else pl.when(number != stands_for_missing).then(number)
