"""The coverage-money curve, the order of deployment, a start from the last answer, peers."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from spopt.locate import LSCP, MCLP

from geo.errors import ProblemError
from planning import CoverageProblem, SetCoverProblem, SolveParams, solve
from planning.engine import frontier
from planning.engine.frontier import coverage_frontier
from planning.engine.params import Plan
from planning.engine.verify import broken_rules
from planning.siting.deployment_order import deployment_order

RADIUS = 0.16

# the peer speaks to its own solver in words that its next version drops: no concern of ours
of_the_peer = pytest.mark.filterwarnings("ignore:.*PuLP 4.0:DeprecationWarning")


@pytest.fixture(scope="module")
def distance() -> np.ndarray:
    """Distances of 90 demand points and 40 sites, [demand, site]."""
    rng = np.random.default_rng(11)
    demand, sites = rng.random((90, 2)), rng.random((40, 2))
    return np.asarray(np.hypot(*(demand[:, None] - sites[None]).T).T)


@pytest.fixture(scope="module")
def weights() -> np.ndarray:
    return np.random.default_rng(12).integers(1, 40, 90).astype(float)


@pytest.fixture(scope="module")
def covers(distance: np.ndarray) -> sp.csr_array:
    return sp.csr_array(distance.T <= RADIUS)


@of_the_peer
@pytest.mark.parametrize("p", [1, 3, 6])
def test_coverage_is_what_spopt_and_cbc_find(
    distance: np.ndarray, weights: np.ndarray, covers: sp.csr_array, p: int
) -> None:
    pulp = pytest.importorskip("pulp")
    peer = MCLP.from_cost_matrix(distance, weights, RADIUS, p)
    peer = peer.solve(pulp.PULP_CBC_CMD(msg=False))
    plan = solve(CoverageProblem(weights, covers, max_open=p))
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(pulp.value(peer.problem.objective))


@of_the_peer
def test_the_fewest_sites_are_as_many_as_spopt_and_cbc_find(distance: np.ndarray) -> None:
    pulp = pytest.importorskip("pulp")
    radius = 0.35
    peer = LSCP.from_cost_matrix(distance, radius).solve(pulp.PULP_CBC_CMD(msg=False))
    plan = solve(SetCoverProblem(sp.csr_array(radius >= distance.T)))
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(pulp.value(peer.problem.objective))


def test_the_curve_never_falls_and_every_bound_holds(
    weights: np.ndarray, covers: sp.csr_array
) -> None:
    costs = np.random.default_rng(13).integers(1, 9, 40).astype(float)
    problem = CoverageProblem(weights, covers, costs=costs)
    points = coverage_frontier(problem, budgets=[12.0, 4.0, 8.0])
    assert [point.amount for point in points] == [4.0, 8.0, 12.0]
    values = [point.plan.objective for point in points]
    assert values == sorted(values)
    for point in points:
        exact = solve(CoverageProblem(weights, covers, costs=costs, budget=point.amount))
        assert exact.status == "optimal"
        assert point.plan.objective == pytest.approx(exact.objective)
        assert point.bound >= exact.objective - 1e-6
        assert point.gap == pytest.approx(0.0, abs=1e-9)


def test_two_plans_in_turn_that_are_worse_than_one_for_less_are_both_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Out of time, plans for more may be worse: 9, 4, 5 once gave a curve of 9, 9, 5."""
    problem = CoverageProblem(
        weights=[9.0, 4.0, 5.0, 1.0], covers=sp.csr_array(np.eye(4)), costs=[1.0, 1.0, 1.0, 1.0]
    )
    found = {1.0: [0], 2.0: [1], 3.0: [2], 4.0: [0, 3]}

    def cut_short(given: CoverageProblem, **_: object) -> Plan:
        chosen = np.array(found[float(given.budget or 0.0)])
        value = float(given.weights[chosen].sum())
        return Plan(
            status="time_limit",
            chosen=chosen,
            objective=value,
            bound=19.0,
            runtime_s=0.0,
            method="",
        )

    monkeypatch.setattr(frontier, "solve", cut_short)
    curve = coverage_frontier(problem, budgets=[1.0, 2.0, 3.0, 4.0])
    assert [point.plan.objective for point in curve] == [9.0, 9.0, 9.0, 10.0]
    assert [point.plan.chosen.tolist() for point in curve] == [[0], [0], [0], [0, 3]]


def test_the_curve_takes_numbers_or_budgets_not_both(
    weights: np.ndarray, covers: sp.csr_array
) -> None:
    with pytest.raises(ProblemError, match="one of the two"):
        coverage_frontier(CoverageProblem(weights, covers))


def test_each_beginning_of_the_order_of_deployment_is_good(
    weights: np.ndarray, covers: sp.csr_array
) -> None:
    plan = solve(CoverageProblem(weights, covers, max_open=6))
    steps = deployment_order(covers, weights, plan.chosen)
    gains = [step.adds for step in steps]
    assert gains == sorted(gains, reverse=True)
    assert sum(gains) == pytest.approx(plan.objective)
    dense = covers.toarray()
    for k, step in enumerate(steps, start=1):
        first = [s.option for s in steps[:k]]
        assert weights[dense[first].any(axis=0)].sum() == pytest.approx(sum(gains[:k]))
        rest = [s.option for s in steps if s.option != step.option]
        without = weights[dense[rest].any(axis=0)].sum()
        assert step.lost_without == pytest.approx(plan.objective - without)


def test_a_start_that_no_longer_fits_does_no_harm(
    weights: np.ndarray, covers: sp.csr_array
) -> None:
    problem = CoverageProblem(weights, covers, max_open=5)
    last = solve(problem)
    forbidden = np.zeros(40, dtype=bool)
    forbidden[last.chosen[0]] = True
    changed = CoverageProblem(weights, covers, max_open=5, forbidden=forbidden)
    again = solve(changed, params=SolveParams(start=last.chosen))
    assert broken_rules(changed, again) == ()
    assert again.objective == pytest.approx(solve(changed).objective)
