"""The journal on SQLite and on PostgreSQL: what is written stays, two at once both stand, what is erased is gone."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError

from core.decisions.chain import Head
from core.decisions.entry import Outcome
from core.decisions.journal import Journal
from core.decisions.reading import Departures, Filter
from core.decisions.writing import timestamp
from core.errors import JournalError
from core.records import Verdict
from core.settings import ROOT
from tests.core.decisions.drafts import draft, otherwise

WRITERS, EACH = 2, 25


def test_an_empty_journal_is_read_without_making_one(journal: Journal, address: URL) -> None:
    assert journal.of_client("100001") == ()
    assert journal.search(Filter(), limit=10).total == 0
    assert journal.verify().entries == 0
    assert journal.last_unchecked_name() == ""
    if journal.database.dialect == "sqlite":
        assert not Path(str(address.database)).exists()


def test_a_decision_reads_back_as_it_was_taken(journal: Journal, address: URL) -> None:
    recorded = journal.append(otherwise("100001", reason="income", checked="the payslip"))
    other = Journal(address)
    (entry,) = other.of_client("100001")
    other.close()
    assert entry == recorded.entry
    assert (entry.client, entry.body.who, entry.body.outcome) == (
        "100001",
        "Camille Roux",
        Outcome.GRANTED_OTHERWISE,
    )
    assert (entry.body.recommendation, entry.body.solvency, entry.body.threshold) == (Verdict.FAVOURABLE, 0.88, 0.16)
    assert (entry.body.loan_probability, entry.body.loan_solvency) == (0.1, 0.9)
    assert entry.body.reasons == (("EXT_SOURCE_2", 4.25), ("AMT_CREDIT", -1.5))
    assert entry.parts["words"] == "payslips seen"
    assert abs(datetime.now(UTC) - entry.when) < timedelta(hours=1)
    assert not recorded.again


def test_deciding_again_adds_and_the_same_token_is_written_once(journal: Journal) -> None:
    first = draft("7")
    one, two, three = journal.append(first), journal.append(first), journal.append(draft("7"))
    assert (one.entry, two.again) == (two.entry, True)
    assert [each.body.sequence for each in journal.of_client("7")] == [1, 2]
    assert [each.body.sequence for each in three.others] == [1]
    assert journal.verify(Head(2, three.entry.hash)).fault is None


def test_the_second_of_two_at_once_is_told_of_the_first_and_both_stand(journal: Journal) -> None:
    journal.append(draft("7"))
    shown = journal.of_client("7")[-1].body.sequence
    first = journal.append(draft("7", seen=shown))
    second = journal.append(draft("7", seen=shown, who="Noa Petit", outcome=Outcome.REFUSED))
    assert first.others == ()
    assert [each.body.sequence for each in second.others] == [first.entry.body.sequence]
    assert [each.body.who for each in journal.of_client("7")] == ["Camille Roux", "Camille Roux", "Noa Petit"]


WRITER = """
import sys
from core.decisions.journal import Journal
from tests.core.decisions.drafts import draft
journal = Journal(sys.stdin.readline().strip())
for n in range(int(sys.argv[2])):
    print(journal.append(draft(sys.argv[1], words=f"{n}")).entry.body.sequence, flush=True)
