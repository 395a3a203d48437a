"""The time to the nearest open station, against networkx and a list of workers one by one."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from planning.coverage.nearest_time import nearest_seconds, time_within
from planning.coverage.nominal import groups_of
from tests.planning.grid_town import (
    graph_of,
    town_demand,
    town_network,
    town_settings,
    town_stations,
)

SETTINGS = town_settings()


@pytest.mark.parametrize("seed", range(2))
def test_each_cell_is_as_far_from_its_nearest_station_as_networkx_says(seed: int) -> None:
    network = town_network(seed)
    demand, stations = town_demand(network, seed), town_stations(network, seed)
    made = nearest_seconds(demand, stations, network, SETTINGS)
    at = [
        int(np.abs(network.node_lonlat - point).sum(axis=1).argmin()) for point in stations.lonlat
    ]
    for number, group in enumerate(groups_of(demand, SETTINGS)):
        back = graph_of(network, group.standard.mode).reverse()
        serving = {spot for spot, serves in zip(at, stations.serves(group), strict=True) if serves}
        told = (
            nx.multi_source_dijkstra_path_length(back, serving, weight="seconds") if serving else {}
        )
        theirs = [told.get(node, np.inf) for node in range(network.n_nodes)]
        np.testing.assert_allclose(made[:, number], theirs, rtol=1e-4, atol=0.05)


def test_by_the_national_standard_everybody_walks() -> None:
    network = town_network(5)
    demand, stations = town_demand(network, 5), town_stations(network, 5)
    walking, own = (
        nearest_seconds(demand, stations, network, SETTINGS, standard=standard)
        for standard in ("national", "group")
    )
    reached = np.isfinite(own[:, 2]) & np.isfinite(walking[:, 2]) & (own[:, 2] > 1)
    assert reached.any()
    assert (walking[reached, 2] > own[reached, 2]).all()


def test_a_group_without_a_station_is_infinitely_far() -> None:
    network = town_network(1)
    demand, stations = town_demand(network, 1), town_stations(network, 1, n=0)
    assert np.isinf(nearest_seconds(demand, stations, network, SETTINGS)).all()


PEOPLE = st.lists(
    st.tuples(st.sampled_from([0.0, 30.0, 60.5, 600.0, np.inf]), st.integers(0, 5)), min_size=1
)


@given(PEOPLE, st.integers(1, 100))
def test_a_quantile_is_the_time_of_a_worker_in_a_list_of_all(
    pairs: list[tuple[float, int]], hundredths: int
) -> None:
    seconds, workers = zip(*pairs, strict=True)
    one_by_one = sorted(s for s, n in pairs for _ in range(n))
    told = time_within(seconds, workers, share=hundredths / 100)
    rank = -(-hundredths * len(one_by_one) // 100)
    assert told == (one_by_one[rank - 1] if one_by_one else None)


@pytest.mark.parametrize("share", [0.0, 1.01, -0.5])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(InputError, match="outside 0 to 1"):
        time_within([1.0], [1.0], share=share)
