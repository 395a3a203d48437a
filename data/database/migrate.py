"""At which step a schema stands, and how it gets to the last one (Alembic)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa
    from alembic.config import Config

MIGRATIONS = Path(__file__).with_name("migrations")
_FIRST = "0001"


def revision_of(connection: sa.Connection) -> str:
    """Return the revision of the schema; "" when there are no tables.

    A workspace of the first version has its tables and no revision: it stands at "0001".
    """
    there = _tables(connection)
    if "alembic_version" in there:
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())
    return _FIRST if "contents" in there else ""


def upgrade(connection: sa.Connection) -> None:
    """Run the steps that are missing, within the transaction of ``connection``."""
    from alembic import command  # noqa: PLC0415 - slow to import, and only needed here

    config = alembic_config(connection)
    there = _tables(connection)
    if "contents" in there and "alembic_version" not in there:
        command.stamp(config, _FIRST)
    command.upgrade(config, "head")


def alembic_config(connection: sa.Connection | None = None) -> Config:
    """Return Alembic's settings: where the steps are, and on which connection they run."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _tables(connection: sa.Connection) -> set[str]:
    """Return which of the two tables that tell the step are there."""
    if connection.dialect.name == "sqlite":
        names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN "
    else:
        names = "SELECT relname FROM pg_class WHERE pg_table_is_visible(oid) AND relname IN "
    found = connection.exec_driver_sql(f"{names} ('alembic_version', 'contents')")
    return {str(name) for name in found.scalars()}
