"""What Alembic runs: the steps, on the connection and in the transaction that the caller has begun."""

from __future__ import annotations

from alembic import context

from core.decisions.tables import VERSIONS, metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, version_table=VERSIONS)
with context.begin_transaction():
    context.run_migrations()
