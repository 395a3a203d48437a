"""Claims about the whole way: from an extract to a plan and a report, against networkx."""

from __future__ import annotations

import csv
import itertools
import json
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pyproj
import pytest
import shapely

from bench.towns import Town, helsinki, shanghai
from data.workspace import Workspace
from geo.snapping import snap

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cli

    from geo.network import RoadNetwork

pytestmark = pytest.mark.real
NEW = 3
BORDERLINE_S = 0.05
Place = tuple[int, float, float]  # edge, fraction along it, straight metres to it


@dataclass(frozen=True)
class Way:
    """A town taken the whole way, with the answer of every command."""

    town: Town
    folder: Path
    answers: dict[str, dict[str, Any]]

    @property
    def workspace(self) -> Workspace:
        return Workspace.open(self.folder)


def _take(town: Town, folder: Path, cli: Cli, *, new: int) -> Way:
    commands: dict[str, tuple[object, ...]] = {
        "init": ("init", "--name", town.name, "--box", town.box_text),
        "network": ("network", "build", "--osm", town.roads),
        "stations": ("stations", "import", town.stations, "--datum", "wgs84"),
        "demand": ("demand", "import", town.demand),
        "coverage": ("coverage",),
        "plan": ("plan", "--new", str(new)),
        "map": ("map", "-o", folder / "map.html"),
        "report": ("report", "-o", folder / "report"),
    }
    answers = {}
    for name, words in commands.items():
        answer = cli(*words, "-w", folder, "--json")
        assert answer.code == 0, (name, answer.err)
        answers[name] = answer.json
    return Way(town=town, folder=folder, answers=answers)


@pytest.fixture(scope="module")
def way(tmp_path_factory: pytest.TempPathFactory, helsinki_pbf: Path, cli: Cli) -> Way:
    folder = tmp_path_factory.mktemp("helsinki")
    town = helsinki(folder / "input", helsinki_pbf)
    return _take(town, folder / "city", cli, new=NEW)


@pytest.fixture(scope="module")
def graph(way: Way) -> nx.MultiDiGraph[int]:
    """The roads an e-bike may use, as networkx sees them, lights included."""
    network = way.workspace.network()
    mode = network.modes.index("ebike")
    made: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    made.add_nodes_from(range(network.n_nodes))
    for edge in range(network.n_edges):
        ends = int(network.edge_from[edge]), int(network.edge_to[edge])
        for direction, (tail, head) in enumerate((ends, ends[::-1])):
            seconds = float(network.seconds[mode, direction, edge])
            blocked = network.node_blocked[mode]
            if np.isfinite(seconds) and not blocked[tail] and not blocked[head]:
                cost = seconds + float(network.node_delay_s[mode, head])
                made.add_edge(tail, head, seconds=cost)
    return made


def _points(path: Path) -> np.ndarray[Any, Any]:
    with path.open(encoding="utf-8") as file:
        return np.array([(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)])


def _places(network: RoadNetwork, lonlat: np.ndarray[Any, Any]) -> list[Place]:
    """Edge, fraction along it and straight metres; shapely agrees that it is the nearest place."""
    left, bottom, right, top = network.box
    plane = pyproj.CRS.from_proj4(
        f"+proj=aeqd +lat_0={(bottom + top) / 2} +lon_0={(left + right) / 2} +ellps=WGS84"
    )
    to_plane = pyproj.Transformer.from_crs("EPSG:4326", plane, always_xy=True)
    shape = np.column_stack(to_plane.transform(*network.shape_lonlat.T))
    usable = np.flatnonzero(network.usable("ebike") & ~network.on_island("ebike"))
    lines = [
        shapely.LineString(shape[network.shape_offset[e] : network.shape_offset[e + 1]])
        for e in usable
    ]
    line_of = dict(zip(usable.tolist(), lines, strict=True))
    points = shapely.points(np.column_stack(to_plane.transform(*lonlat.T)))
    _, nearest_m = shapely.STRtree(lines).query_nearest(
        points, return_distance=True, all_matches=False
    )
    snaps = snap(network, lonlat, mode="ebike")
    np.testing.assert_allclose(snaps.distance_m, nearest_m, atol=0.02)
    places = []
    for point, edge, fraction in zip(points, snaps.edge.tolist(), snaps.fraction, strict=True):
        line = line_of[edge]
        along = float(shapely.line_locate_point(line, point, normalized=True))
        assert abs(along - fraction) * line.length < 0.05
        places.append((edge, float(fraction), float(line.distance(point))))
    return places


