"""Derives the model's columns from the training table, and encodes the table with the aligner that serves.

Training and serving share one encoder: every row goes through `core.alignment.aligner.Aligner`, here without fill
values, and the completeness of a column is measured on the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import pandas as pd

from core.alignment.aligner import Aligner
from core.alignment.client_id import ID
from core.alignment.parsers import CATEGORICAL, RATIOS, describe_column
from core.features.categories import HISTORIES
from core.model.bundle import SMALLEST_GROUP
from core.model.schema import Column
from core.records import Flags, Floats
from core.training.applications import TARGET, Applications, TrainingRefused

ESSENTIAL = frozenset({"AMT_CREDIT", "AMT_INCOME_TOTAL", "DAYS_BIRTH"})
LEFT_OUT = ("CODE_GENDER", "NAME_FAMILY_STATUS")
HISTORY = tuple(f"{prefix}_" for prefix in HISTORIES)
FEW_VALUES = 30
MOST_GAPS = 0.001
CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Matrix:
    """Encoded applications: columns, values of shape (n_clients, n_columns) with NaN where missing.

    ships: True for each column of the model; the others are only evaluated.
    """

    columns: tuple[Column, ...]
    values: Floats
    ships: Flags

    def names(self, chosen: Flags) -> list[str]:
        """Names of the chosen columns, in order."""
        return [column.name for column, keep in zip(self.columns, chosen, strict=True) if keep]

    def of(self, sources: Sequence[str]) -> Flags:
        """True for the columns of these source columns."""
        return np.array([column.source in sources for column in self.columns])


def candidate_columns(table: pd.DataFrame) -> tuple[Column, ...]:
    """All columns that can be made from a raw table, without fill values.

    Numbers in the table's order, then one-hots `<COLUMN>_<value>` sorted by value, then the ratios whose two columns
    are present. Categories of fewer than 50 people get no column.
    """
    names = [str(name) for name in table if name not in (ID, TARGET, *CATEGORICAL)]
    for source in CATEGORICAL:
        if source in table:
            counts = table[source].value_counts()
            names += [f"{source}_{value}" for value in sorted(counts[counts >= SMALLEST_GROUP].index)]
    names += [ratio for ratio, parts in RATIOS.items() if all(part in table for part in parts)]
    return tuple(_column(name) for name in names)


def encode(applications: Applications) -> Matrix:
    """The training matrix: all columns that vary, including those of LEFT_OUT, which do not ship.

    Raises TrainingRefused, naming the columns, if a cell cannot be read.
    """
    candidates = candidate_columns(applications.table)
    values = aligned_values(applications, candidates)
    varying = is_varying(candidates, values)
    columns = tuple(column for column, varies in zip(candidates, varying, strict=True) if varies)
    ships = np.array([column.source not in LEFT_OUT for column in columns])
    return Matrix(columns, values[:, varying], ships)


def aligned_values(applications: Applications, columns: Sequence[Column]) -> Floats:
    """The applications' values in these columns, of shape (n_clients, n_columns), read by the aligner that serves.

    History columns are already numbers, so they bypass the aligner; only their infinities become NaN.
    """
    table = applications.table
    histories = [place for place, column in enumerate(columns) if is_history(table, column.name)]
    others = [place for place in range(len(columns)) if place not in histories]
    values = np.empty((len(applications), len(columns)))
    values[:, others] = _read_by_the_aligner(applications, [columns[place] for place in others])
    for place in histories:
        numbers = table[columns[place].name].to_numpy(dtype=np.float64, na_value=np.nan)
        values[:, place] = np.where(np.isfinite(numbers), numbers, np.nan)
    return values


def is_history(table: pd.DataFrame, name: str) -> bool:
    """Whether a column of the table is a number computed from the client's history."""
    return name.startswith(HISTORY) and name in table and pd.api.types.is_float_dtype(table[name])


def with_histories(table: pd.DataFrame) -> Flags:
    """True for each client with any history value, of shape (n_clients,)."""
    names = [name for name in table if is_history(table, str(name))]
    return np.asarray(table[names].notna().any(axis=1), dtype=bool)


