"""The reasons of a site's sheet, counted again item by item, and a plan that was read back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from geo.errors import ProblemError
from planning import SolveParams
from planning.decisions import Decision
from planning.decisions.explain import why_here
from planning.decisions.restored import with_plan
from planning.decisions.site_reasons import site_reasons
from tests.planning.decisions.test_all_choices import asked_of
from tests.planning.decisions.tiny_cities import tiny_city

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning.decisions import AskedQuestion

N_CITIES = 40


def answered() -> Iterator[tuple[AskedQuestion, Decision]]:
    for seed in range(N_CITIES):
        asked = asked_of(tiny_city(seed))
        if asked is None:
            continue
        made = asked.decide(params=SolveParams(time_limit_s=10))
        if made.is_plan:
            yield asked, made


@pytest.fixture(scope="module")
def plans() -> list[tuple[AskedQuestion, Decision]]:
    return list(answered())


def only_place(asked: AskedQuestion, made: Decision, place: int) -> float:
    """Add up item by item, in plain loops, what no other place could serve at the end."""
    assert made.plan is not None
    covers = asked.items.covers.toarray()
    n_years = len(asked.question.years_meant)
    forbidden = asked.problem.problem.forbidden
    of = asked.problem.options
    stands: dict[int, set[int]] = {}
    for option in range(asked.problem.standing_option):
        if of.ends[option] == n_years and (forbidden is None or not forbidden[option]):
            action = asked.table.actions[of.action[option]]
            stands.setdefault(action.place, set()).add(action.state)
    own = made.plan.chosen[made.plan.chosen < asked.problem.standing_option]
    mine = {
        asked.table.actions[of.action[option]].state
        for option in own
        if asked.table.actions[of.action[option]].place == place
    }
    whole = 0.0
    for item in range(covers.shape[1]):
        others = [
            p for p, states in stands.items() if p != place and covers[list(states), item].any()
        ]
        if not others and covers[list(mine), item].any():
            whole += float(asked.items.weights[-1][item])
    return whole


def test_what_a_site_adds_is_parted_whole_and_only_here_is_what_no_other_place_covers(
    plans: list[tuple[AskedQuestion, Decision]],
) -> None:
    n_only = n_hours = 0
    for asked, made in plans:
        reasons = site_reasons(asked, made)
        assert [one.action for one in reasons] == list(made.actions)
        for one, served in zip(reasons, asked.served(made.plan.chosen), strict=False):
            action = one.action
            assert sum(one.by_district.values()) == pytest.approx(action.adds)
            if one.by_hours:
                assert sum(gain.adds for gain in one.by_hours) == pytest.approx(action.adds)
                n_hours += 1
            paid: dict[str, int] = {}
            for line in one.payments:
                paid[line.payer] = paid.get(line.payer, 0) + line.yuan
            assert {payer: yuan for payer, yuan in paid.items() if yuan} == action.paid
            place = asked.table.actions[asked.problem.options.action[served.option]].place
            assert one.only_here == pytest.approx(only_place(asked, made, place))
            assert one.only_here <= action.lost_without + 1e-9
            n_only += one.only_here > 0
    assert n_only > 10
    assert n_hours > 5


def test_what_stands_is_worth_what_the_lines_of_coverage_say(
    plans: list[tuple[AskedQuestion, Decision]],
) -> None:
    n_plain = 0
    for asked, made in plans:
        goal = asked.question.goal
        if not (goal.group_weights or goal.hour_weights):
            lines = [line for line in made.coverage if line.group == line.district == "all"]
            assert asked.value_today == pytest.approx(sum(line.before for line in lines))
            n_plain += 1
        assert asked.value_today <= asked.problem.exact.sum() + 1e-9
    assert n_plain > 5


def test_a_decision_that_was_read_back_has_its_plan_again(
    plans: list[tuple[AskedQuestion, Decision]],
) -> None:
    n_closed = 0
    for asked, made in plans:
        read = Decision.from_dict(json.loads(json.dumps(made.as_dict())))
        assert read.plan is None
        again = with_plan(asked, read)
        assert np.array_equal(again.plan.chosen, made.plan.chosen)
        assert again.as_dict() == read.as_dict()
        n_closed += any(one.what == "close" for one in made.actions)
        told = [why_here(asked, one, time_limit_s=0.0) for one in (made, again)]
        assert told[0] == told[1]
    assert n_closed > 0


def test_a_decision_of_another_city_is_refused(
    plans: list[tuple[AskedQuestion, Decision]],
) -> None:
    asked, made = next((a, m) for a, m in plans if m.actions and m.actions[0].what == "build")
    body = made.as_dict()
    body["actions"][0]["adds"] += 1.0
    with pytest.raises(ProblemError, match="of another city"):
        with_plan(asked, Decision.from_dict(body))
    body["actions"][0]["id"] = "elsewhere"
    with pytest.raises(ProblemError, match="elsewhere: this action is none of the question"):
        with_plan(asked, Decision.from_dict(body))
    with pytest.raises(ProblemError, match="holds no plan"):
        site_reasons(asked, Decision.from_dict(made.as_dict()))
