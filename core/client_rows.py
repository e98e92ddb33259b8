"""The clients of the contract's body, each decoded when it is asked for: many clients take the memory of one.

The quick way reads a body of the plain shape `{"data": [{…}, …]}`, whose clients hold no list and no object, with
msgspec, which is several times faster than Python's json, but knows no NaN, no deepest level, and lets the last of two
equal names win. So the body is cut at each closing brace, NaN is written as null, and each client is checked by
counting: an even number of quotation marks, or the cut went through a text; as many colons as names and texts hold, as
many nulls as missing values. Where a count differs, or there is an escape or anything unusual, `core.body` reads the
whole body as the contract says, and its answer counts. So the two ways cannot differ; a property test holds them
together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import overload

import msgspec

from core.body import check_size, read_json, rows_of
from core.errors import Problem, TooLarge

_FIRST = re.compile(rb'[ \t\n\r]*\{[ \t\n\r]*"data"[ \t\n\r]*:[ \t\n\r]*\[[ \t\n\r]*(?=\{)')
_NEXT = re.compile(rb"[ \t\n\r]*,[ \t\n\r]*(?=\{)")
_LAST = re.compile(rb"[ \t\n\r]*\][ \t\n\r]*")
_SPACE = b" \t\n\r"
_ROW = msgspec.json.Decoder()
_NOT_READ = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class ClientRows(Sequence[object]):
    """Clients still in JSON; getting one decodes it. Raises UnreadableInput where that shows a body that is no JSON."""

    def __init__(self, content: bytes, pieces: Sequence[bytes], most: int) -> None:
        """content: the whole body as it came, of at most `most` clients; pieces: its clients without their last brace,
        with what stands before."""
        self._content = content
        self._pieces = pieces
        self._most = most

    def __len__(self) -> int:
        return len(self._pieces)

    @overload
    def __getitem__(self, index: int) -> object: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[object]: ...
    def __getitem__(self, index: int | slice) -> object:
        """One client, or some of them as a list."""
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        row = _read_quickly(self._pieces[index], _FIRST if index == 0 else _NEXT)
        return self._exact[index] if row is None else row

    @cached_property
    def _exact(self) -> Sequence[object]:
        rows = _read_exactly(self._content, self._most)
        if len(rows) != len(self):
            raise AssertionError("the body was cut elsewhere than between its clients")
        return rows


def read_clients(content: bytes, most: int) -> Sequence[object]:
    """The clients of a body, at most `most` of them.

    Raises UnreadableInput where the body is no JSON, InputRefused where it holds no list of clients, TooLarge past
    `most`. With the quick way UnreadableInput may come later, when a client is asked for.
    """
    cut = content.rstrip(_SPACE).rsplit(b"}", most + 3)
    pieces, ends = cut[:-2], cut[-2:]
    if not pieces or ends[1] or not _LAST.fullmatch(ends[0]) or not _FIRST.match(pieces[0]):
        return _read_exactly(content, most)
    if not all(_NEXT.match(piece) for piece in pieces[1:]):
        return _read_exactly(content, most)
    if b"\\" in content or any(piece.count(b'"') % 2 for piece in pieces[:-1]):
        return _read_exactly(content, most)
    if len(pieces) > most:
        raise TooLarge([Problem("too_many_rows", facts={"limit": most})])
    check_size(content, most)
    return ClientRows(content, pieces, most)


def _read_exactly(content: bytes, most: int) -> Sequence[object]:
    check_size(content, most)
    return rows_of(read_json(content), most)


def _read_quickly(piece: bytes, before: re.Pattern[bytes]) -> dict[str, object] | None:
    """A client's object, or None where the quick way might not read it as the exact way does.

    Without escapes every colon in the object is one between a name and a value, or one inside a name or a text. A name
    that stood twice, or a NaN inside a text that became null, would leave one over.
    """
    start = before.match(piece)
    if start is None:
        return None
    content = piece[start.end() :] + b"}"
    told = content.replace(b"NaN", b"null")
    try:
        row = _ROW.decode(told)
    except _NOT_READ:
        return None
    if type(row) is not dict:
        return None
    types = set(map(type, row.values()))
    if list in types:
        return None
    names = "".join(row)
    texts = "".join(cell for cell in row.values() if type(cell) is str) if str in types else ""
    if content.count(b":") != len(row) + names.count(":") + texts.count(":"):
        return None
    return row if len(told) == len(content) or "null" not in names + texts else None
