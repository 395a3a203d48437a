"""What the register's keepers work with in the browser.

Changes ahead of time, inspection rounds with their visits and photos, signing up for activities,
levels and due dates of proposals, what a report says in values, accounts by district, and attempts
to sign in.

Until this step there was one role for the whole city, "moderator" (管理员), which held every act of
the table, the log among them. It becomes "administrator" (管理员): whoever had it may do what they
did, and somebody can make the accounts of the narrower roles. "moderator" (审核员) is a new role
for those who answer reports.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns and make the tables."""
    _add_columns()
    _make_people()
    _make_rounds()
    op.create_table(
        "coming_changes",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("station_id", "from_day", "to_day", "said", "why"),
        *_texts("made_at", "made_by", "withdrawn_at", "withdrawn_by"),
        sqlite_autoincrement=True,
    )
    op.create_index("coming_changes_of_station", "coming_changes", ["station_id", "from_day"])


def _add_columns() -> None:
    text = {
        "accounts": {"districts": "[]", "disabled_at": ""},
        "proposals": {"level": "", "due_on": "", "award": ""},
        "worker_reports": {"said": ""},
    }
    for table, columns in text.items():
        for name, default in columns.items():
            op.add_column(table, sa.Column(name, sa.Text, nullable=False, server_default=default))
    op.execute("UPDATE accounts SET role = 'administrator' WHERE role = 'moderator'")
    number = sa.Column("published", sa.Integer, nullable=False, server_default="0")
    op.add_column("proposals", number)
    for name in ("places", "attended"):
        op.add_column("activities", sa.Column(name, sa.Integer, nullable=True))


def _make_people() -> None:
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("who", "at"),
        sqlite_autoincrement=True,
    )
    op.create_index("login_attempts_of", "login_attempts", ["who", "at"])
    op.create_table(
        "sign_ups",
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("activity_id", sa.Integer, nullable=False),
        *_texts("made_at"),
        *_texts("device", "nonce", nullable=True),
        *_texts("state"),
        sa.UniqueConstraint("device", "nonce", name="sign_ups_once"),
    )
    op.create_index("sign_ups_of_activity", "sign_ups", ["activity_id", "state"])


def _make_rounds() -> None:
    op.create_table(
        "rounds",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("name", "made_at", "made_by", "rule", "due_on", "inspector", "note", "closed_at"),
        sqlite_autoincrement=True,
    )
    op.create_index("rounds_of_inspector", "rounds", ["inspector", "closed_at"])
    op.create_table(
        "round_stops",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("round_id", sa.Integer, sa.ForeignKey("rounds.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        *_texts("station_id"),
        sa.UniqueConstraint("round_id", "station_id", name="round_stops_once"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "visits",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("round_id", sa.Integer, sa.ForeignKey("rounds.id"), nullable=True),
        *_texts("station_id", "seen_at", "received_at", "by_whom", "nonce"),
        *_texts("said", "note", "conflicts"),
        sa.UniqueConstraint("by_whom", "nonce", name="visits_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("visits_of_station", "visits", ["station_id", "seen_at"])
    op.create_index("visits_of_round", "visits", ["round_id"])
    op.create_table(
        "photos",
        sa.Column("id", sa.Text, primary_key=True),
        *_texts("station_id"),
        sa.Column("visit_id", sa.Integer, sa.ForeignKey("visits.id"), nullable=True),
        *_texts("content_hash"),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("width", "height", "bytes")),
        *_texts("taken_at", "made_at", "made_by", "caption"),
        sa.Column("public", sa.Integer, nullable=False),
        *_texts("removed_at", "changed_at"),
        sa.UniqueConstraint("station_id", "content_hash", name="photos_once"),
    )
    op.create_index("photos_of_station", "photos", ["station_id", "made_at"])
    op.create_index("photos_by_change", "photos", ["changed_at"])


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]
