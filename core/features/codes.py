"""Text columns as codes: the position of a value among the categories that the vocabulary speaks of."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from core.features.vocabulary import MISSING

UNKNOWN = -1


def encode(rows: pl.DataFrame, categories: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """The rows with codes in place of text; blanks around a value do not count.

    A missing value has the position of `nan`, where that is a category; any other value that is none has UNKNOWN.
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
