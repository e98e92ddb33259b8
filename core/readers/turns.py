"""Whose file is read next: one at a time, by turns of the visitors who wait, however many files one of them has."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

from core.errors import InputRefused, Problem, TooLarge

GLANCE = 0.2
"""Seconds between two looks at whether somebody stopped it."""
MAX_WAITING, MAX_OF_ONE = 20, 3
"""Most files that wait, of all visitors and of one."""


@dataclass(frozen=True, eq=False)
class _Ticket:
    visitor: str
    number: int


class Turns:
    """A queue in which the visitor whose last turn is longest ago comes first, and each visitor's files in order."""

    def __init__(self, max_waiting: int = MAX_WAITING, max_of_one: int = MAX_OF_ONE) -> None:
        self._max_waiting = max_waiting
        self._max_of_one = max_of_one
        self._waiting: list[_Ticket] = []
        self._under_way: _Ticket | None = None
        self._last_turns: dict[str, int] = {}
        self._numbers = count(1)
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, visitor: str, stopping: threading.Event) -> Iterator[None]:
        """Waits for a turn and has it.

        Parameters
        ----------
        visitor : str
            Whose file it is.
        stopping : threading.Event
            Once it is set the waiting ends.

        Raises
        ------
        TooLarge
            Too many files wait already, of all visitors or of this one.
        InputRefused
            It was stopped before its turn came.
        """
        ticket = self._queue_up(visitor)
        try:
            self._wait(ticket, stopping)
            yield
        finally:
            self._leave(ticket)

    def __len__(self) -> int:
        """How many files wait."""
        return len(self._waiting)

    def _queue_up(self, visitor: str) -> _Ticket:
        with self._changed:
            own = sum(each.visitor == visitor for each in self._waiting)
            if own >= self._max_of_one:
                raise TooLarge([Problem("reading_queue_of_one", facts={"limit": self._max_of_one})])
            if len(self._waiting) >= self._max_waiting:
                raise TooLarge([Problem("reading_queue_full")])
            ticket = _Ticket(visitor, next(self._numbers))
            self._waiting.append(ticket)
            return ticket

    def _wait(self, ticket: _Ticket, stopping: threading.Event) -> None:
        with self._changed:
            while not stopping.is_set():
                if self._under_way is None and self._next() is ticket:
                    self._waiting.remove(ticket)
                    self._under_way = ticket
                    self._last_turns[ticket.visitor] = next(self._numbers)
                    return
                self._changed.wait(GLANCE)
        raise InputRefused([Problem("reading_stopped")])

    def _next(self) -> _Ticket:
        return min(self._waiting, key=lambda each: (self._last_turns.get(each.visitor, 0), each.number))

    def _leave(self, ticket: _Ticket) -> None:
        with self._changed:
            if self._under_way is ticket:
                self._under_way = None
            else:
                self._waiting.remove(ticket)
            if not self._waiting:
                self._last_turns.clear()
            self._changed.notify_all()