Arcs = dict[tuple[int, int, int], float]


def _arcs(network: RoadNetwork, mode: int) -> Arcs:
    """Running seconds of every (edge, tail, head) that the mode may go along."""
    arcs: Arcs = {}
    for edge, ends in enumerate(zip(network.edge_from, network.edge_to, strict=True)):
        for direction, (tail, head) in enumerate((ends, ends[::-1])):
            if np.isfinite(running := float(network.seconds[mode, direction, edge])):
                arcs[edge, int(tail), int(head)] = running
    return arcs


def _starts(network: RoadNetwork, arcs: Arcs, mode: int, place: Place) -> dict[int, float]:
    """Seconds from a place on an edge to the nodes at its ends."""
    edge, fraction, _ = place
    ends = int(network.edge_from[edge]), int(network.edge_to[edge])
    start: dict[int, float] = {}
    for tail, head, rest in ((*ends, 1 - fraction), (*ends[::-1], fraction)):
        if rest == 1 and not network.node_blocked[mode, tail]:
            start[tail] = 0.0
        if (edge, tail, head) in arcs and not network.node_blocked[mode, head]:
            cost = rest * arcs[edge, tail, head] + float(network.node_delay_s[mode, head])
            start[head] = min(start.get(head, np.inf), cost)
    return start


def _finish(
    network: RoadNetwork, arcs: Arcs, reached: dict[int, float], start: Place, goal: Place
) -> float:
    """Seconds to a place on an edge, from the nodes reached or along the same edge."""
    edge, share, _ = goal
    tail, head = int(network.edge_from[edge]), int(network.edge_to[edge])
    options = [np.inf]
    for a, b, part in ((tail, head, share), (head, tail, 1 - share)):
        if part == 0:
            options.append(reached.get(a, np.inf))
        running = arcs.get((edge, a, b), np.inf)
        options.append(reached.get(a, np.inf) + part * running)
        step = share - start[1] if a == tail else start[1] - share
        if edge == start[0] and step >= 0:
            options.append(step * running)
    return min(options)


def _seconds(way: Way, graph: nx.MultiDiGraph[int]) -> np.ndarray[Any, Any]:
    """[n_riders, n_stations] by networkx: off the edge, along the roads, onto the edge."""
    network = way.workspace.network()
    mode = network.modes.index("ebike")
    access_mps = float(network.access_kph[mode]) / 3.6
    riders = _places(network, _points(way.town.demand))
    stations = _places(network, _points(way.town.stations))
    arcs = _arcs(network, mode)
    times = np.full((len(riders), len(stations)), np.inf)
    for i, rider in enumerate(riders):
        graph.add_node(-1)
        for node, cost in _starts(network, arcs, mode, rider).items():
            graph.add_edge(-1, node, seconds=cost)
        reached = nx.single_source_dijkstra_path_length(graph, -1, weight="seconds")
        graph.remove_node(-1)
        for j, station in enumerate(stations):
            on_road = _finish(network, arcs, reached, rider, station)
            times[i, j] = on_road + (rider[2] + station[2]) / access_mps
    return times


@pytest.fixture(scope="module")
def seconds(way: Way, graph: nx.MultiDiGraph[int]) -> np.ndarray[Any, Any]:
    return _seconds(way, graph)


def _row(rows: list[dict[str, Any]], group: str, district: str = "all") -> dict[str, Any]:
    return next(row for row in rows if row["group"] == group and row["district"] == district)


def _covered(seconds: np.ndarray[Any, Any], cutoff_s: float, least: int = 1) -> tuple[int, int]:
    """Workers covered by networkx's times, the pairs on the very border out, and in."""
    low, high = (
        3 * int(((seconds <= cutoff_s + slack).sum(axis=1) >= least).sum())
        for slack in (-BORDERLINE_S, BORDERLINE_S)
    )
    assert high - low <= 0.01 * 3 * len(seconds), "the border decides nothing"
    return low, high


def test_coverage_is_what_networkx_computes(way: Way, seconds: np.ndarray[Any, Any]) -> None:
    row = _row(way.answers["coverage"]["rows"], "delivery_rider")
    assert row["workers"] == pytest.approx(3 * len(seconds))
    for least, name in ((1, "within_one"), (2, "within_two")):
        low, high = _covered(seconds, 300.0, least)
        assert low - 1e-6 <= row[name] <= high + 1e-6
    assert 0 < row["within_two"] < row["within_one"] < row["workers"]


