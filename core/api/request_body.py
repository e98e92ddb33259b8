"""Decodes the clients of a request body.

There are two decoders. The fast one uses msgspec, several times faster than Python's json, for a body of the plain
shape `{"data": [{…}, …]}` whose clients hold no list and no object. msgspec rejects NaN, has no limit of nesting, and
keeps the last of two equal names. So the body is cut at each closing brace, NaN is replaced by null, and each client is
checked:

- Its number of quotation marks is even; otherwise the cut went through a text.
- Without escapes, every colon stands between a name and a value, or inside a name or a text. A repeated name leaves one
  colon over.
- No name or text contains a null that was a NaN.

If a check fails, or the body has any other shape, the exact decoder `core.readers.json_document` reads the whole body,
and its result counts. A property test compares the two.

Clients of one program have the same names in the same order. After two such clients in a row, a `_Layout` of these
names decodes the next ones without building a dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

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
    """Reads request bodies. One reader serves all requests; it remembers the names of recent clients, and no cell."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ()
        self._tried: tuple[str, ...] = ()
        self._layout: _Layout | None = None

    def read(self, content: bytes, most: int) -> Sequence[object]:
        """Read the clients of a body.

        Parameters
        ----------
        content: the body.
        most: largest number of clients.

        Returns
        -------
        The clients, a NamedCells each from the fast decoder and whatever JSON holds from the exact one.

        Raises
        ------
        UnreadableInput: the body is not JSON.
        InputRefused: the body holds no list of clients.
        TooLarge: it holds more than `most`.
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
        pieces[0] = pieces[0][first.end() :]
        clients: list[object] = []
        # Last first, so that a client's bytes are freed once it is decoded.
        pieces.reverse()
        while pieces:
            piece = pieces.pop()
            client = self.decode(piece[piece.index(b"{") :] + b"}")
            if client is None:
                return _read_exactly(content, most)
            clients.append(client)
        return clients

    def decode(self, client: bytes) -> NamedCells | None:
        """A client's cells, or None if the exact decoder might read them differently."""
        prepared = client.replace(b"NaN", b"null")
        layout = self._layout
        cells = layout.decode(prepared) if layout is not None else None
        if cells is None or layout is None:
            try:
                row = _ROW.decode(prepared)
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
        if len(prepared) != len(client) and ("null" in joined or "null" in texts):
            return None
        return NamedCells(names, cells)

    def _remember(self, names: tuple[str, ...]) -> None:
        if len(names) > _LONGEST_LAYOUT or sum(map(len, names)) > _LONGEST_NAMES:
            return
        if names == self._names and names != self._tried:
            self._tried = names
            self._layout = _make_layout(names)
        self._names = names


class _Layout:
    """A decoder of clients with exactly these names, in any order."""

    def __init__(self, names: tuple[str, ...], decoder: msgspec.json.Decoder[msgspec.Struct]) -> None:
        self.names = names
        self.joined = "".join(names)
        self._decoder = decoder

    def decode(self, client: bytes) -> tuple[object, ...] | None:
        """The cells in the order of the names; None if the client has other names, or cannot be decoded."""
        try:
            return msgspec.structs.astuple(self._decoder.decode(client))
        except _NOT_READ:
            return None


def _make_layout(names: tuple[str, ...]) -> _Layout | None:
    """A layout of these names; None if msgspec cannot make a struct of them."""
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
