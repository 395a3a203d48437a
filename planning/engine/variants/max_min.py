r"""Max-min covering: the least well covered class (group, district) as well covered as can be.

.. math::
   \max t \quad\text{with}\quad
   \sum_{i \in C} w_i y_i \ge t \sum_{i \in C} w_i \ (\text{class } C), \quad
   y_i \le \sum_j a_{ij} x_j, \quad \sum_{j\ \text{free}} x_j \le p, \quad x_j \in \{0, 1\}

For any shares ``l_C`` that add up to 1, t is at most the optimum of maximal covering with the
weights ``sum_C l_C w_i / W_C``, and so at most its Lagrangian bound. Rounds move the shares to the
classes that the relaxed problem covers worst (multiplicative weights: Arora, Hazan and Kale 2012).
Plans are annealed (`max_min_search`). HiGHS finishes where the programme is small; where it is not,
the annealing goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.engine.checks import known
from planning.engine.cover_arrays import CoverArrays, merge_items
from planning.engine.mclp.annealing import Schedule
from planning.engine.mclp.lagrangian import (
    WarmMultipliers,
    lower_bound_by_multipliers,
    new_bound,
)
from planning.engine.mclp.side_constraints import packing_rows
from planning.engine.mip import MipModel, solve_mip
from planning.engine.params import relative_gap
from planning.engine.proven import Bound, Draft
from planning.engine.variants.max_min_search import anneal_classes, class_state

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.params import SolveParams
    from planning.engine.variant_problems import MaxMinProblem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Rounds of the bound, of so many settings of all multipliers each, the first one longer.
ROUNDS, SETTINGS, FIRST_SETTINGS = 16, 100, 400
# How strongly a badly covered class gains share from the first round to the second.
SHIFT = 2.0
# Steps of the first annealing for each pair of option and item; the next one has twice as many.
STEPS_PER_PAIR, MIN_STEPS = 1_000, 200_000
# Steps of annealing and of the bound between two looks at the clock.
CHUNK_STEPS, BOUND_STEPS = 5_000_000, 10_000_000
# Temperatures as parts of what an open option adds to the mean share.
HOT, COLD = 0.3, 0.01
# Up to so many pairs the programme may come to its end.
MAX_PAIRS = 40_000
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
    run = _Run(task, seed=params.seed)
    method = "annealing, Lagrangian bound"
    if task.cover.n_items and 0 < task.most < len(task.options):
        run.anneal(clock=clock)
        run.lower_bound(clock=clock)
        while not run.is_done(params, clock) and len(task.cover.option_item) > MAX_PAIRS:
            run.anneal(clock=clock)
    if not run.is_done(params, clock) and len(task.options):
        run.programme(params=params, clock=clock)
        method += ", programme"
    return Draft(
        chosen=np.r_[np.flatnonzero(known(problem.required)), task.options[run.best]],
        bound=Bound.at(run.bound),
        method=method,
    )


class _Run:
    """The best plan so far, ``value`` its least share, and the bound.

    Annealings are a sequence that no time limit changes: a longer one goes further.
    """

    def __init__(self, task: ClassTask, *, seed: int) -> None:
        self.task = task
        self.best: Ints = np.arange(task.most)
        self.value = _least(task, self.best)
        self.bound = float((task.fixed_shares + task.shares.sum(axis=1)).min())
        if task.most >= len(task.options):
            self.bound = self.value
        self._part = np.ascontiguousarray(task.shares.T)
        self._seed, self._turn = seed, 0

    def is_done(self, params: SolveParams, clock: Clock) -> bool:
        """Whether the gap is reached or time is up; the caller is told."""
        ended = clock.report(self.value, self.bound)
        return ended or relative_gap(self.value, self.bound) <= params.gap

    def anneal(self, *, clock: Clock) -> None:
        """Anneal once from the best plan, twice as long as the time before."""
        task = self.task
        steps = max(STEPS_PER_PAIR * len(task.cover.option_item), MIN_STEPS) << self._turn
        state = class_state(
            task.cover, self._part, task.fixed_shares, self.best, seed=self._seed + self._turn
        )
        self._turn += 1
        begin, unit = 0, max(float(state.share.mean()) / len(self.best), 1e-9)
        schedule = Schedule(HOT * unit, COLD * unit, steps)
        best = self.best.copy()
        while begin < steps:
            end = min(begin + CHUNK_STEPS, steps)
            self.value = anneal_classes(
                task.cover, self._part, state, schedule, begin, end, best, self.value
            )
            begin = end
            if clock.tick(self.value, self.bound):
                break
        # sums in another order may differ by a trifle: the plan is counted once more
        self.best, self.value = np.sort(best), _least(task, best)

    def lower_bound(self, *, clock: Clock) -> None:
        """Lower the bound by multipliers of items and shares of classes."""
        task = self.task
        rows = packing_rows(n_options=len(task.options), most=task.most, site=None, rows=[])
        part = np.full(len(task.fixed_shares), 1.0 / len(task.fixed_shares))
        count = _counts(task, self.best)
        share = np.array([0.9, 0.5, 0.1])[np.minimum(count, 2)]
        setting = len(task.cover.option_item) + 8 * task.cover.n_items
        for turn in range(ROUNDS):
            weights = self._part @ part
            cover = task.cover._replace(weights=weights)
            warm = WarmMultipliers(share * weights, np.empty(0))
            state = new_bound(cover, rows, warm=warm)
            fixed = float(part @ task.fixed_shares)
            state.figures[1] = 1.0 if turn == 0 else state.figures[1]
            settings = SETTINGS if turn else FIRST_SETTINGS
            value, steps = max(self.value - fixed, 0.0), settings * setting
            while steps > 0:
                _, used = lower_bound_by_multipliers(
                    cover, rows, state, value, min(steps, BOUND_STEPS)
                )
                self.bound = max(min(self.bound, float(state.figures[0]) + fixed), self.value)
                if clock.tick(self.value, self.bound) or self.bound <= self.value:
                    return
                # none are taken where the multipliers have come to rest
                steps = steps - used if used else 0
            # what the relaxed problem covers of each class, in the mean of its late settings
            share = np.divide(
                state.best_multiplier, weights, out=np.zeros_like(weights), where=weights > 0.0
            )
            covered = task.fixed_shares + (1.0 + share * state.direction) @ self._part
            part = part * np.exp(-SHIFT / (1.0 + turn) * (covered - covered.mean()))
            part /= part.sum()

    def programme(self, *, params: SolveParams, clock: Clock) -> None:
        """Solve the whole by HiGHS from the best plan."""
        task, value, bound = self.task, self.value, self.bound
        answer = solve_mip(
            _model(task),
            time_limit_s=clock.left_s,
            # HiGHS measures a gap by the bound, which is the larger of the two
            gap=params.gap / (1.0 + params.gap),
            start=_point(task, self.best),
            seed=params.seed,
            on_progress=lambda best, low: clock.report(
                np.fmax(-best / T_UNIT, value), np.fmin(-low / T_UNIT, bound)
            ),
        )
        if answer.values is not None:
            opened = np.flatnonzero(answer.values[: len(task.options)] > 0.5)  # noqa: PLR2004 - binary
            if _least(task, opened) > value:
                self.best, self.value = opened, _least(task, opened)
        proved = answer.bound.times(-1.0 / T_UNIT).figure(absent=bound, nothing=bound)
        self.bound = min(bound, proved)


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


def _counts(task: ClassTask, chosen: Ints) -> Ints:
    """Tell how many of the chosen options cover each item."""
    count = np.zeros(task.cover.n_items, dtype=np.int64)
    for j in chosen:
        begin, end = task.cover.option_offset[j : j + 2]
        count[task.cover.option_item[begin:end]] += 1
    return count


def _shares(task: ClassTask, chosen: Ints) -> Floats:
    covered = _counts(task, chosen) > 0
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
