"""Reads and scores a portfolio in a background thread, with progress and a way to stop it.

A job does not depend on its screen: leaving the screen loses nothing. One job runs at a time, in turns by visitor, so
that other requests are slowed by one job at most.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.batch.progress import Progress
from core.batch.scorer import Observer, Portfolio, no_observer, score_portfolio
from core.batch.sources import Rows, Source
from core.errors import InputRefused, Problem
from core.readers.client_store import Clients
from core.readers.intake import Intake
from core.readers.turns import Turns
from core.readers.worker_messages import ROWS_A_PART
from core.scoring.assess import Model

_turns = Turns()


@dataclass(frozen=True)
class LoadedClients:
    """The clients that the server loaded, as a source of rows."""

    clients: Clients

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Rows]]:
        """Yield (number of rows before, rows) for each piece, in order."""
        before = 0
        for table in self.clients.pieces(ROWS_A_PART):
            yield before, table
            before += len(table)


@dataclass(frozen=True)
class StoppableSource:
    """A source whose pass over the ids can be cancelled; the later passes check for a stop themselves."""

    source: Source
    stopping: threading.Event

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Rows]]:
        """Yield the source's pieces. Raises InputRefused if the job is stopped during a pass over the ids."""
        for piece in self.source.pieces(only_ids=only_ids):
            if only_ids and self.stopping.is_set():
                raise InputRefused([Problem("reading_stopped")])
            yield piece


class ScoringJob:
    """The reading and scoring of one portfolio. Its own thread writes the attributes, the screen reads them.

    Parameters
    ----------
    read: returns the rows; raises InputRefused once the event passed to it is set.
    observer: receives every piece that was assessed.
    name: the file's name. visitor: token of the visit, for its turn.

    Attributes
    ----------
    waiting: another job has its turn first. progress: None while the file is being read. intake: the file as read, None
    for the loaded clients. portfolio: the result, None until the job ends. error: the exception that ended the job.
    """

    def __init__(
        self,
        model: Model,
        read: Callable[[threading.Event], Source],
        *,
        name: str,
        review_band: float,
        loaded: bool = False,
        visitor: str = "",
        observer: Observer | None = None,
    ) -> None:
        self.name, self.loaded = name, loaded
        self.waiting = True
        self.progress: Progress | None = None
        self.intake: Intake | None = None
        self.portfolio: Portfolio | None = None
        self.error: BaseException | None = None
        self.observer = observer
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, args=(model, read, review_band, visitor), daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether the job has ended."""
        return self.portfolio is not None or self.error is not None

    def stop(self) -> None:
        """Stop the job. Clients scored so far are kept; the chunk being scored is dropped."""
        self._stopping.set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the job has ended, at most for this many seconds."""
        self._thread.join(seconds)

    def _work(self, model: Model, read: Callable[[threading.Event], Source], review_band: float, visitor: str) -> None:
        try:
            with _turns.taken(visitor, self._stopping):
                self.waiting = False
                source = read(self._stopping)
                self.intake = source if isinstance(source, Intake) else None
                stoppable = StoppableSource(source, self._stopping)
                observe = no_observer if self.observer is None else self.observer.observe
                self.portfolio = score_portfolio(
                    model, stoppable, review_band=review_band, on_progress=self._on_progress, observe=observe
                )
        except Exception as error:  # the screen shows `error`
            self.error = error

    def _on_progress(self, progress: Progress) -> bool:
        self.progress = progress
        return not self._stopping.is_set()
