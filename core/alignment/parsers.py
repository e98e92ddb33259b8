"""Home Credit's raw columns in the model's vocabulary; training and serving read cells with this one module.

Every reader takes one cell as it was sent and returns a float, NaN for a missing value, or raises
Unreadable with a code. The codes of the three binary columns are those of the contract: note that
FLAG_OWN_REALTY counts the other way round (Y is 0, N is 1).
"""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Literal

import numpy as np

from core.model.schema import Kind
from core.records import Floats

Reader = Callable[[object], float]
DecimalSign = Literal[".", ","]

BINARY: Mapping[str, Mapping[str, float]] = {
    "CODE_GENDER": {"M": 0.0, "F": 1.0},
    "FLAG_OWN_CAR": {"N": 0.0, "Y": 1.0},
    "FLAG_OWN_REALTY": {"Y": 0.0, "N": 1.0},
}

CATEGORICAL = (
    "NAME_CONTRACT_TYPE",
    "NAME_TYPE_SUITE",
    "NAME_INCOME_TYPE",
    "NAME_EDUCATION_TYPE",
    "NAME_FAMILY_STATUS",
    "NAME_HOUSING_TYPE",
    "OCCUPATION_TYPE",
    "WEEKDAY_APPR_PROCESS_START",
    "ORGANIZATION_TYPE",
    "FONDKAPREMONT_MODE",
    "HOUSETYPE_MODE",
    "WALLSMATERIAL_MODE",
    "EMERGENCYSTATE_MODE",
)

RATIOS: Mapping[str, tuple[str, str]] = {
    "DAYS_EMPLOYED_PERC": ("DAYS_EMPLOYED", "DAYS_BIRTH"),
    "INCOME_CREDIT_PERC": ("AMT_INCOME_TOTAL", "AMT_CREDIT"),
    "INCOME_PER_PERSON": ("AMT_INCOME_TOTAL", "CNT_FAM_MEMBERS"),
    "ANNUITY_INCOME_PERC": ("AMT_ANNUITY", "AMT_INCOME_TOTAL"),
    "PAYMENT_RATE": ("AMT_ANNUITY", "AMT_CREDIT"),
}

STANDS_FOR_MISSING: Mapping[str, float] = {"DAYS_EMPLOYED": 365243.0}

TRUTHS: Mapping[str, bool] = {
    "true": True,
    "false": False,
    "yes": True,
    "no": False,
    "vrai": True,
    "faux": False,
    "oui": True,
    "non": False,
}
"""Words for 1 and 0 in flags, in lower case; not in the three binary columns, whose codes mean something else."""

MISSING_MARKERS = frozenset({"", "na", "n/a", "#n/a", "nan", "<na>", "null", "none", r"\n", "-"})
"""How programs write a missing value as text, in lower case."""

_FLAG = re.compile(r"FLAG_(?!OWN_)|(?:REG|LIVE)_(?:REGION|CITY)_NOT_")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_TWO_READINGS = re.compile(r"([+-]?[1-9]\d{0,2})[.,](\d{3})", re.ASCII)
_SPACED = re.compile(r"[+-]?\d{1,3}(?:([ \u00a0\u202f\u2009'\u2019])\d{3})(?:\1\d{3})*(?:[.,]\d+)?", re.ASCII)
_POINT_GROUPS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?", re.ASCII)
_COMMA_GROUPS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_WITHOUT_SPACES = str.maketrans(dict.fromkeys(" \u00a0\u202f\u2009'\u2019"))
_INFINITE = frozenset({"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"})
_LONGEST_GROUPED = 64


class Unreadable(ValueError):
    """A cell that cannot be read as its column wants.

    The code names the reason. facts: what its sentence needs; never the cell's value, but for a number that means two
    things, whose two readings are named.
    """

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def describe_column(name: str) -> tuple[str, Kind, str | None]:
    """Source, kind and category (one-hot columns only) of a model column, by its name."""
    for source in CATEGORICAL:
        if name.startswith(f"{source}_"):
            return source, "one_hot", name[len(source) + 1 :]
    if name in BINARY:
        return name, "binary", None
    if name in RATIOS:
        return name, "ratio", None
    return name, "flag" if _FLAG.match(name) else "number", None


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


def two_readings(text: str) -> tuple[str, str] | None:
    """Both numbers that a text may be, with its sign as decimal sign and between thousands; None where it is one.

    One to three digits that do not begin with 0, one point or comma, exactly three digits: "502.000" is 502 or 502000.
    """
    match = _TWO_READINGS.fullmatch(_bare(text))
    if match is None:
        return None
    whole, part = match[1].removeprefix("+"), match[2]
    return f"{whole}.{part}".rstrip("0").rstrip("."), f"{whole}{part}"


