"""Changes of the threshold in the journal: once, in the chain, found by who and when, exported and kept in a backup."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from core.decisions import reading
from core.decisions.backup import back_up, restore
from core.decisions.export import changes_to_csv, to_json_lines
from core.decisions.journal import Journal
from core.decisions.migrations.__main__ import upgrade
from core.decisions.reading import Filter
from core.decisions.thresholds import ThresholdEntry, record_threshold, threshold_changes
from core.model.schema import ThresholdChange
from core.model.set_threshold import Changed
from tests.core.decisions.audit import audit
from tests.core.decisions.drafts import draft

OLD, NEW = "0a" * 32, "1b" * 32


def changed(digest: str = NEW, who: str = "Camille Roux") -> Changed:
    change = ThresholdChange(
        before=0.16, after=0.14, who=who, because="losses of autumn", when="2026-11-30T09:30:00Z", bundle=OLD
    )
    return Changed(OLD, digest, change)


def record(journal: Journal, digest: str = NEW, who: str = "Camille Roux") -> ThresholdEntry:
    return record_threshold(journal, changed(digest, who), review_band=0.02)


def test_a_change_names_both_bundles_both_thresholds_who_why_and_when(journal: Journal) -> None:
    written = record(journal)
    assert threshold_changes(journal) == (written,)
    body = written.body
    assert (body.sequence, body.who, body.because) == (1, "Camille Roux", "losses of autumn")
    assert (body.bundle_before, body.bundle, body.threshold_before, body.threshold) == (OLD, NEW, 0.16, 0.14)
    assert (body.review_band, body.changed_at) == (0.02, "2026-11-30T09:30:00Z")
    assert written.when == datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
    assert str(journal.head()) == str(written.head)


def test_the_same_change_is_written_once(journal: Journal) -> None:
    assert record(journal) == record(journal)
    assert journal.verify().entries == 1


def test_what_fails_to_be_published_is_not_written(journal: Journal) -> None:
    def fail() -> None:
        raise ValueError("not in its place")

    journal.append(draft("7"))
    with pytest.raises(ValueError, match="not in its place"):
        record_threshold(journal, changed(), review_band=0.02, publish=fail)
    assert threshold_changes(journal) == ()
    assert journal.verify().entries == 1


def test_changes_stand_newest_first_and_are_no_decisions(journal: Journal) -> None:
    first = record(journal)
    journal.append(draft("7"))
    second = record(journal, "2c" * 32, "Noa Petit")
    assert threshold_changes(journal) == (second, first)
    page = journal.search(Filter(), limit=10)
    assert [each.body.sequence for each in page.entries] == [2]
    assert [each.who for each in page.by_who] == ["Camille Roux"]
    assert journal.entry(1) is None


def test_an_altered_change_is_named_by_the_chain(journal: Journal) -> None:
    record(journal)
    journal.append(draft("7"))
    with journal.database.engine.begin() as connection:
        if journal.database.dialect == "sqlite":
            connection.execute(text("DROP TRIGGER journal_entries_stay"))
        else:
            connection.execute(text("DROP TRIGGER journal_entries_stay ON journal_entries"))
        connection.execute(text("UPDATE journal_entries SET body = replace(body, '0.14', '0.24') WHERE sequence = 1"))
    fault = journal.verify().fault
    assert fault is not None
    assert (fault.sequence, fault.kind) == (1, "altered")


def test_erasing_clients_leaves_it_whole(journal: Journal) -> None:
    record(journal)
    journal.append(draft("7"))
    assert journal.erase("7", who="Noa Petit") == 1
    assert journal.purge(timedelta(days=-1), who="Noa Petit") == 0
    assert journal.verify().fault is None
    assert threshold_changes(journal)[0].body.because == "losses of autumn"


def test_an_export_with_a_change_is_audited_by_a_stranger(journal: Journal) -> None:
    record(journal)
    journal.append(draft("7"))
    with journal.database.reading() as connection:
        assert connection is not None
        lines = list(to_json_lines(reading.stored(connection)))
    assert audit(lines, str(journal.head())) == (2, 1, 4)
    assert json.loads(json.loads(lines[0])["body"])["threshold"] == 0.14


def test_changes_as_csv_have_both_thresholds_on_the_solvency_scale() -> None:
    journal = Journal()
    record(journal)
    header, line = "".join(changes_to_csv(threshold_changes(journal), "en")).strip("\ufeff").splitlines()
    assert header == (
        '"Entry","Time (UTC)","Changed by","Acceptance threshold before","Acceptance threshold","Review band","Why",'
        '"Digest of the model before","Digest of the model","Hash of the entry"'
    )
    written = threshold_changes(journal)[0]
    assert line == (
        f'1,"2026-11-30 09:30:00","Camille Roux",0.84,0.86,0.02,"losses of autumn","{OLD}","{NEW}","{written.hash}"'
    )


def test_a_backup_holds_changes(tmp_path: Path) -> None:
    journal, other = Journal(), Journal()
    record(journal)
    back_up(journal, tmp_path / "data", tmp_path / "backup")
    restore(other, tmp_path / "other", tmp_path / "backup")
    assert threshold_changes(other) == threshold_changes(journal)


def test_a_journal_of_the_version_before_is_brought_up_to_date(journal: Journal, address: URL) -> None:
    journal.append(draft("7"))
    with journal.database.engine.begin() as connection:
        connection.execute(text("UPDATE journal_version SET version_num = '0002'"))
    assert upgrade(address.render_as_string(hide_password=False)) == ""
    opened = Journal(address)
    assert record(opened).body.sequence == 2
    assert opened.verify().fault is None
    opened.close()
