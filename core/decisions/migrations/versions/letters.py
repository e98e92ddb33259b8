"""Letters and contests: entries that refer to another one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; entries that are written refer to none and stay as they are."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.add_column("journal_entries", sa.Column("refers", number))
    op.create_index("ix_journal_entries_refers", "journal_entries", ["refers"])