def read_flag(value: object) -> float:
    """0 or 1, true or false, or a word for these (TRUTHS); NaN for a missing value."""
    if isinstance(value, str):
        value = TRUTHS.get(value.strip().lower(), value)
    number = float(value) if isinstance(value, bool) else read_number(value)
    if number in (0.0, 1.0) or math.isnan(number):
        return number
    raise Unreadable("not_zero_or_one")


def read_binary(codes: Mapping[str, float]) -> Reader:
    """A reader of one of the three binary columns: its letters, or the 0 and 1 that they were encoded as."""

    def read(value: object) -> float:
        if isinstance(value, bool):
            raise Unreadable("boolean_in_binary")
        if isinstance(value, str) and value.strip() in codes:
            return codes[value.strip()]
        if isinstance(value, str) and value.strip().lower() in TRUTHS:
            raise Unreadable("unknown_code")
        try:
            return read_flag(value)
        except Unreadable as reason:
            raise Unreadable(reason.code if reason.code == "nested_value" else "unknown_code") from None

    return read


def read_category(codes: Mapping[str, int]) -> Reader:
    """A reader of a raw category: its position in `codes`, −1 for a value never seen, NaN when missing."""

    def read(value: object) -> float:
        if value is None or (isinstance(value, int | float) and not abs(value) <= sys.float_info.max):
            return math.nan
        if isinstance(value, list | dict):
            raise Unreadable("nested_value")
        text = value.strip() if isinstance(value, str) else str(value)
        code = codes.get(text)
        if code is not None:
            return float(code)
        return math.nan if is_missing(text) or text.lower() in _INFINITE else -1.0

    return read


def reader_of(name: str, kind: Kind) -> Reader:
    """The reader of a model column."""
    if kind == "binary":
        return read_binary(BINARY[name])
    return read_flag if kind in ("flag", "one_hot") else read_number


def divide(numerator: Floats, denominator: Floats) -> Floats:
    """Element by element; NaN wherever the result is not a finite number. Training and serving derive with it."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = numerator / denominator
    return np.where(np.isfinite(ratio), ratio, np.nan)


def decode_binary(name: str, code: float) -> str | None:
    """The letter that a binary column's code stands for; None for a missing value."""
    return next((letter for letter, number in BINARY[name].items() if number == code), None)


def raw_value(row: Mapping[str, object], source: str) -> float | str | None:
    """What a client's own row says of a column that people know, raw or encoded; None where it says nothing.

    Numbers in the data set's unit, categories and letters as text. Meant for showing, so a cell that
    cannot be read counts as nothing said.
    """
    cell = row.get(source)
    try:
        if source in CATEGORICAL:
            encoded = (name for name in row if name.startswith(f"{source}_") and read_flag(row[name]) == 1.0)
            text = str(cell).strip() if isinstance(cell, str) and not is_missing(cell) else ""
            return text or next((name[len(source) + 1 :] for name in encoded), None)
        reader = read_binary(BINARY[source]) if source in BINARY else read_number
        number = reader(cell)
    except Unreadable:
        return None
    if math.isnan(number) or number == STANDS_FOR_MISSING.get(source):
        return None
    return decode_binary(source, number) if source in BINARY else number


def _read_text(text: str, decimal: DecimalSign | None) -> float:
    bare = text.strip()
    if decimal != "," and _NUMBER.fullmatch(bare) and (decimal or not _TWO_READINGS.fullmatch(bare)):
        return _finite(bare)
    if bare.lower() in MISSING_MARKERS or bare.lower() in _INFINITE:
        return math.nan
    bare = _bare(bare)
    readings = two_readings(bare) if decimal is None else None
    if readings is not None:
        raise Unreadable("two_readings", one=readings[0], other=readings[1])
    plain = _without_groups(bare, decimal)
    if _NUMBER.fullmatch(plain):
        return _finite(plain)
    raise Unreadable("text_in_number")


def _bare(text: str) -> str:
    """A number's text without a currency sign behind it, and with a plain minus."""
    bare = text.strip()
    if bare and unicodedata.category(bare[-1]) == "Sc":
        bare = bare[:-1].rstrip()
    return f"-{bare[1:]}" if bare.startswith("\N{MINUS SIGN}") else bare


def _without_groups(text: str, decimal: DecimalSign | None) -> str:
    """The same number with a decimal point and nothing between thousands; text that is no such number is left alone."""
    if len(text) <= _LONGEST_GROUPED:
        if _SPACED.fullmatch(text):
            text = text.translate(_WITHOUT_SPACES)
        elif decimal == "," and _POINT_GROUPS.fullmatch(text):
            text = text.replace(".", "")
        elif decimal == "." and _COMMA_GROUPS.fullmatch(text):
            text = text.replace(",", "")
    if decimal != ",":
        return text
    return "" if "." in text else text.replace(",", ".")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else math.nan
