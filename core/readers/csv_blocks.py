"""CSV of any length on this computer → tables, most of it split by Arrow a block at a time; memory stays flat.

A block in which every line is plain (as many fields as the header, quotation marks around whole cells) is split by
Arrow; any other goes through `core.readers.csv_reader`, which names the line that does not fit. Both give the same
cells, and a property test holds them together.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import islice
from typing import BinaryIO, cast

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from core.alignment.client_id import ID
from core.alignment.table import Table, make_table
from core.readers.csv_lines import QUOTES
from core.readers.csv_reader import (
    LONGEST_LINE,
    Header,
    encoding_of,
    open_text,
    part_of,
    read_header,
    read_records,
)
from core.readers.formulas import ESCAPED_BYTES
from core.readers.worker_messages import HowRead

BLOCK = 2 * 2**20
BATCH_ROWS = 4096


def _ignore(how: HowRead) -> None:
    """Does nothing."""


def read_csv_tables(
    stream: BinaryIO, *, packed: bool = False, only_ids: bool = False, on_how: Callable[[HowRead], None] = _ignore
) -> Iterator[Table]:
    """The rows below the header, table after table.

    Parameters
    ----------
    stream : BinaryIO
        The unpacked text, at its beginning; it can seek.
    packed : bool
        Whether it was packed.
    only_ids : bool
        Other columns may be left out.
    on_how : callable
        Hears how the file is written, before its first row and again after its last.

    Raises
    ------
    UnreadableInput
        There is no usable header, or a quotation mark has no end.
    """
    encoding = encoding_of(stream)
    quoted = QUOTES[0].encode() in stream.read(BLOCK)
    stream.seek(0)
    text = open_text(stream, encoding)
    header = read_header(text, encoding, packed=packed)
    how = msgspec.structs.replace(header.how, quote=header.how.quote or (QUOTES[0] if quoted else ""))
    on_how(how)
    text.detach()
    stream.seek(0)
    plain = encoding == "utf-8" and header.how.quote != "'" and not header.padding
    heads = [stream.readline() for _ in range(header.line)] if plain else []
    if not plain or any(b"\r" in head.rstrip(b"\r\n") for head in heads):
        stream.seek(0)
        text = open_text(stream, encoding)
        for _ in range(header.line):
            text.readline()
        try:
            yield from _any_tables(text, header)
        finally:
            # Else the stream, which is the caller's, would be closed with the text.
            text.detach()
    else:
        yield from _blocks(stream, header, only_ids)
    on_how(msgspec.structs.replace(how, unwrapped=len(header.unwrapped)))


def _blocks(stream: BinaryIO, header: Header, only_ids: bool) -> Iterator[Table]:
    """The rows of UTF-8 that stand at and below the stream's place."""
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
            yield from _any_tables(open_text(remaining, header.how.encoding), replace(header, line=line))
            return
        table = _plain_table(block, header, only_ids)
        if table is None:
            yield from _any_tables(open_text(io.BytesIO(block), header.how.encoding), replace(header, line=line))
        elif len(table):
            yield table
        line += block.count(b"\n")


def _plain_table(block: bytes, header: Header, only_ids: bool) -> Table | None:
    """The rows of a regular block in which every line fits the header; None where one does not."""
    if b"'" in block and ESCAPED_BYTES.search(block):
        return None
    places = [str(place) for place in range(len(header.names))]
    ids = str(header.names.index(ID))
    table = _split(block, header, [ids] if only_ids else places)
    if table is not None and table.column(ids).null_count:
        # A line of nothing but separators is no row, which the column of ids alone does not tell.
        table = _split(block, header, places) if only_ids else table
        table = None if table is None else table.filter(reduce(pc.or_, [pc.is_valid(cells) for cells in table.columns]))
    if table is None:
        return None
    wanted = [ids] if only_ids else places
    names = tuple(header.names[int(place)] for place in wanted)
    return Table(names, tuple(table.column(place).combine_chunks() for place in wanted))


def _split(block: bytes, header: Header, wanted: Sequence[str]) -> pa.Table | None:
    """The cells of these columns as text, nothing where a cell is empty; None where a line does not fit the header."""
    places = [str(place) for place in range(len(header.names))]
    try:
        return pa_csv.read_csv(
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


def _any_tables(text: io.TextIOWrapper, header: Header) -> Iterator[Table]:
    """The rows of any text, with the problems of lines that do not fit."""
    records = read_records(text, header)
    while some := list(islice(records, BATCH_ROWS)):
        part = part_of(header.names, some)
        yield make_table(part.names, part.cells, part.problems)


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
