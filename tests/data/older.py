"""Databases as earlier versions left them: what a later step makes is taken away again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa


_OF_THE_DESK = {
    "accounts": ("districts", "disabled_at"),
    "activities": ("places", "attended"),
    "proposals": ("level", "due_on", "award", "published"),
    "worker_reports": ("said",),
}


def without_attempts(connection: sa.Connection) -> None:
    """Take away what step 0013 makes."""
    connection.exec_driver_sql("DROP TABLE attempts")
    connection.exec_driver_sql("CREATE TABLE login_attempts (id INTEGER, who TEXT, at TEXT)")


def without_host_names(connection: sa.Connection) -> None:
    """Take away what step 0011 makes, after that of 0013."""
    without_attempts(connection)
    connection.exec_driver_sql("ALTER TABLE stations DROP COLUMN host_name")


def without_reports(connection: sa.Connection) -> None:
    """Take away what step 0010 makes, after that of 0011."""
    without_host_names(connection)
    connection.exec_driver_sql("DROP TABLE report_steps")
    connection.exec_driver_sql("DROP TABLE reports")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION refuse_to_change_a_report")
        connection.exec_driver_sql("DROP FUNCTION refuse_report_step_out_of_turn")


def without_runs(connection: sa.Connection) -> None:
    """Take away what step 0009 makes, after that of 0010."""
    without_reports(connection)
    connection.exec_driver_sql("DROP TABLE runs")


def without_the_desk(connection: sa.Connection) -> None:
    """Take away what step 0008 makes, after that of 0009."""
    without_runs(connection)
    for table in (
        *("photos", "visits", "round_stops", "rounds"),
        *("coming_changes", "sign_ups", "login_attempts"),
    ):
        connection.exec_driver_sql(f"DROP TABLE {table}")
    for table, columns in _OF_THE_DESK.items():
        for column in columns:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")


def without_hosts(connection: sa.Connection) -> None:
    """Take away what step 0007 makes, after that of 0008."""
    without_the_desk(connection)
    connection.exec_driver_sql("ALTER TABLE sites DROP COLUMN host_type")


def without_scenarios(connection: sa.Connection) -> None:
    """Take away what step 0006 makes, after that of 0007."""
    without_hosts(connection)
    connection.exec_driver_sql("DROP TABLE scenario_log")
    connection.exec_driver_sql("DROP TABLE scenarios")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION refuse_locked_scenario")
        connection.exec_driver_sql("DROP FUNCTION refuse_locked_scenario_log")


def without_organisations(connection: sa.Connection) -> None:
    """Take away what step 0005 makes, after that of 0006."""
    without_scenarios(connection)
    for table in ("organisation_events", "organisation_imports", "organisations"):
        connection.exec_driver_sql(f"DROP TABLE {table}")
