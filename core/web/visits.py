"""What visitors bring, kept in memory under a random token of each visit until its time is up.

A visit begins with a browser's first connection and goes on while any connection of it is open: a tab, a second tab, a
tab after a reload. Once the last one is gone its contents wait for whoever comes back with the token, for as long as
`connect` was told, and no longer: a clock ends them, not the next visitor. Together all contents stay under a limit;
past it the visits that were left longest ago end first, and one that somebody is connected to never does.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from core.web.memory import give_back_pages, release_memory

LOOK_SECONDS = 5.0
"""Seconds between two looks at the clock."""
RELEASES = 4
"""Looks at which memory is given back after something has ended: its threads let go of theirs a little later."""
LOOKS_A_MINUTE = 12
"""Looks after which free pages are given back though nothing has ended: every page that is drawn leaves some."""
LOOK_BYTES = 2**20
"""Bytes of all uploads that come in, after which it is seen anew whether there is room for more."""
BARE_VISIT = 2**14
"""Bytes that a visit is counted with, whatever it holds."""

log = logging.getLogger("aval.visits")


class Contents(Protocol):
    """What a visit holds."""

    @property
    def n_bytes(self) -> int:
        """Memory in bytes."""

    def close(self) -> None:
        """Stop whatever still works on it; called once, when nobody can reach it any more."""


C = TypeVar("C", bound=Contents)


@dataclass
class _Visit(Generic[C]):
    """seconds: how long the contents wait once the last connection is gone. left: when that was.

    number: of the contents, no other's ever; 0 without contents.
    """

    seconds: float
    connections: int = 0
    left: float = 0.0
    person: str = ""
    contents: C | None = None
    number: int = 0


class Visits(Generic[C]):
    """The visits of one server, by token. Safe to call from any thread."""

    def __init__(
        self,
        new: Callable[[], C],
        *,
        max_bytes: int,
        n_bytes_beside: Callable[[], int] = lambda: 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin without visits.

        Parameters
        ----------
        new: makes the contents of a visit that begins.
        max_bytes: most memory of all contents, and of what is beside them.
        n_bytes_beside: memory in bytes that visitors take elsewhere, such as files as they were uploaded.
        clock: seconds that only grow.
        """
        self._new = new
        self._max_bytes = max_bytes
        self._n_bytes_beside = n_bytes_beside
        self._clock = clock
        self._visits: dict[str, _Visit[C]] = {}
        self._arriving = self._unseen = 0
        self._key = secrets.token_bytes(32)
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()

    def connect(self, token: str, seconds: float) -> None:
        """A connection opens; `seconds` is how long the visit's contents wait once its last connection is gone."""
        with self._lock:
            visit = self._visits.setdefault(token, _Visit(seconds))
            visit.seconds = seconds
            visit.connections += 1

    def disconnect(self, token: str) -> None:
        """A connection is gone. A visit in which no page was shown ends with it."""
        with self._lock:
            visit = self._visits.get(token)
            if visit is None:
                return
            visit.connections = max(0, visit.connections - 1)
            visit.left = self._clock()
            if not visit.connections and visit.contents is None:
                del self._visits[token]

    def contents(self, token: str, person: str) -> C | None:
        """The contents of a visit for somebody who may see them.

        Parameters
        ----------
        token: the visit's.
        person: who is signed in; "" where nobody signs in. What another person brought under this token ends.

        Returns
        -------
        The contents, made at the first call; None if there is no such visit.
        """
        with self._lock:
            visit = self._visits.get(token)
            if visit is None:
                return None
            if visit.contents is not None and visit.person != person:
                visit.contents.close()
                visit.contents = None
            if visit.contents is None:
                visit.contents, visit.person, visit.number = self._new(), person, next(self._numbers)
            return visit.contents

    def find(self, token: str) -> C | None:
        """The contents of a visit whoever brought them; None if there are none."""
        with self._lock:
            visit = self._visits.get(token)
            return visit.contents if visit is not None else None

    def end(self, token: str) -> None:
        """End what a visit holds at once, whoever is connected."""
        with self._lock:
            visit = self._visits.get(token)
            if visit is not None:
                self._forget(token, visit)

    def end_late(self) -> int:
        """End the visits whose time is up, and those left longest ago while all are over the limit; how many."""
        with self._lock:
            now = self._clock()
            late = [
                (token, visit)
                for token, visit in self._visits.items()
                if not visit.connections and now - visit.left >= visit.seconds
            ]
            for token, visit in late:
                self._forget(token, visit)
            before = len(self._visits)
            self.make_room()
            return len(late) + before - len(self._visits)

    def make_room(self) -> bool:
        """End visits that nobody is connected to, oldest left first, until all are within the limit; whether they are.

        Those with an open connection stay: what is refused then is the next upload.
        """
        with self._lock:
            left = sorted(
                ((token, visit) for token, visit in self._visits.items() if not visit.connections),
                key=lambda each: each[1].left,
            )
            excess = self.n_bytes - self._max_bytes
            for token, visit in left:
                if excess <= 0:
                    break
                log.warning("visit ended before its time: MAX_VISITS_MB (%d) are full", self._max_bytes // 2**20)
                excess -= _n_bytes(visit)
                self._forget(token, visit)
            return excess <= 0

    def file_arrives(self, n_bytes: int) -> bool:
        """Count a file while it comes in, a negative number once it is there or has failed; whether more has room.

        All files that come in are looked at together: each alone may be small.
        """
        with self._lock:
            self._arriving += n_bytes
            self._unseen += max(0, n_bytes)
            if self._unseen < LOOK_BYTES:
                return True
            if not self.make_room():
                return False
            self._unseen = 0
            return True

    @property
    def n_bytes(self) -> int:
        """Memory of all visits in bytes, with what is beside them and what comes in."""
        with self._lock:
            return sum(map(_n_bytes, self._visits.values())) + self._n_bytes_beside() + self._arriving

    def __len__(self) -> int:
        return len(self._visits)

    def mark(self, token: str) -> str:
        """A mark for a download: 64 hexadecimal digits. Nobody else can make one; it ends with the visit's contents."""
        noise = secrets.token_hex(16)
        return noise + self._seal(token, noise)

    def is_marked(self, mark: str, token: str) -> bool:
        """Whether this visit made the mark, and still holds what it held then."""
        return hmac.compare_digest(mark[32:].encode(), self._seal(token, mark[:32]).encode())

    def _seal(self, token: str, noise: str) -> str:
        with self._lock:
            visit = self._visits.get(token)
            number = visit.number if visit is not None else 0
        return hmac.new(self._key, f"{noise} {number} {token}".encode(), hashlib.sha256).hexdigest()[:32]

    def _forget(self, token: str, visit: _Visit[C]) -> None:
        """Ends the contents; the visit itself stays while somebody is connected."""
        if visit.contents is not None:
            visit.contents.close()
        visit.contents, visit.person, visit.number = None, "", 0
        if not visit.connections:
            del self._visits[token]


def _n_bytes(visit: _Visit[C]) -> int:
    return BARE_VISIT + (visit.contents.n_bytes if visit.contents is not None else 0)


async def end_by_clock(visits: Visits[C], end_sessions: Callable[[], int], seconds: float = LOOK_SECONDS) -> None:
    """End visits whose time is up, until this task is cancelled, and give their memory back to the system.

    Parameters
    ----------
    visits: the server's visits.
    end_sessions: ends what else was left by visitors; how many.
    seconds: pause between two looks.
    """
    releases = 0
    for look in itertools.count(1):
        await asyncio.sleep(seconds)
        try:
            releases = RELEASES if visits.end_late() + end_sessions() else max(0, releases - 1)
            if releases:
                await asyncio.to_thread(release_memory)
            elif look % LOOKS_A_MINUTE == 0:
                await asyncio.to_thread(give_back_pages)
        except Exception as error:
            # Or nothing would ever end again.
            log.error("visits could not be ended, and are looked at again: %s", type(error).__name__)
