"""What more candidate sites could bring a question at most, against every choice among all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data import CandidateSites
from data.questions import Question
from geo.errors import InputError
from planning import SolveParams
from planning.decisions.fineness import FinerQuestion, finer_question, refuse_no_sites
from tests.planning.decisions.test_all_choices import asked_of, best_of_all
from tests.planning.decisions.tiny_cities import tiny_city
from tests.planning.street import PLACES

if TYPE_CHECKING:
    from planning.decisions import AskedQuestion, Decision
    from tests.planning.decisions.all_choices import TinyCity

PARAMS = SolveParams(time_limit_s=20)
PLAIN: dict[str, Any] = {
    "actions": {"build": ["station", "driver_home"], "existing": "upgrade", "upgrade": ["base"]},
    "money": {"yuan_by_year": [130_000]},
}


def with_more_sites(city: TinyCity) -> TinyCity:
    """The same city with one free place of the street as a candidate site beside its own."""
    taken = np.vstack([city.sites.lonlat, city.stations.lonlat])
    free = next(
        k for k, spot in enumerate(PLACES) if not (np.abs(taken - spot) < 1e-9).all(1).any()
    )
    rows = [
        *({"id": i, "name": n, "lon": x, "lat": y} for i, n, (x, y) in zip(
            city.sites.ids, city.sites.frame["name"], city.sites.lonlat.tolist(), strict=True)),
        {"id": "finer M0", "name": "格点", "lon": PLACES[free, 0], "lat": PLACES[free, 1]},
    ]  # fmt: skip
    return replace(city, sites=CandidateSites.from_records(rows))


def with_sites(city: TinyCity, sites: CandidateSites) -> AskedQuestion:
    asked = asked_of(replace(city, sites=sites))
    assert asked is not None
    return asked


def finer_of(city: TinyCity, wide: TinyCity) -> tuple[Decision, FinerQuestion | None] | None:
    """The answer and what the sites of ``wide`` could bring; None: refused."""
    asked = asked_of(city)
    if asked is None:
        return None
    made = asked.decide(params=PARAMS)
    more = wide.sites.frame.assign(id=[one.removeprefix("finer ") for one in wide.sites.ids])
    found = finer_question(
        asked,
        made,
        sites=city.sites,
        more=CandidateSites(more),
        spacing_m=0.0,
        ask_with=lambda sites: with_sites(city, sites),
        params=PARAMS,
    )
    return made, found


def test_no_choice_among_all_sites_passes_the_bound_and_the_best_meets_it() -> None:
    n_better = n_told = 0
    for seed in range(24):
        if seed % 4 == 3:  # hours: other tests
            continue
        city = tiny_city(seed)
        wide = with_more_sites(city)
        found = finer_of(city, wide)
        if found is None:
            continue
        made, finer = found
        if finer is None:
            assert not made.is_plan
            continue
        best = best_of_all(wide)
        n_told += 1
        n_better += finer.better > 1e-6
        assert finer.bound == pytest.approx(best, abs=1e-6), f"seed {seed}"
        assert finer.better == pytest.approx(best - made.objective, abs=1e-6), f"seed {seed}"
        assert finer.candidates == len(city.sites) + 1
    assert n_told >= 8
    assert n_better >= 1


@pytest.mark.parametrize(
    ("goal", "sign"),
    [
        ({"what": "cheapest", "share": 0.4}, -1),
        ({"what": "mean_time"}, -1),
        ({"what": "worst_group"}, 1),
        ({"what": "two_in_reach"}, 1),
    ],
)
def test_every_goal_has_its_own_measure_and_its_own_better(goal: dict[str, Any], sign: int) -> None:
    n_told = n_better = 0
    for seed in (0, 1, 2, 4):
        tables = PLAIN | {"goal": goal}
        if goal["what"] == "cheapest":
            tables = {key: value for key, value in tables.items() if key != "money"}
        city = replace(tiny_city(seed), question=Question.from_dict(tables))
        wide = with_more_sites(city)
        found = finer_of(city, wide)
        assert found is not None
        made, finer = found
        if finer is None:
            continue
        there = with_sites(wide, wide.sites).decide(params=PARAMS)
        # no answer among all sites is beyond the bound, which is never behind the plan
        assert sign * (finer.bound - there.objective) >= -1e-6, f"seed {seed}"
        assert sign * (finer.bound - made.objective) == pytest.approx(finer.better)
        n_told += 1
        n_better += finer.better > 0
    assert n_told >= 1
    # where the cheapest is proven, one place more of these streets saves nothing
    assert n_better >= (goal["what"] != "cheapest")


def test_a_question_that_builds_and_moves_nothing_has_no_use_for_more_sites() -> None:
    fixed = {"actions": {"build": [], "existing": "upgrade", "upgrade": ["base"]}}
    with pytest.raises(InputError, match="--finer adds candidate sites"):
        refuse_no_sites(Question.from_dict(fixed))
    refuse_no_sites(Question.from_dict(PLAIN))
