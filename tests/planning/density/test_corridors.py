from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from geo.access import HIGHWAY_CLASSES
from geo.errors import InputError
from geo.snapping import snap
from planning.density import corridor_layer, volumes_of_classes, volumes_of_counts
from planning.density.corridors import points_along

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.network import RoadNetwork

TRUNK, PRIMARY = HIGHWAY_CLASSES.index("trunk"), HIGHWAY_CLASSES.index("primary")


def test_stretches_lie_on_their_edge_and_add_up_to_it(
    plane_network: Callable[[], RoadNetwork],
) -> None:
    network = plane_network()
    edges = np.arange(network.n_edges)
    along = points_along(network, edges, spacing_m=50.0)
    assert along.metres.max() <= 50.0 + 1e-6
    sums = np.bincount(along.edge, weights=along.metres, minlength=network.n_edges)
    assert sums == pytest.approx(network.edge_metres)
    assert np.bincount(along.edge).tolist() == np.ceil(network.edge_metres / 50.0).tolist()
    snaps = snap(network, along.lonlat, mode="foot")
    assert snaps.distance_m.max() < 1e-3
    for edge in edges:
        mine = along.edge == edge
        n = int(mine.sum())
        on_it = snaps.edge[mine] == edge
        even = (np.arange(n) + 0.5) / n
        assert snaps.fraction[mine][on_it] == pytest.approx(even[on_it], abs=1e-3)


def test_truck_kilometres_are_volume_times_share_times_length(
    plane_network: Callable[[], RoadNetwork],
) -> None:
    network = plane_network()
    volume = volumes_of_classes(network, {"trunk": 12_000.0, "primary": 3_000.0})
    assert set(volume[network.edge_class == TRUNK]) == {12_000.0}
    made = corridor_layer(network, vehicles=volume, truck_share=0.25, source="road authority")
    km = np.bincount(network.edge_class, weights=network.edge_metres / 1000, minlength=30)
    assert km[TRUNK] > 0 < km[PRIMARY]
    assert made.total == pytest.approx(0.25 * (12_000 * km[TRUNK] + 3_000 * km[PRIMARY]))
    assert (made.unit, made.id) == ("truck-km/day", "own:corridors")


def test_a_count_is_carried_along_its_road_and_no_other(
    plane_network: Callable[[], RoadNetwork],
) -> None:
    network = plane_network()
    on = network.line(int(np.flatnonzero(network.edge_class == TRUNK)[0])).mean(axis=0)
    volume = volumes_of_counts(network, lonlat=on[None], vehicles=np.array([9_000.0]))
    assert (volume[network.edge_class == TRUNK] == 9_000.0).all()
    assert not volume[network.edge_class != TRUNK].any()
    near = volumes_of_counts(network, lonlat=on[None], vehicles=np.array([9.0]), reach_m=1.0)
    assert not near[np.flatnonzero(network.edge_class == PRIMARY)].any()


def test_what_cannot_be_is_refused(plane_network: Callable[[], RoadNetwork]) -> None:
    network = plane_network()
    volume = np.ones(network.n_edges)
    with pytest.raises(InputError, match=r"outside 0..1: write 0.25 for 25 %"):
        corridor_layer(network, vehicles=volume, truck_share=25, source="")
    with pytest.raises(InputError, match="a volume is negative"):
        corridor_layer(network, vehicles=-volume, truck_share=0.2, source="")
    with pytest.raises(InputError, match=r"\(3,\) volumes"):
        corridor_layer(network, vehicles=volume[:3], truck_share=0.2, source="")
    with pytest.raises(InputError, match="no road class boreen"):
        volumes_of_classes(network, {"boreen": 1.0})
    with pytest.raises(InputError, match=r"count 1 at .* lies .* m from every motorway, trunk"):
        volumes_of_counts(network, lonlat=np.array([[116.9, 34.1]]), vehicles=np.ones(1))
