"""OSM layers: Helsinki against a plain count of its tags, and small maps counted by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import osmium
import pyproj
import pytest
import shapely

from data.layers import Layer, LayerArea, OsmExtract
from data.layers.osm import OSM_LICENCE, _plane
from data.osm_rules import OSM_RULES, OsmSorter, levels_of
from data.vocabulary import SAMPLE_NOTICE
from geo.errors import FileFormatError
from geo.measure import Box

if TYPE_CHECKING:
    from data.sample import SampleFiles

AREA = LayerArea(Box(116.70, 33.90, 116.80, 33.96), "EPSG:32650")
EVERYWHERE = LayerArea(Box(24.0, 60.0, 26.0, 61.0), "EPSG:32635")
GEOD = pyproj.Geod(ellps="WGS84")
PLACES = {
    "restaurants": [("amenity", {"restaurant", "fast_food", "cafe", "food_court"})],
    "malls": [("shop", {"mall", "department_store"})],
    "fuel": [("amenity", {"fuel"})],
    "markets": [("amenity", {"marketplace"}), ("shop", {"wholesale"})],
    "schools": [("amenity", {"school", "kindergarten", "college", "university"})],
    "hospitals": [("amenity", {"hospital", "clinic"}), ("healthcare", {"hospital", "clinic"})],
    "depots": [
        ("amenity", {"post_office", "post_depot", "parcel_locker"}),
        ("office", {"courier"}),
        ("shop", {"outpost"}),
    ],
}


def plain_count(path: Path) -> Counter[str]:
    """Objects by layer, by one look at each object's tags."""
    count: Counter[str] = Counter()
    for thing in osmium.FileProcessor(str(path)):
        tags = dict(thing.tags)
        if thing.is_relation() and tags.get("type") != "multipolygon":
            continue
        if "disused" in tags or "abandoned" in tags:
            continue
        for layer, wanted in PLACES.items():
            count[layer] += any(
                set(tags.get(key, "").split(";")) & values for key, values in wanted
            )
        shop = tags.get("shop", "no")
        count["shops"] += shop not in {
            *("no", "none", "vacant", "outpost", "mall", "department_store")
        }
    return count


def read(path: Path, area: LayerArea = AREA) -> dict[str, Layer]:
    return {layer.id: layer for layer in OsmExtract(path).read(area)}


def test_helsinki_holds_as_many_places_as_its_tags_say(helsinki_pbf: Path) -> None:
    layers = read(helsinki_pbf, EVERYWHERE)
    count = plain_count(helsinki_pbf)
    found = {
        name: len(layers[name]) + sum(layers[name].left_out.values()) for name in [*PLACES, "shops"]
    }
    assert found == {name: count[name] for name in found}
    assert count["restaurants"] == 359
    assert count["shops"] > 500
    for name in found:
        assert (layers[name].value == 1.0).all()
        assert layers[name].unit == "places"


def test_helsinkis_floors_are_footprint_times_levels(helsinki_pbf: Path) -> None:
    floors, broken = 0.0, 0
    wkb = osmium.geom.WKBFactory()
    no_floor = set(
        next(rule for rule in OSM_RULES if rule.layer == "buildings").unless[0][0].values
    )
    for thing in osmium.FileProcessor(str(helsinki_pbf)).with_areas():
        tags = dict(thing.tags)
        if not thing.is_area() or "building" not in tags or tags["building"] in no_floor:
            continue
        shape = shapely.from_wkb(wkb.create_multipolygon(thing))
        broken += not shape.is_valid
        m2 = sum(abs(GEOD.geometry_area_perimeter(part)[0]) for part in shape.geoms)
        floors += m2 * levels_of(tags)
    assert broken == 0
    made = read(helsinki_pbf, EVERYWHERE)["buildings"]
    assert made.unit == "m2"
    assert made.total == pytest.approx(floors, rel=2e-3)
    assert made.total > 1e6


def test_layers_say_where_they_are_from(helsinki_pbf: Path) -> None:
    for layer in read(helsinki_pbf, EVERYWHERE).values():
        assert layer.source == "Helsinki.osm.pbf"
        assert layer.licence == OSM_LICENCE
        assert layer.date.startswith("2019-")


def test_the_sample_city_says_that_it_is_one(sample_files: SampleFiles) -> None:
    layers = read(
        sample_files.roads, LayerArea(Box(116.388, 33.283, 117.045, 34.250), "EPSG:32650")
    )
    assert {layer.licence for layer in layers.values()} == {SAMPLE_NOTICE}
    assert len(layers["restaurants"]) == 1_500
    assert all(len(layer) for layer in layers.values())
    assert not any(layer.left_out for layer in layers.values() if layer.unit == "places")


