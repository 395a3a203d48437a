"""To which city a database belongs: one row, written by the first write that knows it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table, which holds one row at most."""
    op.create_table(
        "city",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("identity", "name", "named_at")),
        sa.CheckConstraint("number = 1", name="city_is_one"),
    )
