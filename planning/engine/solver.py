"""`solve`: the one door to every formulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.engine.clock import Clock
from planning.engine.lscp.set_covering import solve_set_covering
from planning.engine.mclp.maximal_covering import solve_maximal_covering
from planning.engine.p_center.p_center import solve_p_center
from planning.engine.p_median.p_median import solve_p_median
from planning.engine.params import Plan, SolveParams
from planning.engine.problems import CoverageProblem, PMedianProblem, SetCoverProblem
from planning.engine.units import in_good_units
from planning.engine.variant_problems import (
    BackupProblem,
    CapacitatedProblem,
    MaxMinProblem,
    Problem,
)
from planning.engine.variants.backup import solve_backup_covering
from planning.engine.variants.capacitated import solve_capacitated_covering
from planning.engine.variants.gradual import is_large_gradual, solve_gradual_covering
from planning.engine.variants.max_min import solve_max_min_covering
from planning.engine.verdict import judged

if TYPE_CHECKING:
    from planning.engine.proven import Draft


def solve(problem: Problem, *, params: SolveParams | None = None) -> Plan:
    """Answer a planning problem, with a proven bound.

    Whatever the units of the problem, it is solved in units of a good size (`units`), and
    the answer is judged in the caller's own (`verdict`).

    Parameters
    ----------
    problem
        One of the problems of `problems`.
    params
        When to stop; `SolveParams` with its defaults when None.

    Returns
    -------
    Plan
        The best plan found, its bound and status. Contradictory demands give ``infeasible``
        with the smallest conflict in ``reasons``.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> from planning import CoverageProblem, SolveParams, solve
    >>> covers = sp.csr_array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]])
    >>> problem = CoverageProblem(weights=[10.0, 20.0, 30.0, 5.0], covers=covers, max_open=2)
    >>> plan = solve(problem, params=SolveParams(time_limit_s=10.0))
    >>> plan.status, plan.chosen.tolist(), plan.objective
    ('optimal', [0, 2], 65.0)
    """
    if params is None:
        params = SolveParams()
    clock = Clock(params)
    sized = in_good_units(problem)
    clock.unit = sized.unit
    draft = _draft(sized.problem, params=params, clock=clock)
    return judged(problem, draft, unit=sized.unit, clock=clock)


def _draft(  # noqa: PLR0911 - one line a problem
    problem: Problem, *, params: SolveParams, clock: Clock
) -> Draft:
    if isinstance(problem, CoverageProblem) and is_large_gradual(problem):
        return solve_gradual_covering(problem, params=params, clock=clock)
    if isinstance(problem, CoverageProblem):
        return solve_maximal_covering(problem, params=params, clock=clock)
    if isinstance(problem, SetCoverProblem):
        return solve_set_covering(problem, params=params, clock=clock)
    if isinstance(problem, BackupProblem):
        return solve_backup_covering(problem, params=params, clock=clock)
    if isinstance(problem, CapacitatedProblem):
        return solve_capacitated_covering(problem, params=params, clock=clock)
    if isinstance(problem, MaxMinProblem):
        return solve_max_min_covering(problem, params=params, clock=clock)
    if isinstance(problem, PMedianProblem):
        return solve_p_median(problem, params=params, clock=clock)
    return solve_p_center(problem, params=params, clock=clock)
