from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import osmnx
import pytest

from data.osm import read_roads
from data.osm.graph import graph_of, read_graphml, roads_of_graph, write_graphml
from geo import travel_times
from geo.errors import FileFormatError, WorkspaceError
from geo.network import RoadNetwork, build_network

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def helsinki(helsinki_pbf: Path) -> RoadNetwork:
    return build_network(read_roads(helsinki_pbf))


def test_a_graph_for_osmnx_holds_every_open_direction_with_its_length(
    helsinki: RoadNetwork,
) -> None:
    graph = graph_of(helsinki, mode="car")
    passable = helsinki.passable("car")
    assert graph.number_of_edges() == passable.sum()
    total = sum(data["length"] for *_, data in graph.edges(data=True))
    assert total == pytest.approx((helsinki.edge_metres * passable).sum())


def test_graphml_goes_out_and_comes_back_with_the_same_times(
    helsinki: RoadNetwork, tmp_path: Path
) -> None:
    path = tmp_path / "roads.graphml"
    write_graphml(helsinki, path, mode="foot")
    back = build_network(read_graphml(path))
    usable = helsinki.usable("foot")
    assert back.summary()["km"] == pytest.approx(helsinki.edge_metres[usable].sum() / 1e3, rel=1e-5)
    rng = np.random.default_rng(4)
    points = helsinki.node_lonlat[rng.choice(np.flatnonzero(helsinki.in_main("foot")), 40)]
    asked = {"mode": "foot", "origins": points[:20], "destinations": points[20:]}
    there = travel_times(helsinki, measure="metres", cutoff_m=3000, **asked).csr
    again = travel_times(back, measure="metres", cutoff_m=3000, **asked).csr
    assert np.median(abs(again - there).toarray()) < 0.1


def test_a_graph_simplified_by_osmnx_can_be_taken_in(helsinki_pbf: Path, tmp_path: Path) -> None:
    raw = read_roads(helsinki_pbf)
    whole = graph_of(build_network(raw), mode="ebike")
    path = tmp_path / "own.graphml"
    osmnx.save_graphml(whole, path)
    network = build_network(roads_of_graph(osmnx.load_graphml(path)))
    assert network.usable("ebike").sum() > 2000
    assert one_way_km(network) == pytest.approx(one_way_km(build_network(raw)), rel=1e-3)


def test_a_two_way_slip_road_stays_two_way_and_a_one_way_one_one_way() -> None:
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs="EPSG:4326")
    for node in range(4):
        graph.add_node(node, x=116.80 + 0.001 * node, y=33.96)
    both = {"highway": "motorway_link", "length": 92.0, "osmid": 1, "oneway": False}
    graph.add_edge(0, 1, **both, reversed=False)
    graph.add_edge(1, 0, **both, reversed=True)
    graph.add_edge(1, 2, highway="motorway_link", length=92.0, osmid=2, oneway=True)
    graph.add_edge(2, 3, highway="residential", length=92.0, osmid=3, oneway=False)
    graph.add_edge(3, 2, highway="residential", length=92.0, osmid=3, oneway=False)
    network = build_network(roads_of_graph(graph))
    open_ways = {
        (int(network.node_id[a]), int(network.node_id[b])): network.passable("car")[:, e].tolist()
        for e, (a, b) in enumerate(zip(network.edge_from, network.edge_to, strict=True))
    }
    assert open_ways == {(0, 1): [True, True], (1, 2): [True, False], (2, 3): [True, True]}


def one_way_km(network: RoadNetwork) -> float:
    one_way = np.logical_xor(*network.passable("ebike"))
    return float(network.edge_metres[one_way].sum()) / 1000.0


@pytest.mark.parametrize("text", ["", "<graphml>", "no xml at all"])
def test_a_file_that_is_no_graph_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "no.graphml"
    path.write_text(text)
    with pytest.raises(FileFormatError, match=r"no\.graphml: is no GraphML road graph"):
        read_graphml(path)


def test_a_graph_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="no such file"):
        read_graphml(tmp_path / "none.graphml")


def test_writing_into_a_folder_that_is_not_there_is_refused(
    helsinki: RoadNetwork, tmp_path: Path
) -> None:
    with pytest.raises(WorkspaceError, match="cannot be written"):
        write_graphml(helsinki, tmp_path / "none" / "roads.graphml", mode="truck")
