"""Scores many clients in chunks: good rows are scored by `core.scoring.assess.assess`, bad rows are listed.

The ids of the whole source are read first, because a client may have rows in two chunks.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np

from core.alignment.own_columns import MAX_REASONS
from core.alignment.table import Table
from core.batch.notes import Notes, merge_notes, notes_of
from core.batch.progress import Progress
from core.batch.results import Places, Results, concatenate, results_of
from core.batch.sources import Rows, Source, SourceIndex, index_source, without_repeated, without_totals
from core.errors import NotExplained, Problem
from core.records import Assessments, Checkpoint, Floats
from core.scoring.assess import Model, assess, refuse_categories_of_numbers
from core.scoring.explanation import top_reasons

CHUNK_SIZE = 10_000
"""Clients explained at once; so many make `core.model.fast_shap` worth its fixed cost."""
MAX_PROBLEMS = 5_000


Observe = Callable[[Rows, Assessments, Places], None]
"""Receives the rows of a piece, their assessments, and the indices of the assessed clients that count."""


class Observer(Protocol):
    """Counts something of the clients while they are scored."""

    def observe(self, rows: Rows, assessments: Assessments, keep: Places) -> None:
        """Receive a piece, as in `Observe`."""


def no_observer(rows: Rows, assessments: Assessments, keep: Places) -> None:
    """Do nothing."""


class Chunk(NamedTuple):
    """Scored rows of a source: results, problems, notes, the refused rows by row number, number of rows so far."""

    results: Results
    problems: list[Problem]
    notes: Notes
    rejected: list[tuple[int, Mapping[str, object]]]
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """A scored source.

    results: the scored clients. problems: of the refused rows. n_rows: rows assessed, fewer than `total` if the run was
    stopped. threshold: on P(default). bundle: the model's digest.
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
        """Whether the run was stopped before the last row."""
        return self.n_rows < self.total

    @property
    def n_refused(self) -> int:
        """Number of rows that were assessed and not scored."""
        return self.n_rows - len(self.results)


def score_portfolio(
    model: Model,
    source: Source,
    *,
    review_band: float,
    reasons: bool = True,
    on_progress: Callable[[Progress], bool] = lambda pace: True,
    chunk_size: int = CHUNK_SIZE,
    observe: Observe = no_observer,
) -> Portfolio:
    """Score every client of a source.

    Parameters
    ----------
    review_band: on P(default), on either side of the threshold. reasons: add the largest reasons of each client, if the
        model can be explained. on_progress: returns False to stop; the chunk being scored is then dropped.
    chunk_size: clients explained at once. observe: receives every piece that was assessed.

    Raises
    ------
    InputRefused: a category column holds only numbers.
    """
    index = index_source(source)
    chunks = list(
        score_chunks(
            model,
            source,
            index,
            review_band=review_band,
            reasons=reasons,
            on_progress=on_progress,
            chunk_size=chunk_size,
            observe=observe,
        )
    )
    seen = chunks[-1].seen if chunks else 0
    return Portfolio(
        results=concatenate([chunk.results for chunk in chunks]),
        problems=tuple(problem for chunk in chunks for problem in chunk.problems),
        notes=merge_notes(chunk.notes for chunk in chunks),
        n_rows=seen,
        total=index.n_rows,
        threshold=model.bundle.policy.threshold,
        bundle=model.bundle.digest,
    )


