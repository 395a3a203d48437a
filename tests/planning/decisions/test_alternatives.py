"""Plans that are nearly as good and differ most, against all option sets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.errors import ProblemError
from planning import CoverageProblem, Plan, solve
from planning.decisions import Alternatives, near_alternatives
from tests.planning.decisions.small_problems import (
    N_PROBLEMS,
    OptionSets,
    mixed_problem,
    option_sets,
)

PARTS = 6


def place_sets(problem: CoverageProblem, opened: np.ndarray) -> np.ndarray:
    """bool[k, n_places]: the places that each set uses, those of required options aside."""
    n = problem.n_options
    site = np.arange(n) if problem.site is None else problem.site
    free = ~np.isin(site, site[np.asarray(problem.required)])
    labels = np.unique(site)
    return np.array([(opened & free & (site == s)).any(axis=1) for s in labels]).T


def look(problem: CoverageProblem, plan: Plan, sets: OptionSets, found: Alternatives) -> None:
    near = sets.allowed() & (sets.value >= (1 - found.gap) * plan.objective - 1e-7)
    used = place_sets(problem, sets.opened)
    earlier = [used[sets.row(plan.chosen)]]
    for other in found.plans:
        row = sets.row(other.chosen)
        assert near[row], "an alternative that is not near, or breaks a rule"
        assert sets.value[row] == pytest.approx(other.objective, rel=1e-9)
        apart = np.min([(e & ~used).sum(axis=1) for e in earlier], axis=0)
        assert apart[row] == other.n_apart == other.most_apart == apart[near].max()
        earlier.append(used[row])
    apart = np.min([(e & ~used).sum(axis=1) for e in earlier], axis=0)
    if len(found.plans) < 4:
        assert found.is_complete
        assert apart[near].max() == 0
    n_places = len(np.unique(problem.site)) if problem.site is not None else problem.n_options
    labels = np.arange(n_places) if problem.site is None else np.unique(problem.site)
    share = np.array(earlier).mean(axis=0)
    assert found.held.tolist() == pytest.approx(share[share > 0].tolist())
    assert found.places.tolist() == labels[share > 0].tolist()


@pytest.mark.parametrize("part", range(PARTS))
def test_alternatives_are_near_allowed_and_as_different_as_can_be(part: int) -> None:
    several = 0
    for number in range(part, N_PROBLEMS, PARTS):
        problem = mixed_problem(number)
        plan = solve(problem)
        if plan.status == "infeasible":
            continue
        gap = (0.0, 0.05, 0.3)[number // PARTS % 3]
        found = near_alternatives(problem, plan, gap=gap, n=4)
        look(problem, plan, option_sets(problem), found)
        several += len(found.plans) > 1
        assert len(found.as_dict()["plans"]) == len(found.plans)
    assert several >= 5


def test_places_in_all_plans_are_without_regret() -> None:
    problem = CoverageProblem(np.array([90.0, 10.0, 10.0, 10.0]), np.eye(4), max_open=2)
    told: list[float] = []
    plan = solve(problem)
    found = near_alternatives(
        problem, plan, gap=0.0, n=2, on_progress=lambda _what, share: told.append(share)
    )
    assert told == [0.5, 1.0]
    assert found.no_regret().tolist() == [0]
    assert found.no_regret(share=0.3).tolist() == [0, 1, 2, 3]
    assert not found.is_complete


def test_alternatives_of_no_plan_and_of_no_gap_are_refused() -> None:
    problem = CoverageProblem([1.0], [[1.0]])
    plan = solve(problem)
    with pytest.raises(ProblemError, match="there is none"):
        near_alternatives(problem, replace(plan, objective=np.nan))
    with pytest.raises(ProblemError, match="share from 0 to 1"):
        near_alternatives(problem, plan, gap=1.5)
