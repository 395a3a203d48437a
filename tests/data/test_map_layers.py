"""Layers of a map in one file: each with its columns, its geometry and its style."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pyogrio
import pytest
import shapely

from data.files.layer_styles import LayerStyle
from data.files.map_layers import MapLayer, write_layers
from data.vocabulary import SAMPLE_NOTICE
from geo.errors import InputError, WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

GROUPS = {"courier": "#56b4e9", "truck_driver": "#0072b2"}
STYLE = LayerStyle("group", GROUPS, {"courier": '快递员 <&">'}, opacity=0.12, width_mm=0.2)
HOSTILE = "<img src=x>\x00 {{ 7*7 }}"


def layers() -> list[MapLayer]:
    line = shapely.LineString([(116.8, 33.9), (116.81, 33.95)])
    point = shapely.Point(116.81, 33.95)
    return [
        MapLayer(
            "assignment",
            "line",
            [line, line],
            {"group": list(GROUPS), "workers": [1.5, 2.0], "place": ["S1", HOSTILE]},
            STYLE,
        ),
        MapLayer(
            "areas",
            "area",
            [point.buffer(0.01)],
            {"group": ["courier"], "m": [float("nan")], "kinds": [("station", "base")]},
            STYLE,
        ),
        MapLayer("places", "point", [point], {"group": ["courier"]}, STYLE),
    ]


def test_a_geopackage_holds_every_layer_and_a_default_style_for_each(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_layers(layers(), path, sample=True)
    for layer, sort in (
        ("assignment", "LineString"),
        ("areas", "MultiPolygon"),
        ("places", "Point"),
    ):
        found = pyogrio.read_dataframe(path, layer=layer)
        assert pyogrio.read_info(path, layer=layer)["geometry_type"] == sort
        assert found.crs.to_epsg() == 4326
        assert set(found["notice"]) == {SAMPLE_NOTICE}
    assert pyogrio.read_dataframe(path, layer="areas")["kinds"].tolist() == ["station、base"]
    lines = pyogrio.read_dataframe(path, layer="assignment")
    assert lines["workers"].tolist() == [1.5, 2.0]
    assert shapely.get_coordinates(lines.geometry[0]).tolist() == [[116.8, 33.9], [116.81, 33.95]]
    with closing(sqlite3.connect(path)) as database:
        styles = database.execute(
            "SELECT f_table_name, f_geometry_column, f_table_schema, useAsDefault, styleQML "
            "FROM layer_styles"
        ).fetchall()
        columns = dict(
            database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall()
        )
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        known = {name for (name,) in database.execute("SELECT table_name FROM gpkg_contents")}
    assert known == {"assignment", "areas", "places", "layer_styles"}
    assert {name: column for name, column, *_ in styles} == columns
    assert all((schema, default) == ("", 1) for _, _, schema, default, _ in styles)
    kinds = {"assignment": "line", "areas": "fill", "places": "marker"}
    for name, *_, qml in styles:
        renderer = ET.fromstring(qml).find("renderer-v2")  # noqa: S314 - our own text
        assert renderer is not None
        assert renderer.get("attr") == "group"
        values = {one.get("value"): one for one in renderer.iter("category")}
        assert set(values) == set(GROUPS)
        assert values["courier"].get("label") == '快递员 <&">'
        symbols = {one.get("name"): one for one in renderer.iter("symbol")}
        for value, colour in GROUPS.items():
            symbol = symbols[values[value].get("symbol")]
            assert symbol.get("type") == kinds[name]
            drawn = {one.get("k"): one.get("v") for one in symbol.iter("prop")}
            rgb = ",".join(str(int(colour[k : k + 2], 16)) for k in (1, 3, 5))
            assert any(str(text).startswith(rgb) for text in drawn.values())
    assert "86,180,233,31" in {name: qml for name, *_, qml in styles}["areas"]


def test_geojson_holds_all_layers_in_one_collection(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    write_layers(layers(), path, sample=False)
    made = json.loads(path.read_text("utf-8"))
    assert [one["properties"]["layer"] for one in made["features"]] == [
        "assignment", "assignment", "areas", "places",
    ]  # fmt: skip
    assert made["features"][2]["properties"]["m"] is None
    assert made["features"][2]["properties"]["kinds"] == ["station", "base"]
    assert made["features"][0]["geometry"]["type"] == "LineString"
    assert "notice" not in made


def test_another_ending_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.shp: the ending must be one of \.gpkg, \.geojson"):
        write_layers(layers(), tmp_path / "a.shp", sample=False)
    with pytest.raises(WorkspaceError, match="make its folder first"):
        write_layers(layers(), tmp_path / "none" / "a.gpkg", sample=False)
    assert list(tmp_path.iterdir()) == []
