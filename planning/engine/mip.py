"""Mixed-integer programmes solved by HiGHS, never cold: with a start, a cutoff and a time limit.

HiGHS judges by absolute tolerances. A model is therefore brought to a good size first, its costs
and its rows each by a power of two, so that no digit changes; and from what HiGHS proves is taken
what its tolerances may hide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import highspy
import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.proven import ABSENT, NOTHING, Bound

if TYPE_CHECKING:
    from collections.abc import Callable

Ints = npt.NDArray[np.int64]
Vector = npt.NDArray[np.float64]

# What HiGHS does for solutions alone.
PROOF_ONLY = {
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_heuristic_run_feasibility_jump": False,
}
# Costs and sides of rows are brought to this power of two, where they are not whole numbers.
GOOD_POWER = 18
# Rows of fractions below this power of two are raised.
MIN_POWER = 10
# Whole numbers up to this power of two are left as they are.
WHOLE_POWER = 30
# No cost is raised above this power of two.
MAX_POWER = 44
# How far HiGHS may stand from the truth for fractions: half steps do for whole numbers.
FINE_TOLERANCE = 1e-9
ABSOLUTE_GAP = 1e-7
# What its tolerances may hide of a bound: of the objective as it sees it, and as a part of it.
HIDDEN, HIDDEN_PART = 2e-6, 1e-10


# Entries of a model that HiGHS loads and looks through in a second, about; and its least time.
ENTRIES_PER_S, MIN_TIME_S = 2_000_000, 0.01


@dataclass(frozen=True, eq=False, kw_only=True)
class MipModel:
    """Minimise ``cost @ x`` with ``row_lower <= matrix @ x <= row_upper`` and bounds on x.

    ``integer`` bool[n]; ``matrix`` CSR [n_rows, n].
    """

    cost: Vector
    lower: Vector
    upper: Vector
    integer: npt.NDArray[np.bool_]
    matrix: sp.csr_array
    row_lower: Vector
    row_upper: Vector


@dataclass(frozen=True, eq=False, kw_only=True)
class MipAnswer:
    """``values`` is None when no solution was found; ``objective`` is nan then.

    ``bound`` is below every solution; it is `NOTHING` when no solution exists, or, where a cutoff
    was given, none at or below the cutoff. Integer values are whole.
    """

    values: Vector | None
    objective: float
    bound: Bound


def solve_mip(
    model: MipModel,
    *,
    time_limit_s: float,
    gap: float = 0.0,
    start: Vector | None = None,
    cutoff: float | None = None,
    seed: int = 0,
    heuristics: bool = True,
    on_progress: Callable[[float, float], bool] | None = None,
    is_plan: Callable[[Vector], bool] | None = None,
) -> MipAnswer:
    """Solve a model by HiGHS on one thread.

    ``start`` is a feasible point. ``cutoff`` is a value that no solution may pass: it is a row of
    the model, since HiGHS' own ``objective_bound`` cuts off nodes and then calls optimal what is
    left, however bad. Without ``heuristics`` all time goes to the proof: for where a search of ours
    knows good solutions. The callback gets the incumbent and the bound, nan where there is none,
    and stops the run by returning True. A model too large to be loaded in the time is not tried.
    Where HiGHS' tolerances may take for a solution what lacks
    a trifle, ``is_plan`` judges each one, and only what it takes is told as the incumbent.
    """
    if not len(model.cost):
        return _without_columns(model, cutoff)
    if model.matrix.nnz > ENTRIES_PER_S * max(time_limit_s, MIN_TIME_S):
        # only to load it would take longer
        return MipAnswer(values=None, objective=math.nan, bound=ABSENT)
    unit = _cost_unit(model, start, cutoff)
    highs = loaded(_scaled(model, unit, cutoff))
    highs.setOptionValue("time_limit", max(float(time_limit_s), MIN_TIME_S))
    highs.setOptionValue("mip_rel_gap", float(gap))
    highs.setOptionValue("mip_abs_gap", ABSOLUTE_GAP)
    highs.setOptionValue("random_seed", int(seed % 2**31))
    highs.setOptionValue("threads", 1)
    if not (_is_whole(model.cost) and _is_whole(model.matrix.data)):
        highs.setOptionValue("mip_feasibility_tolerance", FINE_TOLERANCE)
        highs.setOptionValue("primal_feasibility_tolerance", FINE_TOLERANCE)
    if not heuristics:
        for option, value in PROOF_ONLY.items():
            highs.setOptionValue(option, value)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = list(start)
        highs.setSolution(solution)
    if on_progress is not None:
        incumbent = None if is_plan is None else _Incumbent(model, is_plan, start)
        _watch(highs, unit, on_progress, incumbent)
    highs.run()
    answer = _answer(highs, model, unit)
    if answer.bound == ABSENT and start is not None and _ended(highs):
        # a start that is the best leaves nothing to its presolve, and then no bound either
        highs.clearSolver()
        highs.setOptionValue("time_limit", max(time_limit_s - highs.getRunTime(), 0.01))
        highs.run()
        again = _answer(highs, model, unit).bound
        # that nothing exists beside the point in hand would be a contradiction
        return answer if again.is_nothing else replace(answer, bound=again)
    return answer


def _ended(highs: Any) -> bool:  # noqa: ANN401 - highspy ships no types
    return bool(highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)


def _without_columns(model: MipModel, cutoff: float | None) -> MipAnswer:
    """Answer a model in which nothing is left to choose, which HiGHS gives no bound for."""
    kept = (model.row_lower <= 0.0).all() and (model.row_upper >= 0.0).all()
    if not kept or (cutoff is not None and cutoff < 0.0):
        return MipAnswer(values=None, objective=math.nan, bound=NOTHING)
    return MipAnswer(values=np.empty(0), objective=0.0, bound=Bound.at(0.0))


def power_of_two(size: float, *, to: int) -> float:
    """Return the power of two that brings ``size`` to ``2 ** to``, about; 1 for a size of 0."""
    return math.ldexp(1.0, to - math.frexp(size)[1]) if 0.0 < size < math.inf else 1.0


def _is_whole(values: Vector) -> bool:
    top = float(np.abs(values).max(initial=0.0))
    return top <= 2.0**WHOLE_POWER and bool((values == np.floor(values)).all())


def _cost_unit(model: MipModel, start: Vector | None, cutoff: float | None) -> float:
    """Return what one unit of the objective is to HiGHS: a power of two.

    Whole numbers stay whole, for HiGHS makes use of that.
    """
    top = float(np.abs(model.cost).max(initial=0.0))
    size = abs(float(model.cost @ start)) if start is not None else abs(cutoff or 0.0)
    unit = power_of_two(size if size > 0.0 else top, to=GOOD_POWER)
    unit = min(unit, power_of_two(top, to=MAX_POWER))
    return max(unit, 1.0) if _is_whole(model.cost) else unit


def _scaled(model: MipModel, unit: float, cutoff: float | None) -> MipModel:
    """Bring the costs and each row to a good size; the cutoff becomes the last row."""
    matrix, lower, upper = model.matrix, model.row_lower, model.row_upper
    if cutoff is not None:
        matrix = sp.csr_array(sp.vstack([matrix, sp.csr_array(model.cost[None, :])]))
        lower, upper = np.r_[lower, -np.inf], np.r_[upper, cutoff]
    owner = np.repeat(np.arange(len(lower)), np.diff(matrix.indptr))
    factor = _row_factors(matrix, owner, lower, upper)
    if (factor != 1.0).any():
        matrix = matrix.copy()
        matrix.data = matrix.data * factor[owner]
    return replace(
        model,
        cost=model.cost * unit,
        matrix=matrix,
        row_lower=lower * factor,
        row_upper=upper * factor,
    )


def _row_factors(matrix: sp.csr_array, owner: Ints, lower: Vector, upper: Vector) -> Vector:
    """Return the power of two for each row: 1 where it is of whole numbers or of a good size."""
    size = np.zeros(len(lower))
    np.maximum.at(size, owner, np.abs(matrix.data))
    for side in (lower, upper):
        np.maximum(size, np.where(np.isfinite(side), np.abs(side), 0.0), out=size)
    uneven = np.zeros(len(lower), dtype=np.bool_)
    uneven[owner[matrix.data != np.floor(matrix.data)]] = True
    wrong = (size > 2.0**WHOLE_POWER) | (uneven & (size > 0.0) & (size < 2.0**MIN_POWER))
    return np.asarray(np.where(wrong, np.ldexp(1.0, GOOD_POWER - np.frexp(size)[1]), 1.0))


def loaded(model: MipModel) -> Any:  # noqa: ANN401 - highspy ships no types
    """Return HiGHS with a model in it, silent."""
    highs: Any = cast("Any", highspy).Highs()
    highs.setOptionValue("output_flag", False)  # noqa: FBT003 - highspy's own signature
    lp = highspy.HighsLp()
    n_rows, n = model.matrix.shape
    lp.num_col_, lp.num_row_ = n, n_rows
    lp.col_cost_ = model.cost
    lp.col_lower_, lp.col_upper_ = model.lower, model.upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = n, n_rows
    lp.a_matrix_.start_ = model.matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = model.matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = model.matrix.data.astype(np.float64)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[int(whole)] for whole in model.integer]
    highs.passModel(lp)
    return highs


def _proved(raw: float, unit: float) -> Bound:
    """Return what a bound of HiGHS is worth, less what its tolerances may hide."""
    if not math.isfinite(raw):
        return ABSENT
    return Bound.at((raw - HIDDEN - HIDDEN_PART * abs(raw)) / unit)


class _Incumbent:
    """The least cost of HiGHS' solutions that are plans, inf while there is none."""

    def __init__(
        self, model: MipModel, is_plan: Callable[[Vector], bool], start: Vector | None
    ) -> None:
        self._model, self._is_plan = model, is_plan
        self.value = math.inf
        if start is not None:
            self.take(start)

    def take(self, solution: Vector) -> None:
        """Look at a solution; its whole numbers are rounded first."""
        values = np.array(solution, dtype=np.float64)
        values[self._model.integer] = np.round(values[self._model.integer])
        if self._is_plan(values):
            self.value = min(self.value, float(self._model.cost @ values))


