"""installments_payments: the instalments due and the payments made, with their dates."""

from __future__ import annotations

import polars as pl

from core.features.aggregate import Runs
from core.features.ratios import ratio
from core.features.tables import CLIENT, Schema

RULES = {
    "NUM_INSTALMENT_VERSION": "nunique",
    "DPD": "max mean sum",
    "DBD": "max mean sum",
    "PAYMENT_PERC": "max mean sum var",
    "PAYMENT_DIFF": "max mean sum var",
    "AMT_INSTALMENT": "max mean sum",
    "AMT_PAYMENT": "min max mean sum",
    "DAYS_ENTRY_PAYMENT": "max mean sum",
}
NUMBERS = ("NUM_INSTALMENT_VERSION", "DAYS_INSTALMENT", "DAYS_ENTRY_PAYMENT", "AMT_INSTALMENT", "AMT_PAYMENT")
SCHEMA = Schema("installments_payments", CLIENT, numbers=NUMBERS)


def installments_features(rows: pl.LazyFrame, clients: pl.Series) -> pl.DataFrame:
    """One row per client: SK_ID_CURR, then the INSTAL columns.

    DPD and DBD are days past due and days before due (0 or more), PAYMENT_PERC is payment ÷ instalment, PAYMENT_DIFF
    the unpaid amount in the data set's currency, INSTAL_COUNT the number of rows. clients: the clients' ids, ascending.
    """
    late = pl.col("DAYS_ENTRY_PAYMENT") - pl.col("DAYS_INSTALMENT")
    derived = {
        "PAYMENT_PERC": ratio("AMT_PAYMENT", "AMT_INSTALMENT"),
        "PAYMENT_DIFF": pl.col("AMT_INSTALMENT") - pl.col("AMT_PAYMENT"),
        # A payment without a date counts as on time: 0 days late and 0 days early.
        "DPD": late.clip(lower_bound=0.0).fill_null(0.0),
        "DBD": (-late).clip(lower_bound=0.0).fill_null(0.0),
    }
    payments = Runs.of(rows, CLIENT, clients, derived=derived)
    return payments.frame(payments.aggregated("INSTAL", RULES), payments.count("INSTAL_COUNT"))
