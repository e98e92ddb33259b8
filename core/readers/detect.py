"""What kind of file bytes are, by content and never by name; the only place that knows magic numbers."""

from __future__ import annotations

import codecs
import gzip
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
BEGINNING, BLOCK = 4096, 2**20


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
    """What gzip packed, unpacked as it is read."""

    def __init__(self, packed: BinaryIO, max_bytes: int) -> None:
        """max_bytes: what it may unpack to; reading raises TooLarge beyond it, UnreadableInput where it is broken."""
        self._packed, self._max_bytes = gzip.GzipFile(fileobj=packed), max_bytes

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Back to the beginning at any time."""
        return True

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        """Goes to a place, unpacking once more what lies before it."""
        return self._packed.seek(place, whence)

    def readinto(self, buffer: object) -> int:
        """Fills the buffer."""
        try:
            read = self._packed.readinto(cast(bytearray, buffer))
        except (OSError, EOFError, zlib.error):
            raise UnreadableInput([Problem("file_broken")]) from None
        if self._packed.tell() > self._max_bytes:
            raise TooLarge([Problem("file_unpacks_too_large", facts={"limit": self._max_bytes // 2**20})])
        return read
