"""The queue of questions that planners ask in the browser, with the progress of each run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("kind", "scenario", "author", "question", "content_hash", "state"),
        *_texts("made_at", "begun_at", "ended_at", "worker", "beat_at"),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("attempts", "changes")),
        *_texts("progress", "answer", "error"),
        sqlite_autoincrement=True,
    )
    op.create_index("runs_by_state", "runs", ["state", "id"])
    op.create_index("runs_by_content", "runs", ["content_hash", "state"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]
