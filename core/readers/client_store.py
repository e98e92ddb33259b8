"""The clients that an officer can pick from: `CLIENTS`, a CSV or Parquet file of up to hundreds of thousands.

The file is copied once into a memory-mapped Arrow file, so that a row is at hand at once and the memory stays
flat however many there are. Cells stay as they were written; reading them is the aligner's business.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.alignment.client_id import ID
from core.alignment.names import Vocabulary, match_names
from core.alignment.number_text import DecimalSign
from core.alignment.table import Table
from core.errors import InputRefused, Problem, SettingError, UnknownClient, UnreadableInput
from core.readers.csv_blocks import read_csv_tables
from core.readers.decimal_sign import find_decimal_sign
from core.readers.detect import detect
from core.readers.parquet_reader import open_parquet, table_of
from core.readers.worker_messages import ROWS_A_PART
from core.regular_file import open_regular

NO_TABLE = "is not a CSV or Parquet table"


@dataclass(frozen=True)
class Clients:
    """The loaded clients; made once at start, shared and never changed.

    ids: as text, sorted; places: the row of each in `table`.
    """

    ids: NDArray[np.bytes_]
    places: NDArray[np.int64]
    table: pa.Table
    synthetic: bool
    decimal: DecimalSign | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def search(self, typed: str, most: int = 8) -> list[str]:
        """Up to `most` ids that begin with what was typed, in order."""
        wanted = typed.strip().encode("ascii", errors="ignore")
        start = int(np.searchsorted(self.ids, wanted))
        found = self.ids[start : start + most].tolist()
        return [client.decode() for client in found if client.startswith(wanted)]

    def count(self, typed: str) -> int:
        """How many ids begin with what was typed."""
        wanted = typed.strip().encode("ascii", errors="ignore")
        ends = np.searchsorted(self.ids, [wanted, wanted + b"\xff"])
        return int(ends[1] - ends[0])

    def row(self, client: str) -> dict[str, Any]:
        """One client's cells by column, as they stand in the file. Raises UnknownClient."""
        wanted = client.strip().encode("ascii", errors="replace")
        place = int(np.searchsorted(self.ids, wanted))
        if not wanted or place == len(self.ids) or self.ids[place] != wanted:
            raise UnknownClient(client)
        return self.rows([int(self.places[place])]).row(0)

    def rows_of(self, clients: Sequence[str]) -> list[dict[str, Any]]:
        """The rows of these clients, in their order; each is one of the file's."""
        table = self.rows(self.places[np.searchsorted(self.ids, [client.encode("ascii") for client in clients])])
        return [table.row(index) for index in range(len(table))]

    def rows(self, places: Sequence[int] | NDArray[np.int64]) -> Table:
        """The clients in these rows of the file, the first is 0."""
        return self._table_of(self.table.take(np.asarray(places, dtype=np.int64)).combine_chunks().to_batches()[0])

    def pieces(self, size: int) -> Iterator[Table]:
        """All clients in the file's order, at most `size` in a table."""
        return map(self._table_of, self.table.to_batches(max_chunksize=size))

    def _table_of(self, batch: pa.RecordBatch) -> Table:
        return replace(table_of(batch), decimal=self.decimal)


def begin_with(ids: Iterable[str], typed: str, most: int) -> list[str]:
    """The first `most` of a few ids that begin with what was typed, in the order they stand."""
    return list(islice((client for client in ids if client.startswith(typed)), most))


def load_clients(file: Path, *, synthetic: bool, vocabulary: Vocabulary | None = None) -> Clients:
    """The clients in a CSV or Parquet file with a column SK_ID_CURR.

    Parameters
    ----------
    file : Path
        The file; its kind is found by content.
    synthetic : bool
        Whether its clients are made up.
    vocabulary : Vocabulary, optional
        The names that the model reads: others are matched to them, and only their numbers prove a decimal sign.

    Raises
    ------
    SettingError
        The file cannot be used: not there, no ids, an id twice. It names the setting CLIENTS.
    """
    try:
        table = _mapped(_batches(file))
        wanted = match_names(table.column_names, vocabulary.names) if vocabulary is not None else {}
        table = table.rename_columns([wanted.get(name, name) for name in table.column_names])
        clients = Clients(np.empty(0, dtype=np.bytes_), np.empty(0, dtype=np.int64), table, synthetic)
        numbers = vocabulary.numbers if vocabulary is not None else None
        decimal = find_decimal_sign(((0, piece) for piece in clients.pieces(ROWS_A_PART)), numbers)
    except OSError:
        raise SettingError("CLIENTS", f"the file {file.name} is not there or cannot be read") from None
    except InputRefused as error:
        raise SettingError("CLIENTS", f"the file {file.name} {_why_not(error.problems[0])}") from None
    except pa.ArrowInvalid:
        raise SettingError("CLIENTS", f"the file {file.name} {NO_TABLE}") from None
    ids = _ids(table, file)
    order = np.argsort(ids, kind="stable")
    if (ids[order][1:] == ids[order][:-1]).any():
        raise SettingError("CLIENTS", f"the file {file.name} has a client twice in {ID}")
    return Clients(ids[order], order.astype(np.int64), table, synthetic, decimal)


def _why_not(problem: Problem) -> str:
    reasons = {
        "id_column_missing": f"has no column {ID}",
        "header_twice": f"has the column {problem.column} twice",
        "file_without_clients": "holds no client",
        "index_without_name": f"has an index without a name; if the ids stand in it, call it {ID}",
        "decimal_unclear": f"does not say whether {problem.column} holds {problem.facts.get('one')} "
        f"or {problem.facts.get('other')}; write its numbers without a sign between thousands",
    }
    return reasons.get(problem.code, NO_TABLE)


def _ids(table: pa.Table, file: Path) -> NDArray[np.bytes_]:
    column = table.column(ID)
    texts = [str(cell).strip().removesuffix(".0") for cell in column.to_pylist()]
    if not all(text.isascii() and text.isdigit() for text in texts):
        raise SettingError("CLIENTS", f"the file {file.name} has an {ID} that is not a whole number")
    return np.array([text.encode() for text in texts], dtype=np.bytes_)


def _batches(file: Path) -> Iterator[pa.RecordBatch]:
    """The rows as they stand. Raises InputRefused where one does not fit its header."""
    with open_regular(file) as opened:
        if detect(opened) == "parquet":
            yield from open_parquet(opened).batches(8192)
            return
        for table in read_csv_tables(opened):
            if table.problems:
                raise UnreadableInput(table.problems)
            cells = [column if isinstance(column, pa.Array) else pa.array(column) for column in table.cells]
            texts = [pc.if_else(pc.is_valid(column), column.cast(pa.string()), "") for column in cells]
            yield pa.RecordBatch.from_arrays(texts, names=list(table.names))


def _mapped(batches: Iterator[pa.RecordBatch]) -> pa.Table:
    """The same rows, memory-mapped from a scratch file that vanishes with the process."""
    first = next(batches, None)
    if first is None:
        raise UnreadableInput([Problem("file_without_clients")])
    with tempfile.TemporaryDirectory(prefix="aval-clients-") as folder:
        scratch = Path(folder) / "clients.arrow"
        with pa.OSFile(str(scratch), "wb") as sink, pa.ipc.new_file(sink, first.schema) as writer:
            for batch in chain([first], batches):
                writer.write_batch(batch)
        return pa.ipc.open_file(pa.memory_map(str(scratch))).read_all()
