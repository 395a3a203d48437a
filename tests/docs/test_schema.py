"""Claims that keep docs/schema.md true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from data.database import HALF_LIFE_DAYS
from data.database.schema import LISTS, METADATA, STATIONS

PAGE = (Path(__file__).parents[2] / "docs" / "schema.md").read_text(encoding="utf-8")


def _type(column: sa.Column[object]) -> str:
    if isinstance(column.type, sa.LargeBinary):
        return "bytes"
    if not isinstance(column.type, sa.Text):
        return "number"
    is_list = column.name == "fields" or (column.table is STATIONS and column.name in LISTS)
    return "list" if is_list else "text"


@pytest.mark.parametrize("name", [table.name for table in METADATA.sorted_tables])
def test_every_table_stands_on_the_page_with_every_column_in_order(name: str) -> None:
    section = PAGE.split(f"## `{name}`")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", section, re.MULTILINE)
    columns = METADATA.tables[name].columns
    assert [(column, kind) for column, kind, _ in rows] == [(c.name, _type(c)) for c in columns]
    assert all(meaning.strip() for *_, meaning in rows)


def test_the_page_names_no_other_table() -> None:
    assert set(re.findall(r"^## `(\w+)`", PAGE, re.MULTILINE)) == set(METADATA.tables)


def test_the_page_gives_the_half_life() -> None:
    assert f"0.5 ^ (age in days / {HALF_LIFE_DAYS:.0f})" in PAGE
