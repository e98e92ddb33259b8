"""Progress of a long run on stderr: the current step, the time each step took, and the estimated time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

ROUNDED_SECONDS = 10
SECONDS_PER_MINUTE = 60


class ProgressLog:
    """Writes a run's progress to a text stream, by default stderr: `with progress("step"):` times one step."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = sys.stderr if out is None else out
        self._remaining: dict[str, float] = {}
        self._expected = self._taken = 0.0

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        """Write the step's name when it begins, and the seconds it took when it ends."""
        self._write(f"{step} {self._time_left()}…")
        start = time.perf_counter()
        try:
            yield
        except BaseException:
            self._write("\n")
            raise
        taken = time.perf_counter() - start
        if step in self._remaining:
            self._expected += self._remaining.pop(step)
            self._taken += taken
        self._write(f" {taken:.1f} s\n")

    def expect(self, seconds: Mapping[str, float]) -> None:
        """Set the expected seconds of each step to come; from then on each step shows the estimated time left.

        The estimate scales these seconds by the ratio of measured to expected seconds of the finished steps.
        """
        self._remaining = dict(seconds)
        self._expected = self._taken = 0.0

    def tick(self) -> None:
        """Write a dot: one part of the current step is done."""
        self._write(".")

    def line(self, text: str) -> None:
        """Write a text on a line of its own."""
        self._write(f"{text}\n")

    def _time_left(self) -> str:
        if not self._remaining:
            return ""
        ratio = self._taken / self._expected if self._expected else 1.0
        return f"({format_duration(ratio * sum(self._remaining.values()))} left) "

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


def format_duration(seconds: float) -> str:
    """Format a duration in seconds, rounded: "about 7 minutes", "about 40 s", "under 10 s"."""
    if seconds < ROUNDED_SECONDS:
        return f"under {ROUNDED_SECONDS} s"
    if seconds < 2 * SECONDS_PER_MINUTE:
        return f"about {ROUNDED_SECONDS * round(seconds / ROUNDED_SECONDS)} s"
    return f"about {round(seconds / SECONDS_PER_MINUTE)} minutes"
