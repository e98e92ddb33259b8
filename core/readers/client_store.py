"""The clients that an officer can pick from: `CLIENTS`, a CSV or Parquet file of up to hundreds of thousands.

The file is copied once into a memory-mapped Arrow file, so that a row is at hand at once and the memory stays
flat however many there are. Cells stay as they were written; reading them is the aligner's business.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
from numpy.typing import NDArray

from core.alignment.client_id import ID
from core.errors import Problem, SettingError, UnknownClient, UnreadableInput
from core.readers.csv_reader import (
    QUOTES,
    WITH_COMMA,
    WITH_POINT,
    encoding_of,
    has_decimal_commas,
    open_text,
    read_header,
    read_records,
)

PARQUET = b"PAR1"
NO_TABLE = "is not a CSV or Parquet table"
SAMPLE = 1000
"""Rows that tell whether numbers are written with a decimal comma."""


@dataclass(frozen=True)
class Clients:
    """The loaded clients; made once at start, shared and never changed.

    ids: as text, sorted; places: the row of each in `table`.
    """

    ids: NDArray[np.bytes_]
    places: NDArray[np.int64]
    table: pa.Table
    synthetic: bool

    def __len__(self) -> int:
        return len(self.ids)

    def search(self, typed: str, most: int = 8) -> list[str]:
        """Up to `most` ids that begin with what was typed, in order."""
        wanted = typed.strip().encode("ascii", errors="ignore")
        start = int(np.searchsorted(self.ids, wanted))
        found = self.ids[start : start + most].tolist()
        return [client.decode() for client in found if client.startswith(wanted)]

    def row(self, client: str) -> dict[str, Any]:
        """One client's cells by column, as they stand in the file. Raises UnknownClient."""
        wanted = client.strip().encode("ascii", errors="replace")
        place = int(np.searchsorted(self.ids, wanted))
        if not wanted or place == len(self.ids) or self.ids[place] != wanted:
            raise UnknownClient(client)
        found: dict[str, Any] = self.table.slice(int(self.places[place]), 1).to_pylist()[0]
        return found


def begin_with(ids: Iterable[str], typed: str, most: int) -> list[str]:
    """The first `most` of a few ids that begin with what was typed, in the order they stand."""
    return list(islice((client for client in ids if client.startswith(typed)), most))


def load_clients(file: Path, *, synthetic: bool) -> Clients:
    """The clients in a CSV or Parquet file with a column SK_ID_CURR.

    Raises SettingError naming CLIENTS where the file cannot be used: not there, no ids, an id twice.
    """
    try:
        with file.open("rb") as opened:
            parquet = opened.read(4) == PARQUET
        batches = _parquet_batches(file) if parquet else _csv_batches(file)
        table = _mapped(batches)
    except OSError:
        raise SettingError("CLIENTS", f"the file {file.name} is not there or cannot be read") from None
    except UnreadableInput as error:
        raise SettingError("CLIENTS", f"the file {file.name} {_why_not(error.problems[0])}") from None
    except (pa.ArrowInvalid, UnicodeDecodeError):
        raise SettingError("CLIENTS", f"the file {file.name} {NO_TABLE}") from None
    twice = next((name for name in table.column_names if table.column_names.count(name) > 1), None)
    if twice is not None:
        raise SettingError("CLIENTS", f"the file {file.name} has the column {twice} twice")
    if ID not in table.column_names:
        raise SettingError("CLIENTS", f"the file {file.name} has no column {ID}")
    ids = _ids(table, file)
    if not len(ids):
        raise SettingError("CLIENTS", f"the file {file.name} holds no client")
    order = np.argsort(ids, kind="stable")
    if (ids[order][1:] == ids[order][:-1]).any():
        raise SettingError("CLIENTS", f"the file {file.name} has a client twice in {ID}")
    return Clients(ids[order], order.astype(np.int64), table, synthetic)


def _why_not(problem: Problem) -> str:
    told = {"id_column_missing": f"has no column {ID}", "header_twice": f"has the column {problem.column} twice"}
    return told.get(problem.code, NO_TABLE)


def _ids(table: pa.Table, file: Path) -> NDArray[np.bytes_]:
    column = table.column(ID)
    texts = [str(cell).strip().removesuffix(".0") for cell in column.to_pylist()]
    if not all(text.isascii() and text.isdigit() for text in texts):
        raise SettingError("CLIENTS", f"the file {file.name} has an {ID} that is not a whole number")
    return np.array([text.encode() for text in texts], dtype=np.bytes_)


def _csv_batches(file: Path) -> pa.RecordBatchReader:
    """Every cell as text; encoding, separator and decimal sign are found out as for an upload."""
    with file.open("rb") as stream:
        encoding = encoding_of(stream)
        text = open_text(stream, encoding)
        header = read_header(text, encoding, packed=False)
        commas = header.how.separator != "," and has_decimal_commas(list(islice(read_records(text, header), SAMPLE)))
    opened = pa_csv.open_csv(
        file,
        read_options=pa_csv.ReadOptions(column_names=header.names, skip_rows=header.line, encoding=encoding),
        parse_options=pa_csv.ParseOptions(
            delimiter=header.how.separator, quote_char=header.how.quote or QUOTES[0], newlines_in_values=True
        ),
        convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(header.names, pa.string())),
    )
    if not commas:
        return opened
    return pa.RecordBatchReader.from_batches(opened.schema, (_with_points(batch, file) for batch in opened))


def _with_points(batch: pa.RecordBatch, file: Path) -> pa.RecordBatch:
    """Decimal commas as points; a point where a comma is expected could mean a thousand times more."""
    points = f"^\\s*(?:{WITH_POINT.pattern})\\s*$"
    if any(pc.any(pc.match_substring_regex(column, points)).as_py() for column in batch.columns):
        raise SettingError("CLIENTS", f"the file {file.name} writes some numbers with a comma and some with a point")
    commas = f"^\\s*{WITH_COMMA.pattern}\\s*$"
    columns = [pc.replace_substring_regex(column, commas, r"\1.\2") for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _parquet_batches(file: Path) -> pa.RecordBatchReader:
    opened = pa_parquet.ParquetFile(file)
    return pa.RecordBatchReader.from_batches(opened.schema_arrow, opened.iter_batches(batch_size=8192))


def _mapped(batches: pa.RecordBatchReader) -> pa.Table:
    """The same rows, memory-mapped from a scratch file that vanishes with the process."""
    with tempfile.TemporaryDirectory(prefix="aval-clients-") as folder:
        scratch = Path(folder) / "clients.arrow"
        with pa.OSFile(str(scratch), "wb") as sink, pa.ipc.new_file(sink, batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
        return pa.ipc.open_file(pa.memory_map(str(scratch))).read_all()
