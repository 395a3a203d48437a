"""Scenarios with their decision logs; a locked one is never changed again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the two tables, and the triggers that keep what is locked and what was logged."""
    op.create_table(
        "scenarios",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("form", "city")),
        sa.Column("sample", sa.Integer, nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("author", "made_at", "question", "decision", "inputs", "locked_at")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "scenario_log",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("scenario_id", sa.Integer, sa.ForeignKey("scenarios.id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "who", "act", "what", "why")),
        sqlite_autoincrement=True,
    )
    op.create_index("scenario_log_of_scenario", "scenario_log", ["scenario_id", "id"])
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRES if postgres else _SQLITE:
        op.execute(statement)


_SQLITE = (
    """
    CREATE TRIGGER scenarios_stay_locked BEFORE UPDATE ON scenarios WHEN old.locked_at <> ''
    BEGIN SELECT RAISE(ABORT, 'this scenario never changes'); END
    """,
    """
    CREATE TRIGGER scenarios_stay BEFORE DELETE ON scenarios WHEN old.locked_at <> ''
    BEGIN SELECT RAISE(ABORT, 'this scenario never changes'); END
    """,
    """
    CREATE TRIGGER scenarios_come_once BEFORE INSERT ON scenarios
    WHEN EXISTS (SELECT 1 FROM scenarios WHERE (id = new.id OR name = new.name)
                 AND locked_at <> '')
    BEGIN SELECT RAISE(ABORT, 'this scenario never changes'); END
    """,
    """
    CREATE TRIGGER scenario_log_is_closed BEFORE INSERT ON scenario_log
    WHEN EXISTS (SELECT 1 FROM scenarios WHERE id = new.scenario_id AND locked_at <> '')
      OR EXISTS (SELECT 1 FROM scenario_log WHERE id = new.id)
    BEGIN SELECT RAISE(ABORT, 'this scenario never changes'); END
    """,
    """
    CREATE TRIGGER scenario_log_stays BEFORE DELETE ON scenario_log
    WHEN EXISTS (SELECT 1 FROM scenarios WHERE id = old.scenario_id AND locked_at <> '')
    BEGIN SELECT RAISE(ABORT, 'this scenario never changes'); END
    """,
    """
    CREATE TRIGGER scenario_log_keeps_its_words BEFORE UPDATE ON scenario_log
    BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END
    """,
)
_POSTGRES = (
    """
    CREATE FUNCTION refuse_locked_scenario() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'this scenario never changes'; END $$
    """,
    """
    CREATE FUNCTION refuse_locked_scenario_log() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE owner integer;
    BEGIN
      IF TG_OP = 'DELETE' THEN owner := OLD.scenario_id; ELSE owner := NEW.scenario_id; END IF;
      IF EXISTS (SELECT 1 FROM scenarios WHERE id = owner AND locked_at <> '') THEN
        RAISE EXCEPTION 'this scenario never changes';
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER scenarios_stay_locked BEFORE UPDATE OR DELETE ON scenarios
    FOR EACH ROW WHEN (OLD.locked_at <> '') EXECUTE FUNCTION refuse_locked_scenario()
    """,
    """
    CREATE TRIGGER scenario_log_is_closed BEFORE INSERT OR DELETE ON scenario_log
    FOR EACH ROW EXECUTE FUNCTION refuse_locked_scenario_log()
    """,
    """
    CREATE TRIGGER scenario_log_keeps_its_words BEFORE UPDATE ON scenario_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history()
    """,
    """
    CREATE TRIGGER scenarios_are_not_emptied BEFORE TRUNCATE ON scenarios
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history()
    """,
    """
    CREATE TRIGGER scenario_log_is_not_emptied BEFORE TRUNCATE ON scenario_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history()
    """,
)
