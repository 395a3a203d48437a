"""What the register leaves open: the far end is the city whose register says all of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data import Stations
from data.questions import Question
from data.vocabulary import BASIC_EQUIPMENT
from planning import SolveParams
from planning.decisions import AskedQuestion, ask
from planning.decisions.silent import silent_ends
from tests.planning.decisions.tiny_cities import tiny_city

if TYPE_CHECKING:
    from tests.planning.decisions.all_choices import TinyCity

WHOLE: dict[str, Any] = {
    "hours": "0:00-24:00",
    "access": ("free_door",),
    "facilities": tuple(BASIC_EQUIPMENT),
}
#: What the register leaves out of the first station, and of the second.
SILENT = ({"hours": ""}, {"access": ()}, {"facilities": ()}, {"hours": "", "facilities": ()})


def city(seed: int, *, says_all: bool) -> TinyCity:
    """A city with two stations; the register is silent about both, or says all of it."""
    drawn = tiny_city(4 * seed + 3)
    frame = drawn.stations.frame
    records = [
        {"id": frame["id"][row], "name": frame["name"][row], "kind": frame["kind"][row]}
        | {"lon": drawn.stations.lonlat[row, 0], "lat": drawn.stations.lonlat[row, 1]}
        | WHOLE
        | ({} if says_all else SILENT[(seed + row) % len(SILENT)])
        for row in range(len(frame))
    ]
    tables = {
        "goal": {"what": "worker_hours", "coverage": "effective"},
        "years": {"count": 2},
        "new": 1,
        "actions": {"build": ["courier_home", "driver_home"], "existing": "fixed"},
    }
    if seed % 2:
        tables["actions"]["existing"] = "free"
    question = Question.from_dict(tables)
    return replace(drawn, stations=Stations.from_records(records), question=question)


def asked(of: TinyCity, *, at_best: bool = False) -> AskedQuestion:
    return ask(
        of.question,
        demand=of.demand,
        stations=of.stations,
        sites=of.sites,
        network=of.network,
        settings=of.settings,
        at_best=at_best,
    )


@pytest.mark.parametrize("seed", range(8))
def test_the_far_end_is_the_city_whose_register_says_all(seed: int) -> None:
    params = SolveParams(time_limit_s=20)
    known = asked(city(seed, says_all=True))
    silent = asked(city(seed, says_all=False))
    made, best = silent.decide(params=params), known.decide(params=params)
    assert best.status == made.status == "optimal"
    far = asked(city(seed, says_all=False), at_best=True)
    ends = silent_ends(made, far, params=params)
    assert ends is not None
    chosen = made.plan.chosen
    own = chosen[chosen < known.problem.standing_option]
    true = {line.year: line for line in known.coverage(own) if line.group == line.district == "all"}
    for year in ends.years:
        assert year.covered_most == pytest.approx(true[year.year].covered)
        assert year.before_most == pytest.approx(true[year.year].before)
        assert year.covered_least == made.covered(year=year.year).covered <= year.covered_most
        assert year.before_least == made.covered(year=year.year).before <= year.before_most
    has = known.problem.value(np.union1d(own, [known.problem.standing_option]))
    assert ends.more_least == pytest.approx(best.objective - has, abs=1e-6)
    assert ends.more_most == pytest.approx(ends.more_least, abs=1e-6)
    assert ends.stays_best == (best.objective <= has + 1e-6)
    assert bool(ends.gained or ends.dropped) != ends.stays_best


def test_some_plans_stay_the_best_and_some_do_not() -> None:
    ends = []
    for seed in range(8):
        of = city(seed, says_all=False)
        ends.append(silent_ends(asked(of).decide(), asked(of, at_best=True)))
    assert {one.stays_best for one in ends if one is not None} == {True, False}
    assert any(year.covered_most > year.covered_least for one in ends if one for year in one.years)
