r"""Maximal covering in phases: what opens in which period, with budgets that grow (nested).

.. math::
   \max \sum_t \sum_i w_{ti} y_{ti} \quad\text{with}\quad
   y_{ti} \le \sum_{s \le t} \sum_j a_{ij} x_{js}, \quad
   \sum_{s \le t} \sum_j c_j x_{js} \le B_t, \quad
   \sum_s \sum_{j \in g} x_{js} \le 1 \ (\text{site } g), \\
   \sum_{i \in F} w_{ti} y_{ti} \ge q_F \sum_{i \in F} w_{ti} \ (\text{floor } F \text{ of } t),
   \quad x_{js} \in \{0, 1\}, \ 0 \le y_{ti} \le 1

where ``x_js`` opens option j in period s, and it stays open: the multi-period maximal covering
problem (Schilling 1980; Gunawardane 1982). With an option for each (period, option), which covers
the items of its period and of all later ones, a site for each option, and a budget of all options
up to each period, it is a `CoverageProblem`: its bound, search and floors are those of ``mclp``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.messages import say
from planning.engine.problems import CoverageProblem, Floor, Limit

if TYPE_CHECKING:
    from collections.abc import Sequence

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class PeriodFloor(NamedTuple):
    """A `Floor` on the demand items of one period, counted from 0."""

    period: int
    floor: Floor


def phased_problem(
    last: CoverageProblem,
    *,
    budgets: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    floors: Sequence[PeriodFloor] = (),
) -> CoverageProblem:
    """Return the problem of all periods together.

    Option ``t * last.n_options + j`` of it opens j in period t, and its demand item
    ``t * last.n_demand + i`` is i in period t; `opening_periods` reads a plan.

    Parameters
    ----------
    last
        What may be open in the end: cover, costs, sites, marks, ``max_open``, limits. Its floors
        hold in the last period, its budget is not looked at. What is required opens in the first.
    budgets
        float[n_periods], yuan up to the end of each period, not falling.
    weights
        float64[n_periods, n_demand]; None: those of ``last`` in every period.
    floors
        Floors of single periods.

    Raises
    ------
    ProblemError
        Budgets that fall, weights of another shape, a floor of a period that is none, or a
        problem without costs.
    """
    money = np.asarray(budgets, dtype=np.float64)
    n_periods, n, m = len(money), last.n_options, last.n_demand
    if last.costs is None:
        raise ProblemError(say("phases need costs: give yuan for each option"))
    if not n_periods or (np.diff(money) < 0.0).any():
        raise ProblemError(say("budgets are yuan up to the end of each period: they may not fall"))
    by_period = np.tile(last.weights, (n_periods, 1)) if weights is None else np.asarray(weights)
    if by_period.shape != (n_periods, m):
        raise ProblemError(
            say(
                "weights has the shape {shape}: give periods x demand items",
                shape=str(by_period.shape),
            )
        )
    period = np.repeat(np.arange(n_periods), n)
    site = np.arange(n) if last.site is None else last.site
    upto = [Limit(members=period <= t, budget=float(b)) for t, b in enumerate(money[:-1])]
    ends = [PeriodFloor(n_periods - 1, floor) for floor in last.floors]
    return CoverageProblem(
        by_period.ravel(),
        _staircase(sp.csr_array(last.covers), n_periods),
        costs=np.tile(last.costs, n_periods),
        budget=float(money[-1]),
        max_open=last.max_open,
        site=np.tile(site, n_periods),
        required=np.r_[np.asarray(last.required), np.zeros((n_periods - 1) * n, dtype=np.bool_)],
        forbidden=np.tile(np.asarray(last.forbidden), n_periods),
        limits=(*upto, *(_in_all(limit, n_periods) for limit in last.limits)),
        floors=tuple(_floor_of(each, n_periods, m) for each in (*ends, *floors)),
    )


def opening_periods(chosen: npt.ArrayLike, *, n_options: int) -> tuple[Ints, Ints]:
    """Return the options that a plan of `phased_problem` opens, and the period of each."""
    period, option = np.divmod(np.asarray(chosen, dtype=np.int64), n_options)
    order = np.lexsort((option, period))
    return option[order], period[order]


def _staircase(covers: sp.csr_array, n_periods: int) -> sp.csr_array:
    """Return the cover of (period, option) by (period, item): its own period and later ones."""
    stairs = np.triu(np.ones((n_periods, n_periods), dtype=covers.dtype))
    return sp.csr_array(sp.kron(sp.csr_array(stairs), covers, format="csr"))


def _in_all(limit: Limit, n_periods: int) -> Limit:
    costs = None if limit.costs is None else np.tile(limit.costs, n_periods)
    return replace(limit, members=np.tile(limit.members, n_periods), costs=costs)


def _floor_of(each: PeriodFloor, n_periods: int, n_demand: int) -> Floor:
    if not 0 <= each.period < n_periods:
        raise ProblemError(
            say(
                "a floor is of period {period} and there are {n_periods}: count from 0",
                period=each.period,
                n_periods=n_periods,
            )
        )
    members = np.zeros((n_periods, n_demand), dtype=np.bool_)
    members[each.period] = each.floor.members
    own = None if each.floor.weights is None else np.tile(each.floor.weights, n_periods)
    return replace(each.floor, members=members.ravel(), weights=own)
