"""A small town on a grid of streets, and the same streets as graphs of networkx."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

from data import Demand, Settings, Stations, default_settings
from geo.measure import Box
from geo.network import RoadNetwork, build_network
from tests.geo.conftest import roads

if TYPE_CHECKING:
    from collections.abc import Collection

SIDE = 6
STEP = 2.0  # of about 100 m
GROUPS = ("courier", "truck_driver", "delivery_rider")
KINDS = ("station", "driver_home", "courier_home", "rider_home")


def town_network(seed: int) -> RoadNetwork:
    """Streets of drawn classes, some of them one way; nodes are crossings."""
    rng = np.random.default_rng([3, seed])
    nodes = [(STEP * (k % SIDE), STEP * (k // SIDE)) for k in range(SIDE * SIDE)]
    pairs = [(k, k + 1) for k in range(SIDE * SIDE) if k % SIDE < SIDE - 1]
    pairs += [(k, k + SIDE) for k in range(SIDE * (SIDE - 1))]
    ways = []
    for number, (one, other) in enumerate(pairs):
        tags = {"highway": str(rng.choice(["primary", "residential", "tertiary"]))}
        tags["name"] = f"第{number}路"
        if rng.random() < 0.15:
            tags["oneway"] = "yes"
        ways.append(([one, other], tags))
    return build_network(roads(nodes, ways))


def graph_of(network: RoadNetwork, mode: str, *, without: Collection[int] = ()) -> nx.DiGraph:
    """The network's edges as arcs of a graph, in seconds and metres, some edges left out."""
    seconds = network.seconds[network.modes.index(mode)]
    graph = nx.DiGraph()
    graph.add_nodes_from(range(network.n_nodes))
    ends = (network.edge_from.tolist(), network.edge_to.tolist())
    for edge in range(network.n_edges):
        for direction in (0, 1):
            if edge not in without and np.isfinite(seconds[direction, edge]):
                graph.add_edge(
                    ends[direction][edge],
                    ends[1 - direction][edge],
                    seconds=float(seconds[direction, edge]),
                    metres=float(network.edge_metres[edge]),
                )
    return graph


def town_settings() -> Settings:
    """Each group with a mode and a reach of its own, short enough to leave some without."""
    settings = default_settings("示例市", Box(116.7, 33.9, 116.9, 34.0))
    short = {"courier": 90.0, "truck_driver": 45.0, "delivery_rider": 120.0}
    groups = tuple(
        replace(group, standard=replace(group.standard, cutoff_s=short[group.id]))
        for group in settings.groups
        if group.id in GROUPS
    )
    return replace(settings, groups=groups)


def town_demand(network: RoadNetwork, seed: int) -> Demand:
    """Workers at every crossing, none of a group at some."""
    rng = np.random.default_rng([4, seed])
    n = network.n_nodes
    plain = Demand.at_points(
        ids=[f"d{k}" for k in range(n)],
        lonlat=network.node_lonlat,
        weights=rng.integers(0, 12, (n, len(GROUPS))).astype(float),
        groups=list(GROUPS),
    )
    profile = rng.integers(0, 5, (len(GROUPS), 2, 24)) / 4.0
    return replace(plain, presence=np.array([0.5, 1.0, 0.75]), profile=profile)


def town_stations(network: RoadNetwork, seed: int, *, n: int = 6) -> Stations:
    """Stations at some crossings, of drawn kinds, hours and seats; one has no seats known."""
    rng = np.random.default_rng([5, seed])
    spots = rng.permutation(network.n_nodes)[:n]
    return Stations.from_records(
        [
            {
                "id": f"S{k}",
                "name": f"站{k}",
                "kind": str(rng.choice(KINDS)),
                "hours": str(rng.choice(["8:00-18:00", "0:00-24:00"])),
                "seats": np.nan if k == n - 1 else float(rng.integers(0, 9)),
                "lon": network.node_lonlat[spot, 0],
                "lat": network.node_lonlat[spot, 1],
            }
            for k, spot in enumerate(spots)
        ]
    )
