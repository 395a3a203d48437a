"""A status says no more than the plan, looked at anew, and the bound bear out."""

from __future__ import annotations

import numba
import numpy as np
import pytest
import scipy.sparse as sp

from geo.compiled import seconds_compiling
from planning.engine.clock import Clock
from planning.engine.frontier import coverage_frontier
from planning.engine.params import SolveParams, relative_gap
from planning.engine.problems import CoverageProblem, SetCoverProblem
from planning.engine.proven import ABSENT, NOTHING, Bound, Draft, contradicted
from planning.engine.verdict import judged

# Four places of 1, 2, 3 and 4 workers, each at an option of its own; two may open: 7 at most.
WEIGHTS = np.array([1.0, 2.0, 3.0, 4.0])
COVERING = CoverageProblem(WEIGHTS, sp.csr_array(np.eye(4)), max_open=2)
# The same as a question of money: everything costs 10.
PAYING = SetCoverProblem(sp.csr_array(np.eye(4)), costs=WEIGHTS)


def clock(gap: float = 0.0) -> Clock:
    return Clock(SolveParams(gap=gap))


def draft(*chosen: int, bound: Bound = ABSENT) -> Draft:
    return Draft(chosen=np.array(chosen, dtype=np.int64), bound=bound)


@pytest.mark.parametrize(
    ("bound", "gap", "status", "said"),
    [
        (Bound.at(7.0), 0.0, "optimal", 7.0),
        (Bound.at(7.0 * (1 + 1e-10)), 0.0, "optimal", 7.0),
        (Bound.at(7.0 * (1 + 1e-8)), 0.0, "time_limit", 7.0 * (1 + 1e-8)),
        (Bound.at(7.7), 0.1, "within_gap", 7.7),
        (Bound.at(7.7), 0.05, "time_limit", 7.7),
        (Bound.at(99.0), 0.0, "time_limit", 10.0),
        (ABSENT, 0.5, "within_gap", 10.0),
        (ABSENT, 0.0, "time_limit", 10.0),
        (NOTHING, 0.0, "time_limit", 10.0),
        (Bound.at(6.9), 0.0, "time_limit", 10.0),
    ],
)
def test_the_status_of_a_plan_is_what_its_bound_bears_out(
    bound: Bound, gap: float, status: str, said: float
) -> None:
    plan = judged(COVERING, draft(2, 3, bound=bound), unit=1.0, clock=clock(gap))
    assert (plan.status, plan.bound, plan.objective) == (status, said, 7.0)


@pytest.mark.parametrize(
    ("bound", "status", "said"),
    [
        (Bound.at(10.0), "optimal", 10.0),
        (Bound.at(9.0), "time_limit", 9.0),
        (Bound.at(-5.0), "time_limit", 0.0),
        (Bound.at(11.0), "time_limit", 0.0),
        (ABSENT, "time_limit", 0.0),
    ],
)
def test_where_less_is_better_the_bound_is_below(bound: Bound, status: str, said: float) -> None:
    plan = judged(PAYING, draft(0, 1, 2, 3, bound=bound), unit=1.0, clock=clock())
    assert (plan.status, plan.bound, plan.objective) == (status, said, 10.0)


def test_a_bound_is_brought_to_the_callers_unit() -> None:
    plan = judged(COVERING, draft(2, 3, bound=Bound.at(7.0 * 1024)), unit=1 / 1024, clock=clock())
    assert plan.status == "optimal"


def test_a_plan_that_breaks_a_rule_is_none() -> None:
    plan = judged(COVERING, draft(1, 2, 3, bound=Bound.at(9.0)), unit=1.0, clock=clock())
    assert plan.status == "time_limit"
    assert np.isnan([plan.objective, plan.gap]).all()
    assert "more than 2 options are open" in plan.reasons
    short = judged(PAYING, draft(0, 1, 2, bound=Bound.at(6.0)), unit=1.0, clock=clock())
    assert short.status == "time_limit"
    assert "an item is not covered" in short.reasons


def test_a_contradiction_is_not_believed_beside_a_plan() -> None:
    nothing = judged(COVERING, contradicted("no"), unit=1.0, clock=clock())
    assert (nothing.status, nothing.reasons) == ("infeasible", ("no",))
    assert np.isnan([nothing.objective, nothing.bound, nothing.gap]).all()
    both = Draft(chosen=np.array([2, 3]), contradiction="no")
    assert judged(COVERING, both, unit=1.0, clock=clock()).status == "time_limit"


def test_a_plan_worth_nothing_is_the_best_where_the_bound_leaves_room_for_nobody() -> None:
    for bound, status in ((0.4, "optimal"), (0.6, "time_limit")):
        plan = judged(COVERING, draft(bound=Bound.at(bound)), unit=1.0, clock=clock())
        assert plan.status == status


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [
        (np.nan, 5.0, np.nan),
        (np.inf, 5.0, np.nan),
        (-np.inf, -np.inf, np.nan),
        (5.0, np.inf, np.inf),
        (5.0, np.nan, np.inf),
        (0.0, 5.0, np.inf),
        (0.0, 0.0, 0.0),
        (5.0, 6.0, 0.2),
        (5.0, 5.0 + 1e-12, 0.0),
    ],
)
def test_a_gap_is_0_only_where_a_bound_meets_a_plan(
    objective: float, bound: float, gap: float
) -> None:
    assert relative_gap(objective, bound) == pytest.approx(gap, nan_ok=True)


def test_every_point_of_a_curve_has_a_status_of_its_own() -> None:
    rng = np.random.default_rng(3)
    problem = CoverageProblem(rng.random(300), sp.csr_array(rng.random((40, 300)) < 0.05))
    stopped = SolveParams(time_limit_s=1e-6)
    for point in coverage_frontier(problem, max_open=[1, 2, 5, 9, 40], params=stopped):
        plan = point.plan
        assert (plan.status == "optimal") == (relative_gap(plan.objective, plan.bound) == 0.0)
        assert point.bound >= plan.objective


def test_making_machine_code_takes_nothing_of_the_time_limit() -> None:
    def summed(values: np.ndarray) -> float:
        return float(np.sort(values * values).sum())

    now, before = Clock(SolveParams(time_limit_s=1000)), seconds_compiling()
    numba.njit(summed)(np.ones(3))
    compiling = seconds_compiling() - before
    assert compiling > 0.0
    used = 1000 - now.left_s
    assert used <= now.seconds - compiling + 1e-6
