"""HiGHS that answers as it may when it is stopped: without a bound, without a plan, without either.

Only true answers: a bound that is given holds, a plan that is given is one, and "infeasible" is
passed on as it is. What they lack is what a caller must not make up.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import highspy
import numpy as np

if TYPE_CHECKING:
    import pytest

KNOWN = highspy.HighsModelStatus
REAL: Any = highspy.Highs

# Name of the answer: model status, whether the start is given back, the bound.
ENDS: dict[str, tuple[Any, bool, float]] = {
    "no bound, no plan": (KNOWN.kTimeLimit, False, -math.inf),
    "no bound, the start": (KNOWN.kTimeLimit, True, -math.inf),
    "bound not a number": (KNOWN.kTimeLimit, False, math.nan),
    "interrupted": (KNOWN.kInterrupt, False, -math.inf),
    "unbounded": (KNOWN.kUnbounded, False, -math.inf),
    "unbounded or infeasible": (KNOWN.kUnboundedOrInfeasible, False, -math.inf),
    "infeasible not proved": (KNOWN.kUnknown, False, -math.inf),
    "error": (KNOWN.kSolveError, False, -math.inf),
    "out of memory": (KNOWN.kMemoryLimit, True, -math.inf),
}
# Answers of a run to the end, of which a part is kept back; and of the root alone.
PARTS = ("the bound without the plan", "the plan without the bound", "root only")
# Relaxations end before their first step too, programmes without bound and plan.
SHORT = "relaxations cut short"
STUBS = (*ENDS, *PARTS, SHORT)


class _Info:
    """HiGHS' figures, some of them replaced."""

    def __init__(self, real: Any, **replaced: Any) -> None:  # noqa: ANN401 - highspy's own
        self._real, self._replaced = real, replaced

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - highspy's own
        return self._replaced.get(name, getattr(self._real, name))


class StubbedHighs(REAL):  # type: ignore[misc]
    """HiGHS whose mixed-integer runs end as ``answer`` says; linear ones with `SHORT` alone."""

    answer = ""
    used = 0
    _told: dict[str, Any] | None = None

    def setSolution(self, *given: Any) -> Any:  # noqa: ANN401, N802 - highspy's own name
        if len(given) == 1:
            self._start = np.array(given[0].col_value)
        return super().setSolution(*given)

    def run(self) -> Any:  # noqa: ANN401 - highspy's own
        self._told = None
        kinds = self.getLp().integrality_
        if not any(kind != highspy.HighsVarType.kContinuous for kind in kinds):
            if self.answer == SHORT:
                self.setOptionValue("simplex_iteration_limit", 1)
                self.setOptionValue("ipm_iteration_limit", 1)
            return super().run()
        type(self).used += 1
        if self.answer in ENDS or self.answer == SHORT:
            status, has_start, bound = ENDS.get(self.answer, ENDS["no bound, no plan"])
            start = getattr(self, "_start", None) if has_start else None
            self._tell(status, start, bound)
            return highspy.HighsStatus.kWarning
        if self.answer == "root only":
            self.setOptionValue("mip_max_nodes", 0)
            return super().run()
        ended = super().run()
        if super().getModelStatus() == KNOWN.kOptimal:
            point, bound = super().getSolution().col_value, super().getInfo().mip_dual_bound
            hidden = self.answer == "the bound without the plan"
            self._tell(KNOWN.kTimeLimit, None if hidden else point, bound if hidden else -math.inf)
        return ended

    def _tell(self, status: Any, point: Any, bound: float) -> None:  # noqa: ANN401 - highspy's own
        cost = np.array(self.getLp().col_cost_)
        has = point is not None
        kinds = highspy.SolutionStatus
        self._told = {
            "status": status,
            "point": point,
            "mip_dual_bound": bound,
            "objective_function_value": float(cost @ np.array(point)) if has else math.inf,
            "primal_solution_status": (
                kinds.kSolutionStatusFeasible if has else kinds.kSolutionStatusNone
            ),
            "mip_gap": math.inf,
        }

    def getModelStatus(self) -> Any:  # noqa: ANN401, N802 - highspy's own name
        return super().getModelStatus() if self._told is None else self._told["status"]

    def getInfo(self) -> Any:  # noqa: ANN401, N802 - highspy's own name
        real = super().getInfo()
        return real if self._told is None else _Info(real, **self._told)

    def getInfoValue(self, name: str) -> Any:  # noqa: ANN401, N802 - highspy's own name
        if self._told is None or name not in self._told:
            return super().getInfoValue(name)
        return highspy.HighsStatus.kOk, self._told[name]

    def getObjectiveValue(self) -> float:  # noqa: N802 - highspy's own name
        if self._told is None:
            return float(super().getObjectiveValue())
        return float(self._told["objective_function_value"])

    def getSolution(self) -> Any:  # noqa: ANN401, N802 - highspy's own name
        if self._told is None:
            return super().getSolution()
        solution = highspy.HighsSolution()
        if self._told["point"] is not None:
            solution.col_value = list(self._told["point"])
        return solution


def stub_highs(monkeypatch: pytest.MonkeyPatch, answer: str) -> type[StubbedHighs]:
    """Let every mixed-integer run of HiGHS end with an answer of `STUBS`; counts its ``used``."""
    stub = type("Stub", (StubbedHighs,), {"answer": answer, "used": 0})
    monkeypatch.setattr(highspy, "Highs", stub)
    return cast("type[StubbedHighs]", stub)
