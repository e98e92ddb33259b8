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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from core.alignment.names import Vocabulary
from core.errors import InputRefused, Problem, TooLarge, UnreadableInput
from core.readers import worker
from core.readers.decimal_sign import DecimalChoice
from core.readers.intake import Intake, Stored, settle, store
from core.readers.turns import GLANCE, Turns
from core.readers.worker_messages import LENGTH, End, HowRead, Refusal, RowsPart, TablePart, unpack

SCRIPT = Path(worker.__file__)
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "LC_ALL": "C.UTF-8",
    # Arrow's own allocator reserves far more than it uses, which the limit on memory counts.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
OUT_OF_TIME, OUT_OF_MEMORY = -24, (-6, -9)
"""Exit codes: SIGXCPU of the limit on processor time; SIGABRT, by which Rust and C++ end without memory, and SIGKILL,
by which a system ends what takes too much of it."""

_turns = Turns()
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


@dataclass(frozen=True, slots=True)
class ReadChoices:
    """What a person said about what a file leaves open: the decimal sign of its numbers, the sheet of a workbook."""

    decimal: DecimalChoice = "auto"
    sheet: str = ""


LIMITS = Limits()
ASK = ReadChoices()


def read_upload(
    content: bytes,
    *,
    max_bytes: int,
    max_rows: int,
    limits: Limits = LIMITS,
    stopping: threading.Event | None = None,
    vocabulary: Vocabulary | None = None,
    choices: ReadChoices = ASK,
    visitor: str = "",
    exact_json: bool = False,
) -> Intake:
    """The rows in an uploaded file or pasted text; waits for this visitor's turn while another file is being read.

    Parameters
    ----------
    content : bytes
        The file.
    max_bytes, max_rows : int
        What it may hold.
    limits : Limits
        What reading it may cost.
    stopping : threading.Event, optional
        Once it is set the reading ends, with InputRefused.
    vocabulary : Vocabulary, optional
        The names that the model reads: others are matched to them, and only their numbers prove a decimal sign.
    choices : ReadChoices
        What a person said about what the file leaves open.
    visitor : str
        Whose file it is.
    exact_json : bool
        JSON is taken as the routes take it: its names are exact.

    Raises
    ------
    UnsupportedType
        It is another kind of file.
    UnreadableInput
        It is empty or broken, or its process ended on it.
    TooLarge
        It is over a limit, or too many files wait already.
    InputRefused
        It leaves something open that a person must say, or is JSON without clients.
    """
    if len(content) > max_bytes:
        raise TooLarge([Problem("file_too_large", facts={"limit": max_bytes // 2**20})])
    how: HowRead | None = None
    stored: list[Stored] = []
    stopping = stopping or threading.Event()
    with _turns.taken(visitor, stopping), _reading(content, max_rows, limits, stopping, choices.sheet) as answers:
        for answer in answers:
            message = unpack(answer)
            if isinstance(message, Refusal):
                raise message.error()
            if isinstance(message, HowRead):
                how = message
            elif isinstance(message, End) and how is not None:
                read = Intake(how, message.rows, tuple(stored))
                return settle(read, vocabulary, choices.decimal, exact_json=exact_json)
            elif isinstance(message, RowsPart | TablePart) and message.n_rows is not None:
                stored.append(store(message))
            else:
                break
    raise UnreadableInput([Problem("reading_broke_off")])


@contextmanager
def _reading(
    content: bytes, max_rows: int, limits: Limits, stopping: threading.Event, sheet: str
) -> Iterator[Iterator[bytes]]:
    """The pieces that a process of its own answers; it is gone when this ends. Raises InputRefused where it died."""
    numbers = (max_rows, limits.memory_mb * 2**20, limits.processor_seconds, limits.unpacked_mb * 2**20)
    process = subprocess.Popen(
        [sys.executable, "-I", str(SCRIPT), *map(str, numbers), sheet.encode().hex()],
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
