r"""Max-min covering: the least well covered class (group, district) as well covered as can be.

.. math::
   \max t \quad\text{with}\quad
   \sum_{i \in C} w_i y_i \ge t \sum_{i \in C} w_i \ (\text{class } C), \quad
   y_i \le \sum_j a_{ij} x_j, \quad \sum_{j\ \text{free}} x_j \le p, \quad x_j \in \{0, 1\}

For any shares ``l_C`` that add up to 1, t is at most the optimum of maximal covering with the
weights ``sum_C l_C w_i / W_C``. A few rounds move the shares to the classes that come out worst:
each gives a bound and a plan. HiGHS finishes from the best of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.checks import known
from planning.engine.clock import Clock
from planning.engine.cover_arrays import CoverArrays, from_rows, merge_items
from planning.engine.mclp.search_and_bound import search_and_bound
from planning.engine.mclp.side_constraints import packing_rows
from planning.engine.mclp.task import CoverTask
from planning.engine.mip import MipModel, solve_mip
from planning.engine.params import SolveParams, relative_gap
from planning.engine.proven import Bound, Draft

if TYPE_CHECKING:
    from planning.engine.problems import MaxMinProblem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ROUNDS = 6
# How strongly a badly covered class gains share from one round to the next.
SHIFT = 4.0
# The part of the time limit that the rounds may take together.
ROUNDS_TIME = 0.3
# The programme counts shares in such parts, so that its tolerances hide less than rounding does.
T_UNIT = 2.0**20


class ClassTask(NamedTuple):
    """Merged items; ``shares`` float64[n_classes, n_items] of the class's whole weight.

    ``fixed_shares`` float64[n_classes] is the share that required options cover for good.
    """

    cover: CoverArrays
    shares: Floats
    fixed_shares: Floats
    options: Ints
    most: int


def solve_max_min_covering(problem: MaxMinProblem, *, params: SolveParams, clock: Clock) -> Draft:
    """Solve a `MaxMinProblem`; see the module for the steps."""
    task = _reduced(problem)
    chosen, bound = _rounds(task, params=params, clock=clock)
    value = _least(task, chosen)
    if relative_gap(value, bound) > params.gap and clock.left_s > 0.0 and len(task.options):
        answer = solve_mip(
            _model(task),
            time_limit_s=clock.left_s,
            gap=params.gap,
            start=_point(task, chosen),
            seed=params.seed,
            on_progress=lambda best, low: clock.report(
                np.fmax(-best / T_UNIT, value), np.fmin(-low / T_UNIT, bound)
            ),
        )
        if answer.values is not None:
            opened = np.flatnonzero(answer.values[: len(task.options)] > 0.5)  # noqa: PLR2004 - binary
            chosen = opened if _least(task, opened) > value else chosen
        proved = answer.bound.times(-1.0 / T_UNIT).figure(absent=bound, nothing=bound)
        bound = min(bound, proved)
    return Draft(
        chosen=np.r_[np.flatnonzero(known(problem.required)), task.options[chosen]],
        bound=Bound.at(bound),
        method="weighted rounds, programme",
    )


def _reduced(problem: MaxMinProblem) -> ClassTask:
    covers = sp.csr_array(problem.covers)
    if not covers.data.all():
        covers = covers.copy()
        covers.eliminate_zeros()
    required = np.flatnonzero(known(problem.required))
    options = np.flatnonzero(~known(problem.required) & ~known(problem.forbidden))
    done = np.zeros(len(problem.weights), dtype=np.bool_)
    done[sp.csr_array(covers[required]).indices] = True
    merged = merge_items(
        covers.indptr,
        covers.indices,
        problem.weights,
        options=options,
        removed=done,
        labels=np.zeros(len(done), dtype=np.int64),
    )
    whole = problem.classes.astype(np.float64) @ problem.weights
    part = problem.classes * problem.weights / whole[:, None]
    inside = merged.item_of >= 0
    item, n_items = merged.item_of[inside], merged.cover.n_items
    shares = [np.bincount(item, weights=row[inside], minlength=n_items) for row in part]
    return ClassTask(
        cover=merged.cover,
        shares=np.array(shares, dtype=np.float64).reshape(len(part), n_items),
        fixed_shares=part[:, done].sum(axis=1),
        options=options,
        most=min(problem.max_open, len(options)),
    )


def _rounds(task: ClassTask, *, params: SolveParams, clock: Clock) -> tuple[Ints, float]:
    """Cover by weighted sums of the classes' shares; the best plan by the worst class, a bound."""
    n_classes = len(task.fixed_shares)
    part = np.full(n_classes, 1.0 / n_classes)
    best, best_value, bound = np.empty(0, dtype=np.int64), _least(task, np.empty(0, int)), np.inf
    bound = float((task.fixed_shares + task.shares.sum(axis=1)).min())
    if task.cover.n_items == 0 or task.most == 0:
        return best, min(bound, best_value) if task.most == 0 else bound
    rows = packing_rows(n_options=len(task.options), most=task.most, site=None, rows=[])
    short = SolveParams(
        time_limit_s=params.time_limit_s * ROUNDS_TIME / ROUNDS, gap=params.gap, seed=params.seed
    )
    for _ in range(ROUNDS):
        cover = task.cover
        weighted = from_rows(cover.option_offset, cover.option_item, part @ task.shares)
        run = search_and_bound(
            CoverTask(
                cover=weighted,
                rows=rows,
                fixed_value=float(part @ task.fixed_shares),
                whole_numbers=False,
            ),
            params=short,
            clock=Clock(short),
        )
        chosen = np.flatnonzero(run.best_open)
        covered = _shares(task, chosen)
        bound = min(bound, run.upper)
        if covered.min() > best_value:
            best, best_value = chosen, float(covered.min())
        if clock.report(best_value, bound) or relative_gap(best_value, bound) <= params.gap:
            break
        part = part * np.exp(-SHIFT * (covered - covered.mean()))
        part /= part.sum()
    return best, bound


