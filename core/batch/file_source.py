"""A file of any number of clients on this computer, read a few thousand rows at a time by the process that scores it.

For the command line, where whoever runs it chose the file. Memory stays flat.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from core.alignment.table import Table
from core.errors import Problem, UnreadableInput
from core.readers.csv_blocks import read_csv_tables
from core.readers.detect import detect, is_packed
from core.readers.parquet_reader import read_parquet_tables


@dataclass(frozen=True, slots=True)
class ClientFile:
    """A CSV file (also gzipped) or a Parquet file on this computer."""

    path: Path

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Table]]:
        """(number of rows before, rows) of each piece, in order.

        only_ids: other columns may be left out. Raises UnreadableInput where it is no table of clients, or not there.
        """
        before = 0
        try:
            opened = self.path.open("rb")
        except OSError:
            raise UnreadableInput([Problem("file_not_there")]) from None
        with opened:
            for table in _tables(opened, only_ids):
                yield before, table
                before += len(table)
        if not before:
            raise UnreadableInput([Problem("file_without_clients")])


def _tables(opened: BinaryIO, only_ids: bool) -> Iterator[Table]:
    try:
        packed = is_packed(opened)
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=opened)) if packed else opened
        if detect(stream) == "parquet":
            yield from read_parquet_tables(stream, only_ids=only_ids)
        else:
            yield from read_csv_tables(stream, packed=packed, only_ids=only_ids)
    except (EOFError, gzip.BadGzipFile):
        raise UnreadableInput([Problem("file_broken")]) from None
