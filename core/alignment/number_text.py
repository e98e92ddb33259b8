"""Numbers as people write them: with either decimal sign, signs between thousands, a currency sign, or as missing."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

DecimalSign = Literal[".", ","]

MISSING_MARKERS = frozenset({"", "na", "n/a", "#n/a", "nan", "<na>", "null", "none", r"\n", "-"})
"""How programs write a missing value as text, in lower case."""

PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_TWO_READINGS = re.compile(r"([+-]?[1-9]\d{0,2})[.,](\d{3})", re.ASCII)
SPACED = re.compile(r"[+-]?\d{1,3}(?:([ \u00a0\u202f\u2009'\u2019])\d{3})(?:\1\d{3})*(?:[.,]\d+)?", re.ASCII)
_POINT_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", re.ASCII)
_COMMA_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
WITHOUT_SPACES = str.maketrans(dict.fromkeys(" \u00a0\u202f\u2009'\u2019"))
INFINITE = frozenset({"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"})
_LONGEST_GROUPED = 64
OTHER_SIGN: Mapping[DecimalSign, DecimalSign] = {".": ",", ",": "."}


class Unreadable(ValueError):
    """A cell that cannot be read as its column wants.

    The code names the reason. facts: what its sentence needs; never the cell's value, but for a number that means two
    things, whose two readings are named.
    """

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def read_number(value: object, decimal: DecimalSign | None = None) -> float:
    """A number, or a number written as text; NaN for null, markers of a missing value, NaN and infinities.

    decimal: the decimal sign of a file that proves it; the other sign then stands between thousands. Without it (JSON)
    the decimal sign is the point, and text that may as well have its sign between thousands ("502.000") is refused.
    """
    if isinstance(value, bool):
        raise Unreadable("boolean_in_number")
    if isinstance(value, float):
        return value if math.isfinite(value) else math.nan
    if value is None:
        return math.nan
    if isinstance(value, int | Decimal):
        try:
            number = float(value)
        except OverflowError:
            return math.nan
        return number if math.isfinite(number) else math.nan
    if isinstance(value, str):
        return _read_text(value, decimal)
    raise Unreadable("nested_value")


def is_missing(text: str) -> bool:
    """Whether text stands for a missing value: nothing, or one of the markers, in any case."""
    return text.strip().lower() in MISSING_MARKERS


def is_marker(cell: object) -> bool:
    """Whether a cell is text that stands for a missing value and is not simply empty."""
    return isinstance(cell, str) and bool(cell.strip()) and is_missing(cell)


def two_readings(text: str) -> tuple[str, str] | None:
    """Both numbers that a text may be, with its sign as decimal sign and between thousands; None where it is one.

    One to three digits that do not begin with 0, one point or comma, exactly three digits: "502.000" is 502 or 502000.
    """
    match = _TWO_READINGS.fullmatch(_bare(text))
    if match is None:
        return None
    whole, part = match[1].removeprefix("+"), match[2]
    return f"{whole}.{part}".rstrip("0").rstrip("."), f"{whole}{part}"


def is_number_text(text: str) -> bool:
    """Whether a text is a number with one decimal sign or the other, or one that means two things."""
    bare = _bare(text)
    return _is_number(bare, ".") or _is_number(bare, ",")


def proven_sign(text: str) -> DecimalSign | None:
    """The decimal sign that a text proves: that with which alone it is a number; None where it proves nothing."""
    bare = _bare(text)
    if _TWO_READINGS.fullmatch(bare):
        return None
    point, comma = _is_number(bare, "."), _is_number(bare, ",")
    return None if point == comma else "." if point else ","


def with_sign(cell: object, decimal: DecimalSign | None) -> object:
    """A cell of a file with this decimal sign, as one that can be read without knowing the file: text or a number."""
    if decimal is None or not isinstance(cell, str) or not ("." in cell or "," in cell):
        return cell
    if decimal == "." and "," not in cell and not _TWO_READINGS.fullmatch(cell.strip()):
        return cell
    bare = _bare(cell)
    return read_number(bare, decimal) if _is_number(bare, decimal) else cell


def _read_text(text: str, decimal: DecimalSign | None) -> float:
    bare = text.strip()
    if decimal != "," and PLAIN_NUMBER.fullmatch(bare) and (decimal or not _TWO_READINGS.fullmatch(bare)):
        return _finite(bare)
    if bare.lower() in MISSING_MARKERS or bare.lower() in INFINITE:
        return math.nan
    bare = _bare(bare)
    readings = two_readings(bare) if decimal is None else None
    if readings is not None:
        raise Unreadable("two_readings", one=readings[0], other=readings[1])
    plain = _without_groups(bare, decimal)
    if PLAIN_NUMBER.fullmatch(plain):
        return _finite(plain)
    if decimal is not None and _is_number(bare, OTHER_SIGN[decimal]):
        raise Unreadable("decimal_mixed", decimal=decimal)
    raise Unreadable("text_in_number", decimal=decimal or ".")


def _bare(text: str) -> str:
    """A number's text without a currency sign behind it, and with a plain minus."""
    bare = text.strip()
    if bare and unicodedata.category(bare[-1]) == "Sc":
        bare = bare[:-1].rstrip()
    return f"-{bare[1:]}" if bare.startswith("\N{MINUS SIGN}") else bare


def _without_groups(text: str, decimal: DecimalSign | None) -> str:
    """The same number with a decimal point and nothing between thousands; text that is no such number is left alone."""
    if len(text) <= _LONGEST_GROUPED:
        if SPACED.fullmatch(text):
            text = text.translate(WITHOUT_SPACES)
        elif decimal == "," and _POINT_GROUPS.fullmatch(text):
            text = text.replace(".", "")
        elif decimal == "." and _COMMA_GROUPS.fullmatch(text):
            text = text.replace(",", "")
    if decimal != ",":
        return text
    return "" if "." in text else text.replace(",", ".")


def _is_number(bare: str, decimal: DecimalSign) -> bool:
    return bool(PLAIN_NUMBER.fullmatch(_without_groups(bare, decimal)))


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else math.nan
