"""What the engine refuses, in one line each, and which conflict it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.sparse as sp

from geo.errors import ProblemError
from planning import (
    BackupProblem,
    CoverageProblem,
    Floor,
    Limit,
    MaxMinProblem,
    PCenterProblem,
    Plan,
    PMedianProblem,
    SetCoverProblem,
    SolveParams,
    solve,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.variant_problems import Problem

COVERS = sp.csr_array(np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0]], dtype=bool))
WEIGHTS = np.array([4.0, 3.0, 2.0, 1.0])


def mask(*values: int) -> np.ndarray:
    return np.array(values, dtype=bool)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": [1, -2, 3, 4]}, r"weights\[1\] is -2"),
        ({"weights": [1, np.nan, 3, 4]}, r"weights\[1\] is nan"),
        ({"weights": [1, np.inf, 3, 4]}, r"weights\[1\] is inf"),
        ({"weights": [1, 2, 3]}, "there are 3 weights"),
        ({"covers": sp.csr_array((3, 4))}, "no option covers any demand item"),
        ({"covers": COVERS.astype(float) * 2}, "shares from 0 to 1"),
        ({"covers": COVERS.astype(float) * np.nan}, "shares from 0 to 1"),
        ({"max_open": 4}, "max_open is 4 and there are 3 options"),
        ({"max_open": -1}, "max_open is -1"),
        ({"max_open": 1.5}, "max_open is 1.5"),
        ({"budget": 5.0}, "a budget needs costs"),
        ({"budget": np.nan, "costs": [1, 1, 1]}, "budget is nan"),
        ({"costs": [1, -1, 1]}, r"costs\[1\] is -1"),
        ({"costs": [1, 1]}, "3 entries"),
        ({"required": mask(1, 0, 0), "forbidden": mask(1, 0, 0)}, "required and forbidden at once"),
        ({"required": mask(1, 0)}, "3 booleans"),
        ({"site": [0, 0]}, "site must hold 3"),
        ({"limits": (Limit(members=mask(1, 0), max_open=1),)}, "limit 0 has 2 members"),
        ({"floors": (Floor(members=mask(1, 0), min_share=1),)}, "floor 0 has 2 members"),
    ],
)
def test_a_coverage_problem_that_cannot_be_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        CoverageProblem(**({"weights": WEIGHTS, "covers": COVERS} | change))


def test_limits_and_floors_are_checked_at_birth() -> None:
    with pytest.raises(ProblemError, match="needs max_open or budget"):
        Limit(members=mask(1, 0))
    with pytest.raises(ProblemError, match="max_open of a limit is -1"):
        Limit(members=mask(1, 0), max_open=-1)
    with pytest.raises(ProblemError, match=r"min_share of a floor is 1\.2"):
        Floor(members=mask(1, 0), min_share=1.2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time_limit_s": 0}, "time_limit_s is 0"),
        ({"time_limit_s": np.nan}, "time_limit_s is nan"),
        ({"gap": -0.1}, "gap is -0.1"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_params_that_cannot_be_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        SolveParams(**change)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SetCoverProblem(COVERS, share=1.5), "share is 1.5"),
        (lambda: SetCoverProblem(sp.csr_array((2, 2))), "no option covers"),
        (lambda: BackupProblem(WEIGHTS, COVERS, 1, WEIGHTS + 1), r"second_weights\[0\]"),
        (lambda: MaxMinProblem(WEIGHTS, COVERS, np.zeros((1, 4)), 1), "class 0 has no weight"),
        (lambda: PMedianProblem(np.ones((2, 4)), WEIGHTS, 3), "p is 3 and there are 2 sites"),
        (lambda: PMedianProblem(np.ones((2, 4)), WEIGHTS, 0), "nothing would be open"),
        (lambda: PMedianProblem(-np.ones((2, 4)), WEIGHTS, 1), "below 0"),
        (lambda: PMedianProblem(np.full((2, 4), np.nan), WEIGHTS, 1), "NaN"),
        (lambda: PMedianProblem(np.full((2, 4), np.inf), WEIGHTS, 1), "reaches any"),
        (lambda: PCenterProblem(np.ones((2, 4)), 3), "p is 3"),
    ],
)
def test_other_problems_that_cannot_be_are_refused(
    make: Callable[[], object], message: str
) -> None:
    with pytest.raises(ProblemError, match=message):
        make()


def infeasible(problem: Problem) -> Plan:
    plan = solve(problem)
    assert plan.status == "infeasible"
    assert len(plan.chosen) == 0
    assert len(plan.reasons) == 1
    return plan


def test_required_options_over_the_budget_are_named() -> None:
    problem = CoverageProblem(
        WEIGHTS, COVERS, costs=np.array([5.0, 4, 3]), budget=8, required=mask(1, 1, 0)
    )
    assert infeasible(problem).reasons == ("the required options cost 9 and the budget is 8",)


def test_two_required_options_at_one_site_are_named() -> None:
    problem = CoverageProblem(WEIGHTS, COVERS, site=np.array([7, 8, 7]), required=mask(1, 0, 1))
    assert infeasible(problem).reasons == ("options 0 and 2 are both required at site 7",)


def test_a_limit_that_required_options_break_is_named() -> None:
    limit = Limit(members=mask(1, 1, 0), max_open=1, name="stations in the west")
    problem = CoverageProblem(WEIGHTS, COVERS, limits=(limit,), required=mask(1, 1, 0))
    assert "'stations in the west'" in infeasible(problem).reasons[0]


def test_a_floor_out_of_reach_is_named_with_what_can_be_reached() -> None:
    floor = Floor(members=mask(0, 0, 1, 1), min_share=0.9, name="couriers")
    reason = infeasible(CoverageProblem(WEIGHTS, COVERS, floors=(floor,))).reasons[0]
    assert reason == (
        "floor 'couriers' asks for 90 % and all allowed options together cover 66.67 %"
    )


def test_the_smallest_set_of_floors_and_limits_that_contradict_is_named() -> None:
    floors = (
        Floor(members=mask(1, 0, 0, 0), min_share=1.0, name="north"),
        Floor(members=mask(0, 1, 0, 0), min_share=1.0, name="middle"),
        Floor(members=mask(0, 0, 1, 0), min_share=1.0, name="south"),
    )
    limit = Limit(members=mask(0, 1, 1), max_open=2, name="idle")
    problem = CoverageProblem(WEIGHTS, COVERS, max_open=1, floors=floors, limits=(limit,))
    reason = infeasible(problem).reasons[0]
    assert "'north'" in reason
    assert "'south'" in reason
    assert "max_open 1" in reason
    assert "'middle'" not in reason
    assert "'idle'" not in reason


def test_an_item_that_nothing_covers_makes_set_covering_infeasible() -> None:
    assert "demand item 3" in infeasible(SetCoverProblem(COVERS)).reasons[0]
    assert "cover 90 %" in infeasible(SetCoverProblem(COVERS, None, WEIGHTS, 0.95)).reasons[0]


def test_an_item_that_no_site_reaches_makes_the_median_infeasible() -> None:
    seconds = np.array([[1.0, np.inf], [2.0, np.inf]])
    assert "demand item 1" in infeasible(PMedianProblem(seconds, np.ones(2), 1)).reasons[0]
