"""Knows the state of the chain without reading the whole journal at every look.

A short journal is checked at each look. A long one is checked in a thread of its own, not again before ten minutes have
passed, or, once something was added, before twenty times as long as the last check took. So a look never waits, and
checking takes at most a twentieth of one core.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import perf_counter, time

from core.decisions.chain import Head, Verified
from core.errors import JournalError, Problem

SHORT = 200
"""Entries that are checked while somebody waits: some tens of milliseconds."""
MAX_AGE_SECONDS = 600.0
MAX_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class ChainState:
    """What is known of the chain.

    verified, checked_at: what the last check found, and when (UTC); None before the first one. added: entries since
    then. checking: whether one is under way. problem: why the last one could not be made.
    """

    verified: Verified | None = None
    checked_at: datetime | None = None
    added: int = 0
    checking: bool = False
    problem: Problem | None = None


class ChainWatch:
    """The state of one journal's chain; safe to share among threads."""

    def __init__(self, check: Callable[[Head | None], Verified], head: Callable[[], Head]) -> None:
        """Check nothing yet. check: the whole journal, against a head. head: the last entry."""
        self._check, self._head = check, head
        self._lock = threading.Lock()
        self._state = ChainState()
        self._known: Head | None = None
        self._seconds, self._ended = 0.0, 0.0

    def look(self) -> ChainState:
        """The state, and a check where one is due. Raises JournalError."""
        head = self._head()
        with self._lock:
            due = not self._state.checking and self._is_due(head)
            if due:
                self._state = replace(self._state, checking=True)
        if due and head.sequence <= SHORT:
            self._run()
        elif due:
            threading.Thread(target=self._run, name="journal check", daemon=True).start()
        with self._lock:
            verified = self._state.verified
            return replace(self._state, added=max(0, head.sequence - verified.entries) if verified else 0)

    def check_now(self) -> ChainState:
        """Check the whole journal while the caller waits."""
        self._run()
        return self._state

    def _is_due(self, head: Head) -> bool:
        verified, age = self._state.verified, time() - self._ended
        if verified is None or head.sequence <= SHORT or age > MAX_AGE_SECONDS:
            return True
        return head != verified.head and age > self._seconds / MAX_SHARE

    def _run(self) -> None:
        """Check against the last head that held: what was cut off or written anew since is found as well."""
        began, at = perf_counter(), datetime.now(UTC)
        try:
            verified, problem = self._check(self._known), None
        except JournalError as error:
            verified, problem = None, error.problem
        with self._lock:
            self._seconds, self._ended = perf_counter() - began, time()
            if verified is None:
                self._state = replace(self._state, checking=False, problem=problem)
                return
            self._state = ChainState(verified, at)
            if verified.fault is None and verified.entries:
                self._known = verified.head
