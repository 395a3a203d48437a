"""Why here and not there, against all exchanges and all option sets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.errors import ProblemError
from planning import CoverageProblem, Limit, SolveParams, solve
from planning.decisions import RunnerUp, find_runners_up
from tests.planning.decisions.small_problems import (
    N_PROBLEMS,
    OptionSets,
    best_of,
    mixed_problem,
    option_sets,
)

PARTS = 6


def look_at_exchange(sets: OptionSets, chosen: np.ndarray, runner_up: RunnerUp) -> None:
    """Try to close the option, and to open each other one in its place."""
    opened = sets.opened[sets.row(chosen)].copy()
    opened[runner_up.option] = False
    trials = [opened]
    for other in range(sets.opened.shape[1]):
        if not opened[other] and other not in runner_up.without:
            trial = opened.copy()
            trial[other] = True
            trials.append(trial)
    rows = np.array([sets.row(np.flatnonzero(trial)) for trial in trials])
    allowed, value = sets.allowed()[rows], sets.value[rows]
    best = best_of(value, allowed)
    if runner_up.swap_chosen is None:
        assert best == -np.inf
    else:
        own = sets.row(runner_up.swap_chosen)
        assert own in rows
        assert sets.allowed()[own]
        assert sets.value[own] == pytest.approx(best, rel=1e-9, abs=1e-9)
        assert runner_up.swap_objective == pytest.approx(best, rel=1e-9, abs=1e-9)
    neighbour = runner_up.neighbour
    if neighbour is not None:
        marks = [k for k in sets.kept if k[0] in {"forbidden", "required"}]
        row = sets.row(np.flatnonzero(opened | (np.arange(len(opened)) == neighbour.option)))
        assert sets.value[row] == pytest.approx(
            sets.value[sets.row(chosen)] + neighbour.changes, rel=1e-9, abs=1e-9
        )
        assert not sets.allowed()[row]
        assert {(u.rule.kind, u.rule.number) for u in neighbour.breaks} == {
            k for k, kept in sets.kept.items() if not kept[row]
        }
        assert sets.value[row] > best or best == -np.inf
        others = [r for r in rows if sets.allowed(marks)[r]]
        assert sets.value[row] == pytest.approx(sets.value[others].max())


@pytest.mark.parametrize("part", range(PARTS))
def test_runners_up_are_the_best_exchange_and_the_best_plan_without_the_option(part: int) -> None:
    looked = needed = 0
    for number in range(part, N_PROBLEMS, PARTS):
        problem = mixed_problem(number)
        plan = solve(problem)
        if plan.status == "infeasible":
            continue
        ways = problem.site if number % 2 else None
        found = find_runners_up(problem, plan, ways=ways)
        sets = option_sets(problem)
        free = plan.chosen[~np.asarray(problem.required)[plan.chosen]]
        assert [one.option for one in found] == free.tolist()
        for one in found:
            looked += 1
            look_at_exchange(sets, plan.chosen, one)
            way = np.arange(problem.n_options) if ways is None else ways
            assert one.without.tolist() == np.flatnonzero(way == way[one.option]).tolist()
            without = sets.allowed() & ~sets.opened[:, one.without].any(axis=1)
            best = best_of(sets.value, without)
            assert one.is_needed == (best == -np.inf), number
            needed += one.is_needed
            assert one.as_dict()["option"] == one.option
            if one.is_needed:
                continue
            true = plan.objective - best
            assert one.costs_least == pytest.approx(true, rel=1e-6, abs=1e-6)
            assert one.costs_most == pytest.approx(true, rel=1e-6, abs=1e-6)
            assert one.chosen is not None
            assert without[sets.row(one.chosen)]
            assert sets.value[sets.row(one.chosen)] == pytest.approx(best)
    assert looked > 30
    assert needed


def test_by_exchanges_alone_the_cost_is_a_true_range() -> None:
    for number in range(80):
        problem = mixed_problem(number)
        plan = solve(problem, params=SolveParams(gap=0.1))
        if plan.status == "infeasible":
            continue
        sets = option_sets(problem)
        for one in find_runners_up(problem, plan, time_limit_s=0.0):
            best = best_of(sets.value, sets.allowed() & ~sets.opened[:, one.option])
            assert one.plan is None
            assert not one.is_needed
            if best > -np.inf and one.swap_chosen is not None:
                assert one.costs_least <= sets.best - best + 1e-6
                assert sets.best - best <= one.costs_most + 1e-6


def test_the_neighbour_is_kept_out_by_the_rule_that_binds() -> None:
    problem = CoverageProblem(
        np.array([10.0, 20.0, 5.0]),
        np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1]]),
        costs=[50_000.0, 160_000.0, 40_000.0],
        limits=(Limit(members=np.ones(3, bool), budget=100_000.0, name="2026"),),
        max_open=1,
    )
    told: list[float] = []
    plan = solve(problem)
    assert plan.chosen.tolist() == [0]
    (one,) = find_runners_up(problem, plan, on_progress=lambda _what, share: told.append(share))
    assert told == [1.0]
    assert (one.swap, one.costs_least, one.costs_most) == (2, 5.0, 5.0)
    assert one.neighbour is not None
    assert (one.neighbour.option, one.neighbour.changes) == (1, 20.0)
    (use,) = one.neighbour.breaks
    assert (use.rule.name, use.used, use.room) == ("limit '2026'", 160_000.0, -60_000.0)


def test_two_chosen_options_of_one_way_are_done_without_together() -> None:
    problem = CoverageProblem(np.array([30.0, 20.0, 5.0, 4.0]), np.eye(4), max_open=2)
    found = find_runners_up(problem, solve(problem), ways=[7, 7, 8, 9])
    for one in found:
        assert one.without.tolist() == [0, 1]
        assert one.chosen is not None
        assert one.chosen.tolist() == [2, 3]
        assert one.costs_least == one.costs_most == 41.0


def test_runners_up_of_no_plan_and_of_wrong_ways_are_refused() -> None:
    problem = CoverageProblem([1.0], [[1.0]])
    plan = solve(problem)
    with pytest.raises(ProblemError, match="there is none"):
        find_runners_up(problem, replace(plan, objective=np.nan))
    with pytest.raises(ProblemError, match="a number for each of 1 options"):
        find_runners_up(problem, plan, ways=[0, 1])
