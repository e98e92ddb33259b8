"""The quotient of two columns of a row."""

from __future__ import annotations

import polars as pl


def ratio(numerator: str | pl.Expr, denominator: str | pl.Expr) -> pl.Expr:
    """numerator ÷ denominator, null where it is not finite; as `alignment.parsers.divide`."""
    divided = _column(numerator) / _column(denominator)
    return pl.when(divided.is_finite()).then(divided)


def _column(named: str | pl.Expr) -> pl.Expr:
    return pl.col(named) if isinstance(named, str) else named
