"""The database of the journal: SQLite in a file, or PostgreSQL; its faults as one sentence each.

SQLite keeps its rollback journal (`journal_mode=DELETE`): before 3.51.3 its write-ahead log can lose a commit. An entry
is acknowledged after it is on the disk (`synchronous=EXTRA`), and what is erased is overwritten (`secure_delete`).
"""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from core.decisions.engines import WRITES, is_locked, make_engine
from core.decisions.tables import APPEND_ONLY, REVISION, VERSIONS, metadata
from core.errors import JournalError, Problem, SettingError
from core.settings import ROOT

log = logging.getLogger("aval.journal")

JOURNAL_FILE = "journal.sqlite"
IN_MEMORY = "sqlite://"
LOCK = 0x4176616C
"""Of PostgreSQL's advisory locks, the one that writers take in turn."""


def address_of(database_url: str, data_folder: Path) -> URL:
    """The database that the settings name: DATABASE_URL, `postgres://` included, or the file in DATA_DIR.

    Raises SettingError.
    """
    if not database_url:
        return URL.create("sqlite", database=str(data_folder / JOURNAL_FILE))
    try:
        address = make_url(database_url)
    except (ArgumentError, ValueError):
        # The error's own words would hold the password.
        raise SettingError("DATABASE_URL", "must be an address like postgres://user:password@host/database") from None
    return address.set(drivername="postgresql+psycopg")


class Database:
    """An engine on one address, and whether its tables are those that this program knows."""

    def __init__(self, address: URL | str) -> None:
        self._address = make_url(address)
        self._lock = threading.Lock()
        self._ready = False
        self.engine = make_engine(self._address)
        # In memory there is one connection: another thread would begin, or end, inside the transaction of the first.
        self._turn: AbstractContextManager[object] = threading.RLock() if self.in_memory else nullcontext()
        if self.in_memory:
            self._create_in_memory()

    @property
    def dialect(self) -> str:
        """sqlite or postgresql."""
        return self._address.get_backend_name()

    @property
    def in_memory(self) -> bool:
        """Whether it ends with this object."""
        return self.dialect == "sqlite" and not self._address.database

    @property
    def n_bytes(self) -> int:
        """Bytes that SQLite's pages take; 0 for PostgreSQL. Raises JournalError."""
        if self.dialect != "sqlite":
            return 0
        with in_words(), self._turn, self.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
            size = connection.exec_driver_sql("PRAGMA page_size").scalar() or 0
            return int(pages) * int(size)

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """A connection with one view of the journal; None where there is no journal yet. Raises JournalError."""
        with in_words(), self._turn:
            if not self._is_there():
                yield None
                return
            with self.engine.connect() as connection:
                if self.dialect == "postgresql":
                    connection = connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one connection that writes, until the block ends: then all is on the disk, or nothing is written.

        Raises JournalError.
        """
        with in_words(), self._turn:
            if not self._is_there():
                self.upgrade()
            with self.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
                if self.dialect == "postgresql":
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
                yield connection

    def upgrade(self) -> None:
        """Bring the tables to this program's, in a process of its own. Raises JournalError.

        Alembic would cost the server memory for as long as it runs.
        """
        if self.dialect == "sqlite":
            with in_words():
                Path(str(self._address.database)).parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", "core.decisions.migrations"],
            input=self._address.render_as_string(hide_password=False),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            code = done.stdout.strip().splitlines()[-1:] or ["journal_unreachable"]
            raise JournalError(_problem(code[0]))
        self._ready = True

    def vacuum(self) -> None:
        """Have PostgreSQL free what was erased; SQLite has overwritten it already. Raises JournalError."""
        if self.dialect == "postgresql":
            with in_words(), self.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM journal_parts"))

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _is_there(self) -> bool:
        """Whether there is a journal of this version. Raises JournalError where it is another."""
        with self._lock:
            if self._ready:
                return True
            if self.dialect == "sqlite" and not Path(str(self._address.database)).exists():
                return False
            with self.engine.connect() as connection:
                if not inspect(connection).has_table(VERSIONS):
                    return False
                version = connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar()
            if version is None or str(version) < REVISION:
                self.upgrade()
            elif version != REVISION:
                raise JournalError(Problem("journal_newer"))
            self._ready = True
            return True

    def _create_in_memory(self) -> None:
        metadata.create_all(self.engine)
        with self.engine.begin() as connection:
            for statement in APPEND_ONLY[self.dialect]:
                connection.execute(text(statement))
        self._ready = True


@contextmanager
def in_words() -> Iterator[None]:
    """Raises JournalError in place of what database and disk raise; their texts could quote a cell."""
    try:
        yield
    except SQLAlchemyError as error:
        problem = _problem(code_of(error))
        log.error("the journal could not be read or written: %s (%s)", problem.code, type(error).__name__)
        raise JournalError(problem) from None
    except OSError as error:
        log.error("the journal could not be read or written: %s", type(error).__name__)
        raise JournalError(Problem("journal_disk")) from None


def code_of(error: SQLAlchemyError) -> str:
    """The code of a problem for what a driver raised."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "")
        if is_locked(cause):
            return "journal_locked"
        if name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
            return "journal_disk"
        return "journal_broken"
    state = str(getattr(cause, "sqlstate", "") or "")
    if state.startswith("55P03"):
        return "journal_locked"
    if state.startswith("53"):
        return "journal_disk"
    return "journal_unreachable" if not state or state.startswith(("08", "28", "3D", "57")) else "journal_broken"


def _problem(code: str) -> Problem:
    """The problem of a code that came from elsewhere."""
    problems = {
        problem.code: problem
        for problem in (
            Problem("journal_locked"),
            Problem("journal_disk"),
            Problem("journal_broken"),
            Problem("journal_newer"),
            Problem("journal_unreachable"),
        )
    }
    return problems.get(code, problems["journal_broken"])
