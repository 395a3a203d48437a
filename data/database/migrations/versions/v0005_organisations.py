"""Unions, federations and firms with their members and posts, and who said so when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the three tables; the history keeps its lines as the register's does."""
    op.create_table(
        "organisations",
        sa.Column("row", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        *_texts("name", "kind", "district", "members"),
        sa.Column("posts", sa.Integer, nullable=False),
    )
    op.create_table(
        "organisation_imports",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("recorded_at", "observed_at", "file", "source", "by_whom"),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("rows", "added", "changed", "missing", "partial")
        ),
        *_texts("content_hash"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "organisation_events",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("organisation_id", "kind"),
        sa.Column(
            "import_id", sa.Integer, sa.ForeignKey("organisation_imports.id"), nullable=False
        ),
        sa.Column("file_row", sa.Integer, nullable=True),
        *_texts("changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("events_of_organisation", "organisation_events", ["organisation_id", "id"])
    postgres = op.get_bind().dialect.name == "postgresql"
    for table in ("organisation_imports", "organisation_events"):
        for statement in _postgres(table) if postgres else _sqlite(table):
            op.execute(statement)


def _sqlite(table: str) -> list[str]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"
    again = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = new.id)"  # noqa: S608 - two names
    return [
        f"CREATE TRIGGER {table}_keep_their_rows BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_keep_their_words BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_come_once BEFORE INSERT ON {table} {again} {refuse}",
    ]


def _postgres(table: str) -> list[str]:
    refuse = "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history()"
    on = f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
    return [f"CREATE TRIGGER {table}_keep_their_rows {on} {refuse}"]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]
