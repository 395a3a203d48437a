"""Claims that keep docs/layers.md true."""

from __future__ import annotations

from pathlib import Path

import data.layers
from data.layers.cells_table import PEOPLE_FIELD
from data.layers.own_points import WEIGHT_FIELD
from data.layers.road_lengths import STEP_M
from data.osm_rules import LEVELS_IF_UNKNOWN, OSM_RULES, rule_table

PAGE = (Path(__file__).parents[2] / "docs" / "layers.md").read_text(encoding="utf-8")


def test_every_layer_stands_in_the_page_with_its_tags_unit_and_reason() -> None:
    rows = [" | ".join((f"| `{row[0]}`", *row[1:])) + " |" for row in rule_table()]
    assert [row for row in rows if row not in PAGE] == []
    table = PAGE.split("| layer | unit |")[1].split("\n\n")[0]
    assert table.count("\n| ") == len(OSM_RULES)
    assert all(rule.reason for rule in OSM_RULES)


def test_levels_and_the_m2_of_points_are_those_of_the_rules() -> None:
    rows = [f"| `{kind}` | {levels:g} |" for kind, levels in LEVELS_IF_UNKNOWN.items()]
    assert [row for row in rows if row not in PAGE] == []
    assert all(f"{rule.point_m2:,.0f}" in PAGE for rule in OSM_RULES if rule.point_m2)
    assert f"at most {STEP_M:g} m apart" in PAGE


def test_every_reader_and_its_columns_are_named() -> None:
    readers = [name for name in data.layers.__all__ if hasattr(getattr(data.layers, name), "read")]
    assert sorted(readers) == [
        *("CellsTable", "LayerReader", "OsmExtract", "OsmOnline", "OwnPoints", "Raster"),
        "RoadLengths",
    ]
    assert [name for name in readers if name not in PAGE] == []
    for field in (PEOPLE_FIELD, WEIGHT_FIELD):
        assert f"| `{field.id}` ({field.zh}) |" in PAGE
