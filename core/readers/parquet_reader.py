"""A Parquet file → tables, read by pyarrow a few thousand rows at a time: for uploads, files here and clusters."""

from __future__ import annotations

import decimal
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

import msgspec
import pyarrow as pa
import pyarrow.parquet as pa_parquet

from core.alignment.client_id import ID
from core.alignment.names import match_names
from core.alignment.table import Table, as_array
from core.errors import Problem, TooLarge, UnreadableInput
from core.readers.csv_reader import check_names
from core.readers.worker_messages import ROWS_A_PART, HowRead, TablePart

BATCH_ROWS = 4096
PAGES = 2**16
"""Bytes of a column read at once; without it Arrow holds all columns of a group of rows."""
EXACT = {pa.float16(): 2**11, pa.float32(): 2**24, pa.float64(): 2**53}
"""The first whole number of each width from which on neighbours are no longer told apart."""
NAMELESS = "__index_level_0__"
"""What pandas calls an index without a name."""


class PandasIndex(msgspec.Struct, frozen=True):
    """An index that pandas counts instead of writing it."""

    kind: str = ""
    name: object = None
    start: int = 0
    stop: int = 0
    step: int = 1


class PandasNotes(msgspec.Struct, frozen=True):
    """What pandas notes in a file about its index."""

    index_columns: list[PandasIndex | str] = []