def test_straight_lines_flatter_coverage(way: Way) -> None:
    row = _row(way.answers["coverage"]["rows"], "delivery_rider")
    assert row["straight_one"] >= row["within_one"]


def test_the_plan_says_what_it_covers_and_how_good_it_is(way: Way) -> None:
    plan = way.answers["plan"]
    assert plan["status"] == "optimal"
    assert 1 <= len(plan["sites"]) <= NEW
    assert plan["bound"] == pytest.approx(plan["objective"])
    before, after = (_row(plan[k]["rows"], "all")["within_one"] for k in ("before", "after"))
    assert after == pytest.approx(plan["objective"])
    assert sum(site["adds_workers"] for site in plan["sites"]) == pytest.approx(after - before)
    gains = [site["adds_workers"] for site in plan["sites"]]
    assert gains == sorted(gains, reverse=True)


def test_no_other_three_of_twelve_sites_do_better(
    way: Way, graph: nx.MultiDiGraph[int], seconds: np.ndarray[Any, Any], cli: Cli, tmp_path: Path
) -> None:
    folder = tmp_path / "city"
    shutil.copytree(way.folder, folder)
    settings = folder / "yizhan.toml"
    text = settings.read_text(encoding="utf-8")
    head, rider = text.split("[groups.delivery_rider]")
    rider = rider.replace("cutoff_s = 300", "cutoff_s = 60", 1)
    settings.write_text(f"{head}[groups.delivery_rider]{rider}", encoding="utf-8")
    box = way.town.box
    rng = np.random.default_rng(5)
    lonlat = rng.uniform((box.left, box.bottom), (box.right, box.top), (12, 2)).round(5)
    sites = tmp_path / "sites.csv"
    rows = "\n".join(f"K{i},site {i},{lon},{lat}" for i, (lon, lat) in enumerate(lonlat))
    sites.write_text(f"id,name,lon,lat\n{rows}\n", encoding="utf-8")
    town = Town(name="sites", box=box, roads=sites, stations=sites, demand=way.town.demand)
    times = _seconds(Way(town=town, folder=way.folder, answers={}), graph)
    choices = [
        _covered(np.c_[seconds, times[:, list(chosen)]], 60.0)
        for chosen in itertools.combinations(range(12), NEW)
    ]
    low, high = (max(column) for column in zip(*choices, strict=True))
    assert cli("sites", "import", sites, "--datum", "wgs84", "-w", folder).code == 0
    answer = cli("plan", "--new", str(NEW), "-w", folder, "--json")
    assert answer.code == 0, answer.err
    least, most = _covered(seconds, 60.0)
    assert least - 1e-6 <= answer.json["covered_before"] <= most + 1e-6
    assert low - 1e-6 <= answer.json["objective"] <= high + 1e-6
    assert answer.json["status"] == "optimal"
    assert len(answer.json["sites"]) == NEW
    lost, kept = (site["site_id"] for site in (answer.json["sites"][0], answer.json["sites"][-1]))
    words = ("--without", lost, "--keep", kept)
    again = cli("plan", "--new", str(NEW), *words, "-w", folder, "--json")
    assert again.code == 0, again.err
    assert again.json["objective"] <= answer.json["objective"]
    built = {site["site_id"] for site in again.json["sites"]}
    assert kept in built
    assert lost not in built
    refused = cli("plan", "--new", str(NEW), "--without", "no-such", "-w", folder)
    assert refused.code == 2
    assert 'site "no-such" is not among the 12 candidate sites' in refused.err


def test_the_report_holds_the_figures_of_the_plan(way: Way) -> None:
    files = {path.split("/")[-1] for path in way.answers["report"]["files"]}
    assert {"report.html", "coverage.csv", "plan.csv"} <= files
    with (way.folder / "report" / "coverage.csv").open(encoding="utf-8-sig") as file:
        table = list(csv.reader(file))
    figures = {cell for line in table for cell in line}
    row = _row(way.answers["plan"]["before"]["rows"], "delivery_rider")
    assert any(
        float(cell.replace(",", "")) == pytest.approx(row["within_one"])
        for cell in figures
        if cell.replace(",", "").replace(".", "", 1).isdigit()
    )


