"""Letters and contests: entries that name the refusal, kept once, erased with the client, found by the filter."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, text

from core.decisions import reading
from core.decisions.backup import back_up, restore
from core.decisions.draft import make_draft
from core.decisions.entry import Entry, Outcome
from core.decisions.export import to_json_lines
from core.decisions.journal import Journal
from core.decisions.letters import (
    Contest,
    ContestDraft,
    LetterDraft,
    add_contest,
    contests_of,
    keep_letter,
    letters_of,
    open_contest_of,
)
from core.decisions.migrations.__main__ import upgrade
from core.decisions.reading import Filter
from core.errors import InputRefused, JournalError
from core.scoring.assess import Model
from tests.core.conftest import Thousand
from tests.core.decisions.audit import audit
from tests.core.decisions.drafts import chosen, draft

TODAY = datetime.now(UTC).date()
SAID = "My income rose in June."


def refuse(journal: Journal, client: str = "7") -> Entry:
    return journal.append(draft(client, outcome=Outcome.REFUSED, reason="policy")).entry


def letter(refusal: Entry, **changes: Any) -> LetterDraft:
    """A letter by Noa Petit; everything can be given otherwise."""
    whole: dict[str, Any] = {
        "text": f"Client number: {refusal.client}\n\nWe decided not to grant this loan.",
        "language": "en",
        "specimen": False,
        "reasons": ("EXT_SOURCE_2", "AMT_CREDIT"),
        "withheld": ("DAYS_BIRTH",),
        "age_withheld": True,
        "share": 0.75,
        "who": "Noa Petit",
        "identified": False,
        "seen": 0,
        "token": secrets.token_hex(16),
    }
    return LetterDraft(refusal=refusal, **(whole | changes))


def contest(refusal: Entry, **changes: Any) -> ContestDraft:
    whole: dict[str, Any] = {"words": SAID, "came_on": TODAY, "who": "Noa Petit", "identified": False}
    return ContestDraft(refusal=refusal, token=secrets.token_hex(16), **(whole | changes))


def codes(raised: pytest.ExceptionInfo[InputRefused]) -> list[str]:
    return [each.code for each in raised.value.problems]


def test_a_letter_is_kept_as_it_was_sent_and_names_its_refusal(journal: Journal) -> None:
    refusal = refuse(journal)
    kept = keep_letter(journal, letter(refusal))
    assert letters_of(journal, 1) == (kept,)
    assert (kept.body.sequence, kept.body.refers, kept.body.who, kept.body.language) == (2, 1, "Noa Petit", "en")
    assert kept.text == "Client number: 7\n\nWe decided not to grant this loan."
    assert (kept.body.reasons, kept.body.withheld, kept.body.age_withheld, kept.body.share) == (
        ("EXT_SOURCE_2", "AMT_CREDIT"),
        ("DAYS_BIRTH",),
        True,
        0.75,
    )
    assert (journal.verify().entries, journal.verify().fault) == (2, None)
    (entry,) = journal.of_client("7")
    assert (entry.letters, entry.contest) == (1, "")


def test_the_same_letter_sent_twice_is_kept_once(journal: Journal) -> None:
    sent = letter(refuse(journal))
    assert keep_letter(journal, sent) == keep_letter(journal, sent)
    assert len(letters_of(journal, 1)) == 1


def test_the_second_of_two_who_write_one_letter_is_told_and_may_add_it(journal: Journal) -> None:
    refusal = refuse(journal)
    first = keep_letter(journal, letter(refusal))
    with pytest.raises(InputRefused) as raised:
        keep_letter(journal, letter(refusal, text="another"))
    assert codes(raised) == ["letter_meanwhile"]
    assert raised.value.problems[0].facts == {"entry": first.body.sequence}
    keep_letter(journal, letter(refusal, text="another", seen=first.body.sequence))
    assert [each.text for each in letters_of(journal, 1)][1] == "another"


def test_a_letter_needs_a_refusal_whose_client_is_there(journal: Journal) -> None:
    granted = journal.append(draft("7")).entry
    with pytest.raises(JournalError) as raised:
        keep_letter(journal, letter(granted))
    assert raised.value.problem.code == "letter_no_refusal"
    refusal = refuse(journal, "8")
    journal.erase("8", who="Noa Petit")
    for act in (lambda: keep_letter(journal, letter(refusal)), lambda: add_contest(journal, contest(refusal))):
        with pytest.raises(JournalError) as raised:
            act()
        assert raised.value.problem.code == "letter_erased"
    assert journal.verify().entries == 3


def test_erasing_a_client_erases_letters_and_contests_and_the_chain_verifies(journal: Journal, address: URL) -> None:
    refusal = refuse(journal, "314159")
    keep_letter(journal, letter(refusal))
    add_contest(journal, contest(refusal, words="I am client 314159"))
    assert journal.erase("314159", who="Noa Petit") == 3
    found = journal.verify()
    assert (found.entries, found.erased, found.fault) == (4, 3, None)
    assert [each.text for each in letters_of(journal, 1)] == [""]
    assert [each.words for each in contests_of(journal, 1)] == [""]
    if journal.database.dialect == "sqlite":
        assert b"314159" not in Path(str(address.database)).read_bytes()


def test_purging_an_old_refusal_takes_its_letters_with_it_whatever_their_age(journal: Journal) -> None:
    refusal = refuse(journal)
    between = datetime.now(UTC)
    keep_letter(journal, letter(refusal))
    age = datetime.now(UTC) - between
    assert journal.purge(age, who="Noa Petit") == 2
    assert letters_of(journal, 1)[0].text == ""
    assert journal.verify().fault is None


def test_what_was_altered_in_a_letter_is_named(journal: Journal) -> None:
    keep_letter(journal, letter(refuse(journal)))
    with journal.database.engine.begin() as connection:
        connection.execute(text("UPDATE journal_parts SET value = 'granted' WHERE name = 'letter'"))
    fault = journal.verify().fault
    assert fault is not None
    assert (fault.sequence, fault.kind) == (2, "part_altered")


def answer(journal: Journal, contest: Contest, outcome: Outcome = Outcome.GRANTED) -> Entry:
    return journal.append(draft("7", outcome=outcome, reason="income", answers=contest.body.sequence)).entry


def test_a_contest_is_open_until_a_decision_answers_it(journal: Journal) -> None:
    refusal = refuse(journal)
    refuse(journal, "8")
    written = add_contest(journal, contest(refusal))
    assert (written.body.refers, written.words, written.came_on, written.answer) == (1, SAID, TODAY, None)
    assert open_contest_of(journal, "7") == written.body.sequence
    assert open_contest_of(journal, "8") == 0
    waiting = journal.search(Filter(contested=True), limit=10)
    assert [(each.body.sequence, each.contest) for each in waiting.entries] == [(1, "open")]
    answered = answer(journal, written)
    assert answered.body.answers == written.body.sequence
    assert journal.search(Filter(contested=True), limit=10).total == 0
    assert contests_of(journal, 1)[0].answer == answered.body.sequence
    assert open_contest_of(journal, "7") == 0
    first = journal.entry(1)
    assert first is not None and first.contest == "answered"
    assert journal.verify().fault is None


def test_a_refusal_can_be_contested_again_once_it_is_answered(journal: Journal) -> None:
    refusal = refuse(journal)
    first = add_contest(journal, contest(refusal))
    with pytest.raises(InputRefused) as raised:
        add_contest(journal, contest(refusal))
    assert codes(raised) == ["contest_is_open"]
    answer(journal, first, Outcome.REFUSED)
    add_contest(journal, contest(refusal))
    entry = journal.entry(1)
    assert entry is not None and entry.contest == "open"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"words": " \n"}, "contest_without_words"),
        ({"words": "x" * 100_000}, "decision_words_long"),
        ({"words": "a\x00b"}, "decision_words_signs"),
        ({"came_on": date(2020, 1, 1)}, "contest_too_early"),
        ({"came_on": TODAY + timedelta(days=2)}, "contest_in_the_future"),
        ({"who": ""}, "decision_without_name"),
    ],
)
def test_a_contest_that_lacks_something_is_not_written(changes: dict[str, Any], code: str) -> None:
    journal = Journal()
    refusal = refuse(journal)
    with pytest.raises(InputRefused) as raised:
        add_contest(journal, contest(refusal, **changes))
    assert codes(raised) == [code]
    assert journal.verify().entries == 1


def test_an_answer_needs_a_reason_and_words(model: Model, thousand: Thousand) -> None:
    taken = chosen(Outcome.GRANTED, answers=2)
    with pytest.raises(InputRefused) as raised:
        make_draft(model, thousand.rows[0], taken, review_band=0.02, synthetic=True)
    assert "contest_without_reason" in codes(raised) or "decision_without_reason" in codes(raised)


def test_an_export_with_letters_and_contests_is_audited_by_a_stranger(journal: Journal) -> None:
    refusal = refuse(journal)
    keep_letter(journal, letter(refusal))
    answer(journal, add_contest(journal, contest(refusal)))
    with journal.database.reading() as connection:
        assert connection is not None
        lines = list(to_json_lines(reading.stored(connection)))
    assert audit(lines, str(journal.head())) == (4, 2, 12)
    assert json.loads(lines[1])["parts"]["letter"]["value"].startswith("Client number: 7")


def test_a_backup_holds_letters_and_contests(tmp_path: Path) -> None:
    journal = Journal()
    refusal = refuse(journal)
    keep_letter(journal, letter(refusal))
    add_contest(journal, contest(refusal))
    back_up(journal, tmp_path / "data", tmp_path / "backup")
    other = Journal()
    restore(other, tmp_path / "other", tmp_path / "backup")
    assert letters_of(other, 1) == letters_of(journal, 1)
    assert contests_of(other, 1) == contests_of(journal, 1)
    assert other.head() == journal.head()


@pytest.fixture
def old(address: URL) -> Iterator[Journal]:
    """A journal as the first version left it: its tables have no column for what an entry refers to."""
    journal = Journal(address)
    refuse(journal)
    with journal.database.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_journal_entries_refers"))
        connection.execute(text("ALTER TABLE journal_entries DROP COLUMN refers"))
        connection.execute(text("UPDATE journal_version SET version_num = '0001'"))
    yield journal
    journal.close()


def test_a_journal_of_the_first_version_is_brought_up_to_date_and_stays_as_it_was(old: Journal, address: URL) -> None:
    with old.database.engine.connect() as connection:
        before = connection.execute(text("SELECT body, hash FROM journal_entries")).all()
    assert upgrade(address.render_as_string(hide_password=False)) == ""
    opened = Journal(address)
    with opened.database.engine.connect() as connection:
        assert connection.execute(text("SELECT body, hash FROM journal_entries")).all() == before
    assert opened.verify().fault is None
    entry = opened.entry(1)
    assert entry is not None
    keep_letter(opened, letter(entry))
    assert opened.verify().entries == 2
    opened.close()
