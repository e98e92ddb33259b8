"""CSV text → parts of a table: encoding, separator and quotes are found out, never asked for.

A line whose fields do not fit the header keeps its place among the rows and is named by its number. A line that a
spreadsheet took for one cell and wrapped in quotation marks is unwrapped where it then fits the header. Cells stay as
they are written: which sign is the decimal sign is decided of all of them (`core.readers.decimal_sign`).
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import TextIOWrapper
from itertools import islice
from typing import BinaryIO

import msgspec

from core.alignment.client_id import ID
from core.alignment.names import match_names
from core.errors import Problem, TooLarge, UnreadableInput
from core.readers.csv_lines import (
    LONGEST_CELL,
    QUOTES,
    SEPARATORS,
    has_id,
    names_in,
    strict_fields,
    unescaped,
    unwrapped,
)
from core.readers.detect import UTF_16
from core.readers.worker_messages import ROWS_A_PART, HowRead, TablePart, starts_of

LONGEST_LINE = 2**20
MAX_COLUMNS = 5000
MAX_TITLE_ROWS = 20
"""Rows above the header, a title or the like, among which the header is looked for."""
BLOCK = 2**20

SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one row, no more than there are columns, and how many it has.

    line, number: the line on which it begins, and its row in a spreadsheet, where a cell may hold several lines.
    """

    line: int
    fields: list[str]
    found: int
    number: int


@dataclass(frozen=True, slots=True)
class Header:
    """How a file is written, its columns, and where they stand.

    Attributes
    ----------
    how : HowRead
        Encoding, separator, quotes; title rows and a renamed column of ids.
    names : list of str
        The columns.
    line : int
        The number of the line on which they stand; the first is 1.
    number : int
        The number of their row in a spreadsheet, which does not show a line that names the separator.
    padding : str
        The separator of a spreadsheet that saved the file as lines of one cell and filled them up; empty if none did.
    unwrapped : list of int
        Numbers of the lines that were unwrapped so far; grows while records are read.
    """

    how: HowRead
    names: list[str]
    line: int
    number: int
    padding: str = ""
    unwrapped: list[int] = field(default_factory=list)


