"""credit_card_balance: monthly states of credit cards at Home Credit."""

from __future__ import annotations

import polars as pl

from core.features.aggregate import Runs
from core.features.categories import categories_of
from core.features.tables import CLIENT, Schema

STATUS = "NAME_CONTRACT_STATUS"
CATEGORIES = categories_of("CC", [STATUS])
EVERY = "min max mean sum var"
NUMBERS = (
    "MONTHS_BALANCE",
    "AMT_BALANCE",
    "AMT_CREDIT_LIMIT_ACTUAL",
    "AMT_DRAWINGS_ATM_CURRENT",
    "AMT_DRAWINGS_CURRENT",
    "AMT_DRAWINGS_OTHER_CURRENT",
    "AMT_DRAWINGS_POS_CURRENT",
    "AMT_INST_MIN_REGULARITY",
    "AMT_PAYMENT_CURRENT",
    "AMT_PAYMENT_TOTAL_CURRENT",
    "AMT_RECEIVABLE_PRINCIPAL",
    "AMT_RECIVABLE",
    "AMT_TOTAL_RECEIVABLE",
    "CNT_DRAWINGS_ATM_CURRENT",
    "CNT_DRAWINGS_CURRENT",
    "CNT_DRAWINGS_OTHER_CURRENT",
    "CNT_DRAWINGS_POS_CURRENT",
    "CNT_INSTALMENT_MATURE_CUM",
    "SK_DPD",
    "SK_DPD_DEF",
)
SCHEMA = Schema("credit_card_balance", CLIENT, numbers=NUMBERS, categories=CATEGORIES)


def credit_card_features(rows: pl.LazyFrame, clients: pl.Series) -> pl.DataFrame:
    """One row per client: SK_ID_CURR, then five aggregations of every column, and CC_COUNT, the number of rows.

    Amounts are in the data set's currency, SK_DPD in days past due, MONTHS_BALANCE in months relative to the
    application (0 or less); each status is a 0/1 column. clients: the clients' ids, ascending.
    """
    cards = Runs.of(rows, CLIENT, clients, categories=CATEGORIES)
    return cards.frame(
        cards.aggregated("CC", dict.fromkeys(NUMBERS, EVERY)),
        cards.flags("CC", CATEGORIES, EVERY),
        cards.count("CC_COUNT"),
    )