@dataclass(frozen=True)
class ParquetTable:
    """An opened file of which it is known where the ids stand.

    Attributes
    ----------
    file : pyarrow.parquet.ParquetFile
        The file.
    renamed : mapping of str to str
        Name in the file → that of the ids, where it is written otherwise.
    counted : range or None
        The ids, where they are an index that pandas counts and does not write.
    """

    file: pa_parquet.ParquetFile
    renamed: Mapping[str, str]
    counted: range | None

    def batches(
        self, rows: int, *, groups: Sequence[int] | None = None, columns: Collection[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The rows with their ids.

        Parameters
        ----------
        rows : int
            At most so many in a batch.
        groups : sequence of int, optional
            The row groups to read, one behind the other; all where it is left out.
        columns : collection of str, optional
            The columns to read beside the ids, as far as they are there; all where it is left out.

        Raises
        ------
        UnreadableInput
            The file is damaged.
        """
        metadata, names = self.file.metadata, [str(name) for name in self.file.schema_arrow.names]
        before = sum(metadata.row_group(place).num_rows for place in range(groups[0] if groups else 0))
        wanted = None
        if columns is not None:
            wanted = [name for name in names if self.renamed.get(name, name) in {ID, *columns}] or names[:1]
        try:
            for batch in self.file.iter_batches(rows, groups, wanted, use_threads=False):
                if len(batch):
                    yield self._with_ids(batch, before)
                    before += len(batch)
        except MemoryError:
            raise
        except (pa.ArrowException, OSError, ValueError):
            raise UnreadableInput([Problem("file_broken")]) from None

    def _with_ids(self, batch: pa.RecordBatch, before: int) -> pa.RecordBatch:
        if self.counted is not None:
            ids = pa.array(islice(self.counted, before, before + len(batch)), pa.int64())
            return pa.RecordBatch.from_arrays([*batch.columns, ids], names=[*batch.schema.names, ID])
        return batch.rename_columns([self.renamed.get(name, name) for name in batch.schema.names])


def open_parquet(stream: BinaryIO) -> ParquetTable:
    """The file, its columns checked. Raises UnreadableInput where it is damaged or holds no ids, TooLarge."""
    try:
        file = pa_parquet.ParquetFile(stream, pre_buffer=False, buffer_size=PAGES)
        names = [str(name) for name in file.schema_arrow.names]
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError):
        raise UnreadableInput([Problem("file_broken")]) from None
    renamed, counted = match_names(names, {ID}), None
    if ID not in names and not renamed:
        renamed, counted = _counted_ids(file)
    if counted is None and NAMELESS in names and ID not in names and not renamed:
        raise UnreadableInput([Problem("index_without_name", column=ID)])
    check_names([*(renamed.get(name, name) for name in names), *([] if counted is None else [ID])])
    return ParquetTable(file, renamed, counted)


def _counted_ids(file: pa_parquet.ParquetFile) -> tuple[dict[str, str], range | None]:
    """The ids, where the file says that they are an index which pandas counts, and how it calls them otherwise."""
    try:
        notes = msgspec.json.decode((file.schema_arrow.metadata or {}).get(b"pandas", b"{}"), type=PandasNotes)
    except msgspec.MsgspecError:
        return {}, None
    for index in notes.index_columns:
        if isinstance(index, PandasIndex) and isinstance(index.name, str) and index.step:
            ids, renamed = range(index.start, index.stop, index.step), match_names([index.name], {ID})
            if len(ids) == file.metadata.num_rows and (index.name == ID or renamed):
                return renamed, ids
    return {}, None


def read_parquet_tables(
    stream: BinaryIO,
    *,
    groups: Sequence[int] | None = None,
    columns: Collection[str] | None = None,
    rows: int = BATCH_ROWS,
) -> Iterator[Table]:
    """The rows of a file, table after table.

    Parameters
    ----------
    stream : BinaryIO
        The file; it can seek.
    groups : sequence of int, optional
        The row groups to read; all where it is left out.
    columns : collection of str, optional
        The columns to read beside the ids; all where it is left out.
    rows : int
        At most so many in a table.

    Raises
    ------
    UnreadableInput
        It is damaged, or has no ids.
    """
    for batch in open_parquet(stream).batches(rows, groups=groups, columns=columns):
        yield table_of(batch)


def read_parquet(stream: BinaryIO, max_rows: int, *, max_bytes: int, packed: bool) -> Iterator[HowRead | TablePart]:
    """How it was read, then its rows.

    max_bytes: what its columns may unpack to, by its own word; what it really takes is bounded by the process.
    Raises UnreadableInput where it is damaged, holds no ids or no rows, TooLarge over a limit.
    """
    opened = open_parquet(stream)
    metadata = opened.file.metadata
    if metadata.num_rows > max_rows:
        raise TooLarge([Problem("file_too_long", facts={"limit": max_rows})])
    if sum(metadata.row_group(place).total_byte_size for place in range(metadata.num_row_groups)) > max_bytes:
        raise TooLarge([Problem("file_unpacks_too_large", facts={"limit": max_bytes // 2**20})])
    yield HowRead(kind="parquet", packed=packed, renamed=dict(opened.renamed))
    before = 0
    for batch in opened.batches(ROWS_A_PART):
        before += len(batch)
        if before > max_rows:
            raise TooLarge([Problem("file_too_long", facts={"limit": max_rows})])
        # Lists as they are: a conversion of Arrow's would bring pandas into a process that has no room for it.
        yield TablePart(_names(batch), [_cells(column) for column in batch.columns], _problems(batch))
    if not before:
        raise UnreadableInput([Problem("file_without_clients")])


def table_of(batch: pa.RecordBatch) -> Table:
    """The rows of a batch; cells of plain kinds stay as they are."""
    cells = [column if _is_plain(column.type) else as_array(_cells(column)) for column in batch.columns]
    return Table(tuple(_names(batch)), tuple(cells), tuple(_problems(batch)))


def _names(batch: pa.RecordBatch) -> list[str]:
    return [str(name) for name in batch.schema.names]


def _problems(batch: pa.RecordBatch) -> list[Problem]:
    return [Problem("id_not_exact", place + 1, ID) for place in inexact_ids(batch.column(_names(batch).index(ID)))]


def inexact_ids(column: Any) -> list[int]:
    """Positions in an Arrow column of ids, the first is 0, whose number is too large for its kind of float."""
    limit = EXACT.get(column.type)
    if limit is None:
        return []
    return [place for place, each in enumerate(column.to_pylist()) if each is not None and abs(each) >= limit]


def _cells(column: Any) -> list[Any]:
    """The cells as text, numbers and truths; a cell with an inside is empty brackets, which nobody reads."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_nested(kind):
        return [None if cell is None else [] for cell in column.to_pylist()]
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return [None if cell is None else cell.decode("utf-8", "replace") for cell in column.to_pylist()]
    if _is_plain(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_boolean(kind):
        return [*column.to_pylist()]
    if pa.types.is_decimal(kind):
        return [None if cell is None else _from_decimal(cell) for cell in column.to_pylist()]
    if pa.types.is_temporal(kind):
        # Through text of Arrow's own: Python's dates would bring pandas into a process that has no room for it.
        bare = pa.timestamp(kind.unit) if pa.types.is_timestamp(kind) else kind
        texts = column.cast(bare).cast(pa.string()).to_pylist()
        # The text of a length of time is a bare count of its unit, which would be taken for a number.
        unit = f" {kind.unit}" if pa.types.is_duration(kind) else ""
        return [None if text is None else f"{text}{unit}" for text in texts]
    return [None if cell is None else str(cell) for cell in column.to_pylist()]


def _from_decimal(cell: decimal.Decimal) -> float | int:
    """A number, which text of its digits need not be: `502.000` as text means two things."""
    whole = int(cell)
    return whole if whole == cell and abs(whole) < 2**63 else float(cell)


def _is_plain(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_floating(kind) or pa.types.is_integer(kind))
