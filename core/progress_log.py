"""Says on stderr what a long run is doing, how long each step took, and about how long the rest will take."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

ROUNDED_SECONDS = 10
SECONDS_PER_MINUTE = 60


class ProgressLog:
    """Called with the name of a step as a context; `tick` says within a step that it goes on."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = sys.stderr if out is None else out
        self._ahead: dict[str, float] = {}
        self._expected = self._taken = 0.0

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        """Announces the step, and how many seconds it took when it is over."""
        self._say(f"{step} {self._left()}…")
        start = time.perf_counter()
        try:
            yield
        except BaseException:
            self._say("\n")
            raise
        taken = time.perf_counter() - start
        if step in self._ahead:
            self._expected += self._ahead.pop(step)
            self._taken += taken
        self._say(f" {taken:.1f} s\n")

    def expect(self, seconds: Mapping[str, float]) -> None:
        """How many seconds each of the steps to come takes where it was measured.

        From then on each step says what is left: by these numbers, and by how much faster or slower this computer was
        at those that are over.
        """
        self._ahead = dict(seconds)
        self._expected = self._taken = 0.0

    def tick(self) -> None:
        """One more part of the step is done."""
        self._say(".")

    def line(self, words: str) -> None:
        """One sentence on a line of its own."""
        self._say(f"{words}\n")

    def _left(self) -> str:
        if not self._ahead:
            return ""
        pace = self._taken / self._expected if self._expected else 1.0
        return f"({words_of(pace * sum(self._ahead.values()))} left) "

    def _say(self, words: str) -> None:
        self._out.write(words)
        self._out.flush()


def words_of(seconds: float) -> str:
    """About how long that is: 7 minutes, 40 s, under 10 s."""
    if seconds < ROUNDED_SECONDS:
        return f"under {ROUNDED_SECONDS} s"
    if seconds < 2 * SECONDS_PER_MINUTE:
        return f"about {ROUNDED_SECONDS * round(seconds / ROUNDED_SECONDS)} s"
    return f"about {round(seconds / SECONDS_PER_MINUTE)} minutes"
