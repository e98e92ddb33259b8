"""A file of any number of clients, CSV or Parquet, read a few thousand rows at a time by the process that scores it.

For the command line, where whoever runs it chose the file. Memory stays flat. A block of CSV in which every line is
plain (as many fields as the header, quotation marks around whole cells) is split by Arrow; any other goes through the
same code as an upload (`core.readers.csv_reader`), which names the line that does not fit. Both ways give the same
cells.
"""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from core.alignment.client_id import ID
from core.alignment.table_parser import Columns, as_columns
from core.errors import Problem, UnreadableInput
from core.readers.csv_reader import (
    ESCAPED,
    LONGEST_LINE,
    Header,
    encoding_of,
    has_decimal_commas,
    open_text,
    read_header,
    read_records,
    table_of,
)
from core.readers.parquet_reader import columns_of, open_parquet
from core.readers.worker_messages import PIECE_ROWS

BLOCK = 2 * 2**20
BATCH_ROWS = 4096
GZIP, PARQUET = b"\x1f\x8b", b"PAR1"
_ESCAPED = re.compile(ESCAPED.pattern.encode())


@dataclass(frozen=True, slots=True)
class ClientFile:
    """A CSV file (also gzipped) or a Parquet file on this computer."""

    path: Path

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Columns]]:
        """(number of rows before, rows) of each piece, in order.

        only_ids: other columns may be left out. Raises UnreadableInput where it is no table of clients, or not there.
        """
        before = 0
        if self._is(b"") and not self.path.stat().st_size:
            raise UnreadableInput([Problem("file_empty")])
        for columns in self._parquet(only_ids) if self._is(PARQUET) else self._csv(only_ids):
            yield before, columns
            before += len(columns)
        if not before:
            raise UnreadableInput([Problem("file_without_clients")])

    def _is(self, magic: bytes) -> bool:
        try:
            with self.path.open("rb") as opened:
                return opened.read(len(magic)) == magic
        except OSError:
            raise UnreadableInput([Problem("file_not_there")]) from None

    def _parquet(self, only_ids: bool) -> Iterator[Columns]:
        with self.path.open("rb") as opened:
            file = open_parquet(opened)
            try:
                for batch in file.iter_batches(BATCH_ROWS, columns=[ID] if only_ids else None, use_threads=False):
                    if len(batch):
                        yield columns_of(batch)
            except (pa.ArrowException, OSError, ValueError):
                raise UnreadableInput([Problem("file_broken")]) from None

    def _csv(self, only_ids: bool) -> Iterator[Columns]:
        packed = self._is(GZIP)
        try:
            with cast(BinaryIO, gzip.open(self.path)) if packed else self.path.open("rb") as stream:
                yield from _csv_pieces(stream, only_ids, packed=packed)
        except (EOFError, gzip.BadGzipFile):
            raise UnreadableInput([Problem("file_broken")]) from None


def _csv_pieces(stream: BinaryIO, only_ids: bool, *, packed: bool) -> Iterator[Columns]:
    encoding = encoding_of(stream)
    text = open_text(stream, encoding)
    header = read_header(text, encoding, packed=packed)
    sample = list(islice(read_records(text, header), PIECE_ROWS))
    decimal = "," if header.how.separator != "," and has_decimal_commas(sample) else "."
    text.detach()
    stream.seek(0)
    plain = encoding == "utf-8" and header.how.quote != "'" and decimal == "."
    heads = [stream.readline() for _ in range(header.line)] if plain else []
    if not plain or any(b"\r" in head.rstrip(b"\r\n") for head in heads):
        stream.seek(0)
        text = open_text(stream, encoding)
        for _ in range(header.line):
            text.readline()
        yield from _any_pieces(text, header, decimal)
        return
    line, rest = header.line, b""
    while True:
        read = stream.read(BLOCK)
        end = read.rfind(b"\n") + 1
        block, rest = (rest + read[:end], read[end:]) if read and end else (rest + read, b"")
        if read and not end and len(block) <= LONGEST_LINE:
            rest = block
            continue
        if not block:
            return
        if (read and not end) or not _is_regular(block, header.how.separator):
            # A cell may reach into the next block: from here on everything is read the careful way.
            remaining = io.BufferedReader(_After(block + rest, stream))
            yield from _any_pieces(open_text(remaining, encoding), Header(header.how, header.names, line), decimal)
            return
        columns = _plain_piece(block, header, only_ids)
        if columns is None:
            part = Header(header.how, header.names, line)
            yield from _any_pieces(open_text(io.BytesIO(block), encoding), part, decimal)
        elif len(columns):
            yield columns
        line += block.count(b"\n")


def _plain_piece(block: bytes, header: Header, only_ids: bool) -> Columns | None:
    """The rows of a regular block in which every line fits the header; None where one does not."""
    if b"'" in block and _ESCAPED.search(block):
        return None
    places = [str(place) for place in range(len(header.names))]
    wanted = [str(header.names.index(ID))] if only_ids else places
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(block),
            read_options=pa_csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=places),
            parse_options=pa_csv.ParseOptions(delimiter=header.how.separator, quote_char='"', escape_char=False),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(places, pa.string()),
                include_columns=wanted,
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid:
        return None
    names = tuple(header.names[int(place)] for place in wanted)
    return Columns(names, tuple(column.combine_chunks() for column in table.columns))


def _is_regular(block: bytes, separator: str) -> bool:
    """Whether lines end alike, and every quotation mark stands around a whole cell of one line, none inside of one."""
    if block.count(b"\r") != block.count(b"\r\n"):
        return False
    if b'"' not in block:
        return True
    signs = np.frombuffer(b"\n" + block + b"\n", dtype=np.uint8)
    marks = np.flatnonzero(signs == ord('"'))
    if len(marks) % 2:
        return False
    opening, closing, ends = marks[::2], marks[1::2], np.flatnonzero(signs == ord("\n"))
    starts_cell = np.isin(signs[opening - 1], (ord(separator), ord("\n"))).all()
    ends_cell = np.isin(signs[closing + 1], (ord(separator), ord("\r"), ord("\n"))).all()
    one_line = np.array_equal(np.searchsorted(ends, opening), np.searchsorted(ends, closing))
    return bool(starts_cell and ends_cell and one_line)


def _any_pieces(text: io.TextIOWrapper, header: Header, decimal: str) -> Iterator[Columns]:
    """The rows of any text, with the problems of lines that do not fit."""
    records = read_records(text, header)
    while piece := list(islice(records, BATCH_ROWS)):
        table = table_of(header.names, piece, 0, decimal)
        yield as_columns(table.names, table.cells, [fault.problem() for fault in table.faults])


class _After(io.RawIOBase):
    """Bytes that were read already, and then the rest of their stream."""

    def __init__(self, first: bytes, stream: BinaryIO) -> None:
        self._first = io.BytesIO(first)
        self._stream = stream

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fills the buffer from the bytes, then from the stream."""
        view = memoryview(cast(bytearray, buffer))
        content = self._first.read(len(view)) or self._stream.read(len(view))
        view[: len(content)] = content
        return len(content)
