"""A proposal need not be of a place: its longitude and latitude may be missing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Let the two columns be empty; SQLite writes the table anew for that."""
    with op.batch_alter_table("proposals") as table:
        for name in ("lon", "lat"):
            table.alter_column(name, existing_type=sa.Double, nullable=True)
