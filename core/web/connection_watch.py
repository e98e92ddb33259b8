"""Looks after the connections of a server that wait: for a head, for a body, or for an answer to be taken."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Protocol

from core.web.connection_limits import Waiting


class Connection(Hashable, Protocol):
    """What is asked of a connection that waits."""

    @property
    def slow(self) -> bool:
        """Whether hardly anything moves."""

    @property
    def untaken_bytes(self) -> int:
        """Bytes of its answers that the visitor has not taken yet."""

    def stalls(self) -> bool:
        """Whether for some seconds hardly anything of its answer was taken; to be asked each second."""

    def head_is_late(self) -> None:
        """Its head is not whole in time."""

    def transfer_is_late(self) -> None:
        """Its body has not come, or its answer was not taken, in time."""

    def make_room(self, why: str = ...) -> None:
        """It ends for the sake of a new connection."""

    def free_memory(self) -> None:
        """It ends for the sake of other answers."""


class Watch:
    """Looks once a second after all connections of a loop that wait; sleeps while none does.

    max_untaken: most bytes of answers that may wait.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, max_untaken: int) -> None:
        self.heads: Waiting[Connection] = Waiting()
        self.transfers: Waiting[Connection] = Waiting()
        self._loop = loop
        self._max_untaken = max_untaken
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Some connection waits from now on."""
        if self._timer is None:
            self._timer = self._loop.call_later(1.0, self._look)

    def _look(self) -> None:
        self._timer = None
        now = self._loop.time()
        for each in self.heads.late(now):
            each.head_is_late()
        for each in self.transfers.late(now):
            each.transfer_is_late()
        self._limit_untaken()
        if self.heads or self.transfers:
            self.begin()

    def _limit_untaken(self) -> None:
        """End stalled answers until the others are within the limit; the one that waits longest ends first."""
        excess = sum(each.untaken_bytes for each in self.transfers) - self._max_untaken
        for each in [each for each in self.transfers if each.stalls()]:
            if excess <= 0:
                break
            excess -= each.untaken_bytes
            each.free_memory()
