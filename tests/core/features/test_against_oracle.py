"""The engine against plain pandas, on drawn tables: gaps, unknown categories, clients of one row, in no order."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.features import bureau
from core.features.aggregate import BLOCK_ROWS, Runs
from core.features.application import CATEGORIES as APPLICATION_CATEGORIES
from core.features.categories import COLUMNS
from core.features.tables import CLIENT, Schema
from tests.core.features import oracle
from tests.core.features.tables import SCHEMAS, build

CLIENTS = 12
LOANS = 30


class Drawing:
    """Draws tables of every kind; the same seed, the same tables."""

    def __init__(self, seed: int, most: int) -> None:
        self._chance = np.random.default_rng(seed)
        self._most = most

    def tables(self) -> dict[str, pd.DataFrame]:
        """Some of the seven tables, the application always; months of loans only beside loans."""
        found = {"application_train": self._table(SCHEMAS["application_train"], CLIENTS)}
        for name, schema in SCHEMAS.items():
            if name != "application_train" and self._chance.random() < 0.8:
                found[name] = self._table(schema, int(self._chance.integers(1, self._most)))
        if "bureau" not in found:
            found.pop("bureau_balance", None)
        return found

    def _table(self, schema: Schema, rows: int) -> pd.DataFrame:
        found: dict[str, object] = {schema.key: self._keys(schema, rows)}
        for column in schema.numbers:
            found[column] = self._flag(rows) if column in schema.readers else self._number(column, rows)
        for column, known in (schema.categories or {}).items():
            found[column] = self._text([*known, "Never seen"], rows)
        for column in schema.letters:
            found[column] = self._chance.choice({"CODE_GENDER": ["F", "M", "XNA"]}.get(column, ["Y", "N"]), rows)
        return pd.DataFrame(found)

    def _keys(self, schema: Schema, rows: int) -> np.ndarray:
        if schema.unique:
            return self._chance.permutation(np.arange(1, rows + 1))
        return self._chance.integers(1, LOANS if schema.key == "SK_ID_BUREAU" else CLIENTS + 3, rows)

    def _number(self, column: str, rows: int) -> np.ndarray:
        if column == "SK_ID_BUREAU":
            return self._chance.integers(1, LOANS, rows)
        numbers = self._chance.choice([0.0, 1.0, -3.0, 2.5, 1e7, -400.0, 365243.0], rows)
        numbers = np.where(self._chance.random(rows) < 0.3, np.round(self._chance.normal(0, 1000, rows), 2), numbers)
        return np.where(self._chance.random(rows) < 0.3, np.nan, numbers)

    def _flag(self, rows: int) -> np.ndarray:
        return self._chance.integers(0, 2, rows).astype(float)

    def _text(self, values: list[str], rows: int) -> np.ndarray:
        chosen = self._chance.choice(np.array([each for each in values if each != "nan"], dtype=object), rows)
        return np.where(self._chance.random(rows) < 0.2, np.array(None, dtype=object), chosen)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32 - 1), most=st.sampled_from([2, 6, 40]), ending=st.sampled_from([".csv", ".parquet"]))
@example(seed=0, most=40, ending=".csv.gz")
def test_every_value_is_that_of_plain_pandas(seed: int, most: int, ending: str) -> None:
    tables = Drawing(seed, most).tables()
    with tempfile.TemporaryDirectory() as folder:
        found = build(Path(folder), tables, ending)
    expected = oracle.features(tables, COLUMNS).set_index(CLIENT)
    assert found.index.tolist() == expected.index.tolist()
    for name in COLUMNS:
        ours, theirs = (frame[name].to_numpy(dtype=np.float64) for frame in (found, expected))
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=0, equal_nan=True, err_msg=name)


def test_clients_whose_rows_lie_across_the_blocks_of_the_arithmetic() -> None:
    chance = np.random.default_rng(3)
    sizes = [1, BLOCK_ROWS - 2, 5, 3 * BLOCK_ROWS, 2, BLOCK_ROWS]
    keys = np.repeat([4, 2, 9, 1, 7, 3], sizes)
    values = np.where(chance.random(len(keys)) < 0.1, np.nan, chance.normal(0, 9, len(keys)))
    runs = Runs.of(pl.DataFrame({"k": keys, "x": values}, nan_to_null=True).lazy(), "k")
    found = runs.frame(runs.aggregated("", {"x": "min max mean sum var size nunique"})).to_pandas().set_index("k")
    plain = pd.DataFrame({"k": keys, "x": values}).groupby("k")["x"]
    expected = plain.agg(["min", "max", "mean", "sum", "var", "size", "nunique"])
    assert found.index.tolist() == expected.index.tolist() == [1, 2, 3, 4, 7, 9]
    np.testing.assert_allclose(found.to_numpy(), expected.to_numpy(dtype=float), rtol=1e-9, equal_nan=True)


def test_the_months_of_loans_change_no_bit_of_what_the_loans_say() -> None:
    chance = np.random.default_rng(5)
    n = 50_000
    loans = {"SK_ID_CURR": chance.integers(1, 200, n), "SK_ID_BUREAU": chance.permutation(n).astype(float)}
    loans |= {column: chance.lognormal(9, 3, n) for column in bureau.RULES}
    loans |= {column: np.zeros(n, dtype=np.int16) for column in bureau.CATEGORIES}
    months = {"SK_ID_BUREAU": np.repeat(np.arange(n), 2), "MONTHS_BALANCE": np.zeros(2 * n)}
    per_loan = bureau.balance_per_loan(pl.DataFrame(months | {"STATUS": np.zeros(2 * n, dtype=np.int16)}).lazy())
    clients = pl.Series("SK_ID_CURR", np.arange(1, 200))
    without, with_months = (
        bureau.bureau_features(pl.DataFrame(loans).lazy(), clients, months) for months in (None, per_loan)
    )
    assert with_months.select(without.columns).equals(without)


def test_the_drawn_tables_hold_what_the_rules_speak_of() -> None:
    tables = Drawing(1, 40).tables()
    assert len(tables) >= 4
    texts = tables["application_train"][list(APPLICATION_CATEGORIES)]
    assert texts.isna().any(axis=None)
    assert (texts == "Never seen").any(axis=None)
