"""The state of the chain: a short journal is checked at every look, a long one beside the looks, and both say when."""

from __future__ import annotations

import threading

from core.decisions.chain import GENESIS, Fault, Head, Verified
from core.decisions.chain_watch import SHORT, ChainWatch
from core.errors import JournalError, Problem


class Journal:
    """A journal that counts its checks; `gate` holds them back."""

    def __init__(self, n: int) -> None:
        self.n, self.checks, self.fault = n, 0, False
        self.heads: list[Head | None] = []
        self.gate = threading.Event()
        self.gate.set()
        self.problem: Problem | None = None

    def head(self) -> Head:
        return Head(self.n, f"{self.n:064d}" if self.n else GENESIS)

    def check(self, head: Head | None) -> Verified:
        self.heads.append(head)
        n = self.n
        assert self.gate.wait(60)
        self.checks += 1
        if self.problem:
            raise JournalError(self.problem)
        return Verified(n, 0, Head(n, f"{n:064d}"), Fault(2, "altered") if self.fault else None)


def test_a_short_journal_is_checked_at_every_look() -> None:
    journal = Journal(3)
    watch = ChainWatch(journal.check, journal.head)
    state = watch.look()
    assert (state.checking, state.added, state.verified) == (False, 0, journal.check(None))
    journal.fault = True
    found = watch.look().verified
    assert found is not None and found.fault == Fault(2, "altered")


def test_each_check_is_made_against_the_last_head_that_held() -> None:
    journal = Journal(3)
    watch = ChainWatch(journal.check, journal.head)
    watch.look()
    journal.fault = True
    watch.look()
    watch.look()
    assert journal.heads == [None, Head(3, f"{3:064d}"), Head(3, f"{3:064d}")]


def test_a_look_at_a_long_journal_waits_for_nothing_and_does_not_check_it_twice() -> None:
    journal = Journal(SHORT + 1)
    journal.gate.clear()
    watch = ChainWatch(journal.check, journal.head)
    assert watch.look().checking and watch.look().checking
    journal.gate.set()
    for thread in threading.enumerate():
        if thread.name == "journal check":
            thread.join(60)
    state = watch.look()
    assert not state.checking
    assert state.verified is not None and state.verified.entries == SHORT + 1
    assert journal.checks == 1


def test_what_was_added_since_the_last_check_is_counted() -> None:
    journal = Journal(SHORT + 1)
    watch = ChainWatch(journal.check, journal.head)
    watch.check_now()
    journal.n += 2
    journal.gate.clear()
    assert watch.look().added == 2
    journal.gate.set()


def test_a_check_that_cannot_be_made_keeps_what_was_known_and_says_why() -> None:
    journal = Journal(3)
    watch = ChainWatch(journal.check, journal.head)
    before = watch.look()
    journal.problem = Problem("journal_unreachable")
    after = watch.look()
    assert after.problem == journal.problem
    assert (after.verified, after.checked_at) == (before.verified, before.checked_at)