def score_chunks(
    model: Model,
    source: Source,
    index: SourceIndex,
    *,
    review_band: float,
    reasons: bool,
    on_progress: Callable[[Progress], bool] = lambda pace: True,
    rejects: bool = False,
    chunk_size: int = CHUNK_SIZE,
    threads: int = 1,
    whole: bool = True,
    observe: Observe = no_observer,
) -> Iterator[Chunk]:
    """Yield the source's rows, scored, a chunk at a time. Raises InputRefused, as `score_portfolio`.

    Parameters
    ----------
    index: of the source. on_progress: returns False to stop; the chunk being scored is then dropped.
    rejects: include the refused rows. chunk_size: clients explained at once, and kept until then.
    threads: number of pieces assessed side by side. whole: the source is all there is; otherwise a category column of
        only numbers is not refused.
    """
    start = time.monotonic()
    kept: list[tuple[Results, Floats]] = []
    problems: list[Problem] = []
    rejected: list[tuple[int, Mapping[str, object]]] = []
    notes: list[Notes] = []
    words: set[str] = set()
    done = 0

    def report(explaining: int = 0) -> bool:
        return on_progress(Progress(done, index.n_rows, time.monotonic() - start, explaining))

    def n_waiting() -> int:
        return sum(len(results) for results, _ in kept)

    def on_checkpoint() -> None:
        if not report(n_waiting()):
            raise _Stopped

    def chunk() -> Chunk:
        return Chunk(
            _explained(model, kept, on_checkpoint, reasons=reasons), problems, merge_notes(notes), rejected, done
        )

    proceed = report()
    with suppress(_Stopped):
        for before, rows, assessments in _assessed(model, source, review_band, threads):
            if not proceed:
                return
            words.update(assessments.aligned.categories_of_words)
            if whole:
                _refuse_columns_of_numbers(model, source, index, assessments, words)
            keep, bad = without_repeated(assessments, rows, before, index.repeated)
            keep, bad = without_totals(assessments, keep, bad, rows, before, index)
            observe(rows, assessments, keep)
            notes.append(notes_of(model.bundle, assessments, keep))
            values = assessments.aligned.values[keep] if reasons else np.empty((len(keep), 0))
            kept.append((results_of(model, assessments, before).at(keep), values))
            problems += bad
            if rejects and bad:
                refused = sorted({problem.row for problem in bad if problem.row is not None})
                rejected += [(row, _row(rows, row - before - 1)) for row in refused]
            done += len(rows)
            proceed = report()
            if not reasons or n_waiting() >= chunk_size or len(problems) >= MAX_PROBLEMS:
                yield chunk()
                kept, problems, rejected, notes = [], [], [], []
        if kept:
            yield chunk()
            report()


def _refuse_columns_of_numbers(
    model: Model, source: Source, index: SourceIndex, assessments: Assessments, words: set[str]
) -> None:
    """Raise InputRefused if a category column holds only numbers in the whole source.

    The other rows are read only if it does in these rows. words: category columns index to hold words; grows.
    """
    codes = [name for name in assessments.aligned.categories_of_numbers if name not in words and index.n_rows > 1]
    for name in codes:
        if any(model.aligner.kind_of_category(rows, name) == "words" for _, rows in source.pieces()):
            words.add(name)
    if wrong := [name for name in codes if name not in words]:
        refuse_categories_of_numbers(wrong)


class _Stopped(Exception):
    """The caller stopped the run."""


def _assessed(
    model: Model, source: Source, review_band: float, threads: int
) -> Iterator[tuple[int, Rows, Assessments]]:
    """Yield (rows before, rows, assessments) for each piece, in order. Pieces are assessed ahead in threads."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[tuple[int, Rows, Future[Assessments]]] = deque()
        for before, rows in source.pieces():
            work = pool.submit(assess, model, rows, review_band=review_band, keep_good=True, whole=False)
            waiting.append((before, rows, work))
            if len(waiting) > threads:
                first, its_rows, done = waiting.popleft()
                yield first, its_rows, done.result()
        for first, its_rows, done in waiting:
            yield first, its_rows, done.result()


def _explained(
    model: Model, kept: Sequence[tuple[Results, Floats]], on_checkpoint: Checkpoint, *, reasons: bool
) -> Results:
    """Concatenate the results; add the largest reasons if they are wanted and the model can be explained."""
    results = concatenate([each for each, _ in kept])
    if not reasons or not len(results):
        return results
    try:
        values = np.concatenate([values for _, values in kept])
        raising, lowering = top_reasons(values, model.bundle, MAX_REASONS, on_checkpoint)
    except NotExplained:
        return results
    return replace(results, raising=raising, lowering=lowering)


def _row(rows: Rows, index: int) -> Mapping[str, object]:
    """The row as a mapping; empty if it is none."""
    row = rows.row(index) if isinstance(rows, Table) else rows[index]
    return row if isinstance(row, dict) else {}
