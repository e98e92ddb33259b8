"""The names of the feature columns, in order, and the categories in these names.

columns.json is the only list: the required columns of a table and the categories with a one-hot column follow from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

COLUMNS: tuple[str, ...] = tuple(json.loads(Path(__file__).with_name("columns.json").read_text(encoding="utf-8")))
HISTORIES = ("BURO", "ACTIVE", "CLOSED", "PREV", "APPROVED", "REFUSED", "POS", "INSTAL", "CC")
MISSING = "nan"
UNKNOWN = -1
"""The code of a value that is not a known category."""
PREVIOUS_TEXTS = (
    "NAME_CONTRACT_TYPE",
    "WEEKDAY_APPR_PROCESS_START",
    "FLAG_LAST_APPL_PER_CONTRACT",
    "NAME_CASH_LOAN_PURPOSE",
    "NAME_CONTRACT_STATUS",
    "NAME_PAYMENT_TYPE",
    "CODE_REJECT_REASON",
    "NAME_TYPE_SUITE",
    "NAME_CLIENT_TYPE",
    "NAME_GOODS_CATEGORY",
    "NAME_PORTFOLIO",
    "NAME_PRODUCT_TYPE",
    "CHANNEL_TYPE",
    "NAME_SELLER_INDUSTRY",
    "NAME_YIELD_GROUP",
    "PRODUCT_COMBINATION",
)
"""The text columns of previous_application."""


def columns_of(*prefixes: str) -> tuple[str, ...]:
    """The columns that begin with one of these prefixes (BURO, CC, …), in order."""
    return tuple(name for name in COLUMNS if name.startswith(tuple(f"{prefix}_" for prefix in prefixes)))


def application_columns() -> tuple[str, ...]:
    """The columns that come from the application itself, in order."""
    histories = set(columns_of(*HISTORIES))
    return tuple(name for name in COLUMNS if name not in histories)


def categories(prefix: str, column: str, ending: str = "MEAN") -> tuple[str, ...]:
    """The categories v of a column with a feature `<prefix>_<column>_<v>_<ending>`; `nan` is a missing value."""
    start, end = f"{prefix}_{column}_", f"_{ending}"
    return tuple(
        name[len(start) : -len(end)] for name in columns_of(prefix) if name.startswith(start) and name.endswith(end)
    )


def categories_of(prefix: str, columns: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The categories of several columns whose one-hots are aggregated by their mean."""
    return {column: categories(prefix, column) for column in columns}