"""


def test_processes_that_write_at_once_leave_no_gap_and_lose_nothing(journal: Journal, address: URL) -> None:
    """None of them has made the tables before, either."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(number), str(EACH)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(address.render_as_string(hide_password=False) + "\n")
        writer.stdin.flush()
    told = [[int(line) for line in writer.communicate()[0].split()] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    assert sorted(told[0] + told[1]) == list(range(1, WRITERS * EACH + 1))
    for number in range(WRITERS):
        found = journal.of_client(str(number))
        assert [entry.body.sequence for entry in found] == told[number]
        assert [entry.parts["words"] for entry in found] == [str(n) for n in range(EACH)]
    assert (journal.verify().entries, journal.verify().fault) == (WRITERS * EACH, None)


def test_a_writer_that_is_killed_loses_nothing_that_it_acknowledged(journal: Journal, address: URL) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, "7", "1000000"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdin is not None and writer.stdout is not None
    writer.stdin.write(address.render_as_string(hide_password=False) + "\n")
    writer.stdin.flush()
    told = [int(writer.stdout.readline()) for _ in range(5)]
    writer.kill()
    told += [int(line) for line in writer.stdout.read().split()]
    writer.wait()
    found = journal.verify()
    assert found.fault is None
    assert found.entries >= told[-1]
    assert [entry.body.sequence for entry in journal.of_client("7")][: len(told)] == told
    assert journal.append(draft("8")).entry.body.sequence == found.entries + 1


def test_entries_are_found_by_client_officer_outcome_departure_and_day(journal: Journal) -> None:
    journal.append(draft("1"))
    journal.append(draft("2", who="Noa Petit", outcome=Outcome.REFUSED))
    journal.append(draft("1", who="Noa Petit", outcome=Outcome.ASKED_FOR_MORE))

    def found(**wanted: object) -> list[int]:
        page = journal.search(Filter(**wanted), limit=10)  # type: ignore[arg-type]
        return [entry.body.sequence for entry in page.entries]

    today = datetime.now(UTC).date()
    assert found() == [3, 2, 1]
    assert found(client="1") == [3, 1]
    assert found(who="Noa Petit") == [3, 2]
    assert found(outcome=Outcome.GRANTED) == [1]
    assert found(departs=True) == [2]
    assert found(departs=False) == [3, 1]
    assert found(since=today - timedelta(days=1), until=today + timedelta(days=1)) == [3, 2, 1]
    assert found(until=date(2020, 1, 1)) == []
    assert found(until=date.max) == [3, 2, 1]
    page = journal.search(Filter(), limit=1, offset=1)
    assert ([entry.body.sequence for entry in page.entries], page.total) == ([2], 3)
    assert page.by_who == (Departures("Camille Roux", 1, 0), Departures("Noa Petit", 2, 1))


def test_erasing_a_client_leaves_nothing_of_it_and_the_chain_verifies(journal: Journal, address: URL) -> None:
    for client in ("314159", "271828", "314159"):
        journal.append(draft(client, words=f"about {client}", input=f'{{"SK_ID_CURR": {client}}}'))
    assert journal.erase("314159", who="Noa Petit") == 2
    assert journal.erase("314159", who="Noa Petit") == 0
    found = journal.verify()
    assert (found.entries, found.erased, found.fault) == (4, 2, None)
    assert journal.of_client("314159") == ()
    gone = journal.entry(1)
    assert gone is not None and gone.erased_on is not None
    assert (dict(gone.parts), gone.client) == ({}, "")
    assert gone.body.outcome is Outcome.GRANTED
    kept = journal.entry(2)
    assert kept is not None and kept.client == "271828"
    if journal.database.dialect == "sqlite":
        assert b"314159" not in Path(str(address.database)).read_bytes()


def test_purging_erases_what_is_old_enough_and_nothing_else(journal: Journal) -> None:
    journal.append(draft("1"))
    assert journal.purge(timedelta(days=1), who="Noa Petit") == 0
    assert journal.purge(timedelta(0), who="Noa Petit") == 1
    assert journal.purge(timedelta(0), who="Noa Petit") == 0
    assert (journal.verify().entries, journal.verify().erased, journal.verify().fault) == (2, 1, None)


@pytest.mark.parametrize("statement", ["UPDATE journal_entries SET who = 'x'", "DELETE FROM journal_entries"])
def test_the_database_itself_refuses_to_change_an_entry(journal: Journal, statement: str) -> None:
    journal.append(draft("1"))
    with pytest.raises(DBAPIError, match="entries are never"), journal.database.engine.begin() as connection:
        connection.execute(text(statement))
    assert journal.verify().fault is None


def test_a_tampered_database_is_named_by_its_entry(journal: Journal) -> None:
    for client in ("1", "2", "3"):
        journal.append(draft(client))
    with journal.database.engine.begin() as connection:
        if journal.database.dialect == "sqlite":
            connection.execute(text("DROP TRIGGER journal_entries_stay"))
        else:
            connection.execute(text("ALTER TABLE journal_entries DISABLE TRIGGER ALL"))
        connection.execute(
            text("UPDATE journal_entries SET body = replace(body, 'Camille', 'Camilla') WHERE sequence = 2")
        )
    fault = journal.verify().fault
    assert fault is not None
    assert (fault.sequence, fault.kind) == (2, "altered")


def test_a_journal_of_a_newer_version_is_left_alone(journal: Journal, address: URL) -> None:
    journal.append(draft("1"))
    with journal.database.engine.begin() as connection:
        connection.execute(text("UPDATE journal_version SET version_num = '9999'"))
    other = Journal(address)
    for act in (lambda: other.append(draft("2")), lambda: other.of_client("1"), other.verify):
        with pytest.raises(JournalError) as raised:
            act()
        assert raised.value.problem.code == "journal_newer"
    other.close()
    assert journal.entry(1) is not None


def test_the_name_of_who_was_not_signed_in_is_offered_again(journal: Journal) -> None:
    journal.append(draft("1", who="Camille Roux"))
    journal.append(draft("1", who="signed.in@bank.example", identified=True))
    assert journal.last_unchecked_name() == "Camille Roux"


def test_a_time_sorts_as_text() -> None:
    assert timestamp(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02T03:04:05.000000Z"


def test_a_journal_in_memory_takes_its_readers_and_writers_in_turn() -> None:
    journal, ready = Journal(), threading.Barrier(4)

    def use(number: int) -> int:
        ready.wait()
        for each in range(EACH):
            journal.append(draft(f"{number}{each:03}"))
            assert journal.database.n_bytes > 0
            assert len(journal.of_client(f"{number}{each:03}")) == 1
        return EACH

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(use, range(4))) == 4 * EACH
    verified = journal.verify()
    assert (verified.entries, verified.fault) == (4 * EACH, None)
