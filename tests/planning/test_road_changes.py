"""Roads closed and opened: the same times as networkx without, or with, these edges."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
import shapely

from data import CandidateSites
from data.files.question_files import read_question
from data.network_store import load_network, save_network
from data.questions import Question
from geo.errors import FileFormatError, InputError, NetworkError, ProblemError
from geo.network import build_network
from geo.profiles import PROFILES
from geo.road_changes import edges_crossed, edges_of_ways, with_closed, with_opened
from geo.travel_time_matrix import travel_times
from planning.decisions import ask
from planning.decisions.world import changed_roads
from tests.geo.conftest import roads
from tests.planning.grid_town import (
    graph_of,
    town_demand,
    town_network,
    town_settings,
    town_stations,
)

if TYPE_CHECKING:
    from pathlib import Path

    from geo.network import RoadNetwork

SETTINGS = town_settings()


def times_of(network: RoadNetwork, mode: str, ends: np.ndarray | None = None) -> np.ndarray:
    """Seconds between all crossings, or the points of another network, inf for no way."""
    ends = network.node_lonlat if ends is None else ends
    table = travel_times(network, mode=mode, origins=ends, destinations=ends).csr.tocoo()
    made = np.full(table.shape, np.inf)
    made[table.row, table.col] = table.data
    return made


def shortest(graph: nx.DiGraph, n: int) -> np.ndarray:
    made = np.full((n, n), np.inf)
    for origin, row in nx.all_pairs_dijkstra_path_length(graph, weight="seconds"):
        for destination, seconds in row.items():
            made[origin, destination] = seconds
    return made


def ring_of(network: RoadNetwork, seed: int) -> list[tuple[float, float]]:
    """A triangle that crosses some streets of the town."""
    rng = np.random.default_rng([8, seed])
    low, high = network.node_lonlat.min(axis=0), network.node_lonlat.max(axis=0)
    return [tuple(map(float, low + rng.random(2) * (high - low))) for _ in range(3)]


@pytest.mark.parametrize("mode", ["foot", "truck"])
@pytest.mark.parametrize("seed", range(4))
def test_times_are_those_of_networkx_without_the_closed_edges(seed: int, mode: str) -> None:
    network = town_network(seed)
    ring = shapely.Polygon(ring_of(network, seed))
    lines = [shapely.LineString(network.line(edge)) for edge in range(network.n_edges)]
    crossed = {edge for edge, line in enumerate(lines) if ring.intersects(line)}
    edges = edges_crossed(network, ring)
    assert set(np.flatnonzero(edges).tolist()) == crossed
    assert 0 < len(crossed) < network.n_edges
    expected = shortest(graph_of(network, mode, without=crossed), network.n_nodes)
    # a crossing all of whose streets are closed is off the roads, and snaps elsewhere
    left = np.zeros(network.n_nodes, dtype=bool)
    open_ = ~edges & network.usable(mode)
    left[network.edge_from[open_]] = left[network.edge_to[open_]] = True
    made = times_of(with_closed(network, edges), mode)
    both = np.ix_(left, left)
    np.testing.assert_allclose(made[both], expected[both], atol=0.01)
    before = shortest(graph_of(network, mode), network.n_nodes)
    np.testing.assert_allclose(times_of(network, mode), before, atol=0.01)
    assert (made[both] > before[both] + 1).any()


def test_a_road_is_closed_to_the_modes_that_are_named_alone() -> None:
    network = town_network(0)
    edges = edges_crossed(network, shapely.Polygon(ring_of(network, 0)))
    changed = with_closed(network, edges, modes=["truck"])
    truck = network.modes.index("truck")
    for m in range(len(network.modes)):
        before, after = network.seconds[m], changed.seconds[m]
        assert np.isnan(after[:, edges]).all() == (m == truck)
        assert np.array_equal(after[:, ~edges], before[:, ~edges], equal_nan=True)
    with pytest.raises(NetworkError, match="no mode 'lorry'"):
        with_closed(network, edges, modes=["lorry"])


def test_a_way_is_found_by_its_number_in_every_edge_that_holds_a_part_of_it(
    tmp_path: Path,
) -> None:
    """Ways 0 and 1 meet where nothing can be decided: they are one edge; 2 crosses way 1."""
    nodes = [(0, 0), (1, 0), (2, 0), (3, 0), (2, 1), (2, -1)]
    tags = {"highway": "residential"}
    network = build_network(roads(nodes, [([0, 1], tags), ([1, 2, 3], tags), ([5, 2, 4], tags)]))
    assert network.n_edges == 4
    ways = [
        set(network.way_id[network.way_offset[e] : network.way_offset[e + 1]].tolist())
        for e in range(network.n_edges)
    ]
    assert sorted(map(sorted, ways)) == [[0, 1], [1], [2], [2]]
    for way, n in ((0, 1), (1, 2), (2, 2)):
        edges = edges_of_ways(network, [way])
        assert [way in held for held in ways] == edges.tolist()
        assert edges.sum() == n
    with pytest.raises(NetworkError, match="way 77 is no part of the road network"):
        edges_of_ways(network, [1, 77])
    save_network(network, tmp_path / "roads")
    kept = load_network(tmp_path / "roads")
    assert np.array_equal(edges_of_ways(kept, [1]), edges_of_ways(network, [1]))
    none = np.zeros(0, dtype=np.int64)
    old = replace(network, way_offset=none, way_id=none)
    assert old.content_hash == network.content_hash
    with pytest.raises(NetworkError, match="run yizhan network build again"):
        edges_of_ways(old, [1])


def test_an_opened_road_is_used_at_the_speed_of_its_class_and_others_stay() -> None:
    nodes = [(0, 0), (1, 0), (1, 1), (0, 1)]
    tags = {"highway": "residential"}
    shut = {**tags, "motor_vehicle": "no"}
    around = [([1, 2], tags), ([2, 3], tags), ([3, 0], tags)]
    network = build_network(roads(nodes, [([0, 1], shut), *around]))
    open_ = build_network(roads(nodes, [([0, 1], tags), *around]))
    edges = edges_of_ways(network, [0])
    ends = network.node_lonlat
    assert not np.allclose(times_of(network, "truck"), times_of(open_, "truck", ends))
    changed = with_opened(network, edges, profiles=PROFILES, modes=["truck"])
    np.testing.assert_allclose(
        times_of(changed, "truck"), times_of(open_, "truck", ends), atol=0.01
    )
    np.testing.assert_allclose(times_of(changed, "car"), times_of(network, "car"), atol=0.01)
    one_way = build_network(roads(nodes, [([0, 1], {**tags, "oneway": "yes"}), *around]))
    again = with_opened(one_way, edges_of_ways(one_way, [0]), profiles=PROFILES)
    assert np.array_equal(again.seconds, one_way.seconds, equal_nan=True)
    steps = build_network(roads(nodes, [([0, 1], {"highway": "steps"}), *around]))
    with pytest.raises(NetworkError, match="truck has no speed on a road of the class steps"):
        with_opened(steps, edges_of_ways(steps, [0]), profiles=PROFILES, modes=["truck"])


def question_of(**world: object) -> Question:
    return Question.from_dict(
        {"world": {"roads": [{"name": "bridge", **world}]}, "actions": {"build": ["driver_home"]}}
    )


def test_a_question_counts_over_the_roads_as_it_changes_them() -> None:
    network = town_network(2)
    stations = town_stations(network, 2)
    sites = CandidateSites.from_records([{"id": "C1", "name": "候选", "lon": 116.80, "lat": 33.96}])
    ring = ring_of(network, 2)
    closed = question_of(rule="close", rings=[ring], modes=["truck"])
    plain = Question.from_dict({"actions": {"build": ["driver_home"]}})
    assert closed.content_hash != plain.content_hash
    assert Question.from_dict(closed.as_dict()) == closed
    city = {"demand": town_demand(network, 2), "stations": stations, "sites": sites}
    asked = ask(closed, network=network, settings=SETTINGS, **city)
    by_hand = with_closed(network, edges_crossed(network, shapely.Polygon(ring)), modes=["truck"])
    same = ask(plain, network=by_hand, settings=SETTINGS, **city)
    assert np.array_equal(asked.items.weights, same.items.weights)
    assert (asked.items.covers != same.items.covers).nnz == 0
    other = ask(plain, network=network, settings=SETTINGS, **city)
    assert asked.items.standing.sum() < other.items.standing.sum()
    assert asked.inputs["network"] == other.inputs["network"] == network.content_hash
    assert asked.inputs["question"] != other.inputs["question"]


@pytest.mark.parametrize(
    ("world", "words"),
    [
        ({"rule": "close"}, "bridge: say which roads"),
        ({"rule": "close", "lines": [[[1, 2], [1, 2]]]}, "a line has 2 points or more"),
        ({"rule": "close", "ways": [3], "modes": ["lorry"]}, "mode lorry is none of foot"),
        ({"rule": "close", "rings": [[[0, 0], [1, 1], [1, 0]]]}, "there is no road of the network"),
        (
            {"rule": "open", "rings": [[[116, 33], [117, 34], [117, 33], [116, 34]]]},
            "world.roads bridge: its ring crosses itself",
        ),
        ({"rule": "close", "ways": [12345]}, "way 12345 is no part of the road network"),
    ],
)
def test_a_change_of_no_road_is_refused_in_one_line(world: dict[str, object], words: str) -> None:
    with pytest.raises((InputError, ProblemError)) as told:
        changed_roads(town_network(0), question_of(**world), settings=SETTINGS)
    assert words in str(told.value)


def test_a_drawing_beside_the_question_becomes_part_of_it(tmp_path: Path) -> None:
    ring = [[116.80, 33.95], [116.81, 33.95], [116.81, 33.96], [116.80, 33.95]]
    line = [[116.80, 33.95], [116.82, 33.97]]
    drawn = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": of}}
            for kind, of in (("Polygon", [ring]), ("MultiLineString", [line]))
        ],
    }
    (tmp_path / "works.geojson").write_text(json.dumps(drawn), "utf-8")
    text = '[[world.roads]]\nname = "works"\nrule = "close"\ngeojson = "works.geojson"\n'
    (tmp_path / "q.toml").write_text(text, "utf-8")
    made = read_question(tmp_path / "q.toml")
    [change] = made.world.roads
    assert change.rings == (tuple(map(tuple, ring)),)
    assert change.lines == (tuple(map(tuple, line)),)
    assert Question.from_dict(json.loads(json.dumps(made.as_dict()))) == made
    for wrong, words in (
        ({"type": "Point", "coordinates": [1, 2]}, "draw 1 to 1000 lines or areas"),
        ({"type": "Polygon"}, "is no GeoJSON"),
        ([], "is no GeoJSON"),
    ):
        (tmp_path / "works.geojson").write_text(json.dumps(wrong), "utf-8")
        with pytest.raises(FileFormatError, match=f"works.geojson: {words}"):
            read_question(tmp_path / "q.toml")
