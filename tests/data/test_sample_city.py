"""The sample city: what the written files must hold, read with other tools than wrote them."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx
import numpy as np
import osmium
import pyproj
import pytest
import shapely
from shapely.geometry import shape

from data.sample import SampleFiles, write_sample_city
from data.sample.workers import TOTALS
from data.vocabulary import SAMPLE_NOTICE

if TYPE_CHECKING:
    from pathlib import Path

BOX = (116.388, 33.283, 117.045, 34.250)
# GB/T 2260, the same in three public tables of codes.
CODES = {"相山区": "340603", "杜集区": "340602", "烈山区": "340604", "濉溪县": "340621"}
AREAS_KM2 = {"相山区": 141.0, "杜集区": 238.0, "烈山区": 387.0, "濉溪县": 1979.0}
GROUPS = (
    "truck_driver",
    "courier",
    "delivery_rider",
    "ride_hailing_driver",
    "sanitation_worker",
)
TO_METRES = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32650", always_xy=True)


class Ways(NamedTuple):
    """The road file as read back."""

    nodes: list[list[int]]
    lonlat: list[list[tuple[float, float]]]
    tags: list[dict[str, str]]


def read_ways(path: Path) -> Ways:
    ways = Ways([], [], [])
    for way in osmium.FileProcessor(str(path)).with_locations():
        if way.is_way() and "highway" in way.tags:
            ways.nodes.append([node.ref for node in way.nodes])
            ways.lonlat.append([(node.lon, node.lat) for node in way.nodes])
            ways.tags.append(dict(way.tags))
    return ways


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def street_graph(ways: Ways) -> nx.MultiGraph:
    graph = nx.MultiGraph()
    for refs in ways.nodes:
        graph.add_edges_from(itertools.pairwise(refs))
    return graph


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def metric(lonlat: np.ndarray) -> np.ndarray:
    return np.column_stack(TO_METRES.transform(lonlat[:, 0], lonlat[:, 1]))


@pytest.fixture(scope="module")
def city(sample_files: SampleFiles) -> SampleFiles:
    return sample_files


@pytest.fixture(scope="module")
def ways(city: SampleFiles) -> Ways:
    return read_ways(city.roads)


@pytest.fixture(scope="module")
def streets(ways: Ways) -> nx.MultiGraph:
    return street_graph(ways)


@pytest.fixture(scope="module")
def walkable(ways: Ways) -> shapely.STRtree:
    return shapely.STRtree(
        [
            shapely.LineString(metric(np.array(lonlat)))
            for lonlat, tags in zip(ways.lonlat, ways.tags, strict=True)
            if not tags["highway"].startswith("motorway")
        ]
    )


@pytest.fixture(scope="module")
def districts(city: SampleFiles) -> dict[str, shapely.Polygon]:
    features = json.loads(city.districts.read_text(encoding="utf-8"))["features"]
    return {f["properties"]["name"]: shape(f["geometry"]) for f in features}


@pytest.fixture(scope="module")
def stations(city: SampleFiles) -> list[dict[str, str]]:
    return read_table(city.stations)


@pytest.fixture(scope="module")
def demand(city: SampleFiles) -> list[dict[str, str]]:
    return read_table(city.demand)


def places(rows: list[dict[str, str]], lon: str, lat: str) -> np.ndarray:
    return np.array([(float(row[lon]), float(row[lat])) for row in rows])


def test_districts_bear_their_codes(city: SampleFiles) -> None:
    features = json.loads(city.districts.read_text(encoding="utf-8"))["features"]
    assert {f["properties"]["name"]: f["properties"]["code"] for f in features} == CODES


def test_districts_have_their_true_areas(districts: dict[str, shapely.Polygon]) -> None:
    geod = pyproj.Geod(ellps="WGS84")
    areas = {
        name: abs(geod.geometry_area_perimeter(area)[0]) / 1e6 for name, area in districts.items()
    }
    assert areas == pytest.approx(AREAS_KM2, rel=0.01)


def test_districts_lie_inside_the_true_box_and_nearly_fill_its_height(
    districts: dict[str, shapely.Polygon],
) -> None:
    left, bottom, right, top = shapely.total_bounds(list(districts.values()))
    assert BOX[0] <= left < right <= BOX[2]
    assert BOX[1] <= bottom < top <= BOX[3]
    assert top - bottom > 0.9 * (BOX[3] - BOX[1])


def test_districts_neither_overlap_nor_leave_gaps(districts: dict[str, shapely.Polygon]) -> None:
    for one, two in itertools.combinations(districts.values(), 2):
        assert one.intersection(two).area == pytest.approx(0.0, abs=1e-12)
    whole = shapely.union_all(list(districts.values()))
    assert isinstance(whole, shapely.Polygon)
    assert len(whole.interiors) == 0


def test_the_inner_city_touches_all_three_other_districts(
    districts: dict[str, shapely.Polygon],
) -> None:
    inner = districts["相山区"]
    others = [area for name, area in districts.items() if name != "相山区"]
    assert all(inner.boundary.intersection(other.boundary).length > 0.0 for other in others)


def test_roads_are_one_connected_network(streets: nx.MultiGraph) -> None:
    assert nx.is_connected(streets)


def test_roads_have_about_ten_thousand_junctions(streets: nx.MultiGraph) -> None:
    junctions = sum(1 for _, degree in streets.degree if degree != 2)
    assert 9_000 <= junctions <= 11_000


def test_roads_carry_classes_from_motorway_to_steps(ways: Ways) -> None:
    found = Counter(tags["highway"] for tags in ways.tags)
    wanted = (
        "motorway motorway_link trunk primary secondary tertiary unclassified residential service "
        "track cycleway footway steps"
    )
    assert all(found[word] >= 8 for word in wanted.split()), found


def test_motorways_are_one_way_and_met_by_ramps_only(ways: Ways) -> None:
    motorways = [i for i, tags in enumerate(ways.tags) if tags["highway"] == "motorway"]
    assert all(ways.tags[i]["oneway"] == "yes" for i in motorways)
    on_motorway = {ref for i in motorways for ref in ways.nodes[i]}
    others = {
        tags["highway"]
        for tags, refs in zip(ways.tags, ways.nodes, strict=True)
        if on_motorway.intersection(refs)
    }
    assert others == {"motorway", "motorway_link"}


def test_some_streets_are_dual_carriageways(ways: Ways) -> None:
    one_way = [tags for tags in ways.tags if tags.get("oneway") == "yes"]
    assert sum(tags["highway"] == "trunk" for tags in one_way) > 40


def test_cars_reach_every_driven_street_and_come_back(ways: Ways) -> None:
    walked = {"footway", "steps", "cycleway"}
    graph = nx.DiGraph()
    for refs, tags in zip(ways.nodes, ways.tags, strict=True):
        if tags["highway"] not in walked:
            graph.add_edges_from(itertools.pairwise(refs))
            if tags.get("oneway") != "yes":
                graph.add_edges_from((b, a) for a, b in itertools.pairwise(refs))
    main = max(nx.strongly_connected_components(graph), key=len)
    assert len(main) > 0.998 * len(graph)


def test_roads_lie_inside_the_true_box(ways: Ways) -> None:
    lonlat = np.concatenate([np.array(xy) for xy in ways.lonlat])
    assert (lonlat.min(axis=0) >= BOX[:2]).all()
    assert (lonlat.max(axis=0) <= BOX[2:]).all()


def test_lights_stand_where_streets_meet(city: SampleFiles, streets: nx.MultiGraph) -> None:
    lights = [
        node.id
        for node in osmium.FileProcessor(str(city.roads), osmium.osm.NODE)
        if node.tags.get("highway") == "traffic_signals"
    ]
    assert len(lights) > 100
    assert all(streets.degree(light) >= 3 for light in lights)


def test_every_way_and_every_named_street_says_it_is_a_sample(ways: Ways) -> None:
    assert all(tags["source"] == SAMPLE_NOTICE for tags in ways.tags)
    assert all(tags["name"].startswith("示例") for tags in ways.tags if "name" in tags)


def test_every_station_row_carries_the_notice_and_a_sample_name(
    stations: list[dict[str, str]],
) -> None:
    assert all(row["备注"] == SAMPLE_NOTICE for row in stations)
    assert all(row["名称"].startswith("示例") for row in stations)


def test_stations_are_one_centre_sixteen_homes_and_110_stations(
    stations: list[dict[str, str]],
) -> None:
    count = Counter(row["类型"] for row in stations)
    homes = count["司机之家"] + count["骑手之家"] + count["快递员之家"]
    rest = count["户外劳动者服务驿站"] + count["微型驿站"] + count["移动驿站"]
    assert (count["综合服务中心"], homes, rest, len(stations)) == (1, 16, 110, 127)
    assert min(count["微型驿站"], count["移动驿站"]) > 0


def test_station_ids_and_names_stand_once(stations: list[dict[str, str]]) -> None:
    assert len({row["编号"] for row in stations}) == len(stations)
    assert len({row["名称"] for row in stations}) == len(stations)


def test_stations_lie_in_the_district_of_their_address_and_beside_a_street(
    stations: list[dict[str, str]],
    districts: dict[str, shapely.Polygon],
    walkable: shapely.STRtree,
) -> None:
    lonlat = places(stations, "经度", "纬度")
    for row, point in zip(stations, shapely.points(lonlat), strict=True):
        assert districts[row["地址"][:3]].contains(point), row["编号"]
    _, gap = walkable.query_nearest(shapely.points(metric(lonlat)), return_distance=True)
    assert gap.max() < 30.0


def test_most_stations_say_how_one_gets_in_and_when_they_were_checked(
    stations: list[dict[str, str]],
) -> None:
    said = [row["进入方式"] for row in stations]
    assert 0.85 < sum(map(bool, said)) / len(said) < 1.0
    days = [row["核查日期"] for row in stations]
    assert 0.6 < sum(map(bool, days)) / len(days) < 0.95
    assert max(days) <= "2026-11-20"
    broken = [word for row in stations for word in row["损坏的设施"].split("、") if word]
    works = [word for row in stations for word in row["设施"].split("、") if word]
    assert 0.01 < len(broken) / len(works) < 0.1


def test_few_stations_are_planned_or_suspended(stations: list[dict[str, str]]) -> None:
    count = Counter(row["状态"] for row in stations)
    assert set(count) == {"开放", "规划中", "暂停"}
    assert count["开放"] > 0.88 * len(stations)


def test_workers_add_up_to_the_published_totals(demand: list[dict[str, str]]) -> None:
    weights = np.array([[float(row[group]) for group in GROUPS] for row in demand])
    assert weights[:, 0].sum() == 31_500.0
    assert weights.sum() == 40_100.0
    assert (weights >= 0.0).all()
    assert (weights.sum(axis=1) > 0.0).all()


def test_every_worker_row_carries_the_notice(demand: list[dict[str, str]]) -> None:
    assert all(row["notice"] == SAMPLE_NOTICE for row in demand)


def test_worker_cells_are_ten_to_forty_four_thousand_on_a_250_m_grid(
    demand: list[dict[str, str]],
) -> None:
    assert 10_000 <= len(demand) <= 44_000
    assert len({row["id"] for row in demand}) == len(demand)
    places_m = metric(places(demand, "lon", "lat")) - metric(places(demand[:1], "lon", "lat"))
    assert np.abs(places_m - np.round(places_m / 250.0) * 250.0).max() < 0.2


def test_worker_cells_lie_in_the_city_and_near_a_street(
    demand: list[dict[str, str]],
    districts: dict[str, shapely.Polygon],
    walkable: shapely.STRtree,
) -> None:
    lonlat = places(demand, "lon", "lat")
    count = np.zeros(len(lonlat), dtype=int)
    for area in districts.values():
        shapely.prepare(area)
        count += shapely.contains_xy(area, lonlat[:, 0], lonlat[:, 1])
    assert (count == 1).all()
    _, gap = walkable.query_nearest(shapely.points(metric(lonlat)), return_distance=True)
    assert gap.max() < 250.0


def test_riders_are_in_town_and_truck_drivers_mostly_not(
    demand: list[dict[str, str]], districts: dict[str, shapely.Polygon]
) -> None:
    lonlat = places(demand, "lon", "lat")
    in_town = shapely.contains_xy(districts["相山区"], lonlat[:, 0], lonlat[:, 1])
    share = {
        group: sum(float(row[group]) for row, here in zip(demand, in_town, strict=True) if here)
        / sum(float(row[group]) for row in demand)
        for group in GROUPS
    }
    assert share["delivery_rider"] > 0.5
    assert share["truck_driver"] < 0.25


def features(path: Path) -> list[tuple[dict[str, str], shapely.Geometry]]:
    """Tagged nodes and closed ways that are no streets, with their shape in degrees."""
    found = []
    for thing in osmium.FileProcessor(str(path)).with_locations():
        tags = dict(thing.tags)
        if thing.is_node() and tags and tags.get("highway") != "traffic_signals":
            found.append((tags, shapely.Point(thing.lon, thing.lat)))
        elif thing.is_way() and "highway" not in tags:
            found.append((tags, shapely.Polygon([(n.lon, n.lat) for n in thing.nodes])))
    return found


def test_the_map_holds_the_places_that_the_workers_were_drawn_by(city: SampleFiles) -> None:
    found = features(city.roads)
    count = Counter(f"{key}={value}" for tags, _ in found for key, value in tags.items())
    eating = ("restaurant", "fast_food", "cafe", "food_court")
    assert sum(count[f"amenity={word}"] for word in eating) == 1_500
    assert sum(number for tag, number in count.items() if tag.startswith("shop=")) == 2_000 + 26
    assert count["amenity=fuel"] == 60
    assert count["amenity=marketplace"] == 26
    assert count["highway=services"] == 6
    works = [tags for tags, _ in found if "landuse" in tags or tags.get("building") == "warehouse"]
    assert len(works) == 260
    for tag in ("industrial=logistics", "industrial=mine", "landuse=quarry", "natural=water"):
        assert count[tag] > 3, tag
    assert all(tags["source"] == SAMPLE_NOTICE for tags, _ in found)
    assert all(tags["name"].startswith("示例") for tags, _ in found if "name" in tags)


def test_grounds_are_outlines_inside_the_box(city: SampleFiles) -> None:
    grounds = [shape for _, shape in features(city.roads) if shape.geom_type == "Polygon"]
    assert shapely.is_valid(grounds).all()
    left, bottom, right, top = shapely.total_bounds(grounds)
    assert BOX[0] <= left < right <= BOX[2]
    assert BOX[1] <= bottom < top <= BOX[3]


def test_riders_are_near_restaurants_and_truck_drivers_near_works(
    city: SampleFiles, demand: list[dict[str, str]]
) -> None:
    found = features(city.roads)
    cells = shapely.points(metric(places(demand, "lon", "lat")))

    def share_near(group: str, key: str, words: set[str], metres: float) -> float:
        spots = [shape.centroid.coords[0] for tags, shape in found if tags.get(key) in words]
        tree = shapely.STRtree(shapely.points(metric(np.array(spots))))
        near = np.unique(tree.query(cells, predicate="dwithin", distance=metres)[0])
        workers = np.array([float(row[group]) for row in demand])
        return float(workers[near].sum() / workers.sum())

    eating = {"restaurant", "fast_food", "cafe", "food_court"}
    assert share_near("delivery_rider", "amenity", eating, 500.0) > 0.75
    assert share_near("truck_driver", "amenity", eating, 500.0) < 0.5
    assert share_near("truck_driver", "landuse", {"industrial", "quarry"}, 2_000.0) > 0.5


def test_residents_add_up_and_live_where_there_are_homes(city: SampleFiles) -> None:
    rows = read_table(city.population)
    people = np.array([int(row["population"]) for row in rows])
    assert people.sum() == 1_940_000
    assert people.min() >= 1
    assert people.max() < 20_000  # 320,000 a square kilometre would be nobody's city
    assert all(row["notice"] == SAMPLE_NOTICE for row in rows)
    assert len({row["id"] for row in rows}) == len(rows)


def test_the_same_seed_gives_the_same_files(city: SampleFiles, ways: Ways, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    again = write_sample_city(tmp_path, on_progress=lambda done, all_: told.append((done, all_)))
    for name in ("districts", "stations", "demand", "population", "totals", "organisations"):
        assert digest(getattr(again, name)) == digest(getattr(city, name)), name
    assert read_ways(again.roads) == ways
    assert [done for done, _ in told] == list(range(1, len(told) + 1))
    assert {all_ for _, all_ in told} == {len(told)}


def test_another_seed_gives_another_city_of_the_same_size(
    city: SampleFiles, tmp_path: Path
) -> None:
    other = write_sample_city(tmp_path, seed=7)
    for name in ("districts", "stations", "demand", "population", "roads"):
        assert digest(getattr(other, name)) != digest(getattr(city, name)), name
    assert len(read_table(other.stations)) == 127
    assert nx.is_connected(street_graph(read_ways(other.roads)))


def test_the_totals_are_those_of_all_workers_and_carry_the_notice(city: SampleFiles) -> None:
    (row,) = read_table(city.totals)
    assert row["zone"] == "全市"
    assert {group: int(row[group]) for group in GROUPS} == dict(TOTALS)
    assert row["notice"] == SAMPLE_NOTICE


def test_the_members_of_the_organisations_are_all_workers_and_of_unions_those_of_the_city(
    city: SampleFiles,
) -> None:
    rows = read_table(city.organisations)
    words = {"货车司机": "truck_driver", "快递员": "courier", "外卖配送员": "delivery_rider",
             "网约车司机": "ride_hailing_driver", "环卫工人": "sanitation_worker"}  # fmt: skip
    assert {
        group: sum(int(row[heading]) for row in rows) for heading, group in words.items()
    } == dict(TOTALS)
    in_unions = [row for row in rows if row["类型"] != "firm"]
    assert sum(int(row[heading]) for row in in_unions for heading in words) == 39_600
    assert sum(int(row["货车司机"]) for row in in_unions) == 31_500
    assert {row["区县"] for row in rows} == {*CODES, ""}
    assert len({row["编号"] for row in rows}) == len(rows) == len({row["名称"] for row in rows})
    assert all(row["备注"] == SAMPLE_NOTICE for row in rows)
