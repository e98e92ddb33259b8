"""What the reading process answers, message by message: `core.readers.worker` writes, `core.readers.upload` reads.

Each message is MessagePack behind its length in four bytes: plain values of known shapes, so that reading one runs
nothing and reserves nothing on the word of a file. The first message is HowRead or Refusal, the last one End.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from core.errors import InputRefused, Problem, TooLarge, UnreadableInput, UnsupportedType
from core.readers.detect import Kind
from core.records import RepeatedNames

REFUSALS: Mapping[str, type[InputRefused]] = {
    each.__name__: each for each in (InputRefused, TooLarge, UnreadableInput, UnsupportedType)
}
LENGTH = struct.Struct(">I")
ROWS_A_PART = 2000


class HowRead(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What the reader found out about a file.

    Attributes
    ----------
    kind, packed : Kind, bool
        The kind of file, and whether gzip was around it.
    encoding, separator, quote : str
        Of text: its encoding, what stands between cells, and around them (empty where nothing does).
    decimal : str
        The sign before a number's decimals; empty where nothing tells it and it does not matter.
    sheet : str
        The name of the workbook's sheet.
    title_rows : int
        Rows above the header.
    unwrapped : int
        Lines that a spreadsheet had wrapped in quotation marks.
    renamed : dict of str to str
        Columns matched to names of the model that are written otherwise: name in the file → name of the model.
    """

    kind: Kind
    packed: bool = False
    encoding: str = ""
    separator: str = ""
    quote: str = ""
    decimal: str = ""
    sheet: str = ""
    title_rows: int = 0
    unwrapped: int = 0
    renamed: dict[str, str] = {}


class TablePart(msgspec.Struct, frozen=True, tag=True):
    """Some rows of a table, column by column; the problems count rows from the first of these, which is 1.

    starts: (position from 1, number of the row in a spreadsheet) of the first row, and of each that does not stand
    directly below the one before; nothing where no spreadsheet shows the file.
    """

    names: list[str]
    cells: list[list[Any]]
    problems: list[Problem] = []
    starts: list[tuple[int, int]] = []

    @property
    def n_rows(self) -> int | None:
        """How many rows these are; None where columns are of different lengths or lack a name."""
        lengths = {len(column) for column in self.cells}
        return lengths.pop() if len(lengths) == 1 and len(self.names) == len(self.cells) else None


def starts_of(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """The starts of a part whose rows have these numbers in a spreadsheet."""
    return [
        (place, number)
        for place, number in enumerate(numbers, start=1)
        if place == 1 or number != numbers[place - 2] + 1
    ]


class RowsPart(msgspec.Struct, frozen=True, tag=True):
    """Some rows of JSON as they stood, each with the name that stood twice in it, if one did."""

    rows: list[tuple[str | None, Any]]

    @property
    def n_rows(self) -> int:
        """How many rows these are."""
        return len(self.rows)


class Refusal(msgspec.Struct, frozen=True, tag=True):
    """Nothing of the file can be used: the class of the error and its problems."""

    kind: str
    problems: list[Problem]

    def error(self) -> InputRefused:
        """The error to raise. Raises KeyError for a class that is none."""
        return REFUSALS[self.kind](self.problems)


class End(msgspec.Struct, frozen=True, tag=True):
    """Everything was read: so many rows."""

    rows: int


Message = HowRead | TablePart | RowsPart | Refusal | End
_DECODER: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def pack(message: Message) -> bytes:
    """A message as bytes, its length in front."""
    try:
        content = msgspec.msgpack.encode(message)
    except (UnicodeEncodeError, OverflowError):
        content = msgspec.msgpack.encode(_sendable(msgspec.to_builtins(message)))
    return LENGTH.pack(len(content)) + content


def unpack(content: bytes) -> Message:
    """The message in bytes without their length. Raises msgspec.MsgspecError or UnicodeDecodeError where it is none."""
    return _DECODER.decode(content)


def refusal_of(error: InputRefused) -> Refusal:
    """The error as a message."""
    return Refusal(type(error).__name__, list(error.problems))


def pack_rows(rows: Sequence[object]) -> RowsPart:
    """Rows of JSON as a message."""
    return RowsPart([(row.repeated if isinstance(row, RepeatedNames) else None, row) for row in rows])


def rows_in(part: RowsPart) -> list[object]:
    """Rows of JSON as they were before `pack_rows`."""
    return [
        RepeatedNames(row.items(), repeated) if repeated is not None and isinstance(row, dict) else row
        for repeated, row in part.rows
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
