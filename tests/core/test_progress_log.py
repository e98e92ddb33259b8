"""What a long run says of the time it takes."""

from __future__ import annotations

import io
import time
from itertools import chain, repeat

import pytest

from core.progress_log import ProgressLog, format_duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "under 10 s"),
        (9.9, "under 10 s"),
        (42.0, "about 40 s"),
        (119.0, "about 120 s"),
        (200.0, "about 3 minutes"),
    ],
)
def test_a_time_in_words(seconds: float, words: str) -> None:
    assert format_duration(seconds) == words


def test_what_is_left_follows_how_fast_the_steps_before_were(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each step takes 20 s by this clock, where 10 s were expected of the first.
    clock = chain((0.0, 20.0, 20.0, 40.0, 40.0, 60.0), repeat(60.0))
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    said = io.StringIO()
    progress = ProgressLog(said)
    with progress("reading"):
        pass
    progress.expect({"fitting": 10.0, "measuring": 30.0})
    with progress("fitting"):
        progress.tick()
    with progress("measuring"):
        pass
    assert said.getvalue().splitlines() == [
        "reading … 20.0 s",
        "fitting (about 40 s left) …. 20.0 s",
        "measuring (about 60 s left) … 20.0 s",
    ]
