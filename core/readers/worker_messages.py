"""What the reading process answers, piece by piece; `core.readers.worker` writes it and `core.readers.upload` reads it.

Each piece is MessagePack behind its length in four bytes: plain values of known shapes, so that whoever reads them
runs nothing and reserves nothing on the word of a file. The first piece is HowRead or Refusal, the last one End.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from core.errors import InputRefused, Problem, TooLarge, UnreadableInput, UnsupportedType
from core.records import RepeatedNames

Kind = Literal["csv", "json", "excel", "parquet"]
CLASSES: Mapping[str, type[InputRefused]] = {
    each.__name__: each for each in (InputRefused, TooLarge, UnreadableInput, UnsupportedType)
}
LENGTH = struct.Struct(">I")
PIECE_ROWS = 2000


class HowRead(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What was found out about the file: kind, gzip around it, and for text how its cells are told apart.

    quote: the sign around cells, empty where none stands. decimal: the sign before a number's decimals.
    sheet: the name of the workbook's sheet.
    """

    kind: Kind
    packed: bool = False
    encoding: str = ""
    separator: str = ""
    quote: str = ""
    decimal: str = "."
    sheet: str = ""


class Fault(msgspec.Struct, frozen=True):
    """A Problem on its way: code, position of the row (first of the file is 1), column, facts."""

    code: str
    row: int | None = None
    column: str | None = None
    facts: dict[str, str | int] = {}

    def problem(self, *, before: int = 0) -> Problem:
        """The problem, its row counted from the one after `before`."""
        return Problem(self.code, None if self.row is None else self.row - before, self.column, self.facts)


class Table(msgspec.Struct, frozen=True, tag=True):
    """Some rows of a table: cells column by column, and what is wrong with single rows."""

    names: list[str]
    cells: list[list[Any]]
    faults: list[Fault] = []

    @property
    def n_rows(self) -> int | None:
        """How many rows these are; None where columns are of different lengths or lack a name."""
        lengths = {len(column) for column in self.cells}
        return lengths.pop() if len(lengths) == 1 and len(self.names) == len(self.cells) else None


class Rows(msgspec.Struct, frozen=True, tag=True):
    """Some rows of JSON as they stood, each with the name that stood twice in it, if one did."""

    rows: list[tuple[str | None, Any]]

    @property
    def n_rows(self) -> int:
        """How many rows these are."""
        return len(self.rows)


class Refusal(msgspec.Struct, frozen=True, tag=True):
    """Nothing of the file can be used: the class of the error and its problems."""

    kind: str
    faults: list[Fault]

    def error(self) -> InputRefused:
        """The error to raise. Raises KeyError for a class that is none."""
        return CLASSES[self.kind]([fault.problem() for fault in self.faults])


class End(msgspec.Struct, frozen=True, tag=True):
    """Everything was read: so many rows."""

    rows: int


Piece = HowRead | Table | Rows | Refusal | End
_DECODER: msgspec.msgpack.Decoder[Piece] = msgspec.msgpack.Decoder(Piece)


def pack(piece: Piece) -> bytes:
    """A piece as bytes, its length in front."""
    try:
        content = msgspec.msgpack.encode(piece)
    except (UnicodeEncodeError, OverflowError):
        content = msgspec.msgpack.encode(_sendable(msgspec.to_builtins(piece)))
    return LENGTH.pack(len(content)) + content


def unpack(content: bytes) -> Piece:
    """The piece in bytes without their length. Raises msgspec.MsgspecError or UnicodeDecodeError where it is none."""
    return _DECODER.decode(content)


def refusal_of(error: InputRefused) -> Refusal:
    """The error on its way."""
    faults = [Fault(each.code, each.row, each.column, dict(each.facts)) for each in error.problems]
    return Refusal(type(error).__name__, faults)


def pack_rows(rows: Sequence[object]) -> Rows:
    """Rows of JSON on their way."""
    return Rows([(row.repeated if isinstance(row, RepeatedNames) else None, row) for row in rows])


def rows_in(piece: Rows) -> list[object]:
    """Rows of JSON as they were before they were packed."""
    return [
        RepeatedNames(row.items(), repeated) if repeated is not None and isinstance(row, dict) else row
        for repeated, row in piece.rows
    ]


def _sendable(value: Any) -> Any:
    """The same with halves of characters replaced, and whole numbers beyond 64 bits as floats."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list | tuple):
        return [_sendable(each) for each in value]
    if isinstance(value, dict):
        return {_sendable(name): _sendable(each) for name, each in value.items()}
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    return value
