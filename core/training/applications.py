"""Reads and checks the labelled applications, sorts them by id, and splits them into locked and open rows."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.alignment.client_id import ID
from core.errors import ScoringError
from core.model.bundle import SMALLEST_GROUP
from core.records import Flags, Floats

TARGET = "TARGET"
TABLE = "application_train"
ENDINGS = (".csv.gz", ".csv", ".parquet")
NEEDED = (ID, TARGET, "AMT_CREDIT", "AMT_INCOME_TOTAL", "DAYS_BIRTH")
LOCKED_PERCENT = 20
UNKNOWN_GENDER = "XNA"


class TrainingRefused(ScoringError):
    """A table that no model can be trained on. table: its file's name. finding: what is wrong with it."""

    def __init__(self, table: str, finding: str) -> None:
        super().__init__(f"{table} cannot be trained on: {finding}.")
        self.table = table
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Applications:
    """Labelled applications, one per client, sorted by id; the arrays have shape (n_clients,) in the same order.

    table: Home Credit's raw columns without TARGET, of shape (n_clients, n_raw_columns).
    defaults: True where TARGET is 1. credit: AMT_CREDIT, in the data set's currency.
    locked: True for the rows that no fit, search or threshold may use.
    fingerprint: SHA-256 (hex) of the content, independent of the order of rows and columns and of the file format.
    """

    name: str
    table: pd.DataFrame
    ids: NDArray[np.int64]
    defaults: Flags
    credit: Floats
    locked: Flags
    fingerprint: str

    def __len__(self) -> int:
        return len(self.ids)


def read_applications(data: Path) -> Applications:
    """The labelled applications in a folder with application_train, or in that file itself.

    Rows with CODE_GENDER XNA are dropped. Raises TrainingRefused if the table is absent, unreadable or empty, lacks
    a required column, has a TARGET other than 0 and 1, or repeats a SK_ID_CURR.
    """
    file = find_table(data)
    return check_applications(_read_table(file), file.name)


def find_table(data: Path) -> Path:
    """The application table's file in a folder, or the file itself. Raises TrainingRefused."""
    if data.is_file():
        return data
    for ending in ENDINGS:
        if (data / f"{TABLE}{ending}").is_file():
            return data / f"{TABLE}{ending}"
    names = ", ".join(f"{TABLE}{ending}" for ending in ENDINGS)
    raise TrainingRefused(data.name or str(data), f"it is no such file, and no folder with one of {names}")


def check_applications(table: pd.DataFrame, name: str) -> Applications:
    """Check a raw table with TARGET; `name` is the file's name for the error. Raises TrainingRefused."""
    absent = [column for column in NEEDED if column not in table]
    if absent:
        raise TrainingRefused(name, f"it has no column {_listed(absent)}")
    if "CODE_GENDER" in table:
        table = table[table["CODE_GENDER"] != UNKNOWN_GENDER]
    if table.empty:
        raise TrainingRefused(name, "it holds no client")
    ids = _whole_numbers(table, ID, name)
    twice = int(ids.duplicated().sum())
    if twice:
        raise TrainingRefused(name, f"{ID} must be unique, and {twice} rows repeat one")
    target = _whole_numbers(table, TARGET, name)
    if not set(target.unique()) <= {0, 1}:
        raise TrainingRefused(name, f"{TARGET} must be 0 or 1 in every row")
    if target.nunique() < 2:
        raise TrainingRefused(name, f"{TARGET} must be 1 in some rows and 0 in others")
    credit = pd.to_numeric(table["AMT_CREDIT"], errors="coerce").to_numpy(dtype=np.float64)
    if not (credit > 0).all():
        raise TrainingRefused(name, "AMT_CREDIT must be a positive amount in every row")
    order = np.argsort(ids.to_numpy(), kind="stable")
    raw = table.drop(columns=[TARGET]).iloc[order].reset_index(drop=True)
    ordered = ids.to_numpy(dtype=np.int64)[order]
    defaults = target.to_numpy()[order] == 1
    return Applications(
        name=name,
        table=raw,
        ids=ordered,
        defaults=defaults,
        credit=credit[order],
        locked=is_locked(ordered.tolist()),
        fingerprint=_fingerprint(raw, defaults),
    )


def require_enough(applications: Applications) -> None:
    """Raise TrainingRefused unless the locked and the open rows each have 50 defaulted and 50 good clients."""
    sides = ((applications.locked, "kept for measuring"), (~applications.locked, "open to learn from"))
    for chosen, purpose in sides:
        defaulted = int(applications.defaults[chosen].sum())
        if min(defaulted, int(chosen.sum()) - defaulted) < SMALLEST_GROUP:
            raise TrainingRefused(
                applications.name,
                f"of the clients {purpose}, {SMALLEST_GROUP} must have {TARGET} 1 and {SMALLEST_GROUP} must have 0",
            )


def is_locked(ids: Iterable[int]) -> Flags:
    """True for the locked fifth of clients, by a hash of the id, so that a client is always on the same side.

    The first 8 bytes of BLAKE2b of the decimal id, as a big-endian number modulo 100, are below 20.
    """
    hashes = (hashlib.blake2b(str(client).encode()).digest()[:8] for client in ids)
    return np.array([int.from_bytes(each, "big") % 100 < LOCKED_PERCENT for each in hashes], dtype=bool)


def _read_table(file: Path) -> pd.DataFrame:
    try:
        if file.suffix == ".parquet":
            return pd.read_parquet(file)
        return pd.read_csv(file, index_col=False, low_memory=False)
    except pd.errors.EmptyDataError:
        raise TrainingRefused(file.name, "it holds no client") from None
    except (OSError, EOFError, ValueError, zlib.error):
        raise TrainingRefused(file.name, "it cannot be read as a table") from None


def _whole_numbers(table: pd.DataFrame, column: str, name: str) -> pd.Series:
    numbers = pd.to_numeric(table[column], errors="coerce")
    if numbers.isna().any() or (numbers % 1 != 0).any():
        raise TrainingRefused(name, f"{column} must be a whole number in every row")
    return numbers.astype(np.int64)


def _fingerprint(table: pd.DataFrame, defaults: Flags) -> str:
    digest = hashlib.sha256(defaults.tobytes())
    for column in sorted(table.columns):
        digest.update(f"\x1e{column}\x1f".encode())
        values = table[column]
        if pd.api.types.is_numeric_dtype(values):
            numbers = values.to_numpy(dtype=np.float64, na_value=np.nan) + 0.0
            digest.update(np.where(np.isnan(numbers), np.nan, numbers).astype("<f8").tobytes())
        else:
            texts = ("" if pd.isna(each) else str(each) for each in values)
            digest.update("\x1f".join(texts).encode())
    return digest.hexdigest()


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