Node = tuple[float, float, dict[str, str]]
Way = tuple[list[int], dict[str, str]]
Draw = Callable[..., Path]


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """Write a small extract: nodes (lon, lat, tags), ways (rows of nodes, tags), multipolygons."""

    def write(
        nodes: list[Node],
        ways: list[Way] = [],  # noqa: B006 - never changed
        relations: list[tuple[list[tuple[str, int]], dict[str, str]]] = [],  # noqa: B006 - as above
        *,
        header: str = "",
    ) -> Path:
        def tagged(tags: dict[str, str]) -> str:
            return "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())

        lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<osm version="0.6" {header}>']
        lines += [
            f'<node id="{n}" version="1" lon="{lon}" lat="{lat}">{tagged(tags)}</node>'
            for n, (lon, lat, tags) in enumerate(nodes, 1)
        ]
        lines += [
            f'<way id="{n}" version="1">'
            + "".join(f'<nd ref="{ref + 1}"/>' for ref in refs)
            + f"{tagged(tags)}</way>"
            for n, (refs, tags) in enumerate(ways, 1)
        ]
        lines += [
            f'<relation id="{n}" version="1">'
            + "".join(f'<member type="way" ref="{ref}" role="{role}"/>' for role, ref in members)
            + f"{tagged({'type': 'multipolygon', **tags})}</relation>"
            for n, (members, tags) in enumerate(relations, 1)
        ]
        path = tmp_path / "small.osm"
        path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
        return path

    return write


def square(lon: float, lat: float, half: float = 0.001) -> list[Node]:
    return [
        (lon - half, lat - half, {}),
        (lon + half, lat - half, {}),
        (lon + half, lat + half, {}),
        (lon - half, lat + half, {}),
    ]


RING = [0, 1, 2, 3, 0]
CAFE = {"amenity": "cafe"}


@pytest.mark.parametrize(
    ("inside", "around", "count"),
    [
        ({"name": "甲"}, {"name": "甲"}, 1),
        ({}, {"name": "甲"}, 1),
        ({"name": "甲"}, {}, 1),
        ({}, {}, 1),
        ({"name": "甲"}, {"name": "乙"}, 2),
    ],
)
def test_a_point_inside_its_own_outline_counts_once(
    draw: Draw, inside: dict[str, str], around: dict[str, str], count: int
) -> None:
    path = draw(
        [*square(116.75, 33.93), (116.7501, 33.9301, CAFE | inside)], [(RING, CAFE | around)]
    )
    made = read(path)["restaurants"]
    assert len(made) == count
    assert sum(made.left_out.values()) == 2 - count


def test_another_kind_inside_and_the_same_kind_outside_count_beside_it(draw: Draw) -> None:
    nodes = [
        *square(116.75, 33.93),
        (116.7501, 33.9301, {"amenity": "restaurant"}),
        (116.7520, 33.9301, CAFE),
    ]
    assert len(read(draw(nodes, [(RING, CAFE)]))["restaurants"]) == 3


def test_an_unnamed_house_of_three_cafes_is_no_fourth(draw: Draw) -> None:
    cafes: list[Node] = [(116.7501 + i / 1e4, 33.93, CAFE | {"name": f"{i}"}) for i in range(3)]
    made = read(draw([*square(116.75, 33.93), *cafes], [(RING, CAFE)]))["restaurants"]
    assert len(made) == 3
    assert made.left_out == {"mapped twice": 1}


def test_a_hospital_inside_its_grounds_counts_once(draw: Draw) -> None:
    hospital = {"amenity": "hospital", "name": "市医院"}
    nodes = [*square(116.75, 33.93), *square(116.75, 33.93, 0.0004)]
    path = draw(nodes, [(RING, hospital), ([4, 5, 6, 7, 4], hospital)])
    assert len(read(path)["hospitals"]) == 1


def test_land_that_overlaps_is_measured_once(draw: Draw) -> None:
    nodes = [*square(116.75, 33.93), *square(116.751, 33.93), (116.75, 33.93, {})]
    tags = {"landuse": "industrial"}
    one = read(draw(nodes, [(RING, tags)]))["industry"].total
    both = read(draw(nodes, [(RING, tags), ([4, 5, 6, 7, 4], tags)]))["industry"].total
    wanted = abs(GEOD.geometry_area_perimeter(shapely.box(116.749, 33.929, 116.751, 33.931))[0])
    assert one == pytest.approx(wanted, rel=2e-3)
    assert both == pytest.approx(1.5 * one, rel=1e-3)


