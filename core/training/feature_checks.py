"""Checks a features file before training: column types, empty columns, scales.

A model trained on a column with a wrong scale would give wrong answers to clients with the right one. A few values
outside a column's bounds occur in the data; many are an error of scale.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from core.alignment.parsers import BINARY, STANDS_FOR_MISSING, describe_column
from core.features.categories import COLUMNS, HISTORIES
from core.records import Floats
from core.training.applications import TrainingRefused

ENDLESS = float("inf")
MOST_OUTSIDE = 0.05
"""The largest share of a column's present values that may lie outside its bounds."""
BOUNDS: tuple[tuple[re.Pattern[str], float, float, str], ...] = tuple(
    (re.compile(pattern), low, high, words)
    for pattern, low, high, words in (
        (r"EXT_SOURCE_\d", 0.0, 1.0, "a score is between 0 and 1"),
        (r"DAYS_BIRTH", -120 * 366.0, -10 * 365.0, "days since birth are below -3650"),
        (r"DAYS_(EMPLOYED|ID_PUBLISH|REGISTRATION|LAST_PHONE_CHANGE)", -ENDLESS, 0.0, "days in the past are below 0"),
        (
            r"\w+_DAYS_(CREDIT|CREDIT_UPDATE|DECISION|ENTRY_PAYMENT)_(MIN|MAX|MEAN|SUM)",
            -ENDLESS,
            0.0,
            "days in the past are below 0",
        ),
        (r"\w+_MONTHS_BALANCE(_MIN|_MAX)?_(MIN|MAX|MEAN)", -ENDLESS, 0.0, "months in the past are below 0"),
        (r"AMT_\w+|CNT_\w+|OWN_CAR_AGE|\w+_COUNT", 0.0, ENDLESS, "amounts and counts are not below 0"),
        (r"HOUR_APPR_PROCESS_START", 0.0, 23.0, "hours are between 0 and 23"),
        (r"REGION_RATING_CLIENT\w*", 1.0, 3.0, "ratings are 1, 2 or 3"),
        (r"FLAG_\w+|REG_\w+|LIVE_\w+", 0.0, 1.0, "flags are 0 or 1"),
    )
)
"""(pattern of the column's name, lower bound, upper bound, the bounds in words), on the data set's own scale."""


def check_features(features: pd.DataFrame, name: str) -> None:
    """Raise TrainingRefused, naming the first column that holds text, only missing values, or a wrong scale.

    features: of shape (n_clients, …) with the 795 columns. name: the file's name. A family of histories without any
    value is accepted as an absent table; the card names it.
    """
    for finding in _findings(features):
        raise TrainingRefused(name, finding)


def _findings(features: pd.DataFrame) -> Iterator[str]:
    for column in COLUMNS:
        values = features[column]
        if not pd.api.types.is_numeric_dtype(values) and values.notna().any():
            yield f"{column} holds text where numbers belong"
    absent = {column for column in COLUMNS if not features[column].notna().any()}
    for column in sorted(absent, key=COLUMNS.index):
        if not absent.issuperset(_family(column)):
            yield f"{column} holds nothing but missing values"
    for column in COLUMNS:
        if column not in absent:
            yield from _off_scale(column, features[column].to_numpy(dtype=np.float64, na_value=np.nan))


def _family(column: str) -> list[str]:
    """The columns that are all missing if the column's table is absent; for the application, all 795 columns."""
    prefix = next((each for each in HISTORIES if column.startswith(f"{each}_")), None)
    return [each for each in COLUMNS if each.startswith(f"{prefix}_")] if prefix else list(COLUMNS)


def _off_scale(column: str, values: Floats) -> Iterator[str]:
    low, high, words = _bounds(column)
    present = values[np.isfinite(values) & (values != STANDS_FOR_MISSING.get(column))]
    outside = float(((present < low) | (present > high)).mean()) if len(present) else 0.0
    if outside > MOST_OUTSIDE:
        yield f"{column} is on another scale: {words}, and {100 * outside:.0f} % of the values are not"


def _bounds(column: str) -> tuple[float, float, str]:
    if column in BINARY or describe_column(column)[1] == "one_hot":
        return 0.0, 1.0, "codes are 0 or 1"
    for pattern, low, high, words in BOUNDS:
        if pattern.fullmatch(column):
            return low, high, words
    return -ENDLESS, ENDLESS, ""
