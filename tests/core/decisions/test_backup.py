"""Backup and restore: a folder from which the journal comes back with every entry, into either kind of database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import URL

from core.decisions import reading
from core.decisions.backup import back_up, restore
from core.decisions.chain import Head, StoredEntry
from core.decisions.database import address_of
from core.decisions.journal import Journal
from core.errors import JournalError
from tests.core.decisions.drafts import draft, otherwise


def stored(journal: Journal) -> list[StoredEntry]:
    with journal.database.reading() as connection:
        assert connection is not None
        return list(reading.stored(connection))


@pytest.fixture
def written(journal: Journal, tmp_path: Path) -> Journal:
    """A journal of five entries, the last the erasure of one of them, and a kept bundle beside it."""
    for client in ("1", "2", "3"):
        journal.append(draft(client, words=f"é 家 {client}"))
    journal.append(otherwise("1"))
    journal.erase("2", who="Noa Petit")
    bundle = tmp_path / "data" / "bundles" / "ab"
    bundle.mkdir(parents=True)
    (bundle / "model.txt").write_text("tree")
    return journal


def test_a_backup_is_a_data_folder_that_serves_as_it_is(written: Journal, tmp_path: Path) -> None:
    found = back_up(written, tmp_path / "data", tmp_path / "backup")
    assert (found.entries, found.erased, found.fault) == (5, 1, None)
    copy = Journal(address_of("", tmp_path / "backup"))
    assert stored(copy) == stored(written)
    assert copy.append(draft("4")).entry.body.sequence == 6
    copy.close()
    assert (tmp_path / "backup" / "bundles" / "ab" / "model.txt").read_text() == "tree"


def test_a_backup_restores_into_an_empty_journal_and_no_other(written: Journal, address: URL, tmp_path: Path) -> None:
    back_up(written, tmp_path / "data", tmp_path / "backup")
    before = stored(written)
    with pytest.raises(JournalError) as raised:
        restore(written, tmp_path / "data", tmp_path / "backup")
    assert raised.value.problem.code == "journal_not_empty"
    fresh = Journal(address_of("", tmp_path / "fresh"))
    found = restore(fresh, tmp_path / "fresh", tmp_path / "backup")
    assert (found.head, found.fault) == (Head(5, before[-1].hash), None)
    assert stored(fresh) == before
    assert (tmp_path / "fresh" / "bundles" / "ab").is_dir()
    fresh.close()


def test_a_backup_of_a_file_restores_into_postgresql(journal: Journal, tmp_path: Path) -> None:
    source = Journal(address_of("", tmp_path / "source"))
    source.append(draft("1"))
    back_up(source, tmp_path / "source", tmp_path / "backup")
    restore(journal, tmp_path / "target", tmp_path / "backup")
    assert stored(journal) == stored(source)
    assert journal.append(draft("1")).entry.body.sequence == 2
    source.close()


def test_nothing_is_overwritten_and_nothing_half_made_is_left(written: Journal, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    acts: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: back_up(written, tmp_path / "data", tmp_path / "backup"), "backup_is_there"),
        (lambda: restore(written, tmp_path / "data", tmp_path / "backup"), "backup_missing"),
    )
    for act, code in acts:
        with pytest.raises(JournalError) as raised:
            act()
        assert raised.value.problem.code == code
    assert not list(tmp_path.glob(".backup-*"))
