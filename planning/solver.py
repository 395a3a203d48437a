"""`solve`: the one door to every formulation."""

from __future__ import annotations

from planning.backup_covering import solve_backup_covering
from planning.capacitated_covering import solve_capacitated_covering
from planning.max_min_covering import solve_max_min_covering
from planning.maximal_covering import solve_maximal_covering
from planning.p_center import solve_p_center
from planning.p_median import solve_p_median
from planning.params import Plan, SolveParams
from planning.problems import (
    BackupProblem,
    CapacitatedProblem,
    CoverageProblem,
    MaxMinProblem,
    PMedianProblem,
    Problem,
    SetCoverProblem,
)
from planning.set_covering import solve_set_covering


def solve(  # noqa: PLR0911 - one line a problem
    problem: Problem, *, params: SolveParams | None = None
) -> Plan:
    """Answer a planning problem, with a proven bound.

    Parameters
    ----------
    problem
        One of the problems of `planning.problems`.
    params
        When to stop; `SolveParams` with its defaults when None.

    Returns
    -------
    Plan
        The best plan found, its bound and status. Contradictory demands give ``infeasible``
        with the smallest conflict in ``reasons``.
    """
    if params is None:
        params = SolveParams()
    if isinstance(problem, CoverageProblem):
        return solve_maximal_covering(problem, params=params)
    if isinstance(problem, SetCoverProblem):
        return solve_set_covering(problem, params=params)
    if isinstance(problem, BackupProblem):
        return solve_backup_covering(problem, params=params)
    if isinstance(problem, CapacitatedProblem):
        return solve_capacitated_covering(problem, params=params)
    if isinstance(problem, MaxMinProblem):
        return solve_max_min_covering(problem, params=params)
    if isinstance(problem, PMedianProblem):
        return solve_p_median(problem, params=params)
    return solve_p_center(problem, params=params)
