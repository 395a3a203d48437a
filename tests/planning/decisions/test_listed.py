"""A plan made by hand beside the best one, what stands beside it, and drawn workers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.questions.listed_action import ListedAction
from geo.errors import ProblemError
from planning import SolveParams
from planning.decisions import ask
from planning.decisions.drawn import DrawnWeights
from planning.decisions.listed import score_list
from planning.decisions.standing import standing_stations
from tests.planning.decisions.test_all_choices import asked_of
from tests.planning.decisions.tiny_cities import tiny_city

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning.decisions import AskedQuestion, Decision
    from tests.planning.decisions.all_choices import TinyCity

PARAMS = SolveParams(time_limit_s=20.0)


@pytest.fixture(scope="module")
def answered() -> list[tuple[TinyCity, AskedQuestion, Decision]]:
    return list(_answered())


def _answered() -> Iterator[tuple[TinyCity, AskedQuestion, Decision]]:
    for seed in range(16):
        city = tiny_city(seed)
        asked = asked_of(city)
        if asked is None or city.question.goal.what not in {"workers", "worker_hours"}:
            continue
        made = asked.decide(params=PARAMS)
        if made.is_plan:
            yield city, asked, made


def listed(made: Decision) -> list[ListedAction]:
    return [
        ListedAction(n, one.station if one.what == "close" else one.id, one.what, *rest)
        for n, one in enumerate(made.actions, start=2)
        for rest in [
            ("", "", None)
            if one.what == "close"
            else (one.kind, one.hours if one.what in {"build", "extend"} else "", one.year)
        ]
    ]


def test_the_plan_itself_as_a_list_is_worth_what_the_plan_is(
    answered: list[tuple[TinyCity, AskedQuestion, Decision]],
) -> None:
    n_done = 0
    for _, asked, made in answered:
        if any(one.what == "close" for one in made.actions):
            continue  # closed in a later year is more than a list can say
        score = score_list(asked, made, listed(made))
        assert score.covered == pytest.approx(made.objective)
        assert score.broken == ()
        assert score.gap == pytest.approx(made.gap, abs=1e-9)
        assert score.cost_yuan == made.cost_yuan
        assert (score.only_here, score.only_there) == ((), ())
        assert score.coverage == made.coverage
        n_done += bool(made.actions)
    assert n_done > 3


def test_a_list_that_does_less_is_told_what_it_lacks_and_one_over_the_limit_is_told_so(
    answered: list[tuple[TinyCity, AskedQuestion, Decision]],
) -> None:
    city, _, _ = answered[0]
    question = city.question.from_dict({"new": 1, "actions": {"build": ["courier_home"]}})
    asked = asked_of(replace(city, question=question))
    assert asked is not None
    made = asked.decide(params=PARAMS)
    nothing = score_list(asked, made, [])
    assert nothing.covered < made.objective
    assert nothing.gap == pytest.approx((made.bound - nothing.covered) / nothing.covered)
    assert {one.id for one in nothing.only_there} == {one.id for one in made.actions}
    every = [ListedAction(k, site, "", "", "", None) for k, site in enumerate(city.sites.ids, 2)]
    over = score_list(asked, made, every)
    assert over.gap is None
    assert [str(one) for one in over.broken] == [
        f"limit 'new stations' allows 1 and the list takes {len(every)}"
    ]
    with pytest.raises(ProblemError, match="row 7: nowhere is no place of this question"):
        score_list(asked, made, [ListedAction(7, "nowhere", "", "", "", None)])
    upgraded = [ListedAction(2, city.sites.ids[0], "upgrade", "", "", None)]
    with pytest.raises(ProblemError, match=r"row 2: .* not among the actions"):
        score_list(asked, made, upgraded)


def test_closing_a_station_loses_whom_neither_another_one_nor_the_plan_reaches(
    answered: list[tuple[TinyCity, AskedQuestion, Decision]],
) -> None:
    """Against plain loops over the oracle's own reach."""
    n_lost = 0
    for city, asked, made in answered:
        if city.question.world.speed_factors or city.question.goal.standard != "group":
            continue
        found = standing_stations(
            asked,
            made,
            demand=city.demand,
            stations=city.stations,
            network=city.network,
            settings=city.settings,
        )
        ids = [*city.sites.ids, *city.stations.frame["id"]]
        frame = city.stations.frame
        old = dict(zip(frame["id"], frame["kind"], strict=True))
        # a station that is made better serves whom it did, too
        doing = {
            one.id: {one.kind, old.get(one.station, one.kind)}
            for one in made.actions
            if one.what != "close"
        }
        doing |= {line.id: {line.kind} for line in found.lines}
        for line in found.lines:
            lost = reached = 0.0
            for group_number, group in enumerate(city.demand.groups):
                kinds = city.settings.group(group).kinds
                for cell in range(len(city.demand)):
                    by = {
                        place
                        for place, own in doing.items()
                        if own & kinds and city.near[group][ids.index(place), cell]
                    }
                    worth = city.demand.weights[cell, group_number]
                    reached += worth * (line.id in by)
                    lost += worth * (by == {line.id})
            assert line.in_reach == pytest.approx(reached)
            assert line.lost == pytest.approx(lost)
            n_lost += lost > 0
        assert found.n_together <= found.at_most
    assert n_lost > 3


def test_drawn_workers_weigh_what_a_question_of_these_workers_weighs(
    answered: list[tuple[TinyCity, AskedQuestion, Decision]],
) -> None:
    rng = np.random.default_rng(8)
    n_done = 0
    for city, asked, _ in answered:
        if city.question.world.demand:
            continue
        weights = city.demand.weights * rng.uniform(0.5, 2.0, city.demand.weights.shape)
        other = ask(
            city.question,
            demand=replace(city.demand, weights=weights),
            stations=city.stations,
            sites=city.sites,
            network=city.network,
            settings=city.settings,
        )
        drawn = DrawnWeights(asked, [weights], assumed=city.demand.weights)
        tokens = len(asked.problem.tokens)
        end = asked.problem.problem.n_demand - tokens
        assert drawn[0][:end] == pytest.approx(other.problem.problem.weights[:end])
        n_done += 1
    assert n_done > 3
