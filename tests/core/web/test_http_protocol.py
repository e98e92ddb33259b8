"""When an answer stalls, by a clock and a line of our own."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from core.web.http_protocol import SLOW, STALLED, LimitedProtocol

LEFT = 100 * SLOW


class Answer(LimitedProtocol):
    """An answer that its visitor stopped taking at second 0."""

    def __init__(self) -> None:
        self.seconds, self.left = 0.0, LEFT
        self.loop = SimpleNamespace(time=lambda: self.seconds)  # type: ignore[assignment]
        self.transport = SimpleNamespace(get_write_buffer_size=lambda: self.left)  # type: ignore[assignment]
        self.flow = SimpleNamespace(write_paused=True)  # type: ignore[assignment]
        self._paused, self._at_pause = 0.0, LEFT

    def after(self, seconds: float, taken: int) -> bool:
        """Whether it stalls so many seconds later, when so many more bytes were taken."""
        self.seconds, self.left = self.seconds + seconds, self.left - taken
        return self.stalls()


def test_an_answer_of_which_nothing_is_taken_stalls_after_some_seconds_and_not_before() -> None:
    answer = Answer()
    assert not answer.after(STALLED - 0.5, 0)
    assert answer.after(0.5, 0)


@pytest.mark.parametrize("before", [1, 50])
def test_an_answer_that_was_taken_and_is_no_more_stalls_just_as_soon(before: int) -> None:
    """However much was taken before."""
    answer = Answer()
    assert not answer.after(1.0, before * SLOW)
    assert not answer.after(STALLED - 0.5, 0)
    assert answer.after(0.5, 0)


def test_an_answer_that_goes_on_being_taken_never_stalls() -> None:
    answer = Answer()
    assert not any(answer.after(1.0, SLOW) for _ in range(90))
