"""The engine on a database of the journal, and how SQLite begins a transaction."""

from __future__ import annotations

import sqlite3
from random import uniform
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

WAIT_SECONDS = 30.0
"""How long a writer waits for another, or for the server."""
BETWEEN_TRIES = (0.001, 0.008)
"""Seconds between two tries of a writer to take its turn in SQLite."""
WRITES = "aval_writes"
PRAGMAS = ("journal_mode=DELETE", "synchronous=EXTRA", "secure_delete=ON", "foreign_keys=ON")


def make_engine(address: URL) -> Engine:
    """An engine on SQLite or PostgreSQL; a connection with the option WRITES takes its turn to write."""
    if address.get_backend_name() == "sqlite":
        options: dict[str, Any] = {"connect_args": {"timeout": WAIT_SECONDS, "check_same_thread": False}}
        if not address.database:
            options["poolclass"] = StaticPool
        engine = create_engine(address, **options)
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
        return engine
    wait = round(WAIT_SECONDS)
    return create_engine(
        address,
        pool_size=2,
        max_overflow=8,
        pool_pre_ping=True,
        pool_recycle=900,
        connect_args={"connect_timeout": wait // 3, "options": f"-c lock_timeout={wait}s"},
        hide_parameters=True,
    )


def is_locked(error: sqlite3.Error) -> bool:
    """Whether another connection holds the database."""
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _set_pragmas(connection: sqlite3.Connection, _: object) -> None:
    # Without this Python's driver begins transactions by itself, and not before the first write.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A writer takes its turn at the beginning: two that read first and write then would stop each other.

    It asks at short and uneven times. SQLite itself waits longer and longer between two tries: where eight writers
    never rest, most of them did not get their turn within WAIT_SECONDS.
    """
    if not connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql("BEGIN")
        return
    until = monotonic() + WAIT_SECONDS
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            break
        except OperationalError as error:
            if not isinstance(error.orig, sqlite3.Error) or not is_locked(error.orig) or monotonic() > until:
                raise
            sleep(uniform(*BETWEEN_TRIES))
    connection.exec_driver_sql(f"PRAGMA busy_timeout={round(WAIT_SECONDS * 1000)}")
