"""The laws of the chain: whatever is altered, removed, put elsewhere or cut off is named at the first such entry."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.decisions import reading
from core.decisions.chain import GENESIS, Head, StoredEntry, StoredPart, copies_of, hash_of, part_digest, verify
from core.decisions.entry import from_canonical, to_canonical
from core.decisions.journal import Journal
from tests.core.decisions.drafts import draft, otherwise

N = 6
ERASED = 2
"""The entry of the client who was erased; the erasure is the last entry."""
Stored = list[StoredEntry]


def stored_of(journal: Journal) -> Stored:
    with journal.database.reading() as connection:
        return [] if connection is None else list(reading.stored(connection))


@pytest.fixture(scope="module")
def whole() -> Stored:
    """Five decisions and the erasure of one of them."""
    journal = Journal()
    for client in range(1, N):
        journal.append(otherwise(str(client)) if client == 3 else draft(str(client)))
    journal.erase(str(ERASED), who="Camille Roux")
    return stored_of(journal)


@pytest.fixture(scope="module")
def unerased() -> Stored:
    """Six decisions, none of them erased."""
    journal = Journal()
    for client in range(1, N + 1):
        journal.append(draft(str(client)))
    return stored_of(journal)


def head_of(entries: Stored) -> Head:
    return Head(entries[-1].sequence, entries[-1].hash)


def rehashed(entry: StoredEntry, **changes: object) -> StoredEntry:
    """An entry whose body says something else, with the hash and the copies that fit."""
    body = json.dumps({**json.loads(entry.body), **changes}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return replace(entry, body=body, hash=hash_of(body), copies=copies_of(from_canonical(body)))


def rewritten(entries: Stored, at: int) -> Stored:
    """The journal written anew from an entry on, every hash fitting."""
    made = entries[:at]
    for entry in entries[at:]:
        previous = made[-1].hash if made else GENESIS
        changes = {"previous": previous} | ({"who": "Nobody"} if entry is entries[at] else {})
        made.append(rehashed(entry, **changes))
    return made


def test_whole_journal_has_no_fault_and_counts_what_is_erased(whole: Stored) -> None:
    found = verify(whole, head_of(whole))
    assert (found.entries, found.erased, found.fault) == (N, 1, None)
    assert found.head == head_of(whole)
    assert verify([]).head == Head(0, GENESIS)


def test_every_body_reads_back_to_its_bytes(whole: Stored) -> None:
    assert [to_canonical(from_canonical(entry.body)) for entry in whole] == [entry.body for entry in whole]


def other_char(text: str, at: int) -> str:
    return f"{text[:at]}{'x' if text[at] != 'x' else 'y'}{text[at + 1 :]}"


@given(at=st.integers(0, N - 1), where=st.integers(0, 10_000))
def test_any_altered_sign_of_a_body_or_hash_is_named(whole: Stored, at: int, where: int) -> None:
    entry = whole[at]
    for changed in (
        replace(entry, body=other_char(entry.body, where % len(entry.body))),
        replace(entry, hash=other_char(entry.hash, where % 64)),
    ):
        found = verify([*whole[:at], changed, *whole[at + 1 :]])
        assert found.fault is not None
        assert (found.fault.sequence, found.fault.kind) == (at + 1, "altered")


@given(at=st.integers(0, N - 1), name=st.sampled_from(["kind", "time", "who", "token", "outcome", "departs"]))
def test_an_altered_copy_is_named(whole: Stored, at: int, name: str) -> None:
    changed = replace(whole[at], copies={**whole[at].copies, name: "something else"})
    found = verify([*whole[:at], changed, *whole[at + 1 :]])
    assert found.fault is not None
    assert (found.fault.sequence, found.fault.kind) == (at + 1, "altered")


@given(at=st.integers(0, N - 1), who=st.text(max_size=20))
def test_an_entry_that_was_altered_with_its_hash_is_named_and_not_the_one_after_it(
    whole: Stored, at: int, who: str
) -> None:
    if who == json.loads(whole[at].body)["who"]:
        return
    found = verify([*whole[:at], rehashed(whole[at], who=who), *whole[at + 1 :]], head_of(whole))
    assert found.fault is not None
    assert found.fault.sequence == at + 1
    assert found.fault.kind == ("altered" if at < N - 1 else "rewritten")


@given(at=st.integers(0, N - 2))
def test_an_entry_made_to_follow_another_is_named(whole: Stored, at: int) -> None:
    found = verify([*whole[:at], rehashed(whole[at], previous="f" * 64), *whole[at + 1 :]])
    assert found.fault is not None
    assert found.fault.sequence == at + 1


@given(at=st.integers(0, N - 1), n=st.integers(1, N))
def test_removed_entries_are_named_at_the_first(unerased: Stored, at: int, n: int) -> None:
    found = verify(unerased[:at] + unerased[at + n :], head_of(unerased))
    assert found.fault is not None
    assert found.fault.sequence == at + 1
    assert found.fault.kind == ("removed" if unerased[at + n :] else "cut_off")


@given(cut=st.integers(0, N - 1))
def test_a_cut_off_end_is_found_by_the_head(unerased: Stored, cut: int) -> None:
    assert verify(unerased[:cut]).fault is None
    found = verify(unerased[:cut], head_of(unerased))
    assert found.fault is not None
    assert (found.fault.sequence, found.fault.kind) == (cut + 1, "cut_off")


def test_an_erasure_that_was_cut_off_is_named_and_not_the_entry_that_it_erased(whole: Stored) -> None:
    found = verify(whole[:-1], head_of(whole))
    assert found.fault is not None
    assert (found.fault.sequence, found.fault.kind) == (N, "cut_off")
    found = verify(whole[:-1])
    assert found.fault is not None
    assert (found.fault.sequence, found.fault.kind) == (ERASED, "part_removed")


@given(places=st.lists(st.integers(0, N - 1), min_size=2, max_size=2, unique=True))
def test_entries_that_changed_places_are_named_at_the_first(whole: Stored, places: list[int]) -> None:
    first, second = sorted(places)
    swapped = list(whole)
    swapped[first] = replace(whole[second], sequence=first + 1)
    swapped[second] = replace(whole[first], sequence=second + 1)
    found = verify(swapped, head_of(whole))
    assert found.fault is not None
    assert (found.fault.sequence, found.fault.kind) == (first + 1, "reordered")


@given(at=st.integers(0, N - 1))
def test_a_journal_written_anew_to_its_end_is_found_by_the_head(whole: Stored, at: int) -> None:
    anew = rewritten(whole, at)
    assert verify(anew).fault is None
    found = verify(anew, head_of(whole))
    assert found.fault is not None
    assert (found.fault.sequence, found.fault.kind) == (N, "rewritten")


WITH_PARTS = [at for at in range(N - 1) if at != ERASED - 1]


def with_part(entry: StoredEntry, place: int, change: Callable[[StoredPart], StoredPart | None]) -> StoredEntry:
    parts = list(entry.parts)
    changed = change(parts[place])
    parts[place : place + 1] = [] if changed is None else [changed]
    return replace(entry, parts=tuple(parts))


@given(at=st.sampled_from(WITH_PARTS), place=st.integers(0, 3), where=st.integers(0, 10_000))
def test_altered_parts_are_named(whole: Stored, at: int, place: int, where: int) -> None:
    def value(part: StoredPart) -> StoredPart:
        return replace(part, value=other_char(part.value, where % len(part.value)))

    def salt(part: StoredPart) -> StoredPart:
        return replace(part, salt="0" * 64)

    def name(part: StoredPart) -> StoredPart:
        return replace(part, name="other")

    for change, kinds in ((value, {"part_altered"}), (salt, {"part_altered"}), (name, {"part_added", "part_removed"})):
        found = verify([*whole[:at], with_part(whole[at], place, change), *whole[at + 1 :]])
        assert found.fault is not None
        assert found.fault.sequence == at + 1
        assert found.fault.kind in kinds


@given(at=st.sampled_from(WITH_PARTS), place=st.integers(0, 3))
def test_a_part_that_is_gone_without_an_erasure_is_named(whole: Stored, at: int, place: int) -> None:
    found = verify([*whole[:at], with_part(whole[at], place, lambda _: None), *whole[at + 1 :]])
    assert found.fault is not None
    assert (found.fault.sequence, found.fault.kind) == (at + 1, "part_removed")


def test_what_was_erased_and_stands_there_again_is_named(whole: Stored) -> None:
    journal = Journal()
    for client in range(1, N):
        journal.append(draft(str(client)))
    before = stored_of(journal)
    journal.erase(str(ERASED), who="Camille Roux")
    after = stored_of(journal)
    again = [*after[: ERASED - 1], before[ERASED - 1], *after[ERASED:]]
    found = verify(again)
    assert found.fault is not None
    assert (found.fault.sequence, found.fault.kind) == (ERASED, "part_added")


def test_a_digest_says_nothing_without_its_salt() -> None:
    assert part_digest("00" * 32, "client", "100001") != part_digest("01" * 32, "client", "100001")
    assert part_digest("no hexadecimal", "client", "100001") == ""
