"""The clients of the contract's body, each decoded when it is asked for: many clients take the memory of one.

The quick way reads a body of the plain shape `{"data": [{…}, …]}` with msgspec, which is several times faster than
Python's json, but knows no NaN and lets the last of two equal names win. So NaN is written as null first, and each
client is checked by counting: as many nulls as missing values, as many colons as names and texts hold. Where a count
differs, or there is an escape or anything unusual, `core.body` reads the whole body as the contract says, and its
answer counts. So the two ways cannot differ; a property test holds them together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import overload

import msgspec

from core.body import check_size, read_json, rows_of
from core.errors import Problem, TooLarge

_HEAD = re.compile(rb'[ \t\n\r]*\{[ \t\n\r]*"data"[ \t\n\r]*:')
_ROWS = msgspec.json.Decoder(list[msgspec.Raw])
_ROW = msgspec.json.Decoder()
_NOT_READ = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class ClientRows(Sequence[object]):
    """Clients still in JSON; getting one decodes it. Raises UnreadableInput where that shows a body that is no JSON."""

    def __init__(self, content: bytes, rows: Sequence[msgspec.Raw], *, nulls: bool) -> None:
        """content: the whole body as it came; rows: its clients, with null for NaN where nulls is true."""
        self._content = content
        self._rows = rows
        self._nulls = nulls

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> object: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[object]: ...
    def __getitem__(self, index: int | slice) -> object:
        """One client, or some of them as a list."""
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        row = _read_quickly(bytes(self._rows[index]), nulls=self._nulls)
        return self._exact[index] if row is None else row

    @cached_property
    def _exact(self) -> list[object]:
        check_size(self._content, len(self))
        return rows_of(read_json(self._content), len(self))


def read_clients(content: bytes, most: int) -> Sequence[object]:
    """The clients of a body, at most `most` of them.

    Raises UnreadableInput where the body is no JSON, InputRefused where it holds no list of clients, TooLarge past
    `most`. With the quick way UnreadableInput may come later, when a client is asked for.
    """
    head = _HEAD.match(content)
    end = content.rstrip(b" \t\n\r")
    if head is None or not end.endswith(b"}"):
        check_size(content, most)
        return rows_of(read_json(content), most)
    check_size(content, most, lists_only=True)
    nulls = b"NaN" in content
    inner = end[head.end() : -1]
    try:
        rows = _ROWS.decode(inner.replace(b"NaN", b"null") if nulls else inner)
    except _NOT_READ:
        rows = []
    if not rows:
        check_size(content, most)
        return rows_of(read_json(content), most)
    if len(rows) > most:
        raise TooLarge([Problem("too_many_rows", facts={"limit": most})])
    return ClientRows(content, rows, nulls=nulls)


def _read_quickly(content: bytes, *, nulls: bool) -> dict[str, object] | None:
    """A client's object, or None where the quick way might not read it as the exact way does.

    Without escapes every colon that stands in the object is one between a name and a value, or one inside a name or a
    text. A name that stood twice, or a NaN inside a text that became null, would leave one over.
    """
    if b"\\" in content:
        return None
    try:
        row = _ROW.decode(content)
    except _NOT_READ:
        return None
    if type(row) is not dict:
        return None
    colons = content.count(b":") - len(row)
    if colons:
        colons -= "".join(row).count(":")
    if colons:
        colons -= sum(cell.count(":") for cell in row.values() if type(cell) is str)
    if colons or (nulls and content.count(b"null") != list(row.values()).count(None)):
        return None
    return row
