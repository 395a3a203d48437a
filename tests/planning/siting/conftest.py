"""A town of nine by nine crossings: its roads, workers, stations and sites."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from data.demand import Demand
from data.settings import GroupSettings, ServiceStandard, Settings
from data.sites import CandidateSites
from data.stations import Stations
from geo.measure import Box, great_circle_m
from geo.network import RoadNetwork, build_network
from geo.roads import RawRoads

SIDE = 9
STEP_DEGREES = 0.0021  # about 195 m east, 233 m north: no way of the grid is near a cutoff
FOOT = ServiceStandard("foot", 900.0, 1000.0)
EBIKE = ServiceStandard("ebike", 120.0)
TRUCK = ServiceStandard("truck", 120.0)


@pytest.fixture(scope="module")
def lonlat() -> np.ndarray:
    x, y = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    return np.column_stack([116.8 + STEP_DEGREES * x.ravel(), 33.96 + STEP_DEGREES * y.ravel()])


@pytest.fixture(scope="module")
def network(lonlat: np.ndarray) -> RoadNetwork:
    return grid_network(lonlat, {"highway": "residential"})


def grid_network(lonlat: np.ndarray, tags: dict[str, str]) -> RoadNetwork:
    grid = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    lines = [*grid, *grid.T]
    return build_network(
        RawRoads(
            node_id=np.arange(len(lonlat), dtype=np.int64),
            node_lonlat=lonlat,
            node_tags=np.zeros(len(lonlat), dtype=np.int32),
            way_id=np.arange(len(lines), dtype=np.int64),
            way_offset=np.arange(len(lines) + 1, dtype=np.int64) * SIDE,
            way_node=np.concatenate(lines).astype(np.int32),
            way_tags=np.ones(len(lines), dtype=np.int32),
            way_name=np.full(len(lines), -1, dtype=np.int32),
            tag_sets=({}, tags),
            names=(),
        )
    )


@pytest.fixture(scope="module")
def metres(lonlat: np.ndarray) -> np.ndarray:
    """Shortest ways between all nodes by networkx, an oracle of its own."""
    graph = nx.grid_2d_graph(SIDE, SIDE)
    for (a, b), (c, d) in graph.edges:
        one, two = lonlat[a * SIDE + b], lonlat[c * SIDE + d]
        graph.edges[(a, b), (c, d)]["metres"] = float(great_circle_m(one, two))
    table = np.empty((SIDE * SIDE, SIDE * SIDE))
    for (a, b), ways in nx.all_pairs_dijkstra_path_length(graph, weight="metres"):
        for (c, d), length in ways.items():
            table[a * SIDE + b, c * SIDE + d] = length
    return table


def within(metres: np.ndarray, standard: ServiceStandard) -> np.ndarray:
    kph = {"foot": 4.8, "ebike": 15.0}[standard.mode]
    near = metres <= standard.cutoff_s * kph / 3.6
    return near & (metres <= (standard.radius_m or np.inf))


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(
        name="Testing",
        box=Box(116.79, 33.95, 116.83, 33.99),
        metric_crs="EPSG:32650",
        groups=(
            GroupSettings("sanitation_worker", FOOT, frozenset({"station"})),
            GroupSettings("courier", EBIKE, frozenset({"station", "courier_home"})),
        ),
    )


@pytest.fixture(scope="module")
def demand(lonlat: np.ndarray) -> Demand:
    weights = np.random.default_rng(5).integers(0, 30, (len(lonlat), 2)).astype(float)
    return Demand(
        ids=np.array([f"c{k}" for k in range(len(lonlat))]),
        lonlat=lonlat,
        weights=weights,
        groups=("sanitation_worker", "courier"),
        district=np.where(lonlat[:, 0] < 116.81, 0, -1).astype(np.int32),
        district_names=("West",),
    )


@pytest.fixture(scope="module")
def stations(lonlat: np.ndarray) -> Stations:
    kinds = {0: "station", 40: "courier_home", 44: "station", 80: "driver_home"}
    return Stations.from_records(
        [
            {
                "id": f"s{k}",
                "name": f"S {k}",
                "kind": kind,
                "lon": lonlat[k, 0],
                "lat": lonlat[k, 1],
            }
            for k, kind in kinds.items()
        ]
    )


@pytest.fixture(scope="module")
def sites(lonlat: np.ndarray) -> CandidateSites:
    return CandidateSites.from_records(
        [
            {"id": f"k{k}", "name": f"K {k}", "lon": lonlat[k, 0], "lat": lonlat[k, 1]}
            for k in range(3, len(lonlat), 7)
        ]
    )
