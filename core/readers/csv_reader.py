"""CSV text → pieces of a table: encoding, separator, quotes and decimal sign are found out, never asked for.

A line whose fields do not fit the header keeps its place among the rows and is told by its number. Nothing is
guessed beyond that: a number that may be meant either way stays text, and is refused where a number is expected.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import chain, islice
from typing import BinaryIO

import msgspec

from core.alignment.client_id import ID
from core.errors import Problem, TooLarge, UnreadableInput
from core.readers.detect import UTF_16
from core.readers.worker_messages import ROWS_A_PART, HowRead, TablePart

SEPARATORS = (",", ";", "\t", "|")
QUOTES = ('"', "'")
AS_TEXT = "'"
"""What stands before text that a spreadsheet would else run; `core.batch.export` puts it there."""
LONGEST_CELL = 10_000
LONGEST_LINE = 2**20
MAX_COLUMNS = 5000
BLOCK = 2**20

WITH_COMMA = re.compile(r"([+-]?\d+),(\d+(?:[eE][+-]?\d+)?)", re.ASCII)
MAYBE_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
WITH_POINT = re.compile(r"[+-]?\d+\.\d+(?:[eE][+-]?\d+)?", re.ASCII)
ESCAPED = re.compile(r"'+[=+\-@\t\r]")
SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one row, no more than there are columns, how many it has, and on which line it begins."""

    line: int
    fields: list[str]
    found: int


@dataclass(frozen=True, slots=True)
class Header:
    """How a file is written, its columns, and the number of the line on which they stand."""

    how: HowRead
    names: list[str]
    line: int


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
    """How it is written, then its rows, a few thousand at a time.

    Raises UnreadableInput without a usable header or where a quotation mark has no end, TooLarge over the row limit.
    """
    encoding = encoding_of(stream)
    quoted = QUOTES[0].encode() in stream.read(BLOCK)
    stream.seek(0)
    text = open_text(stream, encoding)
    header = read_header(text, encoding, packed=packed)
    records = read_records(text, header)
    first = list(islice(records, ROWS_A_PART))
    if not first:
        raise UnreadableInput([Problem("file_without_clients")])
    decimal = "," if header.how.separator != "," and has_decimal_commas(first) else "."
    quote = header.how.quote or (QUOTES[0] if quoted else "")
    yield msgspec.structs.replace(header.how, decimal=decimal, quote=quote)
    rows, piece = 0, first
    while piece:
        if rows + len(piece) > max_rows:
            raise TooLarge([Problem("file_too_long", facts={"limit": max_rows})])
        yield part_of(header.names, piece, decimal)
        rows += len(piece)
        piece = list(islice(records, ROWS_A_PART))


def read_header(text: TextIOWrapper, encoding: str, *, packed: bool) -> Header:
    """Reads the first line with something on it. Raises UnreadableInput where it holds no ids or a name twice."""
    number, line = 0, ""
    separators: Sequence[str] = SEPARATORS
    while not line.strip():
        number, line = number + 1, text.readline(LONGEST_LINE + 1)
        if not line:
            raise UnreadableInput([Problem("file_without_clients")])
        if told := SEPARATOR_LINE.fullmatch(line):
            separators, line = (told[1],), ""
    quote = next((each for each in QUOTES if line.startswith(each)), QUOTES[0])
    tried = [(_fields(line, separator, quote), separator) for separator in separators]
    names, separator = max(tried, key=lambda each: (ID in each[0], len(each[0])))
    check_names(names)
    quoted = quote if quote in line else ""
    how = HowRead(kind="csv", packed=packed, encoding=encoding, separator=separator, quote=quoted)
    return Header(how, names, number)


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
    """The rows below the header; empty lines are none. Raises UnreadableInput where a quotation mark has no end."""
    csv.field_size_limit(LONGEST_CELL)
    line, width = header.line, len(header.names)
    reader = csv.reader(
        _lines(text, line), delimiter=header.how.separator, quotechar=header.how.quote or QUOTES[0], strict=True
    )
    try:
        for fields in reader:
            if fields:
                yield Record(line + 1, fields[:width], len(fields))
            line = header.line + reader.line_num
    except csv.Error:
        raise UnreadableInput([Problem("csv_broken", facts={"line": line + 1})]) from None


def has_decimal_commas(records: Sequence[Record]) -> bool:
    """Whether numbers are written with a decimal comma: one that cannot be a thousands separator, and no point."""
    evidence = False
    for field in chain.from_iterable(record.fields for record in records):
        if "," in field:
            bare = field.strip()
            evidence = evidence or bool(WITH_COMMA.fullmatch(bare) and not MAYBE_THOUSANDS.fullmatch(bare))
        elif "." in field and WITH_POINT.fullmatch(field.strip()):
            return False
    return evidence


def part_of(names: Sequence[str], records: Sequence[Record], decimal: str) -> TablePart:
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
    cells = [_unescaped(column) for column in zip(*rows, strict=True)]
    if decimal == ",":
        for name, column in zip(names, cells, strict=True):
            problems += _to_points(name, column)
    return TablePart(list(names), [*cells], problems)


def _unescaped(column: Sequence[str]) -> list[str]:
    """The cells without the apostrophe that keeps a spreadsheet from running them."""
    return [cell[1:] if cell[:1] == AS_TEXT and ESCAPED.match(cell) else cell for cell in column]


def _to_points(name: str, column: list[str]) -> Iterator[Problem]:
    """Writes decimal commas as points, in place; a point where a comma is expected could mean a thousand times more."""
    for place, field in enumerate(column):
        if "," in field and (found := WITH_COMMA.fullmatch(field.strip())):
            column[place] = f"{found[1]}.{found[2]}"
        elif "." in field and WITH_POINT.fullmatch(field.strip()):
            yield Problem("decimal_mixed", place + 1, name)


def _lines(text: TextIOWrapper, number: int) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise UnreadableInput([Problem("csv_broken", facts={"line": number})])
        yield line


def _fields(line: str, separator: str, quote: str) -> list[str]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        return _unescaped([name.strip() for name in next(csv.reader([line], delimiter=separator, quotechar=quote))])
    except (csv.Error, TypeError):
        return []
