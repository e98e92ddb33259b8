"""previous_application: the client's earlier applications at Home Credit."""

from __future__ import annotations

import polars as pl

from core.features.aggregate import Runs
from core.features.categories import PREVIOUS_TEXTS, categories_of
from core.features.ratios import ratio
from core.features.tables import CLIENT, Schema

STATUS = "NAME_CONTRACT_STATUS"
NO_DAY = 365243.0
RULES = {
    "AMT_ANNUITY": "min max mean",
    "AMT_APPLICATION": "min max mean",
    "AMT_CREDIT": "min max mean",
    "APP_CREDIT_PERC": "min max mean var",
    "AMT_DOWN_PAYMENT": "min max mean",
    "AMT_GOODS_PRICE": "min max mean",
    "HOUR_APPR_PROCESS_START": "min max mean",
    "RATE_DOWN_PAYMENT": "min max mean",
    "DAYS_DECISION": "min max mean",
    "CNT_PAYMENT": "mean sum",
}
NUMBERS = tuple(column for column in RULES if column != "APP_CREDIT_PERC")
CATEGORIES = categories_of("PREV", PREVIOUS_TEXTS)
SCHEMA = Schema("previous_application", CLIENT, numbers=NUMBERS, categories=CATEGORIES)


def previous_application_features(rows: pl.LazyFrame, clients: pl.Series) -> pl.DataFrame:
    """One row per client: SK_ID_CURR, then the PREV, APPROVED and REFUSED columns.

    APP_CREDIT_PERC is the amount applied for ÷ the credit granted, missing if nothing was granted. A client without
    an approved (refused) application has no APPROVED (REFUSED) value. clients: the clients' ids, ascending.
    """
    days = [column for column in NUMBERS if column.startswith("DAYS_")]
    known = rows.with_columns(pl.when(pl.col(days) != NO_DAY).then(pl.col(days)).name.keep())
    derived = {"APP_CREDIT_PERC": ratio("AMT_APPLICATION", "AMT_CREDIT")}
    applications = Runs.of(known, CLIENT, clients, categories=CATEGORIES, derived=derived)
    return applications.frame(
        applications.aggregated("PREV", RULES),
        applications.flags("PREV", CATEGORIES, "mean"),
        applications.where(STATUS, "Approved").aggregated("APPROVED", RULES),
        applications.where(STATUS, "Refused").aggregated("REFUSED", RULES),
    )