def encoding_of(stream: BinaryIO) -> str:
    """The text's encoding: a byte-order mark, else UTF-8 if every byte of it is, else Western European (cp1252)."""
    start = stream.read(4)
    stream.seek(0)
    if start.startswith(UTF_16):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := stream.read(BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        stream.seek(0)
    return "utf-8"


def open_text(stream: BinaryIO, encoding: str) -> TextIOWrapper:
    """The text of a stream, its line ends as they stand; a byte-order mark is no text."""
    return TextIOWrapper(stream, "utf-8-sig" if encoding == "utf-8" else encoding, errors="replace", newline="")


def read_csv(stream: BinaryIO, max_rows: int, *, packed: bool) -> Iterator[HowRead | TablePart]:
    """How it is written, then its rows, a few thousand at a time; how it is written again if more is known at the end.

    Raises UnreadableInput without a usable header or where a quotation mark has no end, TooLarge over the row limit.
    """
    encoding = encoding_of(stream)
    quoted = QUOTES[0].encode() in stream.read(BLOCK)
    stream.seek(0)
    text = open_text(stream, encoding)
    header = read_header(text, encoding, packed=packed)
    how = msgspec.structs.replace(header.how, quote=header.how.quote or (QUOTES[0] if quoted else ""))
    yield how
    rows = 0
    records = read_records(text, header)
    while some := list(islice(records, ROWS_A_PART)):
        rows += len(some)
        if rows > max_rows:
            raise TooLarge([Problem("file_too_long", facts={"limit": max_rows})])
        yield part_of(header.names, some)
    if not rows:
        raise UnreadableInput([Problem("file_without_clients")])
    if header.unwrapped:
        yield msgspec.structs.replace(how, unwrapped=len(header.unwrapped))


def read_header(text: TextIOWrapper, encoding: str, *, packed: bool) -> Header:
    """Reads down to the line with the columns' names. Raises UnreadableInput where it holds no ids or a name twice."""
    number, title_rows, hidden = 0, 0, 0
    separators: Sequence[str] = SEPARATORS
    first: Sequence[str] | None = None
    while title_rows <= MAX_TITLE_ROWS and (line := text.readline(LONGEST_LINE + 1)):
        number += 1
        if separator_line := SEPARATOR_LINE.fullmatch(line):
            separators = (separator_line[1],)
            hidden += 1
        elif line.strip():
            names, separator, quote, padding = names_in(line, separators)
            renamed = match_names(names, {ID})
            if has_id(names):
                names = [renamed.get(name, name) for name in names]
                check_names(names)
                how = HowRead(kind="csv", packed=packed, encoding=encoding, separator=separator, quote=quote,
                              title_rows=title_rows, renamed=renamed)  # fmt: skip
                return Header(how, names, number, number - hidden, padding)
            first = first or names
            title_rows += 1
    if first is None:
        raise UnreadableInput([Problem("file_without_clients")])
    check_names(first)
    raise UnreadableInput([Problem("id_column_missing", column=ID)])


def check_names(names: Sequence[str]) -> None:
    """Raises UnreadableInput where a table has no ids or a column twice, TooLarge where it has far too many."""
    if len(names) > MAX_COLUMNS:
        raise TooLarge([Problem("too_many_columns", facts={"limit": MAX_COLUMNS})])
    if ID not in names:
        raise UnreadableInput([Problem("id_column_missing", column=ID)])
    seen: set[str] = set()
    for name in names:
        if name and name in seen:
            raise UnreadableInput([Problem("header_twice", column=name)])
        seen.add(name)


def read_records(text: TextIOWrapper, header: Header) -> Iterator[Record]:
    """The rows below the header, without empty ones. Raises UnreadableInput where a quotation mark has no end."""
    csv.field_size_limit(LONGEST_CELL)
    line, width = header.line, len(header.names)
    reader = csv.reader(
        _lines(text, header), delimiter=header.how.separator, quotechar=header.how.quote or QUOTES[0], strict=True
    )
    try:
        for number, fields in enumerate(reader, start=header.number + 1):
            if any(fields):
                yield Record(line + 1, fields[:width], len(fields), number)
            line = header.line + reader.line_num
    except csv.Error:
        raise UnreadableInput([Problem("csv_broken", facts={"line": line + 1})]) from None


def part_of(names: Sequence[str], records: Sequence[Record]) -> TablePart:
    """The rows as columns, with what is wrong with single ones."""
    expected = len(names)
    problems: list[Problem] = []
    rows: list[Sequence[str]] = []
    for place, record in enumerate(records, start=1):
        found = record.found
        if found != expected:
            facts = {"found": found, "expected": expected, "line": record.line}
            problems.append(Problem("wrong_field_count", place, facts=facts))
        rows.append(record.fields if found == expected else [*record.fields, *[""] * (expected - len(record.fields))])
    cells = [unescaped(column) for column in zip(*rows, strict=True)]
    return TablePart(list(names), [*cells], problems, starts_of([record.number for record in records]))


def _lines(text: TextIOWrapper, header: Header) -> Iterator[str]:
    """The lines below the header, unwrapped where a spreadsheet wrapped them."""
    number, separator, width = header.line, header.how.separator, len(header.names)
    normal_end = f'"{separator}'
    while line := text.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise UnreadableInput([Problem("csv_broken", facts={"line": number})])
        if line[0] == '"' and header.how.quote != "'" and width > 1:
            # The first quotation mark after the first closes a cell in most lines, and needs no closer look.
            end = line.find('"', 1)
            if line[end : end + 2] != normal_end and len(strict_fields(line, separator)) != width:
                plain = next(
                    (each for each, _ in unwrapped(line) if len(strict_fields(each, separator)) == width), None
                )
                if plain is not None:
                    header.unwrapped.append(number)
                    line = f"{plain}\n"
        elif header.padding:
            line = line.rstrip("\r\n").rstrip(header.padding) + "\n"
        yield line
