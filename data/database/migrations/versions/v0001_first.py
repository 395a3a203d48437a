"""The tables of the first version: a register without history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the four tables."""
    op.create_table(
        "stations",
        sa.Column("row", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        *_texts("name", "kind", "address", "hours", "facilities", "groups", "status", "phone"),
        *_place(),
    )
    op.create_table(
        "sites",
        sa.Column("row", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        *_texts("name", "kind"),
        sa.Column("cost_yuan", sa.Double, nullable=True),
        *_place(),
    )
    op.create_table(
        "contents",
        sa.Column("what", sa.Text, primary_key=True),
        *_texts("replaced_at"),
        sa.Column("rows", sa.Integer, nullable=False),
        *_texts("content_hash"),
    )
    op.create_table(
        "results",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("kind", "created_at", "inputs", "body"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_results_kind", "results", ["kind"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _place() -> list[sa.Column[str] | sa.Column[float]]:
    numbers = ("source_lon", "source_lat", "lon", "lat")
    return [*_texts("datum"), *(sa.Column(name, sa.Double, nullable=False) for name in numbers)]
