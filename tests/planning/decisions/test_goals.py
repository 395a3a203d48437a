"""Goals other than most workers, against every choice of actions in tiny cities."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data.questions import Question
from geo.errors import ProblemError
from planning import SolveParams
from planning.decisions import Decision, ask
from tests.planning.decisions.tiny_cities import tiny_city

if TYPE_CHECKING:
    from tests.planning.decisions.all_choices import TinyCity

BUILD = {"actions": {"build": ["station", "driver_home"]}}


def city_with(seed: int, tables: dict[str, Any]) -> TinyCity:
    return replace(tiny_city(seed), question=Question.from_dict(tables))


def answered(city: TinyCity) -> Decision:
    asked = ask(
        city.question,
        demand=city.demand,
        stations=city.stations,
        sites=city.sites,
        network=city.network,
        settings=city.settings,
    )
    return asked.decide(params=SolveParams(time_limit_s=20))


def shares(tables: list[dict[str, tuple[np.ndarray, np.ndarray]]]) -> dict[str, float]:
    """The share of each group, and of all, in the last year."""
    last = tables[-1]
    sums = {
        group: (there.sum(), (there * covered).sum()) for group, (there, covered) in last.items()
    }
    sums["all"] = tuple(np.sum(list(sums.values()), axis=0))
    return {group: has / whole for group, (whole, has) in sums.items() if whole}


@pytest.mark.parametrize("seed", range(8))
def test_the_cheapest_plan_for_a_share_costs_the_least_of_all(seed: int) -> None:
    asked = 0.35 + 0.08 * seed
    city = city_with(seed, {**BUILD, "goal": {"what": "cheapest", "share": asked}})
    least = math.inf
    for choice in city.choices():
        if shares(city.tables(choice))["all"] >= asked - 1e-12:
            least = min(least, sum(int(table.sum()) for table in city.paid(choice).values()))
    made = answered(city)
    if least == math.inf:
        assert made.status == "infeasible"
        assert "is asked for" in made.reasons[0]
        return
    assert made.objective == pytest.approx(least, rel=1e-3, abs=1)
    assert made.bound <= least + 1
    assert made.covered(year=2027).share >= asked - 1e-9
    assert made.cost_yuan == least


@pytest.mark.parametrize("seed", range(8))
def test_the_worst_group_is_as_well_off_as_in_any_choice(seed: int) -> None:
    tables = {**BUILD, "goal": {"what": "worst_group"}, "money": {"yuan_by_year": [150_000]}}
    city = city_with(seed, tables)
    best, most = -1.0, -1.0
    for choice in city.choices():
        tabled = city.tables(choice)
        if city.keeps_limits(choice, tabled):
            has = shares(tabled)
            least = min(share for group, share in has.items() if group != "all")
            best, most = max((best, most), (least, has["all"]))
    made = answered(city)
    assert made.objective == pytest.approx(best, abs=2e-3)
    assert made.bound >= best - 1e-9
    assert made.covered(year=2027).share >= most - 0.05


def test_goals_refuse_what_they_have_no_bound_for() -> None:
    with pytest.raises(ProblemError, match="needs districts"):
        answered(city_with(0, {**BUILD, "goal": {"what": "worst_district"}, "new": 1}))


def test_a_zone_where_nothing_may_stand_says_how_far_the_nearest_place_is() -> None:
    city = tiny_city(0)
    east = float(city.sites.lonlat[:, 0].max()) + 0.05
    zone = {"name": "harbour", "around": [east, float(city.sites.lonlat[0, 1])], "within_m": 100.0}
    asked = {**BUILD, "zones": [zone | {"rule": "require"}]}
    nearest = min(city.metres(site, np.array(zone["around"])) for site in city.sites.lonlat)
    with pytest.raises(ProblemError, match="zone harbour must have a station") as refused:
        answered(replace(city, question=Question.from_dict(asked)))
    told = float(str(refused.value).split("lies ")[1].split(" m")[0].replace(",", ""))
    assert told == pytest.approx(nearest - 100.0, rel=0.01)
