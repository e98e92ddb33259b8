"""Seven tables of the real row counts, shape and columns, drawn at random and written as CSV: nobody's rows.

Clients, rows per client and loan, categories and shares of missing values are of the real order; the numbers mean
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.alignment.parsers import BINARY, describe_column
from core.features import bureau, credit_card, pos_cash
from core.features.categories import PREVIOUS_TEXTS, application_columns, categories

# Rows, and clients who have some (bureau_balance: loans).
ROWS = {
    "application_train": (307_511, 307_511),
    "bureau": (1_716_428, 305_811),
    "bureau_balance": (27_299_925, 817_395),
    "previous_application": (1_670_214, 338_857),
    "POS_CASH_balance": (10_001_358, 337_252),
    "credit_card_balance": (3_840_312, 103_558),
    "installments_payments": (13_605_401, 339_587),
}
FIRST_CLIENT = 100_001
FIRST_LOAN = 5_000_001
CHUNK = 1_000_000

Column = NDArray[np.generic] | pl.Series


class Tables:
    """Draws and writes the tables at a scale, the share of the real rows and clients; the same seed, the same files."""

    def __init__(self, folder: Path, scale: float, seed: int = 1) -> None:
        self._folder = folder
        self._scale = scale
        self._draw = np.random.default_rng(seed)

    def write(self) -> dict[str, int]:
        """Writes all seven, one CSV file each; rows by table."""
        made = {
            "application_train": self._application,
            "bureau": self._bureau,
            "bureau_balance": self._balance,
            "previous_application": self._previous,
            "POS_CASH_balance": self._pos,
            "credit_card_balance": self._card,
            "installments_payments": self._instalments,
        }
        return {table: self._write_table(table, make) for table, make in made.items()}

    def _write_table(self, table: str, make: Callable[[int, int], dict[str, Column]]) -> int:
        rows = self._count(ROWS[table][0])
        with (self._folder / f"{table}.csv").open("wb") as file:
            for start in range(0, rows, CHUNK):
                batch = pl.DataFrame(make(start, min(CHUNK, rows - start)))
                batch.write_csv(file, include_header=start == 0)
        return rows

    def _count(self, full: int) -> int:
        return max(int(full * self._scale), 10)

    def _keys(self, table: str, n: int) -> Column:
        return FIRST_CLIENT + self._draw.integers(0, self._count(ROWS[table][1]), n)

    def _runs(self, table: str, start: int, n: int, first: int) -> Column:
        # Credit bureau data come client by client and loan by loan, in no order of their ids.
        rows, keys = (self._count(full) for full in ROWS[table])
        order = np.random.default_rng(keys).permutation(keys)
        return first + order[np.arange(start, start + n) * keys // rows]

    def _whole(self, n: int, low: int, high: int, missing: float = 0.0) -> Column:
        return self._blank(self._draw.integers(low, high, n).astype(np.float64 if missing else np.int64), missing)

    def _amount(self, n: int, missing: float = 0.0) -> Column:
        return self._blank(np.round(self._draw.lognormal(9.0, 1.0, n), 2), missing)

    def _unit(self, n: int, missing: float = 0.0) -> Column:
        return self._blank(np.round(self._draw.random(n), 6), missing)

    def _blank(self, values: NDArray[np.generic], missing: float) -> Column:
        if not missing:
            return values
        return pl.Series(np.where(self._draw.random(len(values)) < missing, np.nan, values)).fill_nan(None)

    def _text(self, n: int, values: Sequence[str], missing: float = 0.0) -> Column:
        values = [value for value in values if value != "nan"]
        shares = 0.5 ** np.arange(len(values)) + 0.01
        codes = pl.Series(self._draw.choice(len(values), n, p=shares / shares.sum()), dtype=pl.UInt32)
        codes = codes.set(pl.Series(self._draw.random(n) < missing), None)
        return pl.Series(values).gather(codes)

    def _application(self, start: int, n: int) -> dict[str, Column]:
        made: dict[str, Column] = {
            "SK_ID_CURR": FIRST_CLIENT + np.arange(start, start + n),
            "TARGET": self._whole(n, 0, 2),
        }
        for column in application_columns():
            source, kind, _ = describe_column(column)
            if kind == "binary":
                made[column] = self._text(n, list(BINARY[column]))
            elif kind == "flag":
                made[column] = self._whole(n, 0, 2)
            elif kind == "one_hot" and source not in made:
                made[source] = self._text(n, application_categories(source), 0.1)
            elif kind == "number" and column.startswith("AMT_"):
                made[column] = self._amount(n)
            elif kind == "number" and column.startswith(("DAYS_", "CNT_", "HOUR_")):
                made[column] = self._whole(n, 1, 20_000, 0.05)
            elif kind == "number":
                made[column] = self._unit(n, 0.4)
        return made

    def _bureau(self, start: int, n: int) -> dict[str, Column]:
        return {
            "SK_ID_CURR": self._runs("bureau", start, n, FIRST_CLIENT),
            "SK_ID_BUREAU": FIRST_LOAN + np.arange(start, start + n),
            **{text: self._text(n, categories("BURO", text, "MEAN")) for text in list(bureau.CATEGORIES)[:2]},
            "DAYS_CREDIT": self._whole(n, -2922, 1),
            "CREDIT_DAY_OVERDUE": self._whole(n, 0, 3),
            "DAYS_CREDIT_ENDDATE": self._whole(n, -2922, 10_000, 0.06),
            "DAYS_ENDDATE_FACT": self._whole(n, -2922, 1, 0.37),
            "AMT_CREDIT_MAX_OVERDUE": self._amount(n, 0.65),
            "CNT_CREDIT_PROLONG": self._whole(n, 0, 2),
            "AMT_CREDIT_SUM": self._amount(n),
            "AMT_CREDIT_SUM_DEBT": self._amount(n, 0.15),
            "AMT_CREDIT_SUM_LIMIT": self._amount(n, 0.34),
            "AMT_CREDIT_SUM_OVERDUE": self._amount(n),
            "CREDIT_TYPE": self._text(n, categories("BURO", "CREDIT_TYPE", "MEAN")),
            "DAYS_CREDIT_UPDATE": self._whole(n, -2922, 1),
            "AMT_ANNUITY": self._amount(n, 0.71),
        }

    def _balance(self, start: int, n: int) -> dict[str, Column]:
        return {
            "SK_ID_BUREAU": self._runs("bureau_balance", start, n, FIRST_LOAN),
            "MONTHS_BALANCE": self._whole(n, -96, 1),
            "STATUS": self._text(n, bureau.STATUSES[bureau.STATUS]),
        }

    def _previous(self, start: int, n: int) -> dict[str, Column]:
        texts = PREVIOUS_TEXTS
        return {
            "SK_ID_PREV": 1_000_001 + np.arange(start, start + n),
            "SK_ID_CURR": self._keys("previous_application", n),
            "AMT_ANNUITY": self._amount(n, 0.22),
            "AMT_APPLICATION": self._amount(n),
            "AMT_CREDIT": self._amount(n),
            "AMT_DOWN_PAYMENT": self._amount(n, 0.54),
            "AMT_GOODS_PRICE": self._amount(n, 0.23),
            "HOUR_APPR_PROCESS_START": self._whole(n, 0, 24),
            "NFLAG_LAST_APPL_IN_DAY": self._whole(n, 0, 2),
            "RATE_DOWN_PAYMENT": self._unit(n, 0.54),
            "RATE_INTEREST_PRIMARY": self._unit(n, 0.99),
            "RATE_INTEREST_PRIVILEGED": self._unit(n, 0.99),
            "DAYS_DECISION": self._whole(n, -2922, 0),
            "SELLERPLACE_AREA": self._whole(n, -1, 4000),
            "CNT_PAYMENT": self._whole(n, 0, 60, 0.22),
            **{f"DAYS_{day}": self._whole(n, -2922, 1, 0.4) for day in ("FIRST_DRAWING", "FIRST_DUE", "LAST_DUE")},
            **{f"DAYS_{day}": self._whole(n, -2922, 1, 0.4) for day in ("LAST_DUE_1ST_VERSION", "TERMINATION")},
            "NFLAG_INSURED_ON_APPROVAL": self._whole(n, 0, 2, 0.4),
            **{text: self._text(n, categories("PREV", text, "MEAN"), 0.05) for text in texts},
        }

    def _pos(self, start: int, n: int) -> dict[str, Column]:
        return {
            "SK_ID_PREV": self._whole(n, 1_000_001, 2_000_001),
            "SK_ID_CURR": self._keys("POS_CASH_balance", n),
            "MONTHS_BALANCE": self._whole(n, -96, 0),
            "CNT_INSTALMENT": self._whole(n, 1, 60, 0.003),
            "CNT_INSTALMENT_FUTURE": self._whole(n, 0, 60, 0.003),
            "NAME_CONTRACT_STATUS": self._text(n, pos_cash.CATEGORIES["NAME_CONTRACT_STATUS"]),
            "SK_DPD": self._whole(n, 0, 10),
            "SK_DPD_DEF": self._whole(n, 0, 3),
        }

    def _card(self, start: int, n: int) -> dict[str, Column]:
        amounts = [column for column in credit_card.NUMBERS if column.startswith("AMT_")]
        counts = [column for column in credit_card.NUMBERS if column.startswith("CNT_")]
        return {
            "SK_ID_PREV": self._whole(n, 1_000_001, 2_000_001),
            "SK_ID_CURR": self._keys("credit_card_balance", n),
            "MONTHS_BALANCE": self._whole(n, -96, 0),
            **{column: self._amount(n, 0.1) for column in amounts},
            **{column: self._whole(n, 0, 20, 0.1) for column in counts},
            "NAME_CONTRACT_STATUS": self._text(n, credit_card.CATEGORIES[credit_card.STATUS]),
            "SK_DPD": self._whole(n, 0, 10),
            "SK_DPD_DEF": self._whole(n, 0, 3),
        }

    def _instalments(self, start: int, n: int) -> dict[str, Column]:
        due = self._draw.integers(-2922, 0, n)
        owed = np.round(self._draw.lognormal(9.0, 1.0, n), 2)
        paid = np.where(self._draw.random(n) < 0.9, owed, np.round(owed * self._draw.random(n), 2))
        return {
            "SK_ID_PREV": self._whole(n, 1_000_001, 2_000_001),
            "SK_ID_CURR": self._keys("installments_payments", n),
            "NUM_INSTALMENT_VERSION": self._whole(n, 0, 4),
            "NUM_INSTALMENT_NUMBER": self._whole(n, 1, 60),
            "DAYS_INSTALMENT": due,
            "DAYS_ENTRY_PAYMENT": self._blank((due + self._draw.integers(-40, 5, n)).astype(float), 0.0002),
            "AMT_INSTALMENT": owed,
            "AMT_PAYMENT": self._blank(paid, 0.0002),
        }


def application_categories(source: str) -> list[str]:
    """The categories of a text column of the application."""
    described = (describe_column(column) for column in application_columns())
    return [str(category) for column, kind, category in described if kind == "one_hot" and column == source]
