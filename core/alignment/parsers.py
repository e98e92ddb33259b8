"""Home Credit's raw columns in the model's vocabulary; training and serving read cells with this one module.

Every reader takes one cell as it was sent and returns a float, NaN for a missing value, or raises
Unreadable with a code. The codes of the three binary columns are those of the contract: note that
FLAG_OWN_REALTY counts the other way round (Y is 0, N is 1).
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Mapping

import numpy as np

from core.alignment.number_text import INFINITE, Unreadable, is_missing, is_number_text, read_number
from core.model.schema import Kind
from core.records import Floats

Reader = Callable[[object], float]


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
    **dict.fromkeys(("true", "yes", "vrai", "oui"), True),
    **dict.fromkeys(("false", "no", "faux", "non"), False),
}
"""Words for 1 and 0 in flags, in lower case; not in the three binary columns, whose codes mean something else."""

_FLAG = re.compile(r"FLAG_(?!OWN_)|(?:REG|LIVE)_(?:REGION|CITY)_NOT_")


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
        return math.nan if is_missing(text) or text.lower() in INFINITE else -1.0

    return read


def is_missing_cell(cell: object) -> bool:
    """Whether a cell of a category column holds nothing, or a marker of a missing value."""
    return cell is None or cell != cell or (isinstance(cell, str) and is_missing(cell))


def is_number(cell: object) -> bool:
    """Whether a cell is a number, or text that is one with either decimal sign, true and false not among them."""
    if isinstance(cell, str):
        return is_number_text(cell)
    return math.isfinite(cell) if isinstance(cell, float) else isinstance(cell, int) and not isinstance(cell, bool)


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


def quotient(numerator: float | None, denominator: float | None) -> float | None:
    """One number by another, as `divide`; None where one of them is missing or the result is not a finite number."""
    if numerator is None or not denominator:
        return None
    ratio = numerator / denominator
    return ratio if math.isfinite(ratio) else None


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
