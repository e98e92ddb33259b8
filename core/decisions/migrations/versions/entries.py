"""The first journal: entries that are never changed, and parts that can be erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ENTRIES_STAY = {
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


def upgrade() -> None:
    """From an empty database."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "journal_entries",
        sa.Column("sequence", number, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("time", sa.String(32), nullable=False, index=True),
        sa.Column("who", sa.Text, nullable=False, index=True),
        sa.Column("token", sa.String(64), nullable=False, unique=True),
        sa.Column("outcome", sa.String(32), index=True),
        sa.Column("departs", sa.Boolean),
    )
    op.create_table(
        "journal_parts",
        sa.Column("sequence", number, sa.ForeignKey("journal_entries.sequence"), primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
    )
    is_client = sa.text("name = 'client'")
    op.create_index(
        "journal_parts_by_client", "journal_parts", ["value"], sqlite_where=is_client, postgresql_where=is_client
    )
    for statement in ENTRIES_STAY[op.get_bind().dialect.name]:
        op.execute(statement)
