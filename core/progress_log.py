"""Says on stderr what a long run is doing, and how long each step took."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class ProgressLog:
    """Called with the name of a step as a context; `tick` says within a step that it goes on."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = sys.stderr if out is None else out

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        """Announces the step, and how many seconds it took when it is over."""
        self._say(f"{step} …")
        start = time.perf_counter()
        try:
            yield
        except BaseException:
            self._say("\n")
            raise
        self._say(f" {time.perf_counter() - start:.1f} s\n")

    def tick(self) -> None:
        """One more part of the step is done."""
        self._say(".")

    def line(self, words: str) -> None:
        """One sentence on a line of its own."""
        self._say(f"{words}\n")

    def _say(self, words: str) -> None:
        self._out.write(words)
        self._out.flush()
