"""What kind of host a candidate site has, such as a bank; empty where that is not known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; sites that are there have no host that is known."""
    op.add_column("sites", sa.Column("host_type", sa.Text, nullable=False, server_default=""))
