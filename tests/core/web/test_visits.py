"""A visit's contents: there as long as its time lasts, gone by the clock, within the limit, and nobody else's."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import count

import pytest

from core.settings import ROOT
from core.web.visits import BARE_VISIT, RELEASES, Visits, end_by_clock

MB = 2**20
MINUTE = 60.0


@dataclass
class Brought:
    """What a visitor brought, in this test."""

    number: int = field(default_factory=count().__next__)
    n_bytes: int = 0
    closed: bool = False

    def close(self) -> None:
        self.closed = True


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def visits(clock: Clock) -> Visits[Brought]:
    return Visits(Brought, max_bytes=100 * MB, clock=clock)


def bring(visits: Visits[Brought], token: str, n_bytes: int = 0, person: str = "") -> Brought:
    """A visitor comes, brings something, and stays."""
    visits.connect(token, 2 * MINUTE)
    brought = visits.contents(token, person)
    assert brought is not None
    brought.n_bytes = n_bytes
    return brought


def test_a_reload_finds_everything_and_so_does_whoever_comes_back_from_lunch(
    visits: Visits[Brought], clock: Clock
) -> None:
    brought = bring(visits, "a")
    for away in (0.0, 30.0, 2 * MINUTE - 1.0):
        visits.disconnect("a")
        clock.now += away
        visits.end_late()
        visits.connect("a", 2 * MINUTE)
        assert visits.contents("a", "") is brought
    assert not brought.closed


def test_the_time_runs_from_the_last_connection_and_not_before(visits: Visits[Brought], clock: Clock) -> None:
    brought = bring(visits, "a")
    visits.connect("a", 2 * MINUTE)
    visits.disconnect("a")
    clock.now += 1000 * MINUTE
    visits.end_late()
    assert visits.find("a") is brought
    visits.disconnect("a")
    clock.now += 2 * MINUTE - 1.0
    visits.end_late()
    assert visits.find("a") is brought
    clock.now += 1.0
    assert visits.end_late() == 1
    assert visits.find("a") is None
    assert brought.closed
    assert len(visits) == 0


def test_tabs_of_a_browser_share_what_was_brought(visits: Visits[Brought]) -> None:
    first = bring(visits, "a")
    visits.connect("a", 2 * MINUTE)
    assert visits.contents("a", "") is first


def test_another_browser_gets_nothing_of_it(visits: Visits[Brought]) -> None:
    first, second = bring(visits, "a"), bring(visits, "b")
    assert first.number != second.number


def test_another_person_in_the_same_browser_gets_nothing_and_the_first_s_ends(visits: Visits[Brought]) -> None:
    first = bring(visits, "a", person="1815")
    second = visits.contents("a", "1852")
    assert second is not None
    assert second is not first
    assert first.closed
    assert visits.contents("a", "1852") is second


def test_nothing_is_kept_for_who_never_saw_a_page_or_is_not_connected(visits: Visits[Brought]) -> None:
    visits.connect("a", 2 * MINUTE)
    visits.disconnect("a")
    visits.disconnect("never here")
    assert len(visits) == 0
    assert visits.contents("never here", "") is None


def test_past_the_limit_the_visit_that_was_left_first_ends_and_none_that_is_under_way(
    visits: Visits[Brought], clock: Clock
) -> None:
    held = {token: bring(visits, token, 30 * MB) for token in ("first", "second", "here")}
    for token in ("second", "first"):
        visits.disconnect(token)
        clock.now += 1.0
    assert visits.make_room()
    held["here"].n_bytes = 60 * MB
    assert visits.make_room()
    assert [token for token, each in held.items() if each.closed] == ["second"]
    held["here"].n_bytes = 120 * MB
    assert not visits.make_room()
    assert [token for token, each in held.items() if each.closed] == ["first", "second"]
    assert visits.find("here") is held["here"]


def test_files_that_come_in_and_those_kept_elsewhere_count(clock: Clock) -> None:
    elsewhere = [0]
    visits = Visits(Brought, max_bytes=100 * MB, n_bytes_beside=lambda: elsewhere[0], clock=clock)
    visits.file_arrives(60 * MB)
    assert visits.make_room()
    elsewhere[0] = 41 * MB
    assert not visits.make_room()
    visits.file_arrives(-60 * MB)
    assert visits.make_room()


def test_many_visits_with_nothing_in_them_stay_within_the_limit_too(clock: Clock) -> None:
    visits = Visits(Brought, max_bytes=10 * BARE_VISIT, clock=clock)
    for place in range(30):
        bring(visits, str(place))
        visits.disconnect(str(place))
        clock.now += 1.0
    visits.end_late()
    assert len(visits) == 10
    assert visits.find("29") is not None


def test_a_visit_ends_at_once_where_it_is_ended(visits: Visits[Brought]) -> None:
    brought = bring(visits, "a", person="1815")
    visits.end("a")
    assert brought.closed
    assert visits.find("a") is None
    visits.end("never here")


def test_a_mark_is_one_visit_s_and_cannot_be_altered(visits: Visits[Brought]) -> None:
    marks = {visits.mark("a") for _ in range(100)}
    assert len(marks) == 100
    for mark in marks:
        assert visits.is_marked(mark, "a")
        assert not visits.is_marked(mark, "b")
        assert not visits.is_marked(("1" if mark[0] == "0" else "0") + mark[1:], "a")
        assert not visits.is_marked(mark[:32], "a")
    assert not Visits(Brought, max_bytes=0).is_marked(marks.pop(), "a")


def test_the_clock_ends_a_visit_with_nobody_else_coming(visits: Visits[Brought], clock: Clock) -> None:
    brought = bring(visits, "a")
    visits.disconnect("a")
    clock.now += 2 * MINUTE
    looks: list[None] = []

    def end_sessions() -> int:
        looks.append(None)
        return 0

    async def serve() -> None:
        task = asyncio.create_task(end_by_clock(visits, end_sessions, seconds=0.0))
        while not (brought.closed and looks):
            await asyncio.sleep(0)
        task.cancel()

    asyncio.run(serve())
    assert visits.find("a") is None


def test_the_clock_goes_on_after_an_error_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    visits = Visits(Brought, max_bytes=MB)
    errors = [OSError("what a client wrote"), None]

    def end_sessions() -> int:
        error = errors.pop(0)
        if error is not None:
            raise error
        return 0

    async def serve() -> None:
        task = asyncio.create_task(end_by_clock(visits, end_sessions, seconds=0.0))
        while errors and not task.done():
            await asyncio.sleep(0)
        task.cancel()

    asyncio.run(serve())
    assert errors == []
    assert caplog.messages == ["visits could not be ended, and are looked at again: OSError"]


def test_memory_is_given_back_again_once_threads_have_let_go_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    visits = Visits(Brought, max_bytes=MB)
    ended = [1, *[0] * (2 * RELEASES)]
    released: list[int] = []
    monkeypatch.setattr("core.web.visits.release_memory", lambda: released.append(len(ended)))

    async def serve() -> None:
        task = asyncio.create_task(end_by_clock(visits, lambda: ended.pop(0), seconds=0.0))
        while ended:
            await asyncio.sleep(0)
        task.cancel()

    asyncio.run(serve())
    assert released == list(range(2 * RELEASES, RELEASES, -1))


TEN_VISITS = """
import psutil
from core.web.memory import release_memory
from core.web.visits import Visits

class Brought:
    n_bytes = 0
    def __init__(self): self.parts = []
    def close(self): pass

now = 0.0
visits = Visits(Brought, max_bytes=2**40, clock=lambda: now)
def megabytes(): return psutil.Process().memory_info().rss / 2**20
def visit(token):
    visits.connect(token, 60.0)
    parts = visits.contents(token, "").parts
    # In large pieces and in small ones, for the allocator keeps them in different places.
    parts.extend(bytes([place % 256]) * 2**20 for place in range(20))
    parts.extend(bytes([place % 256]) * 2**14 for place in range(20 * 64))
    visits.disconnect(token)
visit("before")
now = 100.0; visits.end_late(); release_memory()
before = megabytes()
for place in range(10): visit(str(place))
during = megabytes()
now = 200.0; visits.end_late(); release_memory()
print(before, during, megabytes())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is given back by glibc")
def test_the_memory_of_ten_visits_of_forty_megabytes_comes_back_once_their_time_is_up() -> None:
    done = subprocess.run([sys.executable, "-c", TEN_VISITS], cwd=ROOT, capture_output=True, text=True, check=True)
    before, during, after = map(float, done.stdout.split())
    assert during - before > 350.0
    assert after - before < 20.0
