"""A journal of each kind: SQLite in a file, and PostgreSQL where there is a server."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from core.decisions.database import address_of
from core.decisions.journal import Journal
from tests.core.decisions.postgres import LEFT_OUT, postgres


@pytest.fixture(scope="session")
def server() -> Iterator[str | None]:
    """The address of a PostgreSQL server; None where there is none."""
    # Not below pytest's own folder, which another user may not enter; and a socket's path has a limit.
    folder = Path(tempfile.mkdtemp(prefix="aval-pg-"))
    try:
        with postgres(folder) as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        yield address_of("", tmp_path / "data")
        return
    server: str | None = request.getfixturevalue("server")
    if server is None:
        pytest.skip(LEFT_OUT)
    name = f"journal_{uuid.uuid4().hex}"
    admin = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(drivername="postgresql+psycopg", database=name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def journal(address: URL) -> Iterator[Journal]:
    """A journal in which nothing is written yet."""
    opened = Journal(address)
    yield opened
    opened.close()
