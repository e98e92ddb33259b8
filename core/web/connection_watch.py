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

    def head_is_late(self) -> None:
        """Its head is not whole in time."""

    def transfer_is_late(self) -> None:
        """Its body has not come, or its answer was not taken, in time."""

    def make_room(self, why: str = ...) -> None:
        """It ends for the sake of a new connection."""

    def free_memory(self) -> None:
        """It ends for the sake of another answer."""


class Watch:
    """Looks once a second after all connections of a loop that wait; sleeps while none does."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.heads: Waiting[Connection] = Waiting()
        self.transfers: Waiting[Connection] = Waiting()
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Some connection waits from now on."""
        if self._timer is None:
            self._timer = self._loop.call_later(1.0, self._look)

    def limit_untaken(self, newest: Connection, max_bytes: int) -> None:
        """End answers that nobody takes, those that wait longest first, until all that wait are within the limit.

        The newest stays, and so does whatever is being taken.
        """
        excess = sum(each.untaken_bytes for each in self.transfers) - max_bytes
        while excess > 0:
            stalled = self.transfers.oldest(newest, lambda each: each.slow and each.untaken_bytes > 0)
            if stalled is None:
                return
            excess -= stalled.untaken_bytes
            stalled.free_memory()

    def _look(self) -> None:
        self._timer = None
        now = self._loop.time()
        for each in self.heads.late(now):
            each.head_is_late()
        for each in self.transfers.late(now):
            each.transfer_is_late()
        if self.heads or self.transfers:
            self.begin()
