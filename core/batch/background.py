"""A portfolio that is being read and scored while its screen tells how far it is; it can be stopped.

The work goes on in a thread of its own, so that leaving the screen, or anything else that a visitor does there, loses
nothing. One at a time, by turns of the visitors: answers to others are not slowed by more than one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.batch.progress import Progress
from core.batch.scorer import Portfolio, score_portfolio
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
    """The loaded clients as rows to score."""

    clients: Clients

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Rows]]:
        """(number of rows before, rows) of each piece, in the file's order."""
        before = 0
        for table in self.clients.pieces(ROWS_A_PART):
            yield before, table
            before += len(table)


@dataclass(frozen=True)
class Watched:
    """Rows that nobody looks through to the end once it is stopped; what comes after can be stopped itself."""

    source: Source
    stopping: threading.Event

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Rows]]:
        """The source's. Raises InputRefused where it is stopped while only ids are asked for."""
        for piece in self.source.pieces(only_ids=only_ids):
            if only_ids and self.stopping.is_set():
                raise InputRefused([Problem("reading_stopped")])
            yield piece


class ScoringJob:
    """One portfolio on its way. Read by the screen, written by its own thread.

    read: answers the rows, and gives up with InputRefused once the event that it is given is set.
    name: the file's. visitor: whose it is, for its turn. waiting: whether another one has its turn before.
    pace: how far it is, None while the file is being read. intake: what was read, None for the loaded clients.
    portfolio: what came of it, None until it is done. error: what ended it instead.
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
    ) -> None:
        self.name, self.loaded = name, loaded
        self.waiting = True
        self.pace: Progress | None = None
        self.intake: Intake | None = None
        self.portfolio: Portfolio | None = None
        self.error: BaseException | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, args=(model, read, review_band, visitor), daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens."""
        return self.portfolio is not None or self.error is not None

    def stop(self) -> None:
        """Ends it at once; the clients that are finished stay, those under way are left out."""
        self._stopping.set()

    def wait(self, seconds: float | None = None) -> None:
        """Waits until it is over, at most so long."""
        self._thread.join(seconds)

    def _work(self, model: Model, read: Callable[[threading.Event], Source], review_band: float, visitor: str) -> None:
        try:
            with _turns.taken(visitor, self._stopping):
                self.waiting = False
                source = read(self._stopping)
                self.intake = source if isinstance(source, Intake) else None
                watched = Watched(source, self._stopping)
                self.portfolio = score_portfolio(model, watched, review_band=review_band, on_pace=self._hear)
        except Exception as error:  # whoever looks at the screen is told, by `error`
            self.error = error

    def _hear(self, pace: Progress) -> bool:
        self.pace = pace
        return not self._stopping.is_set()
