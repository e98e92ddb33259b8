"""The process that reads one file and may die of it: limits on itself first, then the file, then the answer.

`core.intake` starts this file with `python -I`, the limits as arguments and the upload on its standard input, and
reads pieces (`core.pieces`) from its standard output. It opens no other file and no connection.

Linux keeps the limits on memory and processor time. macOS does not enforce a limit on a process's memory
(RLIMIT_AS is accepted and ignored there); what holds then are the limits on time, on what packed files unpack to,
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
        for kind, most in ((resource.RLIMIT_AS, (memory, memory)), (resource.RLIMIT_CPU, (seconds, seconds + 1))):
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, most)
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence

from core.body import check_size, read_json, rows_of
from core.csv_table import MOST_COLUMNS, read_csv
from core.errors import InputRefused, Problem, TooLarge, UnreadableInput, UnsupportedType
from core.identity import ID
from core.pieces import PIECE_ROWS, End, HowRead, Piece, Rows, Table, pack, pack_rows, refusal_of

GZIP, ZIP, PARQUET = b"\x1f\x8b", b"PK", b"PAR1"
OTHER_KINDS = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
BLANK = b" \t\r\n"
BLOCK = 2**20


def read_pieces(content: bytes, *, most_rows: int, most_unpacked: int) -> Iterator[HowRead | Table | Rows]:
    """How the file was read, and its rows piece by piece, told by content and not by name.

    most_unpacked: bytes that a packed file may unpack to. Raises InputRefused.
    """
    packed = content.startswith(GZIP)
    if packed:
        content = _unpack(content, most_unpacked)
    text = content.removeprefix(codecs.BOM_UTF8)
    if not text.strip(BLANK):
        raise UnreadableInput([Problem("file_empty")])
    if content.startswith(ZIP):
        from core.excel_table import read_excel

        return read_excel(content, most_rows, most_bytes=most_unpacked, packed=packed)
    if content.startswith(PARQUET):
        from core.parquet_table import read_parquet

        return read_parquet(io.BytesIO(content), most_rows, most_bytes=most_unpacked, packed=packed)
    if content.startswith((*OTHER_KINDS, GZIP)) or (b"\0" in content[:4096] and not content.startswith(UTF_16)):
        raise UnsupportedType([Problem("file_of_another_kind")])
    if text.lstrip(BLANK)[:1] in (b"{", b"["):
        return _read_json(text, most_rows, packed=packed)
    return read_csv(io.BytesIO(content), most_rows, packed=packed)


def _read_json(content: bytes, most_rows: int, *, packed: bool) -> Iterator[HowRead | Rows]:
    check_size(content, most_rows)
    rows = _json_lines(content, most_rows) or _json_rows(content, most_rows)
    names: set[str] = set()
    for row in rows:
        if isinstance(row, dict):
            names.update(row)
        if len(names) > MOST_COLUMNS:
            raise TooLarge([Problem("too_many_columns", facts={"limit": MOST_COLUMNS})])
    yield HowRead(kind="json", packed=packed)
    for start in range(0, len(rows), PIECE_ROWS):
        yield pack_rows(rows[start : start + PIECE_ROWS])


def _json_rows(content: bytes, most_rows: int) -> Sequence[object]:
    """The clients of the contract's body, of an array, or the one client of an object."""
    document = read_json(content)
    if isinstance(document, list):
        document = {"data": document}
    elif isinstance(document, dict) and "data" not in document and ID in document:
        document = {"data": [document]}
    return rows_of(document, most_rows, over="file_too_long")


def _json_lines(content: bytes, most_rows: int) -> Sequence[object]:
    """One client a line, nothing where the file is not written so; a line that cannot be read is no client."""
    lines = [line for line in content.splitlines() if line.strip(BLANK)]
    if len(lines) < 2 or not isinstance(_line(lines[0]), dict):
        return ()
    if len(lines) > most_rows:
        raise TooLarge([Problem("file_too_long", facts={"limit": most_rows})])
    return [_line(line) for line in lines]


def _line(line: bytes) -> object:
    try:
        return read_json(line)
    except UnreadableInput:
        return None


def _unpack(content: bytes, most: int) -> bytes:
    parts, size = [], 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            while block := packed.read(BLOCK):
                size += len(block)
                if size > most:
                    raise TooLarge([Problem("file_unpacks_too_large", facts={"limit": most // 2**20})])
                parts.append(block)
    except (OSError, EOFError, zlib.error):
        raise UnreadableInput([Problem("file_broken")]) from None
    return b"".join(parts)


def _answer(content: bytes, *, most_rows: int, most_unpacked: int) -> Iterator[Piece]:
    rows = 0
    try:
        for piece in read_pieces(content, most_rows=most_rows, most_unpacked=most_unpacked):
            yield piece
            rows += 0 if isinstance(piece, HowRead) else piece.n_rows or 0
        yield End(rows)
    except InputRefused as error:
        yield refusal_of(error)
    except MemoryError:
        yield refusal_of(TooLarge([Problem("reading_takes_too_much")]))


def _main() -> None:
    most_rows, _, _, most_unpacked = (int(each) for each in sys.argv[1:5])
    content = sys.stdin.buffer.read()
    for piece in _answer(content, most_rows=most_rows, most_unpacked=most_unpacked):
        sys.stdout.buffer.write(pack(piece))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _main()
