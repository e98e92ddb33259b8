"""Small tables of the shape of Home Credit's, typed or drawn; columns that nobody asks about are empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from core.features.application import SCHEMA as APPLICATION
from core.features.build import FeatureReport, build_features
from core.features.histories import HISTORIES
from core.features.tables import Schema

SCHEMAS: Mapping[str, Schema] = {
    schema.table: schema for schema in (APPLICATION, *(each for history in HISTORIES for each in history.schemas))
}
Rows = Sequence[Mapping[str, object]]


def table_of(name: str, rows: Rows) -> pd.DataFrame:
    """Rows as a table with every column that the rules read; what a row does not name is missing."""
    needed = SCHEMAS[name].needed
    extra = [column for row in rows for column in row if column not in needed]
    return pd.DataFrame(rows, columns=[*needed, *dict.fromkeys(extra)])


def applications(*clients: int, **columns: object) -> pd.DataFrame:
    """One application a client, with gender F and no other value unless given."""
    return table_of("application_train", [{"SK_ID_CURR": each, "CODE_GENDER": "F", **columns} for each in clients])


def write(folder: Path, tables: Mapping[str, pd.DataFrame], ending: str = ".csv") -> Path:
    """The tables as files of one kind."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        file = folder / f"{name}{ending}"
        if ending == ".parquet":
            table.to_parquet(file)
        else:
            table.to_csv(file, index=False)
    return folder


def build(folder: Path, tables: Mapping[str, pd.DataFrame], ending: str = ".csv") -> pd.DataFrame:
    """The features of these tables, SK_ID_CURR as the index."""
    build_with_report(folder, tables, ending)
    return pd.read_parquet(folder / "features.parquet").set_index("SK_ID_CURR")


def build_with_report(
    folder: Path, tables: Mapping[str, pd.DataFrame], ending: str = ".csv"
) -> tuple[FeatureReport, list[str]]:
    """What the build reports, and what it said meanwhile."""
    said: list[str] = []
    write(folder / "tables", tables, ending)
    report = build_features(folder / "tables", folder / "features.parquet", said.append)
    return report, said
