"""What is told beside a decision speaks of the question, not of how it is solved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.questions import Question
from planning import SolveParams
from planning.decisions.explain import conflict_of, price_lines
from tests.planning.decisions.test_all_choices import asked_of
from tests.planning.decisions.tiny_cities import tiny_city


def test_prices_are_of_amounts_that_the_question_gives() -> None:
    """A zone asks for a station and spacing for metres: no step of these is so much more."""
    n_told = n_without = 0
    for seed in range(60):
        asked = asked_of(tiny_city(seed))
        if asked is None:
            continue
        question = asked.question
        made = asked.decide(params=SolveParams(time_limit_s=10))
        given = {
            one.name for one in (*question.money_limits, *question.count_limits, *question.floors)
        }
        told = [line.limit for line in price_lines(asked, made, time_limit_s=3.0)]
        ours = [name for name in told if name.startswith(("money up to", "money of", "new stat"))]
        assert set(told) <= given | set(ours), f"seed {seed}: {told}"
        n_told += len(told)
        n_without += bool(question.zones or question.spacing_m)
    assert n_told > 10
    assert n_without > 5


def test_the_number_of_new_stations_is_told_by_its_name_however_the_engine_counts_it() -> None:
    """Zones that need two places and a number of one contradict each other."""
    city = tiny_city(0)
    spots = city.sites.lonlat[:2].tolist()
    zones = [
        {"name": f"yard {k}", "around": spot, "within_m": 20.0, "rule": "require"}
        for k, spot in enumerate(spots)
    ]
    tables = {"new": 1, "zones": zones, "actions": {"build": ["driver_home", "courier_home"]}}
    asked = asked_of(replace(city, question=Question.from_dict(tables)))
    assert asked is not None
    assert asked.problem.problem.max_open == 1
    assert asked.decide(params=SolveParams(time_limit_s=10)).status == "infeasible"
    words = conflict_of(asked, time_limit_s=10.0).conflict
    assert "limit 'new stations' allows 1 and the others need 2" in words
    assert "max_open" not in words
    two = asked_of(replace(city, question=Question.from_dict(tables | {"new": 2})))
    assert two is not None
    made = two.decide(params=SolveParams(time_limit_s=10))
    assert made.status == "optimal"
    # what must stand in a zone is one of the new ones
    assert len(made.actions) == 2
    assert np.isfinite(made.objective)
