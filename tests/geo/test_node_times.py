from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.osm import read_roads
from geo import travel_times
from geo.errors import InputError
from geo.network import RoadNetwork, build_network
from geo.snapping import snap
from geo.to_nodes import node_times

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def helsinki(helsinki_pbf: Path) -> RoadNetwork:
    return build_network(read_roads(helsinki_pbf))


@pytest.mark.parametrize("mode", ["foot", "car"])
@pytest.mark.parametrize("toward", [False, True])
def test_times_to_nodes_are_those_of_the_table_to_a_tenth_of_a_second(
    helsinki: RoadNetwork, mode: str, *, toward: bool
) -> None:
    rng = np.random.default_rng(1)
    left, bottom, right, top = helsinki.box
    origins = rng.uniform((left, bottom), (right, top), (40, 2))
    nodes = np.flatnonzero(helsinki.in_main(mode))[::7]
    there = helsinki.node_lonlat[nodes]
    ends = (
        {"origins": there, "destinations": origins}
        if toward
        else {"origins": origins, "destinations": there}
    )
    table = travel_times(helsinki, mode=mode, cutoff_s=300.0, **ends).csr.toarray()
    table = table.T if toward else table
    got = np.zeros((40, helsinki.n_nodes))
    for part in node_times(helsinki, mode=mode, origins=origins, cutoff_s=300.0, toward=toward):
        for r, origin in enumerate(part.origin):
            span = slice(part.start[r], part.start[r + 1])
            got[origin, part.node[span]] = part.deciseconds[span] / 10.0
    mine = got[:, nodes]
    # a trip that ends at a node waits for its lights, one that ends at a point there does not
    waits = helsinki.node_delay_s[helsinki.modes.index(mode), nodes] > 0
    # and a point at two nodes, one over the other, may be tied to either
    tied = snap(helsinki, there, mode=mode)
    ends_at = np.where(
        tied.fraction > 0.5, helsinki.edge_to[tied.edge], helsinki.edge_from[tied.edge]
    )
    waits |= ends_at != nodes
    both = (mine > 0) & (table > 0) & ~waits
    assert both.sum() > 500
    assert np.abs(mine - table)[both].max() <= 0.06
    assert ((mine > 0) != (table > 0))[:, ~waits].mean() < 0.001


def test_six_bytes_a_pair_and_an_order_that_covers_every_origin(helsinki: RoadNetwork) -> None:
    origins = helsinki.node_lonlat[::2]
    parts = list(node_times(helsinki, mode="ebike", origins=origins, cutoff_s=120.0))
    assert len(parts) > 1
    assert sorted(np.concatenate([part.origin for part in parts])) == list(range(len(origins)))
    for part in parts:
        assert part.node.itemsize + part.deciseconds.itemsize == 6
        assert part.start[-1] == len(part.node) == len(part.deciseconds)


def test_leaving_early_drops_the_rest(helsinki: RoadNetwork) -> None:
    told: list[float] = []
    parts = node_times(
        helsinki,
        mode="foot",
        origins=np.tile(helsinki.node_lonlat, (3, 1)),
        cutoff_s=10.0,
        on_progress=lambda _step, share: told.append(share),
    )
    next(parts)
    parts.close()
    assert max(told, default=0.0) < 1.0


@pytest.mark.parametrize("cutoff_s", [-1.0, 6_554.0, np.nan, np.inf])
def test_cutoffs_that_two_bytes_cannot_hold_are_refused(
    helsinki: RoadNetwork, cutoff_s: float
) -> None:
    with pytest.raises(InputError, match="must lie in 0"):
        next(node_times(helsinki, mode="foot", origins=[[24.9, 60.1]], cutoff_s=cutoff_s))
