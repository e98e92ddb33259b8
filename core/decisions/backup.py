"""Backup and restore. A backup is a folder like DATA_DIR, whatever database the journal is in: SQLite and bundles."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from sqlalchemy import URL, Connection, insert

from core.decisions import reading
from core.decisions.bundles import BUNDLES
from core.decisions.chain import StoredEntry, Verified
from core.decisions.database import JOURNAL_FILE, in_words
from core.decisions.journal import Journal
from core.decisions.tables import entries, parts
from core.errors import JournalError, Problem


def back_up(journal: Journal, data_folder: Path, out: Path) -> Verified:
    """Copy the journal, as it is at this moment, and the bundles into a new folder, whole or not at all.

    Raises JournalError: the folder is there already, or the journal cannot be read or is not as it was written.
    """
    if out.exists():
        raise JournalError(Problem("backup_is_there"))
    with in_words():
        out.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".backup-", dir=out.parent))
    try:
        copy = _sqlite_in(scratch)
        try:
            with journal.database.reading() as source, copy.database.writing() as target:
                if source is not None:
                    _copy(source, target)
            found = _checked(copy)
        finally:
            copy.close()
        with in_words():
            _copy_bundles(data_folder, scratch)
            scratch.rename(out)
        return found
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def restore(journal: Journal, data_folder: Path, folder: Path) -> Verified:
    """Copy a backup into a journal that holds nothing yet, and its bundles into the data folder.

    Raises JournalError: there is no backup in the folder, it is not as it was written, or the journal is not empty.
    """
    if not (folder / JOURNAL_FILE).is_file():
        raise JournalError(Problem("backup_missing"))
    source = _sqlite_in(folder)
    try:
        _checked(source)
        with source.database.reading() as copied, journal.database.writing() as target:
            if reading.head(target).sequence:
                raise JournalError(Problem("journal_not_empty"))
            if copied is not None:
                _copy(copied, target)
    finally:
        source.close()
    with in_words():
        _copy_bundles(folder, data_folder)
    return journal.verify()


def _sqlite_in(folder: Path) -> Journal:
    return Journal(URL.create("sqlite", database=str(folder / JOURNAL_FILE)))


def _checked(journal: Journal) -> Verified:
    found = journal.verify()
    if found.fault is not None:
        raise JournalError(Problem("journal_damaged"))
    return found


def _copy(source: Connection, target: Connection) -> None:
    for entry in reading.stored(source):
        _write(target, entry)


def _write(target: Connection, entry: StoredEntry) -> None:
    row = {"sequence": entry.sequence, "body": entry.body, "hash": entry.hash, **entry.copies}
    target.execute(insert(entries), row)
    for part in entry.parts:
        row = {"sequence": entry.sequence, "name": part.name, "salt": part.salt, "value": part.value}
        target.execute(insert(parts), row)


def _copy_bundles(source: Path, target: Path) -> None:
    """Copy the bundles that are not there yet, each whole or not at all."""
    for bundle in sorted((source / BUNDLES).glob("[!.]*")):
        kept = target / BUNDLES / bundle.name
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".bundle-", dir=kept.parent) as scratch:
                shutil.copytree(bundle, Path(scratch) / "copy")
                (Path(scratch) / "copy").rename(kept)