def _shares(task: ClassTask, chosen: Ints) -> Floats:
    covered = np.zeros(task.cover.n_items, dtype=np.bool_)
    for j in chosen:
        begin, end = task.cover.option_offset[j : j + 2]
        covered[task.cover.option_item[begin:end]] = True
    return np.asarray(task.fixed_shares + task.shares[:, covered].sum(axis=1))


def _least(task: ClassTask, chosen: Ints) -> float:
    return float(_shares(task, chosen).min())


def _model(task: ClassTask) -> MipModel:
    """Options, cover variables, and t as the last variable, in parts of ``1 / T_UNIT``."""
    cover, n_classes = task.cover, len(task.fixed_shares)
    n, m = cover.n_options, cover.n_items
    options = sp.csr_array(
        (-np.ones(len(cover.item_option)), cover.item_option, cover.item_offset), shape=(m, n)
    )
    covered = sp.hstack([options, sp.eye_array(m), sp.csr_array((m, 1))])
    least = sp.hstack(
        [
            sp.csr_array((n_classes, n)),
            sp.csr_array(-T_UNIT * task.shares),
            sp.csr_array(np.ones((n_classes, 1))),
        ]
    )
    count = sp.csr_array(np.r_[np.ones(n), np.zeros(m + 1)][None, :])
    return MipModel(
        cost=np.r_[np.zeros(n + m), -1.0],
        lower=np.zeros(n + m + 1),
        upper=np.r_[np.ones(n + m), T_UNIT],
        integer=np.r_[np.ones(n, dtype=np.bool_), np.zeros(m + 1, dtype=np.bool_)],
        matrix=sp.csr_array(sp.vstack([covered, least, count])),
        row_lower=np.full(m + n_classes + 1, -np.inf),
        row_upper=np.r_[np.zeros(m), T_UNIT * task.fixed_shares, float(task.most)],
    )


def _point(task: ClassTask, chosen: Ints) -> Floats:
    cover = task.cover
    point = np.zeros(cover.n_options + cover.n_items + 1)
    point[chosen] = 1.0
    for j in chosen:
        begin, end = cover.option_offset[j : j + 2]
        point[cover.n_options + cover.option_item[begin:end]] = 1.0
    point[-1] = T_UNIT * _least(task, chosen)
    return point
