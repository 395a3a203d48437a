"""What each chosen option does, against sums over sets of options counted one by one."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from geo.errors import ProblemError
from planning import CoverageProblem, solve
from planning.decisions import measure_gains
from planning.siting.deployment_order import deployment_order
from tests.planning.decisions.small_problems import N_PROBLEMS, mixed_problem


def worth_by_item(problem: CoverageProblem, options: list[int]) -> np.ndarray:
    """The weight of each item that a set of options covers."""
    dense = problem.covers.toarray().astype(float)
    part = dense[options].max(axis=0) if options else np.zeros(problem.n_demand)
    return np.asarray(problem.weights * part)


@pytest.mark.parametrize("part", range(6))
def test_gains_are_differences_of_counted_plans(part: int) -> None:
    for number in range(part, N_PROBLEMS, 6):
        problem = mixed_problem(number)
        rng = np.random.default_rng(number)
        n = problem.n_options
        chosen = np.flatnonzero((rng.random(n) < 0.5) | np.asarray(problem.required))
        label = rng.integers(-1, 3, problem.n_demand)
        gains = measure_gains(problem, chosen, labels={"district": label})
        order = gains.option.tolist()
        assert sorted(order) == chosen.tolist()
        allowed = np.flatnonzero(~np.asarray(problem.forbidden)).tolist()
        every = sorted({*allowed, *order})
        own = gains.by["district"]
        for k, option in enumerate(order):
            rows = {
                "adds": worth_by_item(problem, order[: k + 1]) - worth_by_item(problem, order[:k]),
                "lost": worth_by_item(problem, order)
                - worth_by_item(problem, [j for j in order if j != option]),
                "only_here": worth_by_item(problem, every)
                - worth_by_item(problem, [j for j in every if j != option]),
            }
            assert gains.reaches[k] == pytest.approx(worth_by_item(problem, [option]).sum())
            for name, row in rows.items():
                assert getattr(gains, name)[k] == pytest.approx(row.sum(), abs=1e-9), name
                for c in range(getattr(own, name).shape[1]):
                    expected = row[label == c].sum()
                    assert getattr(own, name)[k, c] == pytest.approx(expected, abs=1e-9), name


def test_the_order_is_greedy_with_what_is_required_first() -> None:
    for number in range(60):
        problem = replace(mixed_problem(number), required=None, forbidden=None)
        if ((problem.covers.data != 0) & (problem.covers.data != 1)).any():
            continue
        chosen = np.arange(problem.n_options)[::2]
        gains = measure_gains(problem, chosen)
        steps = deployment_order(problem.covers, problem.weights, chosen)
        assert gains.adds == pytest.approx([step.adds for step in steps])
        assert gains.lost.sum() == pytest.approx(sum(step.lost_without for step in steps))
    required = np.array([False, False, True])
    last = CoverageProblem([9.0, 9.0, 1.0], np.eye(3), required=required)
    assert measure_gains(last, [0, 1, 2]).option.tolist() == [2, 0, 1]


def test_a_given_order_credits_those_that_come_first() -> None:
    problem = CoverageProblem([10.0, 20.0, 30.0], [[1, 1, 0], [0, 1, 1], [1, 1, 1]])
    for order in itertools.permutations(range(3)):
        gains = measure_gains(problem, [0, 1, 2], order=order)
        assert gains.option.tolist() == list(order)
        assert gains.adds.sum() == 60.0
        assert gains.adds[0] == gains.reaches[0]


def test_gains_are_plain_data_for_json_and_of_a_plan_sum_to_its_worth() -> None:
    problem = CoverageProblem([10.0, 20.0, 30.0], [[1, 1, 0], [0, 1, 1]], max_open=1)
    plan = solve(problem)
    gains = measure_gains(problem, plan.chosen, labels={"group": [0, 0, 1]})
    row = gains.as_dict()["options"][0]
    assert row["adds"] == plan.objective == 50.0
    assert row["by"]["group"] == {
        "adds": [20.0, 30.0],
        "lost": [20.0, 30.0],
        "only_here": [0.0, 30.0],
    }


def test_options_orders_and_labels_that_do_not_fit_are_refused() -> None:
    problem = CoverageProblem([10.0, 20.0], [[1, 0], [0, 1]])
    with pytest.raises(ProblemError, match="option 2 is chosen and there are 2"):
        measure_gains(problem, [2])
    with pytest.raises(ProblemError, match="order holds other options"):
        measure_gains(problem, [0, 1], order=[0])
    with pytest.raises(ProblemError, match="labels 'hour' must hold 2 whole numbers"):
        measure_gains(problem, [0], labels={"hour": [0.5, 1.0]})