def _watch(
    highs: Any,  # noqa: ANN401 - highspy ships no types
    unit: float,
    on_progress: Callable[[float, float], bool],
    incumbent: _Incumbent | None,
) -> None:
    def look(event: Any) -> None:  # noqa: ANN401 - highspy ships no types
        raw = float(event.data_out.mip_primal_bound) / unit
        value = raw if incumbent is None else incumbent.value
        bound = _proved(float(event.data_out.mip_dual_bound), unit)
        if on_progress(
            value if math.isfinite(value) else math.nan,
            bound.figure(absent=math.nan, nothing=math.nan),
        ):
            event.interrupt()

    if incumbent is not None:
        highs.cbMipImprovingSolution += lambda event: incumbent.take(event.data_out.mip_solution)
    highs.cbMipInterrupt += look


def _answer(
    highs: Any,  # noqa: ANN401 - highspy ships no types
    model: MipModel,
    unit: float,
) -> MipAnswer:
    status, info = highs.getModelStatus(), highs.getInfo()
    known = highspy.HighsModelStatus
    has_point = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values, objective = None, math.nan
    if has_point:
        values = np.array(highs.getSolution().col_value)
        values[model.integer] = np.round(values[model.integer])
        objective = float(model.cost @ values)
    if status == known.kInfeasible:
        # a solution beside this would be a contradiction, and then nothing is proved
        return MipAnswer(values=values, objective=objective, bound=ABSENT if has_point else NOTHING)
    bound = ABSENT
    if not model.integer.any():
        if status == known.kOptimal:
            bound = _proved(float(info.objective_function_value), unit)
    elif status == known.kOptimal or (
        # before its first node HiGHS' figure means nothing, nor after an error
        status in (known.kTimeLimit, known.kInterrupt) and info.mip_node_count >= 0
    ):
        bound = _proved(float(info.mip_dual_bound), unit)
    return MipAnswer(values=values, objective=objective, bound=bound)
