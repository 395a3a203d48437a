"""Databases as earlier versions left them: what a later step makes is taken away again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa


def without_hosts(connection: sa.Connection) -> None:
    """Take away what step 0007 makes."""
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
