"""Computes the features of a folder of tables and writes them as one Parquet file."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from core.errors import ScoringError
from core.features import application
from core.features.categories import COLUMNS, columns_of
from core.features.histories import HISTORIES, History, Tables
from core.features.tables import CLIENT, ENDINGS, Source, TableRefused, check_columns, find_source

APPLICATION_TABLES = (application.SCHEMA.table, "application_test")
ROWS_TOGETHER = 16_384

Say = Callable[[str], None]
Sources = Mapping[str, Source]


class OutputRefused(ScoringError):
    """The features cannot be written: the file's name, and why."""

    def __init__(self, file: str, finding: str) -> None:
        super().__init__(f"{file} cannot be written: {finding}.")
        self.file = file


@dataclass(frozen=True, slots=True)
class FeatureReport:
    """The result of `build_features`. rows: applications. columns: with the key and TARGET.

    absent: names of the absent tables. seconds: elapsed time by table (bureau_balance is part of bureau), then
    `writing` and `all`.
    """

    rows: int
    columns: int
    absent: tuple[str, ...]
    seconds: Mapping[str, float]


def build_features(data_dir: Path, out: Path, progress: Say) -> FeatureReport:
    """Read the tables in a folder and write one row per application to a Parquet file, whole or not at all.

    The file's columns are SK_ID_CURR, which sorts the rows; TARGET, if the applications have one; then the 795
    features as 64-bit floats, null where missing. The columns of an absent table are missing in every row.

    Parameters
    ----------
    data_dir: the folder with the tables.
    out: the Parquet file.
    progress: called with one line of text for each step and each absent table.

    Raises
    ------
    TableRefused: a table is malformed; names table, column and line.
    OutputRefused: the file cannot be written.
    """
    start = time.perf_counter()
    sources = find_tables(data_dir)
    check_out(out, sources)
    absent = _report_absent(sources, progress)
    seconds: dict[str, float] = {}
    with _scratch_beside(out) as scratch:
        tables = Tables(sources, scratch)
        with _timed(application.SCHEMA.table, seconds):
            features = _make_applications(tables, progress)
        for history in HISTORIES:
            if history.table in tables:
                with _timed(history.table.table, seconds):
                    features = _join(features, history, tables, progress)
        with _timed("writing", seconds):
            progress(f"writing {features.height} applications")
            _write(_in_order(features), scratch / out.name, out)
    seconds["all"] = time.perf_counter() - start
    columns = len(COLUMNS) + sum(name in features.columns for name in (CLIENT, application.TARGET))
    return FeatureReport(features.height, columns, absent, seconds)


def find_tables(data_dir: Path) -> dict[str, Source]:
    """The files of the present tables, by the table's name. Raises TableRefused.

    The applications come from application_train, or from application_test if that is absent.
    """
    candidates = (find_source(data_dir, replace(application.SCHEMA, table=table)) for table in APPLICATION_TABLES)
    source = next((each for each in candidates if each is not None), None)
    if source is None:
        names = ", ".join(f"{table}{ending}" for table in APPLICATION_TABLES for ending in ENDINGS)
        raise TableRefused(data_dir.name or str(data_dir), f"it is no folder with one of {names}")
    if application.TARGET in source.header:
        source = replace(source, schema=application.labelled(source.schema))
        check_columns(source)
    histories = (find_source(data_dir, schema) for history in HISTORIES for schema in history.schemas)
    return {application.SCHEMA.table: source} | {each.schema.table: each for each in histories if each is not None}


def check_out(out: Path, sources: Sources) -> None:
    """Raise OutputRefused if the file is one of the tables or a folder, or if its folder cannot be created."""
    if out.is_dir():
        raise OutputRefused(out.name, "it is a folder")
    if out.exists() and any(out.samefile(source.file) for source in sources.values()):
        raise OutputRefused(out.name, "it is one of the tables that are read")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputRefused(out.name, str(error.strerror)) from None


def _report_absent(sources: Sources, progress: Say) -> tuple[str, ...]:
    absent = []
    for history in HISTORIES:
        for schema in history.schemas:
            if schema.table in sources:
                continue
            absent.append(schema.table)
            columns = f"{len(columns_of(*history.prefixes))} " if schema is history.table else ""
            progress(f"{schema.table} is not there: its {columns}columns are missing")
    return tuple(absent)


def _make_applications(tables: Tables, progress: Say) -> pl.DataFrame:
    file = tables.sources[application.SCHEMA.table].file.name
    progress(f"{file} ...")
    features = application.application_features(tables.rows(application.SCHEMA))
    if features.is_empty():
        raise TableRefused(file, "it holds no application")
    progress(f"{file}: {features.height} applications")
    return features


def _join(features: pl.DataFrame, history: History, tables: Tables, progress: Say) -> pl.DataFrame:
    files = " and ".join(tables.sources[schema.table].file.name for schema in history.schemas if schema in tables)
    progress(f"{files} ...")
    made = history.make(tables, features[CLIENT]).drop(CLIENT)
    progress(f"{files}: {made.width} columns")
    return features.hstack(made)


def _in_order(features: pl.DataFrame) -> pl.DataFrame:
    first = [name for name in (CLIENT, application.TARGET) if name in features.columns]
    absent = [name for name in COLUMNS if name not in features.columns]
    nothing = pl.Series([None], dtype=pl.Float64).new_from_index(0, features.height)
    return features.hstack([nothing.alias(name) for name in absent])[[*first, *COLUMNS]]


def _write(features: pl.DataFrame, file: Path, out: Path) -> None:
    try:
        features.write_parquet(file, compression="snappy", statistics=False, row_group_size=ROWS_TOGETHER)
        file.replace(out)
    except OSError as error:
        raise OutputRefused(out.name, str(error.strerror or error)) from None


@contextlib.contextmanager
def _scratch_beside(out: Path) -> Iterator[Path]:
    try:
        folder = tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent)
    except OSError as error:
        raise OutputRefused(out.name, str(error.strerror)) from None
    with folder as name:
        yield Path(name)


@contextlib.contextmanager
def _timed(step: str, seconds: dict[str, float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[step] = time.perf_counter() - start