def test_a_hole_in_a_multipolygon_is_no_land(draw: Draw) -> None:
    nodes = [*square(116.75, 33.93, 0.004), *square(116.75, 33.93, 0.002)]
    ways: list[Way] = [(RING, {}), ([4, 5, 6, 7, 4], {})]
    path = draw(nodes, ways, [([("outer", 1), ("inner", 2)], {"landuse": "quarry"})])
    mines = read(path)["mines"]
    outer = abs(GEOD.geometry_area_perimeter(shapely.box(116.746, 33.926, 116.754, 33.934))[0])
    assert mines.total == pytest.approx(0.75 * outer, rel=2e-3)
    assert len(mines) > 40
    hole = Box(116.7481, 33.9281, 116.7519, 33.9319)
    assert not hole.contains(mines.lonlat).any()


def test_points_of_land_count_as_the_rule_says_and_not_inside_an_outline(draw: Draw) -> None:
    shaft = {"man_made": "mineshaft"}
    nodes = [*square(116.75, 33.93), (116.75, 33.93, shaft), (116.76, 33.93, shaft)]
    alone = read(draw(nodes))["mines"]
    assert alone.value.tolist() == [20_000.0, 20_000.0]
    beside = read(draw(nodes, [(RING, {"industrial": "mine"})]))["mines"]
    assert (beside.value == 20_000.0).sum() == 1
    assert beside.left_out == {"points in an outline": 1}


def test_logistics_land_is_not_industry_too(draw: Draw) -> None:
    path = draw(square(116.75, 33.93), [(RING, {"landuse": "industrial", "industrial": "depot"})])
    layers = read(path)
    assert layers["logistics"].total > 30_000
    assert len(layers["industry"]) == 0


def test_parking_counts_only_where_trucks_may_park(draw: Draw) -> None:
    parking = {"amenity": "parking"}
    nodes: list[Node] = [
        (116.75, 33.93, parking),
        (116.751, 33.93, parking | {"hgv": "no"}),
        (116.752, 33.93, parking | {"hgv": "designated"}),
        (116.753, 33.93, parking | {"capacity:hgv": "20"}),
        (116.754, 33.93, {"highway": "rest_area"}),
        (116.755, 33.93, {"highway": "services"}),
    ]
    assert len(read(draw(nodes))["truck_parking"]) == 4


def test_what_is_out_of_use_makes_no_layer(draw: Draw) -> None:
    nodes: list[Node] = [
        (116.75, 33.93, {"amenity": "fuel", "disused": "yes"}),
        (116.751, 33.93, {"disused:amenity": "fuel"}),
        (116.752, 33.93, {"shop": "vacant"}),
    ]
    assert sum(len(layer) for layer in read(draw(nodes)).values()) == 0


def test_a_value_of_two_kinds_is_read_as_both(draw: Draw) -> None:
    assert len(read(draw([(116.75, 33.93, {"amenity": "bar;cafe"})]))["restaurants"]) == 1


def test_what_lies_outside_the_box_is_left_out(draw: Draw) -> None:
    nodes: list[Node] = [(116.75, 33.93, CAFE), (117.5, 33.93, CAFE)]
    assert len(read(draw(nodes))["restaurants"]) == 1
    rim = draw(square(116.80, 33.93), [(RING, {"landuse": "quarry"})])
    whole = read(rim, LayerArea(Box(116.70, 33.90, 116.90, 33.96), "EPSG:32650"))["mines"].total
    assert read(rim)["mines"].total == pytest.approx(whole / 2, rel=1e-3)


def test_a_building_around_the_corner_of_the_box_has_no_floor_in_it(draw: Draw) -> None:
    around: list[Node] = [  # its bounds reach into the box, whose corner is 116.90, 34.00
        *((116.899, 34.001, {}), (116.902, 34.001, {}), (116.902, 33.999, {})),
        *((116.901, 33.999, {}), (116.901, 34.0005, {}), (116.899, 34.0005, {})),
    ]
    layers = read(draw(around, [([0, 1, 2, 3, 4, 5, 0], {"building": "yes"})]))
    assert layers["buildings"].total == 0


