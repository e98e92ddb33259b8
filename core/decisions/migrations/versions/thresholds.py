"""Changes of the threshold: entries of a kind that versions before do not know, in the same tables."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Change nothing but the number of the step: a version before would take such an entry for an altered one."""
