"""A database that is locked, broken, full or gone: one sentence, nothing written, nothing lost."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import URL, event

from core.decisions import engines
from core.decisions.database import Database, address_of
from core.decisions.journal import Journal
from core.errors import JournalError, SettingError
from core.i18n.translations import LANGUAGES, translate_problem
from tests.core.decisions.drafts import draft


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A journal of one entry."""
    journal = Journal(address_of("", tmp_path))
    journal.append(draft("1"))
    journal.close()
    return tmp_path / "journal.sqlite"


def code_of(folder: Path, *, reads: bool = False) -> str:
    """The code with which a journal in this folder refuses."""
    journal = Journal(address_of("", folder))
    with pytest.raises(JournalError) as raised:
        journal.of_client("1") if reads else journal.append(draft("2"))
    journal.close()
    for language in LANGUAGES:
        assert translate_problem(raised.value.problem, language).count(". ") == 0
    return raised.value.problem.code


def test_a_database_that_another_program_holds_is_not_waited_for_without_an_end(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "WAIT_SECONDS", 0.05)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert code_of(file.parent) == "journal_locked"
    holder.close()
    journal = Journal(address_of("", file.parent))
    assert journal.append(draft("2")).entry.body.sequence == 2
    journal.close()


@pytest.mark.parametrize("content", [b"not a database at all, but text " * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "journal.sqlite"
    file.write_bytes(content)
    assert code_of(tmp_path) == "journal_broken"
    assert code_of(tmp_path, reads=True) == "journal_broken"
    assert file.read_bytes() == content


def test_a_full_disk_saves_nothing_and_says_so(file: Path) -> None:
    journal = Journal(address_of("", file.parent))
    with journal.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    limit = f"PRAGMA max_page_count={pages}"
    event.listen(journal.database.engine, "begin", lambda connection: connection.exec_driver_sql(limit))
    with pytest.raises(JournalError) as raised:
        journal.append(draft("2", words="w" * 100_000))
    assert raised.value.problem.code == "journal_disk"
    assert journal.verify().entries == 1
    journal.close()


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    assert code_of(tmp_path / "data") == "journal_disk"


def test_a_server_that_does_not_answer_says_so() -> None:
    journal = Journal(URL.create("postgresql+psycopg", "nobody", "hush", "127.0.0.1", 1, "nothing"))
    for act in (lambda: journal.append(draft("1")), lambda: journal.of_client("1")):
        with pytest.raises(JournalError) as raised:
            act()
        assert raised.value.problem.code == "journal_unreachable"
        assert "hush" not in str(raised.value)
    journal.close()


@pytest.mark.parametrize("begins", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_a_postgresql_address_is_understood(begins: str, tmp_path: Path) -> None:
    address = address_of(f"{begins}://one:two%40@host:5433/base?sslmode=require", tmp_path)
    assert (address.drivername, address.username, address.password) == ("postgresql+psycopg", "one", "two@")
    assert (address.host, address.port, address.database) == ("host", 5433, "base")
    assert address.query == {"sslmode": "require"}


def test_a_wrong_address_is_refused_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"^DATABASE_URL: must be an address") as raised:
        address_of("postgres://one:hush@host:port/base", tmp_path)
    assert "hush" not in str(raised.value)


def test_a_file_that_is_removed_and_put_back_loses_nothing(file: Path) -> None:
    assert Database(address_of("", file.parent)).dialect == "sqlite"
    content = file.read_bytes()
    file.unlink()
    journal = Journal(address_of("", file.parent))
    assert journal.of_client("1") == ()
    file.write_bytes(content)
    assert len(journal.of_client("1")) == 1
    journal.close()
