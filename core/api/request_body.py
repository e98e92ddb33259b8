"""The clients of the contract's body, each decoded when it is asked for: many clients take the memory of one.

The quick way reads a body of the plain shape `{"data": [{…}, …]}`, whose clients hold no list and no object, with
msgspec, which is several times faster than Python's json, but knows no NaN, no deepest level, and lets the last of two
equal names win. So the body is cut at each closing brace, NaN is written as null, and each client is checked: an even
number of quotation marks, or the cut went through a text; without escapes every colon in it is one between a name and a
value, or one inside a name or a text, so a name that stood twice leaves one over; and no name or text may hold a null
that was a NaN. Where that fails, or anything is unusual, `core.readers.json_document` reads the whole body as the
contract says, and its answer counts. So the two ways cannot differ; a property test holds them together.

Clients of one program have the same names in the same order. Once two in a row had, a `_Layout` is made of them, which
decodes the next ones without naming anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, overload

import msgspec

from core.errors import Problem, TooLarge
from core.readers.json_document import check_size, read_json, rows_of
from core.records import NamedCells

_FIRST = re.compile(rb'[ \t\n\r]*\{[ \t\n\r]*"data"[ \t\n\r]*:[ \t\n\r]*\[[ \t\n\r]*(?=\{)')
_NEXT = re.compile(rb"[ \t\n\r]*,[ \t\n\r]*(?=\{)")
_LAST = re.compile(rb"[ \t\n\r]*\][ \t\n\r]*")
_ROW = msgspec.json.Decoder()
_NOT_READ = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_LONGEST_LAYOUT, _LONGEST_NAMES = 3000, 2**17


class BodyReader:
    """Reads bodies; made once, shared. It remembers the names of the last clients, and no cell."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ()
        self._tried: tuple[str, ...] = ()
        self._layout: _Layout | None = None

    def read(self, content: bytes, most: int) -> Sequence[object]:
        """The clients of a body, at most `most` of them.

        Raises UnreadableInput where the body is no JSON, InputRefused where it holds no list of clients, TooLarge past
        `most`. With the quick way UnreadableInput may come later, when a client is asked for.
        """
        cut = content.rstrip(b" \t\n\r").rsplit(b"}", most + 3)
        pieces, ends = cut[:-2], cut[-2:]
        first = _FIRST.match(pieces[0]) if pieces else None
        if first is None or ends[1] or not _LAST.fullmatch(ends[0]):
            return _read_exactly(content, most)
        if not all(_NEXT.match(piece) for piece in pieces[1:]):
            return _read_exactly(content, most)
        if b"\\" in content or any(piece.count(b'"') % 2 for piece in pieces[:-1]):
            return _read_exactly(content, most)
        if len(pieces) > most:
            raise TooLarge([Problem("too_many_rows", facts={"limit": most})])
        check_size(content, most)
        return ClientRows(self, content, [pieces[0][first.end() :], *pieces[1:]], most)

    def decode(self, client: bytes) -> NamedCells | None:
        """A client's cells, or None where the quick way might not read them as the exact way does."""
        told = client.replace(b"NaN", b"null")
        layout = self._layout
        cells = layout.decode(told) if layout is not None else None
        if cells is None or layout is None:
            try:
                row = _ROW.decode(told)
            except _NOT_READ:
                return None
            if type(row) is not dict:
                return None
            names, cells = tuple(row), tuple(row.values())
            joined = "".join(names)
            self._remember(names)
        else:
            names, joined = layout.names, layout.joined
        types = set(map(type, cells))
        if list in types:
            return None
        texts = "".join(cell for cell in cells if type(cell) is str) if str in types else ""
        if client.count(b":") != len(names) + joined.count(":") + texts.count(":"):
            return None
        if len(told) != len(client) and ("null" in joined or "null" in texts):
            return None
        return NamedCells(names, cells)

    def _remember(self, names: tuple[str, ...]) -> None:
        if len(names) > _LONGEST_LAYOUT or sum(map(len, names)) > _LONGEST_NAMES:
            return
        if names == self._names and names != self._tried:
            self._tried = names
            self._layout = _make_layout(names)
        self._names = names


class ClientRows(Sequence[object]):
    """Clients still in JSON; getting one decodes it. Raises UnreadableInput where that shows a body that is no JSON."""

    def __init__(self, reader: BodyReader, content: bytes, pieces: Sequence[bytes], most: int) -> None:
        """content: the whole body as it came, of at most `most` clients; pieces: its clients without their last brace,
        with what stands before."""
        self._reader = reader
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
        piece = self._pieces[index]
        row = self._reader.decode(piece[piece.index(b"{") :] + b"}")
        return self._exact[index] if row is None else row

    @cached_property
    def _exact(self) -> Sequence[object]:
        rows = _read_exactly(self._content, self._most)
        if len(rows) != len(self):
            raise AssertionError("the body was cut elsewhere than between its clients")
        return rows


class _Layout:
    """Clients of exactly these names, decoded without naming anything."""

    def __init__(self, names: tuple[str, ...], decoder: msgspec.json.Decoder[msgspec.Struct]) -> None:
        self.names = names
        self.joined = "".join(names)
        self._decoder = decoder

    def decode(self, client: bytes) -> tuple[object, ...] | None:
        """The cells in the order of the names; None where a client has other names, or cannot be read."""
        try:
            return msgspec.structs.astuple(self._decoder.decode(client))
        except _NOT_READ:
            return None


def _make_layout(names: tuple[str, ...]) -> _Layout | None:
    """A layout of these names; None where msgspec has no way to say them."""
    fields = [(f"cell_{place}", Any) for place in range(len(names))]
    rename = {f"cell_{place}": name for place, name in enumerate(names)}
    try:
        struct = msgspec.defstruct("Client", fields, rename=rename, forbid_unknown_fields=True)
        return _Layout(names, msgspec.json.Decoder(struct))
    except (ValueError, TypeError):
        return None


def _read_exactly(content: bytes, most: int) -> Sequence[object]:
    check_size(content, most)
    return rows_of(read_json(content), most)
