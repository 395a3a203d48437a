"""Claims about whom a group's standard ties to a station, and at which hours they count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from data.demand import Demand
from data.settings import GroupSettings, ServiceStandard, Settings
from data.stations import Stations
from geo.measure import Box
from planning.coverage.effective import group_reaches, measure_effective
from planning.coverage.service_week import service_week
from tests.planning.street import N_PLACES, PLACES, street_network

GROUPS = ("sanitation_worker", "courier")


@pytest.fixture
def demand() -> Demand:
    """Workers by the place, present and wanting a rest in shares of their own at every hour."""
    random = np.random.default_rng(11)
    plain = Demand.at_points(
        ids=[f"c{k}" for k in range(N_PLACES)],
        lonlat=PLACES,
        weights=random.integers(1, 30, (N_PLACES, 2)).astype(float),
        groups=GROUPS,
    )
    profile = random.random((2, 2, 24))
    return replace(plain, presence=np.array([0.4, 0.9]), profile=profile)


def test_at_each_hour_those_count_who_want_a_rest_then(demand: Demand) -> None:
    """A station at the first place, open round the clock, serves who walks 4 or rides 8 steps."""
    record = {"id": "s", "name": "甲", "kind": "station", "hours": "24小时", "access": ("key",)}
    stations = Stations.from_records([record | {"lon": PLACES[0, 0], "lat": PLACES[0, 1]}])
    standards = (ServiceStandard("foot", 330.0), ServiceStandard("ebike", 205.0))
    groups = tuple(
        GroupSettings(group, standard, frozenset({"station"}), needs=frozenset())
        for group, standard in zip(GROUPS, standards, strict=True)
    )
    settings = Settings(
        name="Testing",
        box=Box(116.79, 33.95, 116.83, 33.99),
        metric_crs="EPSG:32650",
        groups=groups,
    )
    reaches = group_reaches(demand, stations, street_network(), settings)
    measured = measure_effective(demand, reaches, service_week(stations, groups))
    steps = {"sanitation_worker": 4, "courier": 8}
    for day, word in ((0, "weekday"), (4, "weekday"), (5, "weekend"), (6, "weekend")):
        for hour in (0, 4, 13, 23):
            wanting = demand.at(hour=hour, day=word)  # type: ignore[arg-type]
            for number, group in enumerate(GROUPS):
                served = wanting[: steps[group] + 1, number].sum()
                present = measured.table("present", group=group)[day, hour]
                assert present == pytest.approx(wanting[:, number].sum(), abs=5e-4)
                covered = measured.table("effective", group=group)[day, hour]
                assert covered == pytest.approx(served, abs=5e-4), (group, day, hour)
