"""bureau and bureau_balance: loans at other lenders and their monthly statuses."""

from __future__ import annotations

import polars as pl

from core.features.aggregate import Runs
from core.features.categories import categories, categories_of
from core.features.tables import CLIENT, Schema

LOAN = "SK_ID_BUREAU"
MONTHS = "MONTHS_BALANCE"
STATUS = "STATUS"
STATUSES = {STATUS: categories("BURO", STATUS, "MEAN_MEAN")}
BALANCE = Schema("bureau_balance", LOAN, numbers=(MONTHS,), categories=STATUSES)

ACTIVE = "CREDIT_ACTIVE"
CATEGORIES = categories_of("BURO", [ACTIVE, "CREDIT_CURRENCY", "CREDIT_TYPE"])
RULES = {
    "DAYS_CREDIT": "min max mean var",
    "DAYS_CREDIT_ENDDATE": "min max mean",
    "DAYS_CREDIT_UPDATE": "mean",
    "CREDIT_DAY_OVERDUE": "max mean",
    "AMT_CREDIT_MAX_OVERDUE": "mean",
    "AMT_CREDIT_SUM": "max mean sum",
    "AMT_CREDIT_SUM_DEBT": "max mean sum",
    "AMT_CREDIT_SUM_OVERDUE": "mean",
    "AMT_CREDIT_SUM_LIMIT": "mean sum",
    "AMT_ANNUITY": "max mean",
    "CNT_CREDIT_PROLONG": "sum",
}
BALANCE_RULES = {
    f"{MONTHS}_MIN": "min",
    f"{MONTHS}_MAX": "max",
    f"{MONTHS}_SIZE": "mean sum",
}
SCHEMA = Schema("bureau", CLIENT, numbers=(*RULES, LOAN), categories=CATEGORIES)


def balance_per_loan(rows: pl.LazyFrame) -> pl.DataFrame:
    """bureau_balance aggregated by SK_ID_BUREAU, of shape (n_loans, 1 + 3 + n_statuses).

    MONTHS_BALANCE_MIN and _MAX are months relative to the application (0 or less), MONTHS_BALANCE_SIZE is the number
    of rows, STATUS_<status>_MEAN the share of the rows with each status.
    """
    months = Runs.of(rows, LOAN, categories=STATUSES)
    return months.frame(months.aggregated("", {MONTHS: "min max size"}), months.flags("", STATUSES, "mean"))


def bureau_features(rows: pl.LazyFrame, clients: pl.Series, per_loan: pl.DataFrame | None) -> pl.DataFrame:
    """One row per client: SK_ID_CURR, then the BURO, ACTIVE and CLOSED columns.

    A client without an active (closed) loan has no ACTIVE (CLOSED) value.

    Parameters
    ----------
    rows: bureau, one loan per row.
    clients: the clients' ids, ascending.
    per_loan: the result of `balance_per_loan`; None if there is no bureau_balance, then without its columns.
    """
    rules, shares = RULES, {}
    if per_loan is not None:
        rows = rows.join(
            per_loan.lazy().with_columns(pl.col(LOAN).cast(pl.Float64)), on=LOAN, how="left", maintain_order="left"
        )
        rules, shares = RULES | BALANCE_RULES, {f"{STATUS}_{status}_MEAN": "mean" for status in STATUSES[STATUS]}
    loans = Runs.of(rows, CLIENT, clients, categories=CATEGORIES)
    return loans.frame(
        loans.aggregated("BURO", rules | shares),
        loans.flags("BURO", CATEGORIES, "mean"),
        loans.where(ACTIVE, "Active").aggregated("ACTIVE", rules),
        loans.where(ACTIVE, "Closed").aggregated("CLOSED", rules),
    )
