"""Mixed-integer programmes solved by HiGHS, never cold: with a start, a cutoff and a time limit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import highspy
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable

    import scipy.sparse as sp

Vector = npt.NDArray[np.float64]

# What HiGHS does for solutions alone.
PROOF_ONLY = {
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_heuristic_run_feasibility_jump": False,
}


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
    """``values`` is None when no solution was found; ``bound`` is below every solution.

    ``finished`` tells that the run ended by itself (optimal to the gap, cut off or infeasible),
    ``infeasible`` that no solution exists at or below the cutoff.
    """

    values: Vector | None
    objective: float
    bound: float
    finished: bool
    infeasible: bool


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
) -> MipAnswer:
    """Solve a model by HiGHS on one thread.

    ``start`` is a feasible point, ``cutoff`` a value that no interesting solution passes. Without
    ``heuristics`` all time goes to the proof: for where a search of ours knows good solutions. The
    callback gets HiGHS' incumbent and bound and stops the run by returning True.
    """
    highs = loaded(model)
    highs.setOptionValue("time_limit", max(float(time_limit_s), 0.01))
    highs.setOptionValue("mip_rel_gap", float(gap))
    highs.setOptionValue("mip_abs_gap", 1e-7)
    highs.setOptionValue("random_seed", int(seed % 2**31))
    highs.setOptionValue("threads", 1)
    if not heuristics:
        for option, value in PROOF_ONLY.items():
            highs.setOptionValue(option, value)
    if cutoff is not None:
        highs.setOptionValue("objective_bound", float(cutoff))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = list(start)
        highs.setSolution(solution)
    if on_progress is not None:
        _watch(highs, on_progress)
    highs.run()
    return _answer(highs, has_integers=bool(model.integer.any()), cutoff=cutoff)


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


def _watch(highs: Any, on_progress: Callable[[float, float], bool]) -> None:  # noqa: ANN401
    # highspy ships no types
    def look(event: Any) -> None:  # noqa: ANN401 - highspy ships no types
        if on_progress(event.data_out.mip_primal_bound, event.data_out.mip_dual_bound):
            event.interrupt()

    highs.cbMipInterrupt += look


def _answer(
    highs: Any,  # noqa: ANN401 - highspy ships no types
    *,
    has_integers: bool,
    cutoff: float | None,
) -> MipAnswer:
    status = highs.getModelStatus()
    known = highspy.HighsModelStatus
    info = highs.getInfo()
    infeasible = status in (known.kInfeasible, known.kObjectiveBound)
    solved = status == known.kOptimal
    has_point = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    objective = float(info.objective_function_value) if has_point else math.inf
    bound = float(info.mip_dual_bound) if has_integers else -math.inf
    if solved and not has_integers:
        bound = objective
    if solved and cutoff is not None and objective > cutoff and bound == -math.inf:
        # its reductions left nothing below the cutoff, and it hands back the start as the optimum
        infeasible = True
    return MipAnswer(
        values=np.array(highs.getSolution().col_value) if has_point else None,
        objective=objective,
        bound=math.inf if infeasible else bound,
        finished=solved or infeasible,
        infeasible=infeasible,
    )
