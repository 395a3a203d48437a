"""Kept reports and the steps of their way: neither is ever changed or deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the two tables, and the triggers that keep them as they were written."""
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        *_texts("period", "city"),
        sa.Column("sample", sa.Integer, nullable=False),
        *_texts("previous", "figures", "words", "inputs", "method", "content_hash"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "report_steps",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("report_id", sa.Integer, sa.ForeignKey("reports.id"), nullable=False),
        *_texts("at", "act", "name", "by_whom", "why"),
        sa.UniqueConstraint("report_id", "act", name="report_steps_once"),
        sqlite_autoincrement=True,
    )
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRES if postgres else _SQLITE:
        op.execute(statement)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


_SQLITE = (
    """
    CREATE TRIGGER reports_keep_their_words BEFORE UPDATE ON reports
    BEGIN SELECT RAISE(ABORT, 'this report never changes'); END
    """,
    """
    CREATE TRIGGER reports_stay BEFORE DELETE ON reports
    BEGIN SELECT RAISE(ABORT, 'this report never changes'); END
    """,
    """
    CREATE TRIGGER reports_come_once BEFORE INSERT ON reports
    WHEN EXISTS (SELECT 1 FROM reports WHERE id = new.id OR number = new.number)
    BEGIN SELECT RAISE(ABORT, 'this report never changes'); END
    """,
    """
    CREATE TRIGGER report_steps_keep_their_words BEFORE UPDATE ON report_steps
    BEGIN SELECT RAISE(ABORT, 'this report never changes'); END
    """,
    """
    CREATE TRIGGER report_steps_stay BEFORE DELETE ON report_steps
    BEGIN SELECT RAISE(ABORT, 'this report never changes'); END
    """,
    """
    CREATE TRIGGER report_steps_follow BEFORE INSERT ON report_steps
    WHEN EXISTS (SELECT 1 FROM report_steps WHERE id = new.id
                 OR (report_id = new.report_id AND act IN (new.act, 'withdrawn')))
      OR (new.act = 'issued' AND NOT EXISTS (
            SELECT 1 FROM report_steps WHERE report_id = new.report_id AND act = 'reviewed'))
    BEGIN SELECT RAISE(ABORT, 'this report never changes'); END
    """,
)
_REFUSED = "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_a_report()"
_POSTGRES = (
    """
    CREATE FUNCTION refuse_to_change_a_report() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'this report never changes'; END $$
    """,
    """
    CREATE FUNCTION refuse_report_step_out_of_turn() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT 1 FROM report_steps
                 WHERE report_id = NEW.report_id AND act IN (NEW.act, 'withdrawn'))
        OR (NEW.act = 'issued' AND NOT EXISTS (
              SELECT 1 FROM report_steps WHERE report_id = NEW.report_id AND act = 'reviewed'))
      THEN RAISE EXCEPTION 'this report never changes';
      END IF;
      RETURN NEW;
    END $$
    """,
    f"CREATE TRIGGER reports_stay BEFORE UPDATE OR DELETE ON reports {_REFUSED}",
    f"CREATE TRIGGER reports_are_not_emptied BEFORE TRUNCATE ON reports {_REFUSED}",
    f"CREATE TRIGGER report_steps_stay BEFORE UPDATE OR DELETE ON report_steps {_REFUSED}",
    f"CREATE TRIGGER report_steps_are_not_emptied BEFORE TRUNCATE ON report_steps {_REFUSED}",
    """
    CREATE TRIGGER report_steps_follow BEFORE INSERT ON report_steps
    FOR EACH ROW EXECUTE FUNCTION refuse_report_step_out_of_turn()
    """,
)
