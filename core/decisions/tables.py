"""The journal's tables. A change of them is a step in `migrations/versions` and another REVISION."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, text

REVISION = "0003"
"""The step of the migrations that this program reads and writes."""
VERSIONS = "journal_version"
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData()

entries = Table(
    "journal_entries",
    metadata,
    Column("sequence", _NUMBER, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    # Copies out of the body, for searches; a check of the journal compares them.
    Column("kind", String(16), nullable=False),
    Column("time", String(32), nullable=False, index=True),
    Column("who", Text, nullable=False, index=True),
    Column("token", String(64), nullable=False, unique=True),
    Column("outcome", String(32), index=True),
    Column("departs", Boolean),
    Column("refers", _NUMBER, index=True),
)
"""One row an entry, never changed: triggers refuse it."""

parts = Table(
    "journal_parts",
    metadata,
    Column("sequence", _NUMBER, ForeignKey("journal_entries.sequence"), primary_key=True, autoincrement=False),
    Column("name", String(16), primary_key=True),
    Column("salt", String(64), nullable=False),
    Column("value", Text, nullable=False),
)
"""What can be erased of an entry: one row a part, deleted with its salt."""

IS_CLIENT = text("name = 'client'")
Index(
    "journal_parts_by_client",
    parts.c.value,
    sqlite_where=IS_CLIENT,
    postgresql_where=IS_CLIENT,
)

APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER journal_entries_stay BEFORE UPDATE ON journal_entries "
        "BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END",
        "CREATE TRIGGER journal_entries_are_kept BEFORE DELETE ON journal_entries "
        "BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION journal_entries_stay() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''entries are never changed or removed''; END'",
        "CREATE TRIGGER journal_entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION journal_entries_stay()",
    ),
}
"""By dialect: what keeps a mistake from changing an entry. Who owns the database can take it away; the chain tells."""
