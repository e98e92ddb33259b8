"""Opens a file of any number of clients on this computer, in every format of the screens, detected by content.

The command line uses it, so the file is trusted. CSV and Parquet are read by the scoring process a few thousand rows at
a time, in constant memory; a workbook or JSON is read in a child process as an upload is, with higher limits.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from core.alignment.names import Vocabulary, match_names
from core.alignment.number_text import DecimalSign
from core.alignment.table import Table
from core.errors import Problem, UnreadableInput
from core.readers.csv_blocks import read_csv_tables
from core.readers.decimal_sign import find_decimal_sign
from core.readers.detect import Kind, detect, is_packed
from core.readers.intake import Intake
from core.readers.parquet_reader import open_parquet, read_parquet_tables
from core.readers.upload import ASK, Limits, ReadChoices, read_upload
from core.readers.worker_messages import HowRead

MAX_ROWS = 9_999_999
LIMITS = Limits(memory_mb=4096, processor_seconds=7200, seconds=14400.0, unpacked_mb=16384, answer_mb=65536)
"""The cost limits for a workbook or JSON file that somebody chose on this computer."""


@dataclass
class ClientFile:
    """A CSV or Parquet file on this computer, compressed with gzip or not.

    Attributes
    ----------
    path : Path
        The file.
    renamed : mapping of str to str
        Columns matched to names of the model: name in the file → name of the model.
    decimal : "." or "," or None
        The decimal sign of its numbers.
    how : HowRead
        How it is written; complete after the first whole pass.
    """

    path: Path
    renamed: Mapping[str, str] = field(default_factory=dict)
    decimal: DecimalSign | None = None
    how: HowRead = field(default_factory=lambda: HowRead(kind="csv"))
    _state: tuple[int, ...] | None = field(default=None, init=False, repr=False, compare=False)

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Table]]:
        """Yield (number of rows before, rows) for each piece, in order. only_ids: other columns may be left out.

        Raises UnreadableInput if the file is absent, is no table of clients, or has changed since the first pass.
        """
        before = 0
        with _opened(self.path) as opened:
            self._state = self._state or _file_version(opened)
            self._refuse_changed(opened)
            for table in self._tables(opened, only_ids):
                names = tuple(self.renamed.get(name, name) for name in table.names)
                yield before, replace(table, names=names, decimal=self.decimal)
                before += len(table)
            self._refuse_changed(opened)
        if not before:
            raise UnreadableInput([Problem("file_without_clients")])

    def _refuse_changed(self, opened: BinaryIO) -> None:
        if _file_version(opened) != self._state:
            raise UnreadableInput([Problem("file_changed")])

    def _tables(self, opened: BinaryIO, only_ids: bool) -> Iterator[Table]:
        try:
            packed = is_packed(opened)
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=opened)) if packed else opened
            if detect(stream) == "parquet":
                self._on_progress(HowRead(kind="parquet", packed=packed, renamed=dict(open_parquet(stream).renamed)))
                yield from read_parquet_tables(stream, columns=() if only_ids else None)
            else:
                yield from read_csv_tables(stream, packed=packed, only_ids=only_ids, on_how=self._on_progress)
        except (EOFError, gzip.BadGzipFile):
            raise UnreadableInput([Problem("file_broken")]) from None

    def _on_progress(self, how: HowRead) -> None:
        renamed = how.renamed | dict(self.renamed)
        unwrapped = max(how.unwrapped, self.how.unwrapped)
        self.how = msgspec.structs.replace(how, renamed=renamed, decimal=self.decimal or "", unwrapped=unwrapped)


def _file_version(opened: BinaryIO) -> tuple[int, ...]:
    """A key of the file's version; it changes when the file is written to or replaced."""
    state = os.fstat(opened.fileno())
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


def open_client_file(path: Path, vocabulary: Vocabulary, choices: ReadChoices = ASK) -> ClientFile | Intake:
    """Open a file of clients, match its columns to the model's names, and find its decimal sign.

    Parameters
    ----------
    path : Path
        The file; its format is detected by content.
    vocabulary : Vocabulary
        The names that the model reads.
    choices : ReadChoices
        The user's answers to what the file leaves open.

    Raises
    ------
    InputRefused
        The file is absent, is no table of clients, or leaves something open that the user must decide.
    """
    if _kind(path) in ("excel", "json"):
        content = path.read_bytes()
        return read_upload(
            content, max_bytes=len(content), max_rows=MAX_ROWS, limits=LIMITS, vocabulary=vocabulary, choices=choices
        )
    source = ClientFile(path)
    names = next(source.pieces())[1].names
    source = ClientFile(path, match_names(names, vocabulary.names))
    sign = find_decimal_sign(source.pieces(), vocabulary.numbers, choices.decimal)
    return ClientFile(path, source.renamed, sign, source.how)


def _kind(path: Path) -> Kind:
    with _opened(path) as opened:
        packed = is_packed(opened)
        try:
            return detect(cast(BinaryIO, gzip.GzipFile(fileobj=opened)) if packed else opened)
        except (EOFError, gzip.BadGzipFile):
            raise UnreadableInput([Problem("file_broken")]) from None


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError:
        raise UnreadableInput([Problem("file_not_there")]) from None
