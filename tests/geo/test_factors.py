from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geo import travel_times
from geo.errors import InputError, NetworkError
from geo.factors import TIME_FACTORS, with_factors
from geo.network import build_network

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.network import RoadNetwork
    from geo.roads import RawRoads


@pytest.fixture
def network(plane_roads: Callable[..., RawRoads]) -> RoadNetwork:
    ways = [([0, 1], {"highway": "primary"}), ([1, 2], {"highway": "residential"})]
    return build_network(plane_roads([(0, 0), (10, 0), (20, 0)], ways))


def trip(network: RoadNetwork, mode: str) -> float:
    a, b = [[116.80, 33.96]], [[116.82, 33.96]]
    table = travel_times(network, mode=mode, origins=a, destinations=b, cutoff_s=1e5)
    return float(table.csr.toarray()[0, 0])


def test_a_factor_multiplies_the_time_on_its_class_only(network: RoadNetwork) -> None:
    rush = with_factors(network, {"car": {"primary": 2.0}})
    on_primary = float(network.seconds[network.modes.index("car"), 0].min())
    assert trip(rush, "car") == pytest.approx(trip(network, "car") + on_primary, abs=0.01)
    assert trip(rush, "ebike") == trip(network, "ebike")


def test_all_stands_for_the_classes_not_named(network: RoadNetwork) -> None:
    assert trip(with_factors(network, {"foot": {"all": 1.5}}), "foot") == pytest.approx(
        1.5 * trip(network, "foot"), rel=1e-4
    )


def test_the_network_given_stays_as_it_was_and_the_hash_tells_them_apart(
    network: RoadNetwork,
) -> None:
    before = network.content_hash
    other = with_factors(network, TIME_FACTORS["winter"])
    assert network._hash() == before
    assert other.content_hash != before


@pytest.mark.parametrize("name", list(TIME_FACTORS))
def test_every_named_set_of_factors_can_be_laid_on(network: RoadNetwork, name: str) -> None:
    assert with_factors(network, TIME_FACTORS[name]).n_edges == network.n_edges


def test_wrong_factors_are_refused(network: RoadNetwork) -> None:
    with pytest.raises(InputError, match="did you mean 'primary'"):
        with_factors(network, {"car": {"primery": 2.0}})
    with pytest.raises(InputError, match=r"not between 0\.1 and 10"):
        with_factors(network, {"car": {"primary": 0.0}})
    with pytest.raises(NetworkError, match="no mode 'bus'"):
        with_factors(network, {"bus": {"all": 1.0}})
