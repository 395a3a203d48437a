"""Claims about effective coverage and longer hours, against counting worker by worker."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from data.demand import Demand
from data.settings import DEFAULT_GROUPS, GroupSettings, ServiceStandard
from data.stations import Stations
from geo.errors import InputError
from planning.coverage.effective import EffectiveCoverage, GroupReach, measure_effective
from planning.coverage.extended_hours import hourly_gains, longer_hours
from planning.coverage.service_week import ServiceWeek, service_week

GROUPS = ("courier", "sanitation_worker")
N_CELLS, N_STATIONS = 12, 5


def _stations(hours: list[str], **columns: list[Any]) -> Stations:
    return Stations.from_records(
        [
            {
                "id": f"S{row}",
                "name": f"站{row}",
                "kind": "station",
                "lon": 116.8,
                "lat": 33.9,
                "hours": text,
                **{name: values[row] for name, values in columns.items()},
            }
            for row, text in enumerate(hours)
        ]
    )


def _group(**changes: Any) -> GroupSettings:  # noqa: ANN401 - settings of any type
    settings = {"needs": frozenset(), **changes}
    return GroupSettings(
        "courier", ServiceStandard("ebike", 300.0), frozenset({"station"}), **settings
    )


class Town:
    """A random town of two groups and five stations."""

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        weights = random.integers(0, 9, (N_CELLS, 2)).astype(np.float64)
        self.demand = Demand(
            ids=np.array([f"c{i}" for i in range(N_CELLS)]),
            lonlat=np.tile([116.8, 33.9], (N_CELLS, 1)),
            weights=weights,
            groups=GROUPS,
            district=random.integers(-1, 2, N_CELLS).astype(np.int32),
            district_names=("东", "西"),
        )
        self.within = random.random((2, N_STATIONS, N_CELLS)) < 0.3
        self.hours = random.random((2, 7, 24))
        serves = random.random((2, N_STATIONS)) < 0.8
        self.week = ServiceWeek(
            open=(random.random((N_STATIONS, 7, 24)) < 0.4)
            & (known := random.random(N_STATIONS) < 0.7)[:, None, None],
            known=known,
            serves=serves,
            suits=(may := serves & (random.random((2, N_STATIONS)) < 0.9))
            & (random.random((2, N_STATIONS)) < 0.8),
            may_suit=may,
        )
        self.reaches = tuple(
            GroupReach(sp.csr_array(self.within[g]), weights[:, g], self.hours[g]) for g in (0, 1)
        )

    def covered(self, group: int, cell: int, serving: np.ndarray[Any, Any]) -> bool:
        return any(
            serving[station] and self.within[group, station, cell] for station in range(N_STATIONS)
        )


def _brute(  # noqa: PLR0917 - one figure of a table of five sides
    town: Town, measure: str, group: int, district: int, day: int, hour: int
) -> float:
    """Count the workers of one group, district and hour one cell at a time."""
    week, total = town.week, 0.0
    for cell in range(N_CELLS):
        if int(town.demand.district[cell]) != district:
            continue
        there = [
            {
                "present": True,
                "nominal": week.serves[group, s],
                "possible": week.may_suit[group, s]
                and (week.open[s, day, hour] or not week.known[s]),
                "effective": week.suits[group, s] and week.open[s, day, hour],
            }[measure]
            for s in range(N_STATIONS)
        ]
        if measure == "present" or town.covered(group, cell, np.array(there)):
            total += town.demand.weights[cell, group] * town.hours[group, day, hour]
    return total


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("measure", ["present", "nominal", "possible", "effective"])
def test_every_table_equals_counting_worker_by_worker(seed: int, measure: str) -> None:
    town = Town(seed)
    found = measure_effective(town.demand, town.reaches, town.week)
    names = {"东": 0, "西": 1, "outside": -1}
    assert found.districts == ("all", *names)
    for day, hour in ((0, 0), (2, 13), (4, 23), (5, 8), (6, 17)):
        parts = {
            (group, name): _brute(town, measure, group, number, day, hour)
            for group in (0, 1)
            for name, number in names.items()
        }
        for (group, name), truth in parts.items():
            week = found.table(measure, group=GROUPS[group], district=name)
            assert week[day, hour] == pytest.approx(truth, abs=5e-7)  # kept to six decimals
        assert found.table(measure)[day, hour] == pytest.approx(sum(parts.values()), abs=3e-3)


def test_effective_lies_below_possible_and_that_below_nominal() -> None:
    for seed in range(20):
        town = Town(seed)
        found = measure_effective(town.demand, town.reaches, town.week)
        assert (found.effective <= found.possible + 1e-9).all()
        assert (found.possible <= found.nominal + 1e-9).all()
        assert (found.nominal <= found.present + 1e-9).all()


def test_it_reads_back_from_json() -> None:
    town = Town(3)
    found = measure_effective(town.demand, town.reaches, town.week)
    again = EffectiveCoverage.from_dict(found.as_dict())
    assert again.districts == found.districts
    assert again.effective == pytest.approx(found.effective, abs=1e-9)
    assert again.share("effective") == pytest.approx(found.share("effective"), abs=1e-12)


def test_a_week_of_few_workers_an_hour_keeps_its_sum_when_read_back() -> None:
    week = np.full((2, 3, 7, 24), 0.04)
    found = EffectiveCoverage(("courier",), ("all", "A", "B"), week, week, week / 2, week / 4)
    again = EffectiveCoverage.from_dict(found.as_dict())
    for name in ("present", "nominal", "possible", "effective"):
        kept, told = again.table(name).sum(), found.table(name).sum()
        assert kept == pytest.approx(told, abs=0.1)


def test_a_station_counts_in_effect_only_while_it_is_open() -> None:
    stations = _stations(["周一至周五 8:00-18:00", "24小时", "看情况", ""])
    week = service_week(stations, [_group()])
    assert week.known.tolist() == [True, True, False, False]
    assert week.open[0].sum() == 50
    assert week.open[0, 0, 8]
    assert not week.open[0, 0, 18]
    assert not week.open[0, 5].any()
    assert week.open[1].all()
    assert not week.open[2:].any()


def test_a_way_in_that_the_group_lacks_shuts_it_out_and_one_not_stated_leaves_it_open() -> None:
    ways = [(), ("free_door",), ("member_app",), ("face", "qr_code")]
    stations = _stations(["24小时"] * 4, access=ways)
    outsiders = _group(access=frozenset({"free_door", "qr_code"}))
    week = service_week(stations, [outsiders, _group()])
    assert week.suits.tolist() == [[False, True, False, True], [False, True, True, True]]
    assert week.may_suit.tolist() == [[True, True, False, True], [True] * 4]


def test_what_a_group_needs_must_be_there_and_work() -> None:
    stations = _stations(
        ["24小时"] * 4,
        access=[("free_door",)] * 4,
        facilities=[("toilet",), (), (), ()],
        facilities_broken=[(), ("toilet",), (), ()],
        facilities_absent=[(), (), ("toilet",), ()],
    )
    week = service_week(stations, [_group(needs=frozenset({"toilet"}))])
    assert week.suits.tolist() == [[True, False, False, False]]
    assert week.may_suit.tolist() == [[True, False, False, True]]  # of the last nobody knows
    assert week.serves.all()


def test_without_a_word_in_the_settings_a_group_is_asked_for_the_basic_equipment() -> None:
    basics = ("drinking_water", "microwave", "seats", "phone_charging", "first_aid")
    kinds, standard = frozenset({"station"}), ServiceStandard("ebike", 300.0)
    group = GroupSettings("courier", standard, kinds)
    assert group.needs == set(basics)
    assert all(held.needs == set(basics) for held in DEFAULT_GROUPS)
    stations = _stations(
        ["24小时"] * 3,
        access=[("free_door",)] * 3,
        facilities=[basics, basics[:4], basics[:4]],
        facilities_broken=[(), (), ("first_aid",)],
    )
    week = service_week(stations, [group])
    assert week.suits.tolist() == [[True, False, False]]
    assert week.may_suit.tolist() == [[True, True, False]]


def test_one_of_two_things_that_a_group_needs_is_not_enough() -> None:
    both = ("toilet", "microwave")
    stations = _stations(
        ["24小时"] * 3,
        facilities=[both, ("toilet",), ("microwave",)],
        access=[("key",)] * 3,
    )
    week = service_week(stations, [_group(needs=frozenset(both))])
    assert week.suits.tolist() == [[True, False, False]]


def test_a_doubted_station_serves_nobody_in_effect_but_stays_on_paper() -> None:
    stations = _stations(["24小时"] * 2, access=[("key",)] * 2)
    week = service_week(stations, [_group()], doubted={"S1"})
    assert week.suits.tolist() == week.may_suit.tolist() == [[True, False]]
    assert week.serves.all()


@pytest.mark.parametrize("seed", range(5))
def test_a_gain_is_what_coverage_grows_by_when_the_station_opens(seed: int) -> None:
    town = Town(seed)
    before = measure_effective(town.demand, town.reaches, town.week)
    gains = hourly_gains(town.reaches, town.week)
    for station, day, hour in ((0, 0, 3), (1, 2, 12), (3, 6, 23), (4, 5, 0)):
        if town.week.open[station, day, hour] or not town.week.known[station]:
            assert not gains[:, station, day, hour].any()
            continue
        opened = town.week.open.copy()
        opened[station, day, hour] = True
        longer = replace(town.week, open=opened)
        after = measure_effective(town.demand, town.reaches, longer)
        for group, name in enumerate(GROUPS):
            grown = after.table("effective", group=name) - before.table("effective", group=name)
            assert gains[group, station, day, hour] == pytest.approx(grown[day, hour], abs=5e-3)


def _one_station_town(open_: np.ndarray[Any, Any]) -> tuple[tuple[GroupReach, ...], ServiceWeek]:
    week = ServiceWeek(
        open=open_[None],
        known=np.array([True]),
        serves=np.array([[True]]),
        suits=np.array([[True]]),
        may_suit=np.array([[True]]),
    )
    hours = np.zeros((7, 24))
    hours[:, 18:21] = 1.0  # everybody wants a rest from six to nine in the evening
    reach = GroupReach(sp.csr_array(np.array([[True, True]])), np.array([30.0, 12.0]), hours)
    return (reach,), week


def test_three_hours_longer_gain_those_who_come_in_the_evening() -> None:
    open_ = np.zeros((7, 24), dtype=np.bool_)
    open_[:5, 8:18] = True
    reaches, week = _one_station_town(open_)
    stations = _stations(["周一至周五 8:00-18:00"])
    gains = hourly_gains(reaches, week)
    (best,) = longer_hours(stations, gains, week, groups=("courier",))
    assert (best.station_id, best.when, best.hours) == ("S0", "after", 3)
    assert best.worker_hours == pytest.approx(42 * 3 * 5)
    assert best.workers == pytest.approx(42 * 5 / 7)  # on an average day; it stays shut on two
    assert best.by_group == {"courier": pytest.approx(630.0)}


def test_a_station_that_rests_at_noon_grows_after_its_last_hour_and_not_after_its_first() -> None:
    open_ = np.zeros((7, 24), dtype=np.bool_)
    open_[:, 8:12] = open_[:, 14:18] = True
    reaches, week = _one_station_town(open_)
    gains = hourly_gains(reaches, week)
    hours = _stations(["8:00-12:00、14:00-18:00"])
    (best,) = longer_hours(hours, gains, week, groups=("courier",))
    assert best.when == "after"
    assert best.worker_hours == pytest.approx(42 * 3 * 7)


def test_a_span_over_midnight_grows_at_its_ends() -> None:
    open_ = np.zeros((7, 24), dtype=np.bool_)
    open_[:, 21:] = True
    open_[:, :6] = True
    reaches, week = _one_station_town(open_)
    gains = hourly_gains(reaches, week)
    (best,) = longer_hours(_stations(["21:00-6:00"]), gains, week, groups=("courier",))
    assert best.when == "before"
    assert best.worker_hours == pytest.approx(42 * 3 * 7)


def test_a_station_open_all_week_gains_nobody() -> None:
    reaches, week = _one_station_town(np.ones((7, 24), dtype=np.bool_))
    gains = hourly_gains(reaches, week)
    assert longer_hours(_stations(["24小时"]), gains, week, groups=("courier",)) == ()


@pytest.mark.parametrize("hours", [0, 13])
def test_hours_that_cannot_be_are_refused(hours: int) -> None:
    reaches, week = _one_station_town(np.ones((7, 24), dtype=np.bool_))
    with pytest.raises(InputError, match="1 to 12"):
        longer_hours(
            _stations(["24小时"]),
            hourly_gains(reaches, week),
            week,
            groups=("courier",),
            hours=hours,
        )
