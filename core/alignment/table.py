"""Many rows in memory: one table of columns, each an Arrow array, with what is wrong with single rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from core.alignment.client_id import ID, whole_number
from core.alignment.number_text import DecimalSign, with_sign
from core.errors import Problem

PLAIN_ID = r"^[0-9]{1,18}$"
MIXED = {b"cells": b"msgpack"}
"""Marks a stored column of several kinds of cell: each cell is MessagePack."""
ARROW_TYPES = {str: pa.string(), float: pa.float64(), int: pa.int64(), bool: pa.bool_()}
_COMPRESSED = pa.ipc.IpcWriteOptions(compression="zstd")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one source as columns of one length.

    Attributes
    ----------
    names : tuple of str
        The columns as they are called in the source.
    cells : tuple of pyarrow.Array or list
        One column a name; a list where a column holds several kinds of cell.
    problems : tuple of Problem
        What is wrong with single rows before a cell is read; the first row of this table is 1.
    decimal : "." or "," or None
        The decimal sign of the numbers in text; None where nothing tells it, and text that means two things is refused.
    """

    names: tuple[str, ...]
    cells: tuple[Any, ...]
    problems: tuple[Problem, ...] = ()
    decimal: DecimalSign | None = None

    def __len__(self) -> int:
        return len(self.cells[0]) if self.cells else 0

    def row(self, index: int) -> dict[str, object]:
        """One row by column, the first is 0; text that needs the file's decimal sign is a number."""
        row = self.row_as_sent(index)
        return {name: cell if name == ID else with_sign(cell, self.decimal) for name, cell in row.items()}

    def row_as_sent(self, index: int) -> dict[str, object]:
        """One row's cells by column as they stood; the first is 0."""
        return {name: plain_cell(cells[index]) for name, cells in zip(self.names, self.cells, strict=True)}

    def rows_as_sent(self) -> list[dict[str, object]]:
        """Every row's cells by column as they stood; for a few thousand rows."""
        columns = [cells.to_pylist() if isinstance(cells, pa.Array) else cells for cells in self.cells]
        return [dict(zip(self.names, cells, strict=True)) for cells in zip(*columns, strict=True)]

    def column(self, name: str) -> Any:
        """The cells of the last column of this name, None where there is none."""
        return dict(zip(self.names, self.cells, strict=True)).get(name)

    def to_bytes(self) -> bytes:
        """The cells as a compressed Arrow stream; names and problems are kept by the caller."""
        fields, arrays = [], []
        for place, cells in enumerate(self.cells):
            mixed = not isinstance(cells, pa.Array)
            array = pa.array([msgspec.msgpack.encode(cell) for cell in cells], pa.binary()) if mixed else cells
            fields.append(pa.field(str(place), array.type, metadata=MIXED if mixed else None))
            arrays.append(array)
        sink = pa.BufferOutputStream()
        schema = pa.schema(fields)
        with pa.ipc.new_stream(sink, schema, options=_COMPRESSED) as writer:
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
        return bytes(sink.getvalue().to_pybytes())


def open_table(
    content: bytes,
    names: Sequence[str],
    problems: Sequence[Problem] = (),
    decimal: DecimalSign | None = None,
    only: str | None = None,
) -> Table:
    """The table that `Table.to_bytes` wrote.

    Parameters
    ----------
    content, names, problems, decimal
        What it wrote, and what the caller kept.
    only : str, optional
        The one column to unpack; the others are left out.
    """
    places = [place for place, name in enumerate(names) if only in (None, name)]
    options = pa.ipc.IpcReadOptions(included_fields=places, use_threads=False)
    with pa.ipc.open_stream(pa.py_buffer(content), options=options) as reader:
        batch = reader.read_next_batch()
    cells = [
        [None if cell is None else msgspec.msgpack.decode(cell) for cell in column.to_pylist()]
        if field.metadata == MIXED
        else column
        for field, column in zip(batch.schema, batch.columns, strict=True)
    ]
    return Table(tuple(names[place] for place in places), tuple(cells), tuple(problems), decimal)


def make_table(names: Sequence[str], cells: Sequence[list[Any]], problems: Sequence[Problem] = ()) -> Table:
    """A table of plain cells, every column of one kind of cell as an Arrow array."""
    return Table(tuple(names), tuple(as_array(column) for column in cells), tuple(problems))


def concatenate(tables: Sequence[Table]) -> Table:
    """Tables of the same columns as one; for a few thousand rows."""
    if len(tables) == 1:
        return tables[0]
    cells = []
    for columns in zip(*(each.cells for each in tables), strict=True):
        kinds = {column.type if isinstance(column, pa.Array) else None for column in columns}
        if len(kinds) == 1 and None not in kinds:
            cells.append(pa.concat_arrays(columns))
        else:
            cells.append(as_array([cell for column in columns for cell in to_list(column)]))
    before, problems = 0, []
    for each in tables:
        problems += [replace(one, row=(one.row or 1) + before) for one in each.problems]
        before += len(each)
    return Table(tables[0].names, tuple(cells), tuple(problems), tables[0].decimal)


def as_array(cells: list[Any]) -> Any:
    """An Arrow array of a column with one kind of cell, and the list itself of a mixed one."""
    kinds = set(map(type, cells)) - {type(None)}
    if not kinds:
        return pa.nulls(len(cells))
    arrow = ARROW_TYPES.get(next(iter(kinds))) if len(kinds) == 1 else None
    try:
        return cells if arrow is None else pa.array(cells, arrow)
    except (pa.ArrowException, OverflowError):
        return cells


def to_list(cells: Any) -> list[Any]:
    """A column's cells as Python's own values."""
    return list(cells.to_pylist()) if isinstance(cells, pa.Array) else list(cells)


def plain_cell(cell: Any) -> object:
    """A cell as Python's own value."""
    return cell.as_py() if isinstance(cell, pa.Scalar) else cell


def ids_of(rows: Table | Sequence[object]) -> list[int | None]:
    """The client of each row, None where no whole number stands; rows that do not fit their header have none."""
    if not isinstance(rows, Table):
        return [whole_number(row.get(ID)) if isinstance(row, dict) else None for row in rows]
    ids = _read_ids(rows.column(ID), len(rows))
    for problem in rows.problems:
        if problem.row is not None and problem.column in (None, ID):
            ids[problem.row - 1] = None
    return ids


def matches(texts: Any, pattern: str) -> bool:
    """Whether every text of an Arrow column that is there matches."""
    return bool(pc.all(pc.match_substring_regex(texts, pattern)).as_py() is not False)


def _read_ids(cells: Any, size: int) -> list[int | None]:
    if cells is None:
        return [None] * size
    if isinstance(cells, pa.Array) and pa.types.is_string(cells.type) and matches(cells, PLAIN_ID):
        cells = pc.cast(cells, pa.int64())
    return [whole_number(cell) for cell in to_list(cells)]
