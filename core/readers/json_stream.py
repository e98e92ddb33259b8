"""JSON of an upload → rows, one client after the other, so that no more of it is in memory than one of them.

The contract's body, an array of clients, one client, or one client a line. Each value is read by the decoder of
`core.readers.json_document`; only the brackets and commas around the clients are read here.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

from core.alignment.client_id import ID
from core.errors import InputRefused, Problem, TooLarge, UnreadableInput
from core.readers.csv_reader import MAX_COLUMNS
from core.readers.detect import BLANK, UTF_16
from core.readers.json_document import DECODER, object_of, too_deep
from core.readers.worker_messages import ROWS_A_PART, HowRead, RowsPart, pack_rows

BLOCK = 2**18
LONGEST_CLIENT = 2**21
NOT_BLANK = re.compile(r"[^ \t\r\n]")
CUT_OFF = 16
"""Characters before the end of what was read so far in which an error may only say that more is to come."""


def read_json_rows(stream: BinaryIO, max_rows: int, *, packed: bool) -> Iterator[HowRead | RowsPart]:
    """How it was read, then its rows, a few thousand at a time.

    Raises UnreadableInput where it is no JSON, not UTF-8 (or UTF-16 with its mark) or nested too deep, InputRefused
    where it holds no clients, TooLarge over a limit.
    """
    utf_16 = stream.read(2) in UTF_16
    encoding = "utf-16" if utf_16 else "utf-8-sig"
    try:
        stream.seek(0)
        rows = _lines(io.TextIOWrapper(stream, encoding))
        yield HowRead(kind="json", packed=packed, encoding="utf-16" if utf_16 else "")
        names: set[str] = set()
        before = 0
        while piece := list(islice(rows, ROWS_A_PART)):
            for row in piece:
                names.update(row if isinstance(row, dict) else ())
                if len(names) > MAX_COLUMNS:
                    raise TooLarge([Problem("too_many_columns", facts={"limit": MAX_COLUMNS})])
            before += len(piece)
            if before > max_rows:
                raise TooLarge([Problem("file_too_long", facts={"limit": max_rows})])
            yield pack_rows(piece)
    except UnicodeError:
        raise UnreadableInput([Problem("wrong_encoding")]) from None


def _lines(text: io.TextIOWrapper) -> Iterator[object]:
    """One client a line where the first line is one and something follows; a line that cannot be read is no client."""
    first = ""
    while not first and (line := text.readline(LONGEST_CLIENT)):
        first = line.strip(BLANK)
    second = next(_written(text), "") if first.endswith("}") else ""
    if second and isinstance(_client(first), dict):
        return map(_client, chain([first, second], _written(text)))
    text.seek(0)
    return _clients(_Window(text))


def _written(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines that hold anything."""
    while line := text.readline(LONGEST_CLIENT + 1):
        if len(line) > LONGEST_CLIENT:
            raise TooLarge([Problem("client_too_long")])
        if line := line.strip(BLANK):
            yield line


def _client(line: str) -> object:
    try:
        found, end = DECODER.raw_decode(line)
    except (ValueError, RecursionError):
        return None
    return None if end < len(line) or too_deep(found) else found


def _clients(text: _Window) -> Iterator[object]:
    """The clients of a whole document. Raises InputRefused where it holds none."""
    if text.sign() == "[":
        yield from _items(text)
    elif text.sign() == "{":
        yield from _data(text)
    else:
        text.value()
        raise InputRefused([Problem("data_absent")])
    if text.sign():
        raise text.error()


def _items(text: _Window) -> Iterator[object]:
    text.take("[")
    if text.sign() == "]":
        raise InputRefused([Problem("data_empty")])
    yield text.value()
    while text.sign() == ",":
        text.take(",")
        yield text.value()
    text.take("]")


def _data(text: _Window) -> Iterator[object]:
    """The clients of `{"data": […], …}`, or the object as the one client where it has an id and no data."""
    text.take("{")
    pairs: list[tuple[str, object]] = []
    found, more = False, text.sign() != "}"
    while more:
        name = text.value() if text.sign() == '"' else None
        if not isinstance(name, str):
            raise text.error()
        text.take(":")
        if name != "data":
            pairs.append((name, text.value()))
            if len(pairs) > MAX_COLUMNS:
                raise TooLarge([Problem("too_many_columns", facts={"limit": MAX_COLUMNS})])
        elif found:
            raise InputRefused([Problem("data_twice")])
        elif text.sign() != "[":
            text.value()
            raise InputRefused([Problem("data_not_a_list")])
        else:
            found = True
            yield from _items(text)
        if more := text.sign() == ",":
            text.take(",")
    text.take("}")
    client = object_of(pairs)
    if not found and ID not in client:
        raise InputRefused([Problem("data_absent")])
    if not found:
        yield client


class _Window:
    """A stretch of text that moves on as it is read, and grows to the end of the value that stands there."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._window, self._at = "", 0
        self._lines, self._column = 0, 0

    def sign(self) -> str:
        """The next character that is not blank, nothing at the end; it stays."""
        while True:
            rest = NOT_BLANK.search(self._window, self._at)
            self._at = len(self._window) if rest is None else rest.start()
            if rest is not None or not self._grow():
                return "" if rest is None else rest[0]

    def take(self, sign: str) -> None:
        """Goes past this character. Raises UnreadableInput where another stands."""
        if self.sign() != sign:
            raise self.error()
        self._at += 1

    def value(self) -> object:
        """The next value. Raises UnreadableInput where none stands, TooLarge where it is endless."""
        self.sign()
        while True:
            try:
                found, end = DECODER.raw_decode(self._window, self._at)
            except RecursionError:
                raise UnreadableInput([Problem("too_deep")]) from None
            except json.JSONDecodeError as error:
                cut_off = error.pos > len(self._window) - CUT_OFF or error.msg.startswith("Unterminated")
                if not (cut_off and self._grow()):
                    raise self.error(error.pos) from None
                continue
            # A number that ends where the window does may go on behind it.
            if end == len(self._window) and self._grow():
                continue
            start, self._at = self._at, end
            if isinstance(found, dict | list) and too_deep(found, self._window, start, end):
                raise UnreadableInput([Problem("too_deep")])
            return found

    def error(self, at: int | None = None) -> UnreadableInput:
        """What to raise where something else was expected."""
        before = self._window[: self._at if at is None else at]
        line, column = before.count("\n"), len(before) - before.rfind("\n")
        position = column if line else self._column + column
        return UnreadableInput([Problem("not_json", facts={"line": self._lines + line + 1, "position": position})])

    def _grow(self) -> bool:
        """Reads as much again as is kept, and forgets what was passed; False at the end."""
        kept = len(self._window) - self._at
        if kept > LONGEST_CLIENT:
            raise TooLarge([Problem("client_too_long")])
        more = self._text.read(max(BLOCK, kept))
        if not more:
            return False
        passed = self._window[: self._at]
        lines = passed.count("\n")
        self._column = len(passed) - passed.rfind("\n") - 1 + (0 if lines else self._column)
        self._lines += lines
        self._window, self._at = self._window[self._at :] + more, 0
        return True