def test_the_map_is_one_file_with_the_stations_in_it(way: Way) -> None:
    text = (way.folder / "map.html").read_text(encoding="utf-8")
    assert way.town.name in text
    loaded = re.compile(
        r"<(script|link|img|iframe)\b[^>]*\b(src|href)=[\"']?(https?:)?//", re.IGNORECASE
    )
    assert not loaded.search(text)


def test_exports_come_back_as_they_went(way: Way, cli: Cli, tmp_path: Path) -> None:
    before = way.workspace.stations()
    for ending in ("csv", "xlsx", "geojson"):
        file = tmp_path / f"stations.{ending}"
        assert cli("stations", "export", "-w", way.folder, "-o", file).code == 0
        taken = cli("stations", "import", file, "-w", way.folder, "--datum", "wgs84")
        assert taken.code == 0, taken.err
        after = way.workspace.stations()
        assert after.ids == before.ids
        np.testing.assert_allclose(after.lonlat, before.lonlat, atol=1e-9)


def test_the_same_extract_is_not_built_twice(way: Way, cli: Cli) -> None:
    words = ("network", "build", "--osm", way.town.roads, "-w", way.folder, "--json")
    again = cli(*words)
    assert again.code == 0, again.err
    assert way.answers["network"]["built"]
    assert not again.json["built"]
    assert again.json["content_hash"] == way.answers["network"]["content_hash"]
    anew = cli(*words, "--anew")
    assert anew.json["built"]
    assert anew.json["content_hash"] == way.answers["network"]["content_hash"]


def test_isochrones_grow_with_the_minutes_and_hold_the_station(
    way: Way, cli: Cli, tmp_path: Path
) -> None:
    file = tmp_path / "areas.geojson"
    words = ("network", "isochrone", "--station", "S3", "--minutes", "2,5", "-o", file)
    assert cli(*words, "-w", way.folder).code == 0
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    assert [feature["properties"]["minutes"] for feature in features] == [5, 2]
    larger, smaller = (shapely.geometry.shape(feature["geometry"]) for feature in features)
    assert larger.is_valid
    assert smaller.is_valid
    assert smaller.difference(larger).area <= 0.001 * smaller.area
    assert larger.area > 2 * smaller.area
    stations = way.workspace.stations()
    place = shapely.Point(stations.lonlat[stations.ids.index("S3")])
    assert smaller.distance(place) < 0.001
    assert cli(*words[:3], "S99", *words[4:], "-w", way.folder).code == 2


def test_winter_reaches_fewer_and_the_usual_result_stays(way: Way, cli: Cli) -> None:
    before = way.workspace.newest_result("coverage")
    winter = cli("coverage", "--when", "winter", "-w", way.folder, "--json").json
    usual = _row(way.answers["coverage"]["rows"], "delivery_rider")
    assert winter["when"] == "winter"
    assert 0 < _row(winter["rows"], "delivery_rider")["within_one"] < usual["within_one"]
    assert way.workspace.newest_result("coverage") == before


def test_a_base_map_is_written(way: Way, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "base.pmtiles"
    assert cli("network", "basemap", "-o", file, "-w", way.folder).code == 0
    assert file.read_bytes()[:7] == b"PMTiles"


def test_a_graph_goes_out_to_osmnx_and_comes_back(way: Way, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "foot.graphml"
    assert cli("network", "export", "-o", file, "-w", way.folder).code == 0
    folder = tmp_path / "back"
    assert cli("init", "-w", folder, "--name", "b", "--box", way.town.box_text).code == 0
    built = cli("network", "build", "--graphml", file, "-w", folder, "--json")
    assert built.code == 0, built.err
    before = way.answers["network"]["modes"]["foot"]["km"]
    assert built.json["modes"]["foot"]["km"] == pytest.approx(before, rel=0.005)


def test_every_json_answer_says_how_long_it_took(way: Way) -> None:
    for name, answer in way.answers.items():
        assert answer["runtime_s"] >= 0, name
        json.dumps(answer, allow_nan=False)


def test_shanghai_goes_the_whole_way_too(tmp_path: Path, shanghai_osm: Path, cli: Cli) -> None:
    assert shanghai_osm.exists()
    way = _take(shanghai(tmp_path / "input"), tmp_path / "city", cli, new=5)
    plan = way.answers["plan"]
    assert len(plan["sites"]) == 5
    assert plan["objective"] <= plan["bound"] * (1 + 1e-9)
    assert plan["gap"] < 0.05
