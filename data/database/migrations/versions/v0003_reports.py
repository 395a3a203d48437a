"""What workers report and propose, activities at stations, and those who look after all that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the six tables; the audit log keeps its lines as the history does."""
    _make_reports()
    _make_proposals()
    _make_desk()
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in _AUDIT_POSTGRES if postgres else _AUDIT_SQLITE:
        op.execute(statement)


def _make_reports() -> None:
    op.create_table(
        "worker_reports",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("ticket", "station_id", "what", "facility", "text", "seen_at", "received_at"),
        *_texts("device", "nonce", nullable=True),
        *_numbers("counts"),
        *_texts("state"),
        sa.UniqueConstraint("device", "nonce", name="worker_reports_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("worker_reports_of_station", "worker_reports", ["station_id", "what"])
    op.create_index("worker_reports_of_ticket", "worker_reports", ["ticket"])
    op.create_table(
        "tickets",
        sa.Column("number", sa.Text, primary_key=True),
        *_texts("station_id", "what", "facility", "state", "opened_at", "amber_at"),
        *_texts("answer", "answered_at", "answered_by"),
        *_numbers("public"),
        *_texts("closed_at"),
        *_numbers("told"),
    )
    op.create_index("tickets_of_station", "tickets", ["station_id", "what"])
    op.create_index("tickets_by_state", "tickets", ["state"])


def _make_proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("number", sa.Text, primary_key=True),
        *_texts("name", "text"),
        sa.Column("lon", sa.Double, nullable=False),
        sa.Column("lat", sa.Double, nullable=False),
        *_texts("received_at"),
        *_texts("device", "nonce", nullable=True),
        *_texts("state", "answer", "answered_at", "answered_by", "site_id"),
        sa.UniqueConstraint("device", "nonce", name="proposals_once"),
    )
    op.create_index("proposals_by_state", "proposals", ["state"])


def _make_desk() -> None:
    op.create_table(
        "activities",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("station_id", "title", "kind", "starts_at", "ends_at", "text"),
        *_texts("made_at", "made_by"),
        sqlite_autoincrement=True,
    )
    op.create_index("activities_of_station", "activities", ["station_id", "ends_at"])
    op.create_table(
        "accounts",
        sa.Column("name", sa.Text, primary_key=True),
        *_texts("password_hash", "role", "station_ids"),
        *_numbers("epoch"),
        *_texts("made_at"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("at", "who", "action", "subject", "detail"),
        sqlite_autoincrement=True,
    )


_AUDIT_SQLITE = (
    """
    CREATE TRIGGER audit_keeps_its_rows BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END
    """,
    """
    CREATE TRIGGER audit_keeps_its_words BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END
    """,
    """
    CREATE TRIGGER audit_comes_once BEFORE INSERT ON audit
    WHEN EXISTS (SELECT 1 FROM audit WHERE id = new.id)
    BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END
    """,
)
_AUDIT_POSTGRES = (
    """
    CREATE TRIGGER audit_keeps_its_rows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history()
    """,
)


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]
