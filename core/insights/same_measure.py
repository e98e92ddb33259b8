"""Columns that measure the same thing, such as the balance of a card and the amount owed on it.

A model splits the effect of the thing among them. A person should read them as one reason.
"""

from __future__ import annotations

from functools import cache

from core.dictionary.history_columns import history_column
from core.dictionary.lookup import entry_of

PAIRS = {
    "DAYS_EMPLOYED_PERC": "DAYS_EMPLOYED",
    "REGION_RATING_CLIENT_W_CITY": "REGION_RATING_CLIENT",
    "DEF_60_CNT_SOCIAL_CIRCLE": "DEF_30_CNT_SOCIAL_CIRCLE",
    "OBS_60_CNT_SOCIAL_CIRCLE": "OBS_30_CNT_SOCIAL_CIRCLE",
}
"""Column of an application → the column that measures the same thing."""
OWED = "AMT_BALANCE"
QUANTITIES = {
    "AMT_RECEIVABLE_PRINCIPAL": OWED,
    "AMT_RECIVABLE": OWED,
    "AMT_TOTAL_RECEIVABLE": OWED,
    "AMT_PAYMENT_TOTAL_CURRENT": "AMT_PAYMENT_CURRENT",
}
"""Quantity of a history → the quantity that measures the same thing."""
TABLES = {"ACTIVE": "BURO", "APPROVED": "PREV"}
"""Table → the table with nearly the same records: loans that run are owed, and most applications were approved."""
LEVELS = ("MEAN", "SUM")
"""Aggregations that say, as MAX does, how much there is; a date has no such kin, nor has a lowest value."""
BUILDING = ("_AVG", "_MODE", "_MEDI")


@cache
def measured_by(column: str) -> str:
    """The name of what a column measures: equal for two columns that measure the same thing."""
    parts = history_column(column)
    if parts is not None:
        if parts.category is not None:
            return column
        aggregation = "MAX" if parts.aggregation in LEVELS and not parts.unit.startswith("date") else parts.aggregation
        table, what = TABLES.get(parts.table, parts.table), QUANTITIES.get(parts.what, parts.what)
        return f"{table}_{what}_{aggregation}"
    if entry_of(column).theme == "building":
        return next((column.removesuffix(end) for end in BUILDING if column.endswith(end)), column)
    return PAIRS.get(column, column)
