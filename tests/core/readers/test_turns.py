"""Whose file is read next: turns go round the visitors, and a queue that is full says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.errors import InputRefused, TooLarge
from core.readers.turns import MAX_OF_ONE, Turns


class Queue:
    """Visitors who wait, each in a thread of its own; order: whose file was read, one after the other."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.order: list[str] = []
        self.threads: list[threading.Thread] = []

    def wait(self, visitor: str, name: str) -> None:
        """A file is queued up; returns once it waits."""

        def read() -> None:
            with self.turns.taken(visitor, threading.Event()):
                self.order.append(name)

        waiting = len(self.turns)
        self.threads.append(threading.Thread(target=read, daemon=True))
        self.threads[-1].start()
        while len(self.turns) == waiting:
            threading.Event().wait(0.001)

    @contextmanager
    def busy(self, visitor: str) -> Iterator[None]:
        """A file of this visitor is being read; afterwards all that waited have been."""
        with self.turns.taken(visitor, threading.Event()):
            yield
        for each in self.threads:
            each.join()


def test_a_small_file_does_not_wait_behind_all_of_another_visitor_s() -> None:
    queue = Queue(Turns())
    with queue.busy("many"):
        for name in ("many 2", "many 3", "many 4"):
            queue.wait("many", name)
        queue.wait("one", "one 1")
    assert queue.order == ["one 1", "many 2", "many 3", "many 4"]


def test_turns_go_round_and_each_visitor_s_files_keep_their_order() -> None:
    queue = Queue(Turns())
    with queue.busy("nobody else"):
        for name in ("a 1", "a 2", "a 3", "b 1", "b 2", "c 1"):
            queue.wait(name[0], name)
    assert queue.order == ["a 1", "b 1", "c 1", "a 2", "b 2", "a 3"]


def test_one_visitor_s_files_past_a_few_are_refused_and_others_still_wait() -> None:
    queue = Queue(Turns())
    with queue.busy("many"):
        for place in range(MAX_OF_ONE):
            queue.wait("many", f"many {place}")
        with pytest.raises(TooLarge) as refused, queue.turns.taken("many", threading.Event()):
            pass
        queue.wait("one", "one")
    assert refused.value.code == "reading_queue_of_one"
    assert refused.value.problems[0].facts == {"limit": MAX_OF_ONE}
    assert queue.order[0] == "one"


def test_a_queue_that_is_full_says_so_and_takes_files_again_later() -> None:
    queue = Queue(Turns(max_waiting=2))
    with queue.busy("a"):
        queue.wait("b", "b")
        queue.wait("c", "c")
        with pytest.raises(TooLarge) as refused, queue.turns.taken("d", threading.Event()):
            pass
    assert refused.value.code == "reading_queue_full"
    with queue.turns.taken("d", threading.Event()):
        assert queue.order == ["b", "c"]


def test_whoever_is_stopped_while_waiting_leaves_the_queue() -> None:
    turns, stopping = Turns(max_waiting=1), threading.Event()
    stopping.set()
    with turns.taken("a", threading.Event()):
        for _ in range(3):
            with pytest.raises(InputRefused) as refused, turns.taken("b", stopping):
                pass
            assert refused.value.code == "reading_stopped"
    assert len(turns) == 0


def test_a_file_that_fails_gives_its_turn_away() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="broken"), turns.taken("a", threading.Event()):
        raise ValueError("broken")
    with turns.taken("b", threading.Event()):
        assert len(turns) == 0
