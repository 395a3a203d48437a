"""Claims about the maps that folium draws."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import folium
import numpy as np
import pytest
import shapely

from data.china_time import today_here
from data.demand import Demand
from geo.measure import Box
from web.languages import ENGLISH
from web.maps.city_map import contents_of, map_of_workspace
from web.maps.density import density_of
from web.maps.label_points import label_point
from web.maps.road_lines import road_lines
from web.maps.safe_map import SafeMap
from web.site.number_words import ramp_labels

if TYPE_CHECKING:
    from pathlib import Path

    from data.workspace import Workspace
    from web.maps.city_map import CityMap

HOSTILE = "</script><img src=x onerror=alert(1)>${alert(1)}{{7*7}}"


@pytest.fixture(scope="module")
def city_map(city: Workspace) -> CityMap:
    return map_of_workspace(city)


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Etc/GMT-14"])
def test_the_day_of_a_map_is_chinas_wherever_the_machine_stands(
    city: Workspace, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", zone)
        time.tzset()
        made_on = contents_of(city).made_on
    time.tzset()
    assert made_on == today_here()


def _hosts(text: str) -> set[str]:
    """Hosts that a document would ask: what it loads, not what a comment or a link names."""
    loads = re.findall(r"""(?:src|srcset)\s*=\s*["']?(\S+?)["'>\s]""", text)
    loads += re.findall(r"""<link[^>]+href=["']?(\S+?)["'>\s]""", text)
    loads += re.findall(r"url\(([^)]+)\)|@import\s+(\S+)", text)
    return {str(found) for found in loads if "//" in str(found)}


def _names(city_map: CityMap) -> list[str]:
    """Names of the stations in the script, read as JSON."""
    data = re.search(r"geo_json_stations_add\((\{.*\})\);", city_map.document.script)
    assert data is not None
    return [feature["properties"]["name"] for feature in json.loads(data[1])["features"]]


def test_the_file_asks_no_host_for_anything(city_map: CityMap) -> None:
    assert _hosts(city_map.html()) == set()


def test_folium_keeps_its_own_lists_of_assets(city_map: CityMap) -> None:
    assert city_map.document.div
    assert any("cdn" in address for _name, address in folium.Map.default_js)
    assert folium.Map([0, 0]).default_js is folium.Map.default_js


def test_the_same_city_gives_the_same_text(city: Workspace, city_map: CityMap) -> None:
    assert map_of_workspace(city).html() == city_map.html()


def test_names_from_data_stand_nowhere_as_html(city_map: CityMap) -> None:
    for text in (city_map.document.div, city_map.document.script):
        assert "<script>window" not in text
        assert "<img src=x" not in text
    assert city_map.html().count("<script") == city_map.html().count("</script>")


def test_template_signs_in_a_name_are_not_run(city_map: CityMap) -> None:
    """branca compiles the finished script as a Jinja template: what stands in {{ }} would run."""
    assert "{{ 7*7 }} {% raw %}" in _names(city_map)


def test_a_brace_survives_every_neighbour() -> None:
    names = ["{{ 7*7 }}", "{# x #}", "\\{{", "\\ue07b", "\\\\{%", "{"]
    drawn = SafeMap(Box(116.7, 33.9, 116.9, 34.0))
    features = [
        {
            "type": "Feature",
            "id": str(number),
            "geometry": {"type": "Point", "coordinates": [116.8, 33.95]},
            "properties": {"name": name, "kind": "station", "state": "open"},
        }
        for number, name in enumerate(names)
    ]
    drawn.add_stations(features, title="{{ 7*7 }}", name="stations")
    document = drawn.document(words={}, attribution="{{ 7*7 }}")
    data = re.search(r"geo_json_stations_add\((\{.*\})\);", document.script)
    assert data is not None
    assert [f["properties"]["name"] for f in json.loads(data[1])["features"]] == names


def test_layer_names_and_labels_are_escaped() -> None:
    drawn = SafeMap(Box(116.7, 33.9, 116.9, 34.0))
    square = shapely.box(116.75, 33.92, 116.8, 33.97)
    drawn.add_covered([square], title=HOSTILE)
    drawn.add_districts({HOSTILE: square}, label_points=[(116.76, 33.93)], title=HOSTILE)
    document = drawn.document(words={"map": HOSTILE}, attribution=HOSTILE)
    assert "<img" not in document.script + document.div
    layers = document.script[document.script.index("layers_layers") :]
    assert "\\u0026lt;img" in layers


def test_a_station_is_data_with_its_name_as_it_is(city_map: CityMap) -> None:
    assert "<script>window.broken=1</script>" in _names(city_map)


def test_the_legend_counts_every_station_once_and_names_source_and_day(
    city: Workspace, city_map: CityMap
) -> None:
    rows = [row for row in city_map.legend.rows if row.number is None]
    assert sum(row.n for row in rows) == len(city.stations())
    html = city_map.html()
    assert "道路：示意数据" in html
    assert "步行 15 分钟、1 公里内" in html
    assert "人/平方公里" in html
    assert "示意数据 / generated sample, not the real register" in html


def test_roads_of_openstreetmap_are_credited(city: Workspace) -> None:
    real = replace(city, settings=replace(city.settings, sample=False))
    html = map_of_workspace(real, language=ENGLISH).html()
    assert "© OpenStreetMap contributors" in html
    assert "Roads: generated sample" not in html
    assert 'class="sample-band"' not in html


def test_a_map_is_written_whole(city_map: CityMap, tmp_path: Path) -> None:
    city_map.save(tmp_path / "new" / "map.html")
    text = (tmp_path / "new" / "map.html").read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert '<html lang="zh-CN">' in text
    assert text.rstrip().endswith("</html>")


def test_density_holds_every_worker_and_each_class_about_a_seventh(city: Workspace) -> None:
    density = density_of(city.demand(), metric_crs=city.settings.metric_crs)
    assert density is not None
    assert density.n_classes == 7
    demand = city.demand()
    weights = demand.weights.sum(axis=1)
    points = shapely.points(demand.lonlat)
    shares = [weights[shapely.contains(area, points)].sum() for area in density.areas]
    assert sum(shares) == pytest.approx(weights.sum())
    assert max(shares) < 2.2 * weights.sum() / 7


def test_density_leaves_out_the_trace_of_workers_on_open_fields() -> None:
    lonlat = np.array([[116.8 + 0.004 * step, 33.95] for step in range(20)])
    weights = np.array([[50.0], *[[0.01]] * 19])
    demand = Demand.at_points(
        ids=[f"c{step}" for step in range(20)], lonlat=lonlat, weights=weights, groups=["courier"]
    )
    density = density_of(demand, metric_crs="EPSG:32650")
    assert density is not None
    assert density.least_per_km2 == 1.0
    drawn = [shapely.contains(area, shapely.points(lonlat)) for area in density.areas]
    assert np.any(drawn, axis=0).tolist() == [True] + [False] * 19


def test_density_of_one_value_is_one_class_and_of_nobody_none(city: Workspace) -> None:
    def demand(weight: float) -> Demand:
        return Demand.at_points(
            ids=["a"],
            lonlat=np.array([[116.8, 33.95]]),
            weights=np.array([[weight]]),
            groups=["courier"],
        )

    crs = city.settings.metric_crs
    one = density_of(demand(5.0), metric_crs=crs)
    assert one is not None
    assert (one.n_classes, one.breaks[0], one.square_m) == (1, pytest.approx(80.0), 250.0)
    assert density_of(demand(0.0), metric_crs=crs) is None


def test_major_roads_stay_when_there_is_room_for_few(city: Workspace) -> None:
    all_roads = road_lines(city.network())
    few = road_lines(city.network(), most_points=1)
    assert {lines.tone for lines in all_roads} == {1, 2, 3}
    assert {lines.tone for lines in few} == {1}
    assert all_roads[-1].tone == 1


def test_a_label_lies_inside_and_away_from_the_marks() -> None:
    area = shapely.box(0, 0, 10, 10)
    lon, lat = label_point(area, np.array([[5.0, 5.0]]))
    assert area.contains(shapely.Point(lon, lat))
    assert np.hypot(lon - 5, lat - 5) > 2


def test_figures_under_a_ramp_stand_in_two_rows_where_one_is_too_narrow() -> None:
    assert [(one.said, one.row) for one in ramp_labels([1, 38, 540])] == [
        ("1.0", 0), ("38", 0), ("540", 0),
    ]  # fmt: skip
    long = ramp_labels([38, 540, 1_440, 12_345])
    assert [(one.said, one.row) for one in long] == [
        ("38", 0), ("540", 1), ("1,400", 0), ("12,000", 1),
    ]  # fmt: skip
    # a sign is at most 0.6 of its height wide, and two neighbours of a row lie two classes apart
    class_px, sign_px = 240 / 7, 0.6 * 12
    widest = max(len(one.said) for one in long) * sign_px
    assert widest < 2 * class_px
