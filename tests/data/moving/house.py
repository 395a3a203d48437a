"""A database with rows in every table, and what it must tell wherever it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from data.database import Import
from data.database.copying import tables_of
from data.database.schema import METADATA
from data.stations import Stations
from tests.data.register.records import FULL, STATION
from tests.data.test_scenarios import line, scenario

if TYPE_CHECKING:
    from data.database import Database

#: Texts that go wrong where something is quoted, packed or cut.
ODD = "驿站 '\"\\ \t\n\\N <b> 𠮷 \u0301%s"


def fill(database: Database) -> None:
    """Write a register with a history, scenarios, and two rows into each table that has none."""
    register = database.register()
    gone = {**STATION, "id": "gone", "name": "旧站"}
    register.replace(Stations.from_records([STATION, FULL, gone]), record=Import(file="一.csv"))
    again = Stations.from_records([FULL, {**STATION, "hours": "8:00-18:00"}])
    register.replace(again, record=Import(file="二.csv", by="李四"))
    register.observe("a", {"hours": "24小时"}, source="inspector", by="王五", weight=0.9)
    scenarios = database.scenarios()
    scenarios.add(scenario(), by="tests")
    scenarios.add(scenario("锁定"), by="tests")
    scenarios.lock("锁定", line("locked"), by="李四")
    with database.backend.transaction(write=True) as connection:
        for table in METADATA.sorted_tables:
            count = sa.select(sa.func.count()).select_from(table)
            if not connection.execute(count).scalar_one():
                rows = [_row(table, number) for number in range(1 if table.name == "city" else 2)]
                connection.execute(sa.insert(table), rows)


def _row(table: sa.Table, number: int) -> dict[str, Any]:
    """Return a row of a table with a value of each column's type."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.foreign_keys or column.name == "number":
            values[column.name] = 1
        elif isinstance(column.type, sa.Text):
            values[column.name] = f"{number} {ODD}"
        elif isinstance(column.type, sa.Double):
            values[column.name] = number + 0.1
        elif not column.primary_key or not isinstance(column.type, sa.Integer):
            values[column.name] = None if column.nullable and number else number + 7
    if isinstance(table.columns[0].type, sa.Text) and table.columns[0].name == "number":
        values["number"] = f"7K3F-{number}"
    if table.name == "sites":
        values["row"] = number
    if table.name == "reports":
        values["number"] = f"2026-Q{number + 1}-1"
    if table.name == "organisations":
        values["row"] = number
    return values


def told(database: Database) -> dict[str, Any]:
    """Return all that a database tells: its tables, exports, history and evidence."""
    register = database.register()
    with database.backend.snapshot() as connection:
        tables = tables_of(connection)
    imports = register.imports()
    return {
        "tables": tables,
        "frame": register.stations().frame.to_json(),
        "then": register.stations(as_of=imports[0].recorded_at).frame.to_json(),
        "imports": imports,
        "history": {name: register.history(name) for name in ("a", "b", "gone")},
        "evidence": register.evidence_of_all(register.history("a")[-1].recorded_at),
        "found": (
            register.search("甲驿站"),
            register.search("乙"),
            register.nearest(116.8, 33.9, 2),
        ),
        "scenarios": [one.content_hash for one in database.scenarios().all()],
    }
