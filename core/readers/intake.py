"""What was read of an upload, stored compressed: one row or one column is at hand without unpacking the rest."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter

import msgspec
import pyarrow as pa

from core.alignment.client_id import ID
from core.alignment.names import Vocabulary, match_names
from core.alignment.number_text import DecimalSign, with_sign
from core.alignment.table import Table, concatenate, make_table, open_table
from core.errors import InputRefused, Problem
from core.readers.decimal_sign import DecimalChoice, find_decimal_sign
from core.readers.worker_messages import LENGTH, HowRead, RowsPart, TablePart, pack, rows_in, unpack
from core.records import RepeatedNames

CODEC = "zstd"
OTHER_ROW = "other_row"
"""The fact of a problem that is the number of a row."""


@dataclass(frozen=True, slots=True)
class StoredTable:
    """Some rows of a table, as compressed Arrow: one column can be unpacked without the others.

    starts: where the rows stand in a spreadsheet, as in `TablePart`.
    """

    n_rows: int
    names: tuple[str, ...]
    problems: tuple[Problem, ...]
    content: bytes
    decimal: DecimalSign | None = None
    starts: tuple[tuple[int, int], ...] = ()

    def open(self, only: str | None = None) -> Table:
        """The rows; of the one column `only`, where it is named."""
        return open_table(self.content, self.names, self.problems, self.decimal, only)


@dataclass(frozen=True, slots=True)
class StoredRows:
    """Some rows of JSON, whose columns may differ from row to row, as compressed MessagePack.

    Attributes
    ----------
    n_rows, size : int
        How many rows, and how many bytes they unpack to.
    content : bytes
        The rows.
    names : tuple of str
        The columns of all of them.
    signed : bool
        Whether a text among them may be a number with a sign before its decimals or between its thousands.
    renamed : mapping of str to str
        Columns matched to names of the model.
    decimal : "." or "," or None
        The decimal sign of the numbers in text.
    """

    n_rows: int
    size: int
    content: bytes
    names: tuple[str, ...] = ()
    signed: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    decimal: DecimalSign | None = None

    def open(self, only: str | None = None) -> list[object]:
        """The rows, under the model's names and with numbers for text that needs the file's decimal sign."""
        rows = self.open_as_sent()
        return [self._matched(row) for row in rows] if self.renamed or self.decimal else rows

    def open_as_sent(self) -> list[object]:
        """The rows as they stood."""
        part = unpack(pa.decompress(self.content, self.size, CODEC).to_pybytes())
        assert isinstance(part, RowsPart)
        return rows_in(part)

    def texts(self, columns: Collection[str]) -> Table:
        """The texts with a sign in these columns, a row for each row; nothing for other cells."""
        rows = [row if isinstance(row, dict) else {} for row in self.open()] if self.signed else []
        cells = {name: [row.get(name) if _is_signed(row.get(name)) else None for row in rows] for name in columns}
        found = {name: column for name, column in cells.items() if any(column)}
        return make_table([*found], [*found.values()])

    def _matched(self, row: object) -> object:
        if not isinstance(row, dict):
            return row
        pairs = [
            (self.renamed.get(name, name), cell if name == ID else with_sign(cell, self.decimal))
            for name, cell in row.items()
        ]
        return RepeatedNames(pairs, row.repeated) if isinstance(row, RepeatedNames) else dict(pairs)


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
        return concatenate(tables) if tables else [row for part in parts if not isinstance(part, Table) for row in part]

    def as_sent(self) -> list[object]:
        """Every row as it stood; for a few thousand."""
        opened = (
            each.open_as_sent() if isinstance(each, StoredRows) else each.open().rows_as_sent() for each in self.stored
        )
        return [row for rows in opened for row in rows]

    def row(self, position: int) -> dict[str, object]:
        """The client at a position, the first is 1; text that needs the file's decimal sign is a number."""
        return self.rows([position])[position]

    def numbered(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The same problems with rows numbered as a spreadsheet shows them, header included.

        In a file that no spreadsheet shows (JSON, Parquet), the first client is row 1.
        """
        starts, before = list[tuple[int, int]](), 0
        for part in self.stored:
            if isinstance(part, StoredTable):
                starts += [(before + place, number) for place, number in part.starts]
            before += part.n_rows
        return tuple(_numbered(each, starts) for each in problems)

    def rows(self, positions: Collection[int], *, as_sent: bool = False) -> dict[int, dict[str, object]]:
        """The clients at these positions by position, each as `row` returns it; every part is opened once.

        as_sent: each as it stood in the file; nothing in one that is no client.
        """
        wanted, found, before = sorted(positions), dict[int, dict[str, object]](), 0
        for part in self.stored:
            here = [each for each in wanted if before < each <= before + part.n_rows]
            rows: Table | list[object] = []
            if here:
                rows = part.open_as_sent() if as_sent and isinstance(part, StoredRows) else part.open()
            for position in here:
                index = position - before - 1
                if isinstance(rows, Table):
                    found[position] = rows.row_as_sent(index) if as_sent else rows.row(index)
                    continue
                row = rows[index]
                found[position] = dict(row) if isinstance(row, dict) else {}
            before += part.n_rows
        return found


def _numbered(problem: Problem, starts: Sequence[tuple[int, int]]) -> Problem:
    def number(row: int) -> int:
        place, first = starts[bisect_right(starts, row, key=itemgetter(0)) - 1]
        return first + row - place

    if problem.row is None or not starts:
        return problem
    other = problem.facts.get(OTHER_ROW)
    facts = {OTHER_ROW: number(other)} if isinstance(other, int) else {}
    return replace(problem, row=number(problem.row), facts={**problem.facts, **facts})


def settle(
    intake: Intake, vocabulary: Vocabulary | None, decimal: DecimalChoice, *, exact_json: bool = False
) -> Intake:
    """The same with its columns matched to the model's names, and the decimal sign of its numbers found.

    Parameters
    ----------
    intake : Intake
        What was read.
    vocabulary : Vocabulary, optional
        What the model reads; without it names stay, and every column may prove the decimal sign.
    decimal : {"auto", "point", "comma"}
        What a person said.
    exact_json : bool
        JSON stays as it is, as on the routes: its names are exact, and its numbers have a decimal point.

    Raises
    ------
    InputRefused
        A number means two things and nothing proves which; its row is numbered as `Intake.numbered` does.
    """
    if exact_json and intake.how.kind == "json":
        return intake
    names = dict.fromkeys(name for part in intake.stored[:1] for name in part.names)
    for part in intake.stored[1:] if intake.how.kind == "json" else ():
        names.update(dict.fromkeys(part.names))
    renamed = match_names([*names], vocabulary.names) if vocabulary is not None else {}
    matched = [_with_names(part, renamed) for part in intake.stored]
    columns = vocabulary.numbers if vocabulary is not None else None
    here = [renamed.get(name, name) for name in names if columns is None or renamed.get(name, name) in columns]
    try:
        sign = find_decimal_sign(_tables(matched, here), columns, decimal)
    except InputRefused as refused:
        raise InputRefused(intake.numbered(refused.problems)) from None
    how = msgspec.structs.replace(intake.how, renamed=intake.how.renamed | renamed, decimal=sign or "")
    return Intake(how, intake.n_rows, tuple(replace(part, decimal=sign) for part in matched))


def _with_names(part: Stored, renamed: Mapping[str, str]) -> Stored:
    if isinstance(part, StoredRows):
        return replace(part, renamed=renamed)
    names = tuple(renamed.get(name, name) for name in part.names)
    problems = tuple(replace(each, column=renamed.get(each.column or "", each.column)) for each in part.problems)
    return replace(part, names=names, problems=problems)


def _tables(parts: Sequence[Stored], columns: Collection[str]) -> Iterator[tuple[int, Table]]:
    """(number of rows before, what may prove the decimal sign) of each part."""
    before = 0
    for part in parts:
        if isinstance(part, StoredTable):
            yield before, part.open()
        elif part.signed:
            yield before, part.texts(columns)
        before += part.n_rows


def store(part: TablePart | RowsPart) -> Stored:
    """The part compressed."""
    if isinstance(part, RowsPart):
        content = pack(part)[LENGTH.size :]
        rows = [row for _, row in part.rows if isinstance(row, dict)]
        names = tuple(dict.fromkeys(name for each in dict.fromkeys(map(tuple, rows)) for name in each))
        signed = any(_is_signed(cell) for row in rows for cell in row.values())
        return StoredRows(part.n_rows, len(content), pa.compress(content, CODEC, asbytes=True), names, signed)
    table = make_table(part.names, part.cells, part.problems)
    starts = tuple((place, number) for place, number in part.starts)
    return StoredTable(len(table), table.names, table.problems, table.to_bytes(), starts=starts)


def _is_signed(cell: object) -> bool:
    return type(cell) is str and ("." in cell or "," in cell) and any(map(str.isdigit, cell))
