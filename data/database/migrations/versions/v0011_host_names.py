"""In whose house a station stands, such as a branch of a bank; empty where that is not known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column; of stations that are there no host is known by name."""
    op.add_column("stations", sa.Column("host_name", sa.Text, nullable=False, server_default=""))
