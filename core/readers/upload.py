"""Bytes that someone uploaded or pasted → rows of clients, read by a process of their own, which may die of them.

CSV, Excel, Parquet, JSON (the contract's body, an array, one client, or one a line), and gzip of these, told by
content. This process never parses them: it starts `core.readers.worker` with limits on memory and processor time,
waits no longer than `Limits.seconds`, takes no more than `Limits.answer_mb`, and reads plain values. Nothing is
scored here; what cannot be used is refused whole, or kept as a problem of its row.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple

import msgspec
import pyarrow as pa

from core.alignment.table_parser import Columns, as_columns
from core.errors import InputRefused, Problem, TooLarge, UnreadableInput
from core.readers import worker
from core.readers.worker_messages import LENGTH, End, HowRead, Refusal, Rows, Table, rows_in, unpack

SCRIPT = Path(worker.__file__)
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
OUT_OF_TIME, OUT_OF_MEMORY = -24, (-6, -9)
"""Exit codes: SIGXCPU of the limit on processor time; SIGABRT, by which Rust and C++ end without memory, and SIGKILL,
by which a system ends what takes too much of it."""
CODEC = "zstd"
GLANCE = 0.2
"""Seconds between two looks at the clock and at whether somebody stopped it."""

_turn = threading.Lock()
"""One file at a time, so that what reading may cost is there once, whoever sends files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What reading one file may cost: memory, seconds of processor and by the clock, what it unpacks to and answers.

    A server whose processors are busy with other work reads slowly, so the clock leaves room. The memory is what the
    process may write to; of the largest files that a screen takes, none needs as much.
    """

    memory_mb: int = 224
    processor_seconds: int = 40
    seconds: float = 180.0
    unpacked_mb: int = 400
    answer_mb: int = 400


LIMITS = Limits()


class Kept(NamedTuple):
    """One piece of rows, compressed: how many rows, the size it has when it is not, and its bytes."""

    rows: int
    size: int
    content: bytes


@dataclass(frozen=True)
class Intake:
    """What was read: how, how many rows, and the rows, kept compressed piece by piece."""

    how: HowRead
    n_rows: int
    kept: tuple[Kept, ...]

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Columns | list[object]]]:
        """(number of rows before, rows) of each piece, in order, whole ones; its problems count from its first row."""
        before = 0
        for kept in self.kept:
            yield before, _usable(_opened(kept), before)
            before += kept.rows

    def together(self) -> Columns | list[object]:
        """All rows at once; for a few thousand."""
        pieces = [_opened(kept) for kept in self.kept]
        tables = [piece for piece in pieces if isinstance(piece, Table)]
        if not tables:
            return [row for piece in pieces for row in _as_sent(piece)]
        columns = zip(*(each.cells for each in tables), strict=True)
        cells = [list(chain.from_iterable(parts)) for parts in columns]
        return _usable(Table(tables[0].names, cells, [fault for each in tables for fault in each.faults]), 0)

    def as_sent(self) -> list[object]:
        """Every row as it stood; for a few thousand."""
        return [row for kept in self.kept for row in _as_sent(_opened(kept))]

    def row(self, position: int) -> dict[str, object]:
        """The client at a position, the first is 1, as it stood."""
        return self.rows_at([position])[position]

    def rows_at(self, positions: Collection[int]) -> dict[int, dict[str, object]]:
        """The clients at these positions as they stood, by position; nothing in one that is no client."""
        wanted, found, before = sorted(positions), dict[int, dict[str, object]](), 0
        for kept in self.kept:
            here = [each for each in wanted if before < each <= before + kept.rows]
            rows = _as_sent(_opened(kept)) if here else []
            for position in here:
                row = rows[position - before - 1]
                found[position] = dict(row) if isinstance(row, dict) else {}
            before += kept.rows
        return found


def read_upload(
    content: bytes,
    *,
    max_bytes: int,
    max_rows: int,
    limits: Limits = LIMITS,
    stopping: threading.Event | None = None,
) -> Intake:
    """The rows in an uploaded file or pasted text; waits while another file is being read.

    stopping: once it is set the reading ends, with InputRefused. Raises UnsupportedType for another kind of file,
    UnreadableInput for one that is empty or broken, or on which its process ended, TooLarge over a limit,
    InputRefused where JSON holds no clients.
    """
    if len(content) > max_bytes:
        raise TooLarge([Problem("file_too_large", facts={"limit": max_bytes // 2**20})])
    how: HowRead | None = None
    kept: list[Kept] = []
    stopping = stopping or threading.Event()
    with taken(_turn, stopping), _reading(content, max_rows, limits, stopping) as answers:
        for answer in answers:
            piece = unpack(answer)
            if isinstance(piece, Refusal):
                raise piece.error()
            if isinstance(piece, HowRead):
                how = piece
            elif isinstance(piece, End) and how is not None:
                return Intake(how, piece.rows, tuple(kept))
            elif isinstance(piece, Rows | Table) and piece.n_rows is not None:
                kept.append(Kept(piece.n_rows, len(answer), pa.compress(answer, CODEC, asbytes=True)))
            else:
                break
    raise UnreadableInput([Problem("reading_broke_off")])


@contextmanager
def taken(turn: threading.Lock, stopping: threading.Event) -> Iterator[None]:
    """Waits for a turn and has it. Raises InputRefused where stopping is set before."""
    while not turn.acquire(timeout=GLANCE):
        if stopping.is_set():
            raise InputRefused([Problem("reading_stopped")])
    try:
        if stopping.is_set():
            raise InputRefused([Problem("reading_stopped")])
        yield
    finally:
        turn.release()


@contextmanager
def _reading(content: bytes, max_rows: int, limits: Limits, stopping: threading.Event) -> Iterator[Iterator[bytes]]:
    """The pieces that a process of its own answers; it is gone when this ends. Raises InputRefused where it died."""
    numbers = (max_rows, limits.memory_mb * 2**20, limits.processor_seconds, limits.unpacked_mb * 2**20)
    process = subprocess.Popen(
        [sys.executable, "-I", str(SCRIPT), *map(str, numbers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
    )
    over, late = threading.Event(), threading.Event()

    def watch() -> None:
        end = time.monotonic() + limits.seconds
        while not over.wait(min(GLANCE, limits.seconds)):
            if stopping.is_set() or time.monotonic() > end:
                late.set()
                process.kill()

    clock = threading.Thread(target=watch, daemon=True)
    feeder = threading.Thread(target=_feed, args=(process.stdin, content), daemon=True)
    clock.start()
    feeder.start()
    try:
        assert process.stdout is not None
        yield _answers(process.stdout, limits.answer_mb * 2**20)
        code = process.wait()
        if stopping.is_set():
            raise InputRefused([Problem("reading_stopped")])
        if late.is_set() or code == OUT_OF_TIME:
            limit = round(limits.seconds) if late.is_set() else limits.processor_seconds
            raise TooLarge([Problem("reading_takes_too_long", facts={"limit": limit})])
        if code in OUT_OF_MEMORY:
            raise TooLarge([Problem("reading_takes_too_much")])
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError):
        raise UnreadableInput([Problem("reading_broke_off")]) from None
    finally:
        over.set()
        process.kill()
        process.wait()
        feeder.join()
        clock.join()
        if process.stdout is not None:
            process.stdout.close()


def _answers(stream: IO[bytes], most: int) -> Iterator[bytes]:
    """Each piece's bytes until the stream ends. Raises TooLarge where they are more than they may be."""
    left = most
    while len(head := stream.read(LENGTH.size)) == LENGTH.size:
        (size,) = LENGTH.unpack(head)
        left -= size
        if left < 0:
            raise TooLarge([Problem("reading_takes_too_much")])
        content = stream.read(size)
        if len(content) < size:
            return
        yield content


def _feed(stream: IO[bytes] | None, content: bytes) -> None:
    """Writes all of it, or as much as somebody reads."""
    with suppress(OSError):
        if stream is not None:
            stream.write(content)
            stream.close()


def _opened(kept: Kept) -> Table | Rows:
    piece = unpack(pa.decompress(kept.content, kept.size, CODEC).to_pybytes())
    assert isinstance(piece, Table | Rows)
    return piece


def _as_sent(piece: Table | Rows) -> list[object]:
    if isinstance(piece, Rows):
        return rows_in(piece)
    return [dict(zip(piece.names, cells, strict=True)) for cells in zip(*piece.cells, strict=True)]


def _usable(piece: Table | Rows, before: int) -> Columns | list[object]:
    if isinstance(piece, Rows):
        return rows_in(piece)
    return as_columns(piece.names, piece.cells, [fault.problem(before=before) for fault in piece.faults])
