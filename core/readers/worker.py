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

import io
import os
from collections.abc import Iterator

from core.errors import InputRefused, Problem, TooLarge
from core.readers.csv_reader import read_csv
from core.readers.detect import BLOCK, Unpacked, detect, is_packed
from core.readers.json_stream import read_json_rows
from core.readers.worker_messages import End, HowRead, Message, RowsPart, TablePart, pack, refusal_of


def read_parts(
    content: bytes, *, max_rows: int, max_unpacked: int, sheet: str = ""
) -> Iterator[HowRead | TablePart | RowsPart]:
    """How a file was read, and its rows part by part.

    Parameters
    ----------
    content : bytes
        The file; its kind is found by content.
    max_rows, max_unpacked : int
        Rows that it may hold, and bytes that a packed file may unpack to.
    sheet : str
        The name of the workbook's sheet to read; found where it is empty.

    Raises
    ------
    InputRefused
        It cannot be used.
    """
    stream: io.BufferedIOBase = io.BytesIO(content)
    packed = is_packed(io.BytesIO(content))
    if packed:
        stream = io.BufferedReader(Unpacked(io.BytesIO(content), max_unpacked), BLOCK)
    kind = detect(stream)  # type: ignore[arg-type]
    if kind == "excel":
        from core.readers.excel_reader import read_excel

        content = stream.read() if packed else content
        return read_excel(content, max_rows, max_bytes=max_unpacked, packed=packed, sheet=sheet)
    if kind == "parquet":
        from core.readers.parquet_reader import read_parquet

        table = io.BytesIO(stream.read() if packed else content)
        return read_parquet(table, max_rows, max_bytes=max_unpacked, packed=packed)
    if kind == "json":
        return read_json_rows(stream, max_rows, packed=packed)  # type: ignore[arg-type]
    return read_csv(stream, max_rows, packed=packed)  # type: ignore[arg-type]


def _answer(content: bytes, *, max_rows: int, max_unpacked: int, sheet: str) -> Iterator[Message]:
    rows = 0
    try:
        for part in read_parts(content, max_rows=max_rows, max_unpacked=max_unpacked, sheet=sheet):
            yield part
            rows += 0 if isinstance(part, HowRead) else part.n_rows or 0
        yield End(rows)
    except InputRefused as error:
        yield refusal_of(error)
    except MemoryError:
        yield refusal_of(TooLarge([Problem("reading_takes_too_much")]))


def _main() -> None:
    max_rows, _, _, max_unpacked = (int(each) for each in sys.argv[1:5])
    sheet = bytes.fromhex(sys.argv[5]).decode()
    content = sys.stdin.buffer.read()
    for message in _answer(content, max_rows=max_rows, max_unpacked=max_unpacked, sheet=sheet):
        sys.stdout.buffer.write(pack(message))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    try:
        _main()
    except MemoryError:
        # Not even a refusal could be written: ends as what is written in other languages does then.
        os.abort()
