"""The process that reads one file and may die of it: limits on itself first, then the file, then the answer.

`core.readers.upload` starts this file with `python -I`, the limits as arguments and the upload on its standard input,
and reads messages (`core.readers.worker_messages`) from its standard output. It opens no other file and no connection.

Linux keeps the limits on memory and processor time. macOS does not enforce a limit on a process's memory
(it is accepted and ignored there); what holds then are the limits on time, on what packed files unpack to,
on rows, columns and cells, and on the answer, which the parent keeps.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

try:
    import resource
except ImportError:  # Windows has none; the limits that the parent keeps hold there too
    resource = None  # type: ignore[assignment]

if __name__ == "__main__":
    # Before anything large is imported; -I leaves the project's own folder out of the path.
    if resource is not None:
        memory, seconds = int(sys.argv[2]), int(sys.argv[3])
        # A second more until SIGKILL, so that the signal that ends it says why.
        limits = {resource.RLIMIT_DATA: (memory, memory), resource.RLIMIT_CPU: (seconds, seconds + 1)}
        # Addresses are no memory (libraries are mapped, and reserve far more than they use), yet no file needs many.
        limits[resource.RLIMIT_AS] = (memory + 2**30, memory + 2**30)
        for kind, most in limits.items():
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, most)
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import codecs
import gzip
import io
import os
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from core.errors import InputRefused, Problem, TooLarge, UnreadableInput, UnsupportedType
from core.readers.csv_reader import read_csv
from core.readers.json_stream import read_json_rows
from core.readers.worker_messages import End, HowRead, Piece, Rows, Table, pack, refusal_of

GZIP, ZIP, PARQUET = b"\x1f\x8b", b"PK", b"PAR1"
OTHER_KINDS = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
BLANK = " \t\r\n"
BEGINNING, BLOCK = 4096, 2**20


def read_pieces(content: bytes, *, max_rows: int, max_unpacked: int) -> Iterator[HowRead | Table | Rows]:
    """How the file was read, and its rows piece by piece, told by content and not by name.

    max_unpacked: bytes that a packed file may unpack to. Raises InputRefused.
    """
    packed = content.startswith(GZIP)
    stream = io.BufferedReader(Unpacked(content, max_unpacked), BLOCK) if packed else io.BytesIO(content)
    start, sign = _beginning(stream)
    if start.startswith(ZIP):
        from core.readers.excel_reader import read_excel

        content = stream.read() if packed else content
        return read_excel(content, max_rows, max_bytes=max_unpacked, packed=packed)
    if start.startswith(PARQUET):
        from core.readers.parquet_reader import read_parquet

        table = io.BytesIO(stream.read() if packed else content)
        return read_parquet(table, max_rows, max_bytes=max_unpacked, packed=packed)
    if start.startswith((*OTHER_KINDS, GZIP)) or (b"\0" in start and not start.startswith(UTF_16)):
        raise UnsupportedType([Problem("file_of_another_kind")])
    if sign in ("{", "["):
        return read_json_rows(stream, max_rows, packed=packed)
    return read_csv(stream, max_rows, packed=packed)


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
    """What gzip packed, unpacked as it is read. Raises TooLarge beyond so many bytes, UnreadableInput where broken."""

    def __init__(self, content: bytes, most: int) -> None:
        self._packed, self._most = gzip.GzipFile(fileobj=io.BytesIO(content)), most

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
        if self._packed.tell() > self._most:
            raise TooLarge([Problem("file_unpacks_too_large", facts={"limit": self._most // 2**20})])
        return read


def _answer(content: bytes, *, max_rows: int, max_unpacked: int) -> Iterator[Piece]:
    rows = 0
    try:
        for piece in read_pieces(content, max_rows=max_rows, max_unpacked=max_unpacked):
            yield piece
            rows += 0 if isinstance(piece, HowRead) else piece.n_rows or 0
        yield End(rows)
    except InputRefused as error:
        yield refusal_of(error)
    except MemoryError:
        yield refusal_of(TooLarge([Problem("reading_takes_too_much")]))


def _main() -> None:
    max_rows, _, _, max_unpacked = (int(each) for each in sys.argv[1:5])
    content = sys.stdin.buffer.read()
    for piece in _answer(content, max_rows=max_rows, max_unpacked=max_unpacked):
        sys.stdout.buffer.write(pack(piece))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    try:
        _main()
    except MemoryError:
        # Not even a refusal could be written: ends as what is written in other languages does then.
        os.abort()
