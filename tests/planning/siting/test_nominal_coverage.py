"""Reach and nominal coverage of a small town, against networkx."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.settings import ServiceStandard, Settings
from data.stations import Stations
from geo.measure import great_circle_m
from planning import Coverage, measure_coverage
from planning.coverage.nominal import OffRoads, reach
from planning.coverage.reach import straight_counts, straight_radius_m, straight_reach
from tests.planning.siting.conftest import EBIKE, FOOT, TRUCK, grid_network, within

if TYPE_CHECKING:
    from data.demand import Demand
    from geo.network import RoadNetwork


@pytest.mark.parametrize("standard", [FOOT, EBIKE])
def test_reach_is_the_shortest_way_of_networkx(
    network: RoadNetwork, lonlat: np.ndarray, metres: np.ndarray, standard: ServiceStandard
) -> None:
    found = reach(network, standard=standard, origins=lonlat, destinations=lonlat[::5])
    assert (found.toarray() == within(metres, standard)[:, ::5].T).all()


def test_the_circle_counts_great_circles(lonlat: np.ndarray) -> None:
    near = great_circle_m(lonlat[:, None], lonlat[None, ::6]) <= 1000.0
    counted = straight_counts(standard=FOOT, origins=lonlat, destinations=lonlat[::6])
    matrix = straight_reach(standard=FOOT, origins=lonlat, destinations=lonlat[::6])
    assert (counted == near.sum(axis=1)).all()
    assert (matrix.toarray() == near.T).all()


def test_a_standard_of_time_is_a_circle_at_nominal_speed() -> None:
    assert straight_radius_m(ServiceStandard("ebike", 300.0)) == pytest.approx(1250.0)
    assert straight_radius_m(FOOT) == 1000.0


def test_coverage_adds_up_by_group_and_district(
    demand: Demand,
    stations: Stations,
    network: RoadNetwork,
    settings: Settings,
    metres: np.ndarray,
) -> None:
    coverage = measure_coverage(demand, stations, network, settings)
    foot, ebike = within(metres, FOOT), within(metres, EBIKE)
    counts = np.column_stack([foot[:, [0, 44]].sum(1), ebike[:, [0, 40, 44]].sum(1)])
    assert coverage.stations_in_reach is not None
    assert (coverage.stations_in_reach == counts).all()
    west = demand.district == 0
    row = coverage.row("courier", "West")
    assert row.workers == demand.weights[west, 1].sum()
    assert row.within_one == demand.weights[west & (counts[:, 1] >= 1), 1].sum()
    assert row.within_two == demand.weights[west & (counts[:, 1] >= 2), 1].sum()
    total = coverage.row()
    assert total.workers == demand.weights.sum()
    assert total.within_one == (demand.weights * (counts >= 1)).sum()
    assert total.straight_one >= total.within_one
    outside = coverage.row("all", "outside")
    assert outside.workers == demand.weights[~west].sum()


def test_the_national_standard_is_one_for_all(
    demand: Demand,
    stations: Stations,
    network: RoadNetwork,
    settings: Settings,
    metres: np.ndarray,
) -> None:
    coverage = measure_coverage(demand, stations, network, settings, standard="national")
    counts = within(metres, FOOT)[:, [0, 40, 44]].sum(1)
    assert coverage.stations_in_reach is not None
    assert (coverage.stations_in_reach[:, 1] == counts).all()


def test_coverage_is_read_back_from_its_dict(
    demand: Demand, stations: Stations, network: RoadNetwork, settings: Settings
) -> None:
    coverage = measure_coverage(demand, stations, network, settings)
    again = Coverage.from_dict(json.loads(json.dumps(coverage.as_dict())))
    assert again.rows == coverage.rows
    assert again.stations_in_reach is None


def test_workers_and_stations_that_no_road_reaches_are_counted_by_the_mode_they_go_by(
    demand: Demand, lonlat: np.ndarray, network: RoadNetwork, settings: Settings
) -> None:
    away = lonlat.copy()
    away[[3, 50]] += [0.05, 0.0]  # 4.6 km east of the town's last road
    weights = demand.weights.copy()
    weights[[3, 50]] = [[7, 11], [0, 2.5]]
    strayed = replace(demand, lonlat=away, weights=weights)
    records = [
        {"id": "near", "kind": "station"},
        {"id": "far", "kind": "station"},
        {"id": "for nobody here", "kind": "driver_home"},
        {"id": "shut", "kind": "station", "status": "closed"},
    ]
    stations = Stations.from_records(
        [
            record | {"name": "S", "lon": lonlat[0, 0] - 0.1 * min(k, 1), "lat": lonlat[0, 1]}
            for k, record in enumerate(records)
        ]
    )
    coverage = measure_coverage(strayed, stations, network, settings)
    assert coverage.off_roads == OffRoads(workers=20.5, stations=1, snap_limit_m=500.0)
    again = Coverage.from_dict(json.loads(json.dumps(coverage.as_dict())))
    assert again.off_roads == coverage.off_roads


def test_who_finds_no_road_depends_on_the_mode_and_on_the_limit(
    demand: Demand, stations: Stations, lonlat: np.ndarray, settings: Settings
) -> None:
    foot_only = grid_network(lonlat, {"highway": "footway"})
    national = measure_coverage(demand, stations, foot_only, settings, standard="national")
    assert national.off_roads == OffRoads(workers=0.0, stations=0, snap_limit_m=500.0)
    driving = replace(
        settings,
        groups=(settings.groups[0], replace(settings.groups[1], standard=TRUCK)),
        snap_limit_m=50.0,
    )
    own = measure_coverage(demand, stations, foot_only, driving)
    assert own.off_roads == OffRoads(demand.weights[:, 1].sum(), 3, 50.0)


def test_a_coverage_stored_before_roads_were_asked_is_still_read(
    demand: Demand, stations: Stations, network: RoadNetwork, settings: Settings
) -> None:
    body = measure_coverage(demand, stations, network, settings).as_dict()
    del body["off_roads"]
    assert Coverage.from_dict(body).off_roads is None
