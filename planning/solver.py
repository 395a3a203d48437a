"""`solve`: the one door to every formulation."""

from __future__ import annotations

from planning.maximal_covering import solve_maximal_covering
from planning.params import Plan, SolveParams
from planning.problems import CoverageProblem, Problem


def solve(problem: Problem, *, params: SolveParams | None = None) -> Plan:
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
    raise NotImplementedError(type(problem).__name__)
