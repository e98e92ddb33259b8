"""What was read of an upload, stored compressed: one row or one column is at hand without unpacking the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import pyarrow as pa

from core.alignment.client_id import ID
from core.alignment.names import Vocabulary, match_names
from core.alignment.number_text import DecimalSign
from core.alignment.table import Table, concatenate, make_table, open_table
from core.errors import Problem
from core.readers.decimal_sign import DecimalChoice, find_decimal_sign
from core.readers.worker_messages import LENGTH, HowRead, RowsPart, TablePart, pack, rows_in, unpack

CODEC = "zstd"


@dataclass(frozen=True, slots=True)
class StoredTable:
    """Some rows of a table, as compressed Arrow: one column can be unpacked without the others."""

    n_rows: int
    names: tuple[str, ...]
    problems: tuple[Problem, ...]
    content: bytes
    decimal: DecimalSign | None = None

    def open(self, only: str | None = None) -> Table:
        """The rows; of the one column `only`, where it is named."""
        return open_table(self.content, self.names, self.problems, self.decimal, only)


@dataclass(frozen=True, slots=True)
class StoredRows:
    """Some rows of JSON, whose columns may differ from row to row, as compressed MessagePack."""

    n_rows: int
    size: int
    content: bytes

    def open(self, only: str | None = None) -> list[object]:
        """The rows; always with all columns."""
        part = unpack(pa.decompress(self.content, self.size, CODEC).to_pybytes())
        assert isinstance(part, RowsPart)
        return rows_in(part)


Stored = StoredTable | StoredRows


@dataclass(frozen=True)
class Intake:
    """What was read of an upload: how, how many rows, and the rows, stored compressed part by part."""

    how: HowRead
    n_rows: int
    stored: tuple[Stored, ...]

    @property
    def n_bytes(self) -> int:
        """Memory in bytes of the compressed rows."""
        return sum(len(part.content) for part in self.stored)

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Table | list[object]]]:
        """(number of rows before, rows) of each part, in order; problems count from the part's first row."""
        before = 0
        for part in self.stored:
            yield before, part.open(ID if only_ids else None)
            before += part.n_rows

    def all_rows(self) -> Table | list[object]:
        """All rows at once; for a few thousand."""
        parts = [rows for _, rows in self.pieces()]
        tables = [part for part in parts if isinstance(part, Table)]
        return concatenate(tables) if tables else [row for part in parts for row in _as_sent(part)]

    def as_sent(self) -> list[object]:
        """Every row as it stood; for a few thousand."""
        return [row for _, rows in self.pieces() for row in _as_sent(rows)]

    def row(self, position: int) -> dict[str, object]:
        """The client at a position, the first is 1; text that needs the file's decimal sign is a number."""
        return self._rows_at([position], as_sent=False)[position]

    def rows_at(self, positions: Collection[int]) -> dict[int, dict[str, object]]:
        """The clients at these positions as they stood, by position; nothing in one that is no client."""
        return self._rows_at(positions, as_sent=True)

    def _rows_at(self, positions: Collection[int], *, as_sent: bool) -> dict[int, dict[str, object]]:
        wanted, found, before = sorted(positions), dict[int, dict[str, object]](), 0
        for part in self.stored:
            here = [each for each in wanted if before < each <= before + part.n_rows]
            rows = part.open() if here else []
            for position in here:
                index = position - before - 1
                if isinstance(rows, Table):
                    found[position] = rows.row_as_sent(index) if as_sent else rows.row(index)
                    continue
                row = rows[index]
                found[position] = dict(row) if isinstance(row, dict) else {}
            before += part.n_rows
        return found


def settle(intake: Intake, vocabulary: Vocabulary | None, decimal: DecimalChoice) -> Intake:
    """The same with its columns matched to the model's names, and the decimal sign of its numbers found.

    JSON stays as it is: its names are exact, and its numbers have a decimal point.

    Parameters
    ----------
    intake : Intake
        What was read.
    vocabulary : Vocabulary, optional
        What the model reads; without it names stay, and every column may prove the decimal sign.
    decimal : {"auto", "point", "comma"}
        What a person said.

    Raises
    ------
    InputRefused
        A number means two things and nothing proves which.
    """
    tables = [part for part in intake.stored if isinstance(part, StoredTable)]
    if not tables:
        return intake
    renamed = match_names(tables[0].names, vocabulary.names) if vocabulary is not None else {}
    names = tuple(renamed.get(name, name) for name in tables[0].names)
    tables = [replace(part, names=names, problems=_renamed(part.problems, renamed)) for part in tables]
    how = msgspec.structs.replace(intake.how, renamed=intake.how.renamed | renamed)
    matched = Intake(how, intake.n_rows, tuple(tables))
    pieces = ((before, rows) for before, rows in matched.pieces() if isinstance(rows, Table))
    sign = find_decimal_sign(pieces, vocabulary.numbers if vocabulary is not None else None, decimal)
    how = msgspec.structs.replace(how, decimal=sign or "")
    return Intake(how, intake.n_rows, tuple(replace(part, decimal=sign) for part in tables))


def _renamed(problems: Sequence[Problem], renamed: Mapping[str, str]) -> tuple[Problem, ...]:
    return tuple(replace(each, column=renamed.get(each.column or "", each.column)) for each in problems)


def store(part: TablePart | RowsPart) -> Stored:
    """The part compressed."""
    if isinstance(part, RowsPart):
        content = pack(part)[LENGTH.size :]
        return StoredRows(part.n_rows, len(content), pa.compress(content, CODEC, asbytes=True))
    table = make_table(part.names, part.cells, part.problems)
    return StoredTable(len(table), table.names, table.problems, table.to_bytes())


def _as_sent(rows: Table | list[object]) -> list[object]:
    return [*rows.rows_as_sent()] if isinstance(rows, Table) else rows
