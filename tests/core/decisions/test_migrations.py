"""Migrations: from an empty database to the tables that the program knows, whoever comes first, and again."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, text

from core.decisions.database import Database
from core.decisions.journal import Journal
from core.decisions.migrations.__main__ import config_for, upgrade
from core.decisions.migrations.versions.entries import ENTRIES_STAY
from core.decisions.tables import APPEND_ONLY, REVISION, VERSIONS, metadata
from tests.core.decisions.drafts import draft


def test_an_empty_database_is_brought_to_the_tables_that_the_program_knows(address: URL) -> None:
    database = Database(address)
    database.upgrade()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSIONS})
        assert compare_metadata(context, metadata) == []
        assert connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar() == REVISION
    database.close()


def test_upgrading_again_changes_nothing_and_keeps_every_entry(journal: Journal, address: URL) -> None:
    recorded = journal.append(draft("1"))
    assert upgrade(address.render_as_string(hide_password=False)) == ""
    assert journal.of_client("1") == (recorded.entry,)


def test_the_newest_step_is_the_one_that_the_program_writes() -> None:
    script = ScriptDirectory.from_config(config_for(Database("sqlite://")))
    assert script.get_heads() == [REVISION]
    assert ENTRIES_STAY == APPEND_ONLY
