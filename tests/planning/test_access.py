"""Access by area and group, against plain loops over the ways of a small town."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from planning.coverage.access import Access, Areas, access_in, access_of_cells
from planning.coverage.floating_catchment import DECAYS, decay_weights
from planning.coverage.nominal import groups_of
from planning.coverage.reach import reach_seconds
from tests.planning.grid_town import town_demand, town_network, town_settings, town_stations

if TYPE_CHECKING:
    from data.demand import Demand
    from data.stations import Stations

SETTINGS = town_settings()


def measured(seed: int) -> tuple[Access, Demand, Stations, object]:
    """A town in two areas, the last quarter of its cells in none."""
    network = town_network(seed)
    demand, stations = town_demand(network, seed), town_stations(network, seed, n=9)
    n = len(demand)
    district = np.where(np.arange(n) < n // 2, 0, np.where(np.arange(n) < 3 * n // 4, 1, -1))
    demand = replace(demand, district=district, district_names=("甲区", "乙区"))
    at_station = np.arange(len(stations), dtype=np.int32) % 3 - 1
    areas = Areas(demand.district_names, demand.district, at_station)
    cells = access_of_cells(demand, stations, network, SETTINGS)
    return access_in(areas, cells, demand, stations, SETTINGS), demand, stations, network


@pytest.mark.parametrize("seed", range(2))
def test_seats_a_worker_by_area_are_those_of_plain_loops(seed: int) -> None:
    made, demand, stations, network = measured(seed)
    seats = stations.frame["seats"].to_numpy()
    ways = []  # (group, cell, place, seconds, cutoff)
    for number, group in enumerate(groups_of(demand, SETTINGS)):
        table = reach_seconds(
            network,
            standard=group.standard,
            origins=demand.lonlat,
            destinations=stations.lonlat,
            snap_limit_m=SETTINGS.snap_limit_m,
        ).tocoo()
        for place, cell, s in zip(*table.coords, table.data, strict=True):
            if stations.serves(group)[place] and np.isfinite(seats[place]):
                ways.append((number, cell, place, float(s), group.standard.cutoff_s))
    for decay in DECAYS:
        asked = dict.fromkeys(range(len(stations)), 0.0)
        counts = {way: float(decay_weights(way[3] / way[4], decay)) for way in ways}
        for way, weight in counts.items():
            asked[way[2]] += weight * demand.weights[way[1], way[0]]
        for name, district in (("甲区", 0), ("乙区", 1), ("outside", -1)):
            got = sum(
                weight * demand.weights[cell, group] * seats[place] / asked[place]
                for (group, cell, place, s, c), weight in counts.items()
                if asked[place] and demand.district[cell] == district
            )
            workers = demand.weights[demand.district == district].sum()
            assert getattr(made.row(area=name), decay) == pytest.approx(got / workers, abs=1e-8)


def test_the_seats_of_the_areas_are_those_of_the_city() -> None:
    made, _demand, stations, _ = measured(3)
    whole = made.row()
    parts = [made.row(area=name) for name in made.areas[1:]]
    assert whole.stations == len(stations) == sum(part.stations for part in parts)
    assert whole.seats == np.nansum(stations.frame["seats"]) == sum(part.seats for part in parts)
    assert whole.seats_unknown == 1 == sum(part.seats_unknown for part in parts)
    assert whole.seats_per_1000 == pytest.approx(1000 * whole.seats / whole.workers)


def test_an_area_with_nobody_has_no_time_and_no_seats_a_thousand() -> None:
    network = town_network(0)
    demand, stations = town_demand(network, 0), town_stations(network, 0)
    nowhere = np.full(len(demand), 1, dtype=np.int32)
    areas = Areas(("空", "满"), nowhere, np.zeros(len(stations), dtype=np.int32))
    cells = access_of_cells(demand, stations, network, SETTINGS)
    row = access_in(areas, cells, demand, stations, SETTINGS).row(area="空")
    assert (row.workers, row.own_median_s, row.seats_per_1000) == (0.0, None, None)
    assert (row.stations, row.plain) == (len(stations), 0.0)


def test_a_station_outside_every_area_is_counted_where_nobody_lives_outside() -> None:
    network = town_network(1)
    demand, stations = town_demand(network, 1), town_stations(network, 1)
    at_station = np.zeros(len(stations), dtype=np.int32)
    at_station[-1] = -1
    areas = Areas(("区",), np.zeros(len(demand), dtype=np.int32), at_station)
    cells = access_of_cells(demand, stations, network, SETTINGS)
    made = access_in(areas, cells, demand, stations, SETTINGS)
    assert made.areas == ("all", "区", "outside")
    outside = made.row(area="outside")
    assert (outside.workers, outside.stations, outside.own_median_s) == (0.0, 1, None)
    assert made.row().stations == made.row(area="区").stations + outside.stations


def test_without_stations_nothing_is_shared_and_nobody_has_a_way() -> None:
    network = town_network(2)
    demand, stations = town_demand(network, 2), town_stations(network, 2, n=0)
    none = np.zeros(0, dtype=np.int32)
    areas = Areas((), np.full(len(demand), -1, dtype=np.int32), none)
    cells = access_of_cells(demand, stations, network, SETTINGS)
    made = access_in(areas, cells, demand, stations, SETTINGS)
    assert (made.row().own_median_s, made.row().stations) == (None, 0)
    assert all(one.inequality is None and one.tenths is None for one in made.shared.values())
    assert Access.from_dict(made.as_dict()).as_dict() == made.as_dict()
