"""Many clients, in chunks: the good ones scored, the bad ones listed, by the one path that scores.

A chunk is assessed as any rows are; what is different is that a client may stand in two chunks, so the ids of the
whole file are looked at first. Results are columns, so that a million of them is no burden.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from core.alignment.own_columns import MAX_REASONS
from core.alignment.table import Table
from core.batch.notes import Notes, added, notes_of
from core.batch.progress import Progress
from core.batch.results import Results, joined, results_of
from core.batch.sources import Rows, Source, SourceIndex, look_through, without_repeated, without_totals
from core.errors import NotExplained, Problem
from core.records import Assessments, Checkpoint, Floats
from core.scoring.assess import Model, assess, refuse_categories_of_numbers
from core.scoring.explanation import top_reasons

TOGETHER = 10_000
"""Clients explained at once: enough for the fast way to pay (`core.model.fast_shap`)."""
MAX_PROBLEMS = 5_000


class Chunk(NamedTuple):
    """Some rows of a source after they were scored: results, problems, notes, the refused rows, rows so far."""

    results: Results
    problems: list[Problem]
    notes: Notes
    rejected: list[tuple[int, Mapping[str, object]]]
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """What became of a file: the scored clients, what is wrong with the others, and how much of it was looked at.

    n_rows: rows of the file that were looked at, fewer than its total where it was stopped. threshold: P(default).
    """

    results: Results
    problems: tuple[Problem, ...]
    notes: Notes
    n_rows: int
    total: int
    threshold: float
    bundle: str

    @property
    def stopped(self) -> bool:
        """Whether it ended before the file did."""
        return self.n_rows < self.total

    @property
    def n_refused(self) -> int:
        """Rows that were looked at and not scored."""
        return self.n_rows - len(self.results)


def score_portfolio(
    model: Model,
    source: Source,
    *,
    review_band: float,
    reasons: bool = True,
    on_pace: Callable[[Progress], bool] = lambda pace: True,
    together: int = TOGETHER,
) -> Portfolio:
    """Every client of a source scored or listed.

    on_pace hears how far it is, and answers whether to go on; where not, the chunk under way (of `together` clients) is
    left out. With reasons each client gets its largest ones, unless the model cannot be taken apart. Raises
    InputRefused where a category column holds nothing but numbers.
    """
    known = look_through(source)
    chunks = list(
        scored(model, source, known, review_band=review_band, reasons=reasons, on_pace=on_pace, together=together)
    )
    seen = chunks[-1].seen if chunks else 0
    return Portfolio(
        results=joined([chunk.results for chunk in chunks]),
        problems=tuple(problem for chunk in chunks for problem in chunk.problems),
        notes=added(chunk.notes for chunk in chunks),
        n_rows=seen,
        total=known.n_rows,
        threshold=model.bundle.policy.threshold,
        bundle=model.bundle.digest,
    )


def scored(
    model: Model,
    source: Source,
    known: SourceIndex,
    *,
    review_band: float,
    reasons: bool,
    on_pace: Callable[[Progress], bool] = lambda pace: True,
    rejects: bool = False,
    together: int = TOGETHER,
    at_once: int = 1,
    whole: bool = True,
) -> Iterator[Chunk]:
    """The source's rows a chunk at a time.

    together: clients explained at once, and kept until then. rejects: with the refused rows as they stood. at_once:
    pieces assessed side by side, in threads. whole: the source is all there is; then InputRefused is raised where a
    category column of it holds nothing but numbers. Ends when on_pace says so, without the chunk that is under way.
    """
    start = time.monotonic()
    kept: list[tuple[Results, Floats]] = []
    problems: list[Problem] = []
    rejected: list[tuple[int, Mapping[str, object]]] = []
    notes: list[Notes] = []
    words: set[str] = set()
    done = 0

    def going(explaining: int = 0) -> bool:
        return on_pace(Progress(done, known.n_rows, time.monotonic() - start, explaining))

    def waiting() -> int:
        return sum(len(results) for results, _ in kept)

    def on_checkpoint() -> None:
        if not going(waiting()):
            raise _Stopped

    def chunk() -> Chunk:
        return Chunk(_explained(model, kept, on_checkpoint, reasons=reasons), problems, added(notes), rejected, done)

    on = going()
    with suppress(_Stopped):
        for before, rows, found in _assessed(model, source, review_band, at_once):
            if not on:
                return
            words.update(found.aligned.categories_of_words)
            if whole:
                _refuse_columns_of_numbers(model, source, known, found, words)
            keep, bad = without_repeated(found, rows, before, known.repeated)
            keep, bad = without_totals(found, keep, bad, rows, before, known)
            notes.append(notes_of(model.bundle, found, keep))
            values = found.aligned.values[keep] if reasons else np.empty((len(keep), 0))
            kept.append((results_of(model, found, before).at(keep), values))
            problems += bad
            if rejects and bad:
                refused = sorted({problem.row for problem in bad if problem.row is not None})
                rejected += [(row, _row(rows, row - before - 1)) for row in refused]
            done += len(rows)
            on = going()
            if not reasons or waiting() >= together or len(problems) >= MAX_PROBLEMS:
                yield chunk()
                kept, problems, rejected, notes = [], [], [], []
        if kept:
            yield chunk()
            going()


def _refuse_columns_of_numbers(
    model: Model, source: Source, known: SourceIndex, found: Assessments, words: set[str]
) -> None:
    """Raises InputRefused where a category column holds nothing but numbers in the whole source.

    Where it does in these rows, the others are looked at. words: the columns of which it is known that they hold words;
    grows.
    """
    codes = [name for name in found.aligned.categories_of_numbers if name not in words and known.n_rows > 1]
    for name in codes:
        if any(model.aligner.kind_of_category(rows, name) == "words" for _, rows in source.pieces()):
            words.add(name)
    if wrong := [name for name in codes if name not in words]:
        refuse_categories_of_numbers(wrong)


class _Stopped(Exception):
    """Nobody wants the rest."""


def _assessed(
    model: Model, source: Source, review_band: float, at_once: int
) -> Iterator[tuple[int, Rows, Assessments]]:
    """Each piece with its assessment, in order; a few pieces are read ahead of the one that is taken."""
    with ThreadPoolExecutor(at_once) as pool:
        waiting: deque[tuple[int, Rows, Future[Assessments]]] = deque()
        for before, rows in source.pieces():
            work = pool.submit(assess, model, rows, review_band=review_band, keep_good=True, whole=False)
            waiting.append((before, rows, work))
            if len(waiting) > at_once:
                first, its_rows, done = waiting.popleft()
                yield first, its_rows, done.result()
        for first, its_rows, done in waiting:
            yield first, its_rows, done.result()


def _explained(
    model: Model, kept: Sequence[tuple[Results, Floats]], on_checkpoint: Checkpoint, *, reasons: bool
) -> Results:
    """The results as one, each client with its largest reasons if they are wanted and can be had."""
    results = joined([each for each, _ in kept])
    if not reasons or not len(results):
        return results
    try:
        values = np.concatenate([values for _, values in kept])
        raising, lowering = top_reasons(values, model.bundle, MAX_REASONS, on_checkpoint)
    except NotExplained:
        return results
    return replace(results, raising=raising, lowering=lowering)


def _row(rows: Rows, index: int) -> Mapping[str, object]:
    """A row as it stood; nothing where it is no client."""
    row = rows.row(index) if isinstance(rows, Table) else rows[index]
    return row if isinstance(row, dict) else {}
