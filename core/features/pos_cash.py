"""POS_CASH_balance: monthly states of consumer and cash loans at Home Credit."""

from __future__ import annotations

import polars as pl

from core.features.aggregate import Runs
from core.features.categories import categories_of
from core.features.tables import CLIENT, Schema

RULES = {
    "MONTHS_BALANCE": "max mean size",
    "SK_DPD": "max mean",
    "SK_DPD_DEF": "max mean",
}
CATEGORIES = categories_of("POS", ["NAME_CONTRACT_STATUS"])
SCHEMA = Schema("POS_CASH_balance", CLIENT, numbers=tuple(RULES), categories=CATEGORIES)


def pos_cash_features(rows: pl.LazyFrame, clients: pl.Series) -> pl.DataFrame:
    """One row per client: SK_ID_CURR, then the POS columns, with POS_COUNT, the number of rows.

    Months relative to the application (0 or less), days past due, and the share of the rows with each status.
    clients: the clients' ids, ascending.
    """
    loans = Runs.of(rows, CLIENT, clients, categories=CATEGORIES)
    return loans.frame(
        loans.aggregated("POS", RULES),
        loans.flags("POS", CATEGORIES, "mean"),
        loans.count("POS_COUNT"),
    )
