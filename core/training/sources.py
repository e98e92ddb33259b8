"""Reads the labelled clients from the application table alone, a folder of all tables, or a features file.

A features file is decoded into a raw table, with text instead of codes and one-hots, so that training has one path.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.alignment.client_id import ID
from core.alignment.parsers import BINARY, CATEGORICAL, RATIOS
from core.features.categories import COLUMNS, HISTORIES, application_columns, columns_of
from core.progress_log import ProgressLog
from core.training.applications import (
    ENDINGS,
    TARGET,
    Applications,
    TrainingRefused,
    check_applications,
    read_applications,
)
from core.training.feature_checks import check_features

HISTORY_TABLES = {
    "bureau": ("BURO", "ACTIVE", "CLOSED"),
    "bureau_balance": ("BURO_MONTHS_BALANCE", "BURO_STATUS"),
    "previous_application": ("PREV", "APPROVED", "REFUSED"),
    "POS_CASH_balance": ("POS",),
    "installments_payments": ("INSTAL",),
    "credit_card_balance": ("CC",),
}
"""The history tables, and the prefixes of the columns made from each."""


def read_labelled(data: Path, progress: ProgressLog) -> Applications:
    """The labelled applications in a folder of tables, an application table, or a features file.

    For a folder with history tables, the features are computed first. Raises TrainingRefused, or TableRefused for a
    malformed table.
    """
    if data.is_dir() and _histories(data):
        return _from_tables(data, progress)
    with progress("reading the applications"):
        if data.is_file() and _is_features(data):
            return read_features(data)
        return read_applications(data)


def read_features(file: Path) -> Applications:
    """The applications in a features file written by `python -m core features`. Raises TrainingRefused."""
    try:
        table = pd.read_parquet(file)
    except (OSError, pa.ArrowException, ValueError):
        raise TrainingRefused(file.name, "it cannot be read as a table") from None
    absent = [name for name in (ID, TARGET) if name not in table]
    if absent:
        raise TrainingRefused(file.name, f"it has no column {', '.join(absent)}; only labelled applications teach")
    check_features(table, file.name)
    return check_applications(as_table(table), file.name)


def as_table(features: pd.DataFrame) -> pd.DataFrame:
    """Decode features, of shape (n_clients, 2 + 795), to a raw table: codes and one-hots become text.

    History columns stay numbers; ratios, and columns without any value, are left out.
    """
    columns: dict[str, object] = {name: features[name] for name in (ID, TARGET)}
    for name in application_columns():
        if name in BINARY:
            texts = {code: text for text, code in BINARY[name].items()}
            columns[name] = features[name].map(texts).astype(object)
        elif name not in RATIOS and not name.startswith(tuple(f"{source}_" for source in CATEGORICAL)):
            columns[name] = features[name]
    for source in CATEGORICAL:
        columns[source] = _texts(features, source)
    for name in columns_of(*HISTORIES):
        columns[name] = features[name]
    table = pd.DataFrame(columns)
    return table.loc[:, table.notna().any() | table.columns.isin((ID, TARGET))]


def missing_tables(columns: Sequence[str]) -> tuple[str, ...]:
    """The history tables from which none of these columns comes."""
    return tuple(
        table
        for table, beginnings in HISTORY_TABLES.items()
        if not any(name.startswith(tuple(f"{each}_" for each in beginnings)) for name in columns)
    )


def _texts(features: pd.DataFrame, source: str) -> pd.Series:
    """The category whose one-hot is 1; None if all are 0."""
    names = [name for name in application_columns() if name.startswith(f"{source}_")]
    flags = features[names].to_numpy(dtype=np.float64) == 1.0
    categories = np.array([name[len(source) + 1 :] for name in names], dtype=object)
    chosen = categories[flags.argmax(axis=1)]
    chosen[~flags.any(axis=1)] = None
    return pd.Series(chosen, index=features.index, dtype=object)


def _from_tables(data: Path, progress: ProgressLog) -> Applications:
    from core.features.build import build_features

    with tempfile.TemporaryDirectory(prefix="features-") as scratch:
        file = Path(scratch) / f"{data.name or 'features'}.parquet"
        build_features(data, file, progress.line)
        with progress("reading the features"):
            return read_features(file)


def _histories(folder: Path) -> bool:
    return any((folder / f"{table}{ending}").is_file() for table in HISTORY_TABLES for ending in ENDINGS)


def _is_features(file: Path) -> bool:
    """Whether a file has the columns of the features rather than those of the raw application."""
    if file.suffix != ".parquet":
        return False
    try:
        return set(COLUMNS) <= set(pq.read_schema(file).names)
    except (OSError, pa.ArrowException):
        return False
