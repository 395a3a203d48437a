"""A problem in units of a good size: every weight, cost or time by a power of two.

The engine's loops and HiGHS speak of "small" in absolute figures. So a problem whose figures are
far from the usual (weights of 1e-9, costs of 1e12) is turned into one that differs by a power of
two alone: no digit is lost, the same plans are allowed and the same plan is best, and one factor
brings a bound back.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from planning.engine.problems import (
    CoverageProblem,
    PCenterProblem,
    PMedianProblem,
    SetCoverProblem,
)
from planning.engine.variant_problems import BackupProblem, CapacitatedProblem, MaxMinProblem

if TYPE_CHECKING:
    from planning.engine.variant_problems import Problem

Floats = npt.NDArray[np.float64]

# Sums between these powers of two are left as they are, others brought to the third.
MIN_POWER, MAX_POWER, GOOD_POWER = 10, 36, 20
# Values that are looked at together.
PART = 100_000


class InUnits(NamedTuple):
    """A problem in good units; a value of 1 in it is one of ``unit`` in the caller's."""

    problem: Problem
    unit: float


def in_good_units(  # noqa: PLR0911 - one line a problem
    problem: Problem,
) -> InUnits:
    """Return a problem that differs by powers of two, itself where its figures are usual."""
    if isinstance(problem, CoverageProblem):
        return _coverage(problem)
    if isinstance(problem, SetCoverProblem):
        return _set_cover(problem)
    if isinstance(problem, CapacitatedProblem):
        return _capacitated(problem)
    if isinstance(problem, PCenterProblem):
        return InUnits(problem, 1.0)  # its radii are compared, never added
    times, whole = 1.0, True
    if isinstance(problem, PMedianProblem):
        seconds, penalty = problem.seconds.data, problem.penalty_s or 0.0
        times = max(float(seconds.max(initial=0.0)), penalty)
        whole = penalty == np.floor(penalty) and is_whole(seconds)
    factor = factor_of(problem.weights, times=times, is_whole=whole)
    if factor == 1.0:
        return InUnits(problem, 1.0)
    weights = problem.weights * factor
    if isinstance(problem, BackupProblem):
        second = problem.second_weights * factor
        return InUnits(replace(problem, weights=weights, second_weights=second), 1.0 / factor)
    # the objective of max-min is a share, whatever the weights are
    unit = 1.0 if isinstance(problem, MaxMinProblem) else 1.0 / factor
    return InUnits(replace(problem, weights=weights), unit)


def is_whole(values: Floats) -> bool:
    """Whether all values are whole numbers; looked at in parts that a processor keeps at hand."""
    parts = (values[begin : begin + PART] for begin in range(0, len(values), PART))
    return all(bool((part == np.floor(part)).all()) for part in parts)


def factor_of(
    values: Floats, *, times: float = 1.0, is_whole: bool = True, most_power: int = MAX_POWER
) -> float:
    """Return the power of two that brings the sum of ``values`` times ``times`` to a good size.

    It is 1 where the sum is of a good size, or the values are whole numbers that are not too large.
    """
    top = float(values.max(initial=0.0))
    if top <= 0.0 or times <= 0.0:
        return 1.0
    parts = float((values / top).sum())
    power = math.frexp(top)[1] + math.frexp(parts)[1] + math.frexp(times)[1]
    is_whole = is_whole and bool((values == np.floor(values)).all())
    if power <= most_power and (power >= MIN_POWER or is_whole):
        return 1.0
    return math.ldexp(1.0, GOOD_POWER - power)


def _coverage(problem: CoverageProblem) -> InUnits:
    factor = factor_of(problem.weights)
    money = 1.0 if problem.costs is None else factor_of(problem.costs)
    if factor == 1.0 and money == 1.0:
        return InUnits(problem, 1.0)
    limits = tuple(
        # a limit with costs of its own is a row of its own unit (`packing_rows`)
        limit
        if limit.budget is None or limit.costs is not None
        else replace(limit, budget=limit.budget * money)
        for limit in problem.limits
    )
    scaled = replace(
        problem,
        weights=problem.weights * factor,
        costs=None if problem.costs is None else problem.costs * money,
        budget=None if problem.budget is None else problem.budget * money,
        limits=limits,
    )
    return InUnits(scaled, 1.0 / factor)


def _set_cover(problem: SetCoverProblem) -> InUnits:
    weights = np.asarray(problem.weights, dtype=np.float64)
    costs = np.asarray(problem.costs, dtype=np.float64)
    factor, money = factor_of(weights), factor_of(costs)
    if factor == 1.0 and money == 1.0:
        return InUnits(problem, 1.0)
    return InUnits(replace(problem, weights=weights * factor, costs=costs * money), 1.0 / money)


def _capacitated(problem: CapacitatedProblem) -> InUnits:
    # flows are variables, whose size the programme's tolerances are about
    whole = bool((problem.capacity == np.floor(problem.capacity)).all())
    factor = factor_of(problem.weights, is_whole=whole, most_power=GOOD_POWER)
    # more than all workers no station can serve
    capacity = np.minimum(problem.capacity, problem.weights.sum()) * factor
    weights = problem.weights * factor
    return InUnits(replace(problem, weights=weights, capacity=capacity), 1.0 / factor)
