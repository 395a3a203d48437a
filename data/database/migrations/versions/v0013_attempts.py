"""Posting from one address is limited over all processes too, as signing in is since step 0008."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make one table of attempts of every sort; those to sign in of the last minutes are lost."""
    op.drop_table("login_attempts")
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("sort", "who", "about", "at")),
        sqlite_autoincrement=True,
    )
    op.create_index("attempts_of", "attempts", ["sort", "who", "at"])
