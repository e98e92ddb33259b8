"""What kind of file bytes are, by content and never by name; the only place that knows magic numbers."""

from __future__ import annotations

import codecs
import io
import zlib
from typing import BinaryIO, Literal, cast

from core.errors import Problem, TooLarge, UnreadableInput, UnsupportedType

Kind = Literal["csv", "json", "excel", "parquet"]

GZIP, ZIP, PARQUET = b"\x1f\x8b", b"PK", b"PAR1"
OTHER_KINDS = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd")
"""Old Excel, PDF, PNG, JPEG, RTF, bzip2, xz, Zstandard."""
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
BLANK = " \t\r\n"
BEGINNING, BLOCK, PACKED_BLOCK = 4096, 2**20, 2**16
MAX_MEMBERS = 10_000
"""Most members of a gzip stream: programs that pack block by block write one for 64 KB; an empty one costs time too."""


def is_packed(stream: BinaryIO) -> bool:
    """Whether a stream is packed with gzip; the stream is back at its beginning afterwards."""
    start = stream.read(len(GZIP))
    stream.seek(0)
    return start == GZIP


def detect(stream: BinaryIO) -> Kind:
    """The kind of an unpacked stream, which is back at its beginning afterwards.

    Raises
    ------
    UnreadableInput
        Nothing but blanks is in it.
    UnsupportedType
        It is a file of another kind.
    """
    start, first = _beginning(stream)
    if start.startswith(ZIP):
        return "excel"
    if start.startswith(PARQUET):
        return "parquet"
    if start.startswith((*OTHER_KINDS, GZIP)) or (b"\0" in start and not start.startswith(UTF_16)):
        raise UnsupportedType([Problem("file_of_another_kind")])
    return "json" if first in ("{", "[") else "csv"


def _beginning(stream: BinaryIO) -> tuple[bytes, str]:
    """The first bytes, and the first character that is not blank. Raises UnreadableInput where there is none."""
    start = block = stream.read(BEGINNING)
    encoding = "utf-16" if start.startswith(UTF_16) else "utf-8-sig"
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while block:
        if text := decoder.decode(block).strip(BLANK):
            stream.seek(0)
            return start, text[0]
        block = stream.read(BLOCK)
    raise UnreadableInput([Problem("file_empty")])


class Unpacked(io.RawIOBase):
    """What gzip packed, in one member or several, unpacked as it is read."""

    def __init__(self, packed: BinaryIO, max_bytes: int, max_members: int = MAX_MEMBERS) -> None:
        """max_bytes, max_members: what it may unpack to, and of how many members it may consist.

        Reading raises TooLarge beyond them, and UnreadableInput where the stream is broken.
        """
        self._packed, self._max_bytes, self._max_members = packed, max_bytes, max_members
        self._member: zlib._Decompress | None = None
        self._rest = b""
        self._rewind()

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Back to the beginning at any time."""
        return True

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        """Goes to a place counted from the beginning or from here, unpacking once more what lies before it."""
        wanted = place + (self._place if whence == io.SEEK_CUR else 0)
        if wanted < self._place:
            self._rewind()
        while self._place < wanted and self.readinto(bytearray(min(BLOCK, wanted - self._place))):
            pass
        return self._place

    def readinto(self, buffer: object) -> int:
        """Fills the buffer; fewer bytes at the end, and none after it."""
        target = memoryview(cast(bytearray, buffer)).cast("B")
        filled = 0
        while filled < len(target) and self._has_member():
            content = self._unpack(len(target) - filled)
            target[filled : filled + len(content)] = content
            filled += len(content)
        self._place += filled
        if self._place > self._max_bytes:
            raise TooLarge([Problem("file_unpacks_too_large", facts={"limit": self._max_bytes // 2**20})])
        return filled

    def _unpack(self, most: int) -> bytes:
        """The next bytes of the member, often fewer than `most`."""
        assert self._member is not None
        packed = self._member.unconsumed_tail or self._rest or self._packed.read(PACKED_BLOCK)
        self._rest = b""
        try:
            content = self._member.decompress(packed, most)
        except zlib.error:
            raise UnreadableInput([Problem("file_broken")]) from None
        if self._member.eof:
            self._rest, self._member = self._member.unused_data, None
        elif not packed and not content:
            raise UnreadableInput([Problem("file_broken")])
        return content

    def _rewind(self) -> None:
        self._packed.seek(0)
        self._member = None
        self._rest, self._place, self._members = b"", 0, 0

    def _has_member(self) -> bool:
        """Whether a member is being unpacked, begun here if it is the next one; zeros after a member are padding."""
        if self._member is not None:
            return True
        while not self._rest.strip(b"\0") and (block := self._packed.read(PACKED_BLOCK)):
            self._rest = block
        self._rest = self._rest.lstrip(b"\0") if self._members else self._rest
        if not self._rest:
            return False
        self._members += 1
        if self._members > self._max_members:
            raise TooLarge([Problem("file_of_many_members", facts={"limit": self._max_members})])
        self._member = zlib.decompressobj(wbits=31)
        return True