def test_an_outline_cut_off_at_the_rim_is_a_place_and_no_land(draw: Draw) -> None:
    cut = [0, 1, 2, 77, 0]
    nodes = square(116.75, 33.93)
    layers = read(draw(nodes, [(cut, CAFE), (cut, {"landuse": "quarry"})]))
    assert len(layers["restaurants"]) == 1
    assert len(layers["mines"]) == 0
    assert layers["mines"].left_out == {"without an outline": 1}
    nothing = read(draw(nodes, [([77, 78, 79, 77], CAFE)]))["restaurants"]
    assert len(nothing) == 0
    assert nothing.left_out == {"cut off at the extract's rim": 1}


def test_an_outline_that_crosses_itself_is_left_out_or_mended_but_never_fatal(draw: Draw) -> None:
    layers = read(draw(square(116.75, 33.93), [([0, 2, 1, 3, 0], {"landuse": "quarry"})]))
    assert layers["mines"].total < 60_000


def test_the_date_is_the_extracts_where_it_tells_one(draw: Draw) -> None:
    path = draw([(116.75, 33.93, CAFE)], header='timestamp="2026-10-31T20:21:22Z"')
    assert read(path)["restaurants"].date in {"", "2026-10-31"}


def test_floors_are_levels_times_footprint(draw: Draw) -> None:
    nodes = square(116.75, 33.93, 0.0002)
    one = read(draw(nodes, [(RING, {"building": "yes"})]))["buildings"].total
    for tags, levels in (
        ({"building": "yes", "building:levels": "7"}, 7.0),
        ({"building": "apartments"}, 6.0),
        ({"building": "apartments", "building:levels": "many"}, 6.0),
        ({"building": "yes", "building:levels": "-3"}, 1.0),
        ({"building": "yes", "building:levels": "1e9"}, 1.0),
        ({"building": "yes", "building:levels": "nan"}, 1.0),
    ):
        total = read(draw(nodes, [(RING, tags)]))["buildings"].total
        assert total == pytest.approx(levels * one), tags
    for word in ("roof", "construction", "no"):
        assert len(read(draw(nodes, [(RING, {"building": word})]))["buildings"]) == 0


def test_ids_below_zero_are_read_too(tmp_path: Path) -> None:
    corners = "".join(
        f'<node id="-{n}" lon="{lon}" lat="{lat}"/>'
        for n, (lon, lat, _) in enumerate(square(116.75, 33.93), 1)
    )
    refs = "".join(f'<nd ref="-{n}"/>' for n in (1, 2, 3, 4, 1))
    tag = '<tag k="amenity" v="school"/>'
    path = tmp_path / "drawn.osm"
    path.write_text(
        f'<osm version="0.6">{corners}<node id="-9" lon="116.76" lat="33.93">{tag}</node>'
        f'<way id="-1">{refs}{tag}</way></osm>'
    )
    assert len(read(path)["schools"]) == 2


@pytest.mark.parametrize("name", ["missing.osm", "empty.osm", "broken.osm.pbf", "broken.osm"])
def test_what_is_no_extract_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name != "missing.osm":
        path.write_bytes(b"" if name == "empty.osm" else b"<osm><node id='1'")
    with pytest.raises(FileFormatError) as caught:
        read(path)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_extract_without_any_such_place_gives_empty_layers(draw: Draw) -> None:
    layers = read(draw([(116.75, 33.93, {"amenity": "bench"})]))
    assert [layer.id for layer in layers.values()] == [rule.layer for rule in OSM_RULES]
    assert not any(len(layer) for layer in layers.values())


def test_the_sorter_looks_at_deciding_tags_only() -> None:
    sorter = OsmSorter()
    for number in range(5):
        assert sorter.wants({"amenity": "cafe", "name": f"{number}"})
    assert len(sorter.known) == 1
    assert not sorter.wants({"name": "cafe"})


def test_points_of_water_stay_on_the_water(draw: Draw) -> None:
    water = read(draw(square(116.75, 33.93, 0.004), [(RING, {"natural": "water"})]))["water"]
    lake = Box(116.746, 33.926, 116.754, 33.934)
    assert lake.contains(water.lonlat).all()
    assert np.diff(np.sort(water.value))[-1] < 2_500.0
    assert water.value.max() <= 2_500.0 + 1e-6


def test_parts_that_overlap_are_joined_and_not_cut_out() -> None:
    one, two = (
        shapely.box(116.72, 33.92, 116.73, 33.93),
        shapely.box(116.725, 33.92, 116.735, 33.93),
    )
    both = np.array([shapely.MultiPolygon([one, two])], dtype=object)
    assert not both[0].is_valid
    whole = _plane(np.array([shapely.union(one, two)], dtype=object), AREA)[0]
    assert _plane(both, AREA)[0].area == pytest.approx(whole.area, rel=1e-9)
