"""Scores a file of any number of clients into a CSV or Parquet file: `python -m core score`.

The file is scored in chunks, in constant memory but for the ids, eight bytes each. The output is written whole or not
at all.
"""

from __future__ import annotations

import io
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from core.batch.atomic_file import atomic_file
from core.batch.export import results_table
from core.batch.file_source import open_client_file
from core.batch.notes import Notes, merge_notes, notes_in_words
from core.batch.progress import Progress
from core.batch.reading_notes import how_read
from core.batch.rejects import CsvForm, Numbering, csv_form, names_in, sentences, write_rejects
from core.batch.results import NOTHING, REVIEW_REASONS, VERDICTS
from core.batch.scorer import Chunk, score_chunks
from core.batch.sources import index_source
from core.errors import SettingError
from core.i18n.translations import number
from core.readers.intake import Intake
from core.readers.upload import ASK, ReadChoices
from core.scoring.assess import Model

CHUNK_SIZE = 30_000
THREADS = 2
SECONDS_BETWEEN = 0.5
WRITERS = {".csv": pa_csv.CSVWriter, ".parquet": pa_parquet.ParquetWriter}


@dataclass(slots=True)
class Tally:
    """Counts over a file: clients by verdict and by reason for review, problems by code, refused rows; and notes."""

    verdicts: Counter[int] = field(default_factory=Counter)
    reviews: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    notes: Notes = field(default_factory=Notes)

    def count(self, chunk: Chunk) -> None:
        """Add a chunk."""
        self.verdicts.update(chunk.results.verdict.tolist())
        for reason in REVIEW_REASONS:
            self.reviews[str(reason)] += int(chunk.results.reviewed_for(reason).sum())
        self.problems.update(problem.code for problem in chunk.problems)
        self.refused += len(chunk.rejected)
        self.notes = merge_notes([self.notes, chunk.notes])

    def add(self, other: Tally) -> None:
        """Add the counts of other chunks."""
        self.verdicts.update(other.verdicts)
        self.reviews.update(other.reviews)
        self.problems.update(other.problems)
        self.refused += other.refused
        self.notes = merge_notes([self.notes, other.notes])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The result of scoring a file: number of rows, counts, seconds elapsed, the files written, how it was read."""

    n_rows: int
    tally: Tally
    seconds: float
    out: Path | str
    rejects: Path | str
    how: str = ""

    @property
    def n_refused(self) -> int:
        """Number of rows that were not scored."""
        return self.tally.refused

    @property
    def by_problem(self) -> Mapping[str, int]:
        """Number of problems by code, the most frequent first."""
        return dict(self.tally.problems.most_common())

    @property
    def by_verdict(self) -> Mapping[str, int]:
        """Number of clients by verdict."""
        return {str(verdict): self.tally.verdicts[place] for place, verdict in enumerate(VERDICTS)}

    def words(self) -> str:
        """How the file was read, what was done to its columns, and a summary of two or three lines."""
        good = self.n_rows - self.n_refused
        causes = _counted(self.by_problem)
        lines = [f"read as {self.how}"] if self.how else []
        lines += notes_in_words(self.tally.notes, "en").values()
        if not good:
            which = "The one row" if self.n_rows == 1 else f"None of the {_rows(self.n_rows)}"
            lines.append(f"{which} could {'not ' if self.n_rows == 1 else ''}be scored ({causes}).")
        else:
            lines += [
                f"{self.out}: {number(good, 'en')} of {_clients(self.n_rows)} scored in "
                f"{self.seconds:.1f} s ({number(self.n_rows / max(self.seconds, 1e-9), 'en')} a second)",
                _counted(self.by_verdict),
            ]
            reviews = {reason: n for reason, n in self.tally.reviews.items() if n}
            if reviews:
                lines.append(f"to review because of: {_counted(reviews)}")
        if self.n_refused:
            lines.append(f"{self.rejects}: {_rows(self.n_refused)} to mend and send again ({causes})")
        return "\n".join(lines)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number(count, 'en')}" for name, count in counts.items())


def _rows(n: int) -> str:
    return f"{number(n, 'en')} {'row' if n == 1 else 'rows'}"


def _clients(n: int) -> str:
    return f"{number(n, 'en')} {'client' if n == 1 else 'clients'}"


class ProgressMeter:
    """Writes progress, rate and remaining time to stderr, at most twice a second."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = sys.stderr if out is None else out
        self._said = 0.0

    def __call__(self, pace: Progress) -> bool:
        """Write the progress if it is time to; never stops the run."""
        over = pace.done == pace.total and not pace.explaining
        if pace.done and (over or pace.seconds - self._said >= SECONDS_BETWEEN):
            self._said = pace.seconds
            words = f"{number(pace.done, 'en')} of {_clients(pace.total)}, {number(pace.rate, 'en')} a second"
            self._out.write(f"\r{words}, {pace.remaining:.0f} s left   " + ("\n" if over else ""))
            self._out.flush()
        return True


