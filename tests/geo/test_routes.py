from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.osm import read_roads
from geo import travel_times
from geo.errors import InputError
from geo.measure import great_circle_m
from geo.network import RoadNetwork, build_network
from geo.routing import routes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def helsinki(helsinki_pbf: Path) -> RoadNetwork:
    return build_network(read_roads(helsinki_pbf))


@pytest.mark.parametrize("mode", ["foot", "ebike", "car"])
def test_a_route_takes_the_time_and_its_line_the_length_it_says(
    helsinki: RoadNetwork, mode: str
) -> None:
    rng = np.random.default_rng(11)
    left, bottom, right, top = helsinki.box
    points = rng.uniform((left, bottom), (right, top), (80, 2))
    a, b = points[:40], points[40:]
    times = travel_times(helsinki, mode=mode, origins=a, destinations=b).csr
    found = routes(helsinki, mode=mode, origins=a, destinations=b)
    assert sum(route is not None for route in found) > 20
    for i, route in enumerate(found):
        stored = times[[i]].tocoo()
        reached = dict(zip(stored.coords[1].tolist(), stored.data.tolist(), strict=True))
        if route is None:
            assert i not in reached
            continue
        assert route.seconds == pytest.approx(reached[i], abs=0.01)
        steps = great_circle_m(route.lonlat[:-1], route.lonlat[1:])
        assert route.metres == pytest.approx(steps.sum(), rel=0.005, abs=0.5)
        assert route.lonlat[0] == pytest.approx(a[i], abs=1e-9)
        assert route.lonlat[-1] == pytest.approx(b[i], abs=1e-9)


def test_a_route_along_one_edge_stays_on_it(helsinki: RoadNetwork) -> None:
    edge = int(np.argmax(np.where(helsinki.usable("foot"), helsinki.edge_metres, 0)))
    ends = helsinki.stretch(edge, 0.7, 0.2)[[0, -1]]
    route = routes(helsinki, mode="foot", origins=ends[:1], destinations=ends[1:])[0]
    assert route is not None
    assert route.metres == pytest.approx(helsinki.edge_metres[edge] * 0.5, rel=0.01)


def test_a_route_beyond_the_cutoff_is_none(helsinki: RoadNetwork) -> None:
    ends = helsinki.node_lonlat[[0, -1]]
    asked = {"mode": "foot", "origins": ends[:1], "destinations": ends[1:]}
    assert routes(helsinki, cutoff_s=1.0, **asked) == (None,)


def test_ends_that_do_not_pair_are_refused(helsinki: RoadNetwork) -> None:
    with pytest.raises(InputError, match="they go in pairs"):
        routes(helsinki, mode="foot", origins=[[24.9, 60.1]], destinations=np.zeros((0, 2)))
