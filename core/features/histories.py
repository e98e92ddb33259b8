"""The history features: which tables give which columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from core.features.aggregate import contiguous
from core.features.bureau import BALANCE, balance_per_loan, bureau_features
from core.features.bureau import SCHEMA as BUREAU
from core.features.credit_card import SCHEMA as CREDIT_CARD
from core.features.credit_card import credit_card_features
from core.features.installments import SCHEMA as INSTALLMENTS
from core.features.installments import installments_features
from core.features.pos_cash import SCHEMA as POS_CASH
from core.features.pos_cash import pos_cash_features
from core.features.previous_application import SCHEMA as PREVIOUS
from core.features.previous_application import previous_application_features
from core.features.read import read_rows
from core.features.tables import Schema, Source


@dataclass(frozen=True, slots=True)
class Tables:
    """The present tables, read on demand. scratch: a folder for decompressed files."""

    sources: Mapping[str, Source]
    scratch: Path

    def __contains__(self, schema: Schema) -> bool:
        return schema.table in self.sources

    def rows(self, schema: Schema) -> pl.LazyFrame:
        """The typed rows of a present table, the rows of each key contiguous. Raises TableRefused."""
        return contiguous(read_rows(self.sources[schema.table], self.scratch), schema.key).lazy()


@dataclass(frozen=True, slots=True)
class History:
    """Columns that are computed together.

    schemas: the table they need, and for bureau a second, optional table. prefixes: of the columns' names. make: takes
    the tables and the clients' ids in ascending order, and returns one row per id; it keeps no reference to a table's
    rows, so that their memory is freed early.
    """

    schemas: tuple[Schema, ...]
    prefixes: tuple[str, ...]
    make: Callable[[Tables, pl.Series], pl.DataFrame]

    @property
    def table(self) -> Schema:
        """The required table."""
        return self.schemas[0]


def _previous(tables: Tables, clients: pl.Series) -> pl.DataFrame:
    return previous_application_features(tables.rows(PREVIOUS), clients)


def _installments(tables: Tables, clients: pl.Series) -> pl.DataFrame:
    return installments_features(tables.rows(INSTALLMENTS), clients)


def _bureau(tables: Tables, clients: pl.Series) -> pl.DataFrame:
    per_loan = balance_per_loan(tables.rows(BALANCE)) if BALANCE in tables else None
    return bureau_features(tables.rows(BUREAU), clients, per_loan)


def _credit_card(tables: Tables, clients: pl.Series) -> pl.DataFrame:
    return credit_card_features(tables.rows(CREDIT_CARD), clients)


def _pos_cash(tables: Tables, clients: pl.Series) -> pl.DataFrame:
    return pos_cash_features(tables.rows(POS_CASH), clients)


# The tables with most rows first and the one with most columns last: this order needs the least memory.
HISTORIES = (
    History((INSTALLMENTS,), ("INSTAL",), _installments),
    History((BUREAU, BALANCE), ("BURO", "ACTIVE", "CLOSED"), _bureau),
    History((CREDIT_CARD,), ("CC",), _credit_card),
    History((POS_CASH,), ("POS",), _pos_cash),
    History((PREVIOUS,), ("PREV", "APPROVED", "REFUSED"), _previous),
)
