from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.osm import read_roads
from geo import travel_times
from geo.errors import InputError
from geo.nearest_places import nearest, nearest_of_nodes
from geo.network import RoadNetwork, build_network

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def helsinki(helsinki_pbf: Path) -> RoadNetwork:
    return build_network(read_roads(helsinki_pbf))


@pytest.mark.parametrize("mode", ["foot", "car"])
@pytest.mark.parametrize("k", [1, 3, 30])
def test_the_nearest_are_the_smallest_times_in_order(
    helsinki: RoadNetwork, mode: str, k: int
) -> None:
    rng = np.random.default_rng(5)
    left, bottom, right, top = helsinki.box
    origins = rng.uniform((left, bottom), (right, top), (50, 2))
    places = rng.uniform((left, bottom), (right, top), (20, 2))
    asked = {"mode": mode, "origins": origins, "destinations": places, "cutoff_s": 600.0}
    table = travel_times(helsinki, **asked).csr
    found = nearest(helsinki, k=k, **asked)
    for i in range(50):
        row = table[[i]].tocoo()
        want = np.sort(row.data)[:k]
        got = found.seconds[i][found.index[i] >= 0]
        assert got == pytest.approx(want, abs=0.01)
        assert np.isnan(found.seconds[i][found.index[i] < 0]).all()
        for j, seconds in zip(found.index[i], got, strict=False):
            assert table[i, j] == pytest.approx(seconds, abs=0.01)


@pytest.mark.parametrize("mode", ["foot", "ebike"])
def test_the_nearest_of_nodes_are_those_of_points_at_the_nodes(
    helsinki: RoadNetwork, mode: str
) -> None:
    rng = np.random.default_rng(8)
    left, bottom, right, top = helsinki.box
    places = rng.uniform((left, bottom), (right, top), (20, 2))
    asked = {"mode": mode, "destinations": places, "k": 3, "cutoff_s": 500.0}
    of_nodes = nearest_of_nodes(helsinki, **asked)
    of_points = nearest(helsinki, origins=helsinki.node_lonlat, **asked)
    assert of_nodes.index.shape == (helsinki.n_nodes, 3)
    same = np.isclose(of_nodes.seconds, of_points.seconds, atol=0.01, equal_nan=True)
    # a few nodes lie one over the other, on islands or on a destination's own edge
    assert same[helsinki.in_main(mode)].mean() > 0.95


def test_k_below_one_is_refused(helsinki: RoadNetwork) -> None:
    with pytest.raises(InputError, match="k must be 1 or more"):
        nearest(helsinki, mode="foot", origins=[[0, 0]], destinations=[[0, 0]], k=0)


def test_without_a_destination_there_is_none(helsinki: RoadNetwork) -> None:
    found = nearest(
        helsinki, mode="foot", origins=[[24.94, 60.17]], destinations=np.zeros((0, 2)), k=2
    )
    assert found.index.tolist() == [[-1, -1]]
    assert np.isnan(found.seconds).all()
