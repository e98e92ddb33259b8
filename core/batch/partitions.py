"""Divides a Parquet file, or a folder of them, at any fsspec path, into parts that workers of a cluster read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.alignment.names import Vocabulary, match_names
from core.alignment.number_text import DecimalSign
from core.alignment.table import Table
from core.errors import Problem, UnreadableInput
from core.readers.decimal_sign import DecimalChoice, find_decimal_sign
from core.readers.parquet_reader import open_parquet, read_parquet_tables

ROWS_A_PARTITION = 50_000


@dataclass(frozen=True, slots=True)
class Partition:
    """Some row groups of a Parquet file. before: number of rows of the whole input before the first group."""

    place: int
    path: str
    groups: tuple[int, ...]
    n_rows: int
    before: int = 0
    renamed: Mapping[str, str] = field(default_factory=dict)
    decimal: DecimalSign | None = None

    def pieces(self, *, only_ids: bool = False, columns: Collection[str] | None = None) -> Iterator[tuple[int, Table]]:
        """Yield (number of rows before, rows) for each piece, in order. columns: those to read beside the ids."""
        import fsspec

        before, columns = self.before, () if only_ids else columns
        with fsspec.open(self.path, "rb") as opened:
            for table in read_parquet_tables(opened, groups=list(self.groups), columns=columns):
                names = tuple(self.renamed.get(name, name) for name in table.names)
                yield before, replace(table, names=names, decimal=self.decimal)
                before += len(table)


def partitions(path: str) -> list[Partition]:
    """Divide a file, or all files of a folder in order of their names, into parts of about ROWS_A_PARTITION rows.

    Raises UnreadableInput if there is no such file or no client in it.
    """
    import fsspec

    system = file_system(path)
    files = [path]
    if system.isdir(path):
        named = sorted(system.glob(f"{path.rstrip('/')}/**/*.parquet"))
        files = [system.unstrip_protocol(name) for name in named]
    found: list[Partition] = []
    before = 0
    try:
        for name in files:
            with fsspec.open(name, "rb") as opened:
                told = open_parquet(opened).file.metadata
            for groups in _grouped([told.row_group(place).num_rows for place in range(told.num_row_groups)]):
                rows = sum(told.row_group(place).num_rows for place in groups)
                found.append(Partition(len(found), name, tuple(groups), rows, before))
                before += rows
    except (OSError, ValueError):
        raise UnreadableInput([Problem("file_not_there")]) from None
    if not before:
        raise UnreadableInput([Problem("file_without_clients")])
    return found


def with_names_and_decimal(
    parts: Sequence[Partition], vocabulary: Vocabulary, choice: DecimalChoice
) -> list[Partition]:
    """The parts with columns matched to the model's names, and with one decimal sign for all of them.

    Raises InputRefused if a number has two readings and nothing proves which is meant.
    """
    renamed: dict[str, Mapping[str, str]] = {}
    for part in parts:
        if part.path not in renamed:
            renamed[part.path] = match_names(next(part.pieces())[1].names, vocabulary.names)
    parts = [replace(part, renamed=renamed[part.path]) for part in parts]
    tables = (piece for part in parts for piece in part.pieces())
    sign = find_decimal_sign(tables, vocabulary.numbers, choice)
    return [replace(part, decimal=sign) for part in parts]


def file_versions(parts: Sequence[Partition]) -> dict[str, str]:
    """A key of each file's version, by path; it changes when the file is written to or replaced."""
    system = file_system(parts[0].path)
    system.invalidate_cache()
    return {path: system.ukey(path) for path in dict.fromkeys(part.path for part in parts)}


def file_system(path: str) -> Any:
    """The fsspec file system of an address."""
    import fsspec

    return fsspec.core.url_to_fs(path)[0]


def _grouped(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Group the positions of row groups into partitions."""
    groups: list[int] = []
    for place, size in enumerate(sizes):
        if groups and sum(sizes[each] for each in groups) + size > ROWS_A_PARTITION:
            yield groups
            groups = []
        groups.append(place)
    if groups:
        yield groups