def histories_known(table: pd.DataFrame) -> dict[str, int]:
    """The number of clients with a value in each family of histories, by the prefix of its columns."""
    counts = {}
    for prefix in HISTORIES:
        names = [name for name in table if is_history(table, str(name)) and str(name).startswith(f"{prefix}_")]
        if names:
            counts[prefix] = int(table[names].notna().any(axis=1).sum())
    return counts


def _read_by_the_aligner(applications: Applications, columns: Sequence[Column]) -> Floats:
    aligner = Aligner(columns)
    table = applications.table
    table = table[[name for name in table if not is_history(table, str(name))]]
    parts = []
    for start in range(0, len(applications), CHUNK):
        rows = table.iloc[start : start + CHUNK].to_dict("records")
        aligned = aligner.align(rows)
        if aligned.refused:
            named = ", ".join(sorted({problem.column or ID for problem in aligned.refused}))
            raise TrainingRefused(applications.name, f"{aligned.refused_total} values cannot be read, in {named}")
        parts.append(aligned.values)
    return np.vstack(parts)


def is_varying(columns: Sequence[Column], values: Floats) -> Flags:
    """True for each column with at least two values; of a 0/1 column, each must have at least 50 people."""
    varying = []
    for column, numbers in zip(columns, values.T, strict=True):
        present, counts = np.unique(numbers[~np.isnan(numbers)], return_counts=True)
        smallest = 1 if column.kind in ("number", "ratio") else SMALLEST_GROUP
        varying.append(len(present) > 1 and int(counts.min()) >= smallest)
    return np.array(varying, dtype=bool)


def finished_columns(matrix: Matrix, table: pd.DataFrame, weights: Floats) -> tuple[Column, ...]:
    """The model's columns with completeness, fill value, weight, and whether they are essential.

    Completeness is measured on the matrix, in which 365243 days of employment is a missing value; a one-hot is
    complete if its raw column is. A column that very few clients lack counts as complete, because the model learned
    nothing from so few missing values. Only complete columns have a fill value: the median; the most frequent of few
    whole values; in a one-hot group 1 for the most frequent category and 0 for the others.

    Parameters
    ----------
    matrix: the training matrix.
    table: the raw table it was encoded from, in the same order.
    weights: of shape (n_shipped_columns,), summing to 1.
    """
    finished = []
    shipped = [column for column, ships in zip(matrix.columns, matrix.ships, strict=True) if ships]
    for column, numbers, weight in zip(shipped, matrix.values[:, matrix.ships].T, weights, strict=True):
        if column.kind == "one_hot":
            raw = table[column.source]
            complete = is_complete(raw.isna().to_numpy())
            fill = float(column.category == raw.mode().iloc[0])
        else:
            complete = is_complete(np.isnan(numbers))
            fill = usual_value(numbers[~np.isnan(numbers)]) if complete else 0.0
        finished.append(
            msgspec.structs.replace(
                column,
                complete=complete,
                essential=column.name in ESSENTIAL,
                fill=fill if complete else 0.0,
                weight=float(weight),
            )
        )
    return tuple(finished)


def is_complete(missing: Flags) -> bool:
    """Whether so few clients lack a column (one in 1,000, under 50) that a model learned nothing from it."""
    return bool(missing.sum() < min(SMALLEST_GROUP, MOST_GAPS * len(missing)) or not missing.any())


def usual_value(numbers: Floats) -> float:
    """The most frequent number if there are few whole values, else the median; numbers without NaN."""
    if has_few_values(numbers):
        present, counts = np.unique(numbers, return_counts=True)
        return float(present[np.argmax(counts)])
    return float(np.median(numbers))


def has_few_values(numbers: Floats) -> bool:
    """Whether the numbers, without NaN, are whole and have at most 30 different values: counts, flags, ratings."""
    present = np.unique(numbers[~np.isnan(numbers)])
    return len(present) <= FEW_VALUES and bool((present == np.floor(present)).all())


def _column(name: str) -> Column:
    source, kind, category = describe_column(name)
    return Column(name=name, source=source, kind=kind, category=category)