def score_file(
    model: Model,
    path: Path,
    out: Path,
    *,
    review_band: float,
    reasons: bool,
    meter: ProgressMeter,
    choices: ReadChoices = ASK,
) -> Scored:
    """Score a file of clients into another. The refused rows go to `<out>.rejects.csv`.

    Raises
    ------
    SettingError: out ends in neither .csv nor .parquet, is the input itself, or cannot be written.
    InputRefused: the file is no table of clients, or a category column holds only numbers.
    """
    rejects = out.with_name(f"{out.stem}.rejects.csv")
    if out.suffix not in WRITERS:
        raise SettingError("--out", "must end in .csv or .parquet")
    if not out.parent.is_dir() or out.is_dir():
        raise SettingError("--out", "must be a file in a folder that is there")
    if path.resolve() in (out.resolve(), rejects.resolve()):
        raise SettingError("--out", "must be another file than the one that is read, and so must its .rejects.csv")
    start = time.monotonic()
    source = open_client_file(path, model.aligner.vocabulary, choices)
    numbered: Numbering = source.numbered if isinstance(source, Intake) else tuple
    index = index_source(source)
    chunks = score_chunks(
        model,
        source,
        index,
        review_band=review_band,
        reasons=reasons,
        on_progress=meter,
        rejects=True,
        chunk_size=CHUNK_SIZE,
        threads=THREADS,
    )
    try:
        tally = write_chunks(model, chunks, out, rejects, reasons=reasons, form=csv_form(source.how), numbered=numbered)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else "the disk refuses"
        raise SettingError("--out", f"must be where a file can be written, and it cannot ({why})") from None
    return Scored(
        n_rows=index.n_rows,
        tally=tally,
        seconds=time.monotonic() - start,
        out=out,
        rejects=rejects,
        how=how_read(source.how, "en"),
    )


def write_chunks(
    model: Model,
    chunks: Iterator[Chunk],
    out: Path,
    rejects: Path,
    *,
    reasons: bool,
    form: CsvForm,
    numbered: Numbering,
) -> Tally:
    """Write both files whole or not at all, no empty file, and return the counts."""
    tally = Tally()
    schema = results_table(NOTHING, model.bundle, reasons=reasons).schema
    with ExitStack() as stack:
        part, rejects_part = (stack.enter_context(atomic_file(path)) for path in (out, rejects))
        writer: Any = stack.enter_context(WRITERS[out.suffix](part.file, schema))
        refused_rows = io.TextIOWrapper(rejects_part.file, encoding="utf-8", newline="")
        stack.callback(refused_rows.detach)
        names: list[str] = []
        for chunk in chunks:
            if len(chunk.results):
                writer.write_table(results_table(chunk.results, model.bundle, reasons=reasons))
            tally.count(chunk)
            if chunk.rejected:
                why = sentences(chunk.problems, "en", numbered)
                first, names = not names, names or names_in(row for _, row in chunk.rejected)
                rows = [(row, why[place]) for place, row in chunk.rejected]
                write_rejects(refused_rows, names, rows, header=first, form=form)
        if not tally.verdicts.total():
            part.discard()
        if not tally.refused:
            rejects_part.discard()
    return tally
