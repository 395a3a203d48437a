r"""Partial covering: a share of the weight at least cost (Daskin and Owen 1999).

.. math::
   \min \sum_j c_j x_j \quad\text{with}\quad
   y_i \le \sum_j a_{ij} x_j, \quad \sum_i w_i y_i \ge D, \quad x_j \in \{0, 1\}, \ 0 \le y_i \le 1

It is maximal covering read from the other side, and is solved from both: the search anneals a plan
for the most weight that a little less money can cover, and goes on below as soon as that is enough;
the bound is the least money for which the multipliers of maximal covering do not rule the share out
(`knapsack_bound`). Where all options cost the same and the linear programme can be solved in the
time, cuts and branches (`branch_and_cut`) answer "is so much money enough?" from the bound upwards,
until the answer is yes.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.compiled import compiled
from planning.engine.lscp import knapsack_bound
from planning.engine.mclp import interchange, lagrangian
from planning.engine.mclp.annealing import Schedule, anneal, swap_table
from planning.engine.mclp.branch_and_cut import CutTree
from planning.engine.mclp.search_and_bound import Fixing, restricted_task
from planning.engine.mclp.side_constraints import PackingRows, packing_rows
from planning.engine.mclp.task import CoverTask
from planning.engine.mip import MipModel, solve_mip
from planning.engine.params import relative_gap
from planning.engine.proven import WHOLE_SLACK

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.cover_arrays import CoverArrays
    from planning.engine.mclp.interchange import SearchState
    from planning.engine.params import SolveParams

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Steps of an annealing while bisecting for a first good plan, and of the first long one; every one
# that finds nothing is followed by one longer by the factor.
QUICK_STEPS, FIRST_STEPS, LONGER = 4_000_000, 16_000_000, 1.5
# Steps for each pair of option and item after which more search seldom finds more.
STEPS_PER_PAIR = 2_000
# Steps between two looks at the clock.
PIECE_STEPS = 2_000_000
# Steps of the bound for one of the search.
BOUND_STEPS = 4
# Temperature of the annealing as parts of the mean weight that an open option covers.
HOT, COLD = 0.03, 0.003
# Where costs are no multiples of anything, a plan is sought that is cheaper by this part.
CHEAPER = 1e-4
# Bisection ends there at this part of the cost.
NEAR = 0.01
# The linear programme of 100,000 pairs takes so many steps, a larger one more by the power: so long
# the search goes before it.
STEPS_OF_100_000_PAIRS, PAIRS_POWER = 15_000_000, 1.5
# Steps of the tree between two exchanges with the search.
EXCHANGE_STEPS = 50_000_000


class PartialTask(NamedTuple):
    """What is asked: cover ``need`` of the items' weight at least cost.

    Every cost is a multiple of ``grain`` (0: of nothing); ``same`` tells that all are equal to it.
    ``whole_weights`` tells that all weights are whole numbers.
    """

    cover: CoverArrays
    costs: Floats
    need: float
    grain: float
    same: bool
    whole_weights: bool


def partial_task(cover: CoverArrays, costs: Floats, need: float) -> PartialTask:
    """Look for what all costs are multiples of."""
    same = bool(len(costs) and costs[0] > 0.0 and (costs == costs[0]).all())
    whole = bool((costs == np.floor(costs)).all())
    return PartialTask(
        cover=cover,
        costs=costs,
        need=need,
        grain=float(costs[0]) if same else float(whole),
        same=same,
        whole_weights=bool((cover.weights == np.floor(cover.weights)).all()),
    )


class _Rest(NamedTuple):
    """What fixing leaves: a task, its options' numbers in the whole, what is open for good."""

    task: CoverTask
    options: Ints
    opened: Ints


class PartialRun:
    """One run: the cheapest plan so far, what is proved of all, and how both were reached.

    ``lower`` is below the cost of every plan. ``paid`` is what required options cost beside.
    """

    def __init__(
        self, task: PartialTask, *, params: SolveParams, clock: Clock, paid: float = 0.0
    ) -> None:
        self.task, self._params, self._clock, self._paid = task, params, clock, paid
        self.lower = 0.0
        self.method = "greedy"
        self._round = 0
        self._nearest: tuple[float, Ints] | None = None
        self._least = 1e-12 * float(task.cover.weights.sum())
        self._free = _rows(task, float(task.costs.sum()))
        state = self._new_state(self._free)
        dear = np.maximum(task.costs, 1e-12 * float(task.costs.max(initial=1.0)))
        _open_until(task.cover, self._free, state, dear, task.need)
        self.chosen = np.flatnonzero(state.is_open)
        self.cost = np.inf
        self.reached = float(interchange.covered_weight(task.cover, state)) >= task.need
        if self.reached:
            self._take(state)
        self.bound = knapsack_bound.new_bound(task.cover, state.cover_count)

    @property
    def done(self) -> bool:
        """Whether the proven gap is the one asked for."""
        return relative_gap(self.cost + self._paid, self.lower + self._paid) <= self._params.gap

    @property
    def aim(self) -> float:
        """The most that a plan may cost that is worth looking for."""
        grain = self.task.grain
        return self.cost - grain if grain > 0.0 else self.cost * (1.0 - CHEAPER)

    def tick(self) -> bool:
        """Tell the caller what is news; True when the run must end."""
        return self._clock.tick(self.cost + self._paid, self.lower + self._paid)

    def search_and_bound(self) -> None:
        """Search and bound side by side until all is proved, both are through or time is up."""
        self.method = "greedy, annealing, Lagrangian bound"
        self.tick()
        with ThreadPoolExecutor(max_workers=1) as pool:
            low = -np.inf
            quick = min(QUICK_STEPS, STEPS_PER_PAIR * len(self.task.cover.option_item))
            steps, total = float(quick), 0.0
            while not (self.done or self.tick() or self._is_searched(total)):
                proof = pool.submit(self._raise_bound, self.cost, int(BOUND_STEPS * steps))
                # bisect with short annealings first, what they do not find proves nothing
                low = max(low, self.lower)
                middle = self._between(low) if steps == quick else self.aim
                found = self.search(middle, int(steps))
                proof.result()
                self._learn_bound()
                total += steps
                if not found:
                    low = max(low, middle)
                    if self._between(low) >= self.aim:
                        steps = max(steps * LONGER, min(FIRST_STEPS, 4.0 * quick))

    def _is_searched(self, total: float) -> bool:
        """Whether the search has gone so far that the tree may begin."""
        if self.bound.figures[1] > knapsack_bound.MIN_STEP:
            return False
        pairs = len(self.task.cover.option_item)
        if self.task.same:
            pairs = len(self._rest(self._asked).task.cover.option_item)
        return bool(total >= STEPS_OF_100_000_PAIRS * (pairs / 100_000) ** PAIRS_POWER)

    def _between(self, low: float) -> float:
        """Return a cost halfway between one that was not enough and the best plan's."""
        grain = self.task.grain
        middle = (low + self.cost) / 2.0
        if grain > 0.0:
            middle = max(np.floor(middle / grain + WHOLE_SLACK) * grain, low + grain)
        elif self.cost - low < NEAR * self.cost:
            middle = self.aim
        return float(min(middle, self.aim))

    def _raise_bound(self, known: float, steps: int) -> None:
        task = self.task
        enough = known if task.grain > 0.0 else known * (1.0 + 1e-12)
        while steps > 0 and self._clock.left_s > 0.0:
            used = knapsack_bound.raise_bound(
                task.cover,
                task.costs,
                task.need,
                self.bound,
                known,
                enough - task.grain * (1.0 - WHOLE_SLACK),
                min(steps, 10 * PIECE_STEPS),
            )
            if not used:
                return
            steps -= used

    def _learn_bound(self) -> None:
        self.lower = max(self.lower, min(self._rounded(float(self.bound.figures[0])), self.cost))

    def _rounded(self, bound: float) -> float:
        """Raise a bound to the next cost that a plan can have."""
        grain = self.task.grain
        if grain <= 0.0:
            return bound
        return float(np.ceil(bound / grain - WHOLE_SLACK)) * grain

    def search(self, most: float, steps: int) -> bool:
        """Anneal for the most weight that ``most`` buys; True when that is a cheaper plan."""
        task, cover = self.task, self.task.cover
        rows = _rows(task, most)
        self._round += 1
        state = self._new_state(rows)
        interchange.open_only(cover, rows, state, self._start(state, most))
        relative = np.ones(cover.n_options) if task.same else _relative(task)
        interchange.fill(cover, rows, state, relative, -1, 0, self._least)
        temperature = task.need / max(int(state.numbers[0]), 1)
        schedule = Schedule(HOT * temperature, max(COLD * temperature, 1e-12), steps)
        table = swap_table(cover, state, 0)
        best, value = state.is_open.copy(), float(state.value[0])
        for begin in range(0, steps, PIECE_STEPS):
            if value >= task.need or self.tick():
                break
            end = min(begin + PIECE_STEPS, steps)
            value = anneal(
                cover, rows, state, table, schedule, begin, end, best, value, self._least
            )
        interchange.open_only(cover, rows, state, np.flatnonzero(best))
        interchange.fill(cover, rows, state, relative, -1, 0, self._least)
        interchange.improve_by_swaps(cover, rows, state, self._least, PIECE_STEPS)
        covered = float(interchange.covered_weight(cover, state))
        if covered < task.need:
            self._nearest = (most, np.flatnonzero(state.is_open))
            return False
        return self._take(state)

    def _start(self, state: SearchState, most: float) -> Ints:
        """Return options to begin with: what came nearest at this cost, or a part of the plan."""
        if self._nearest is not None and self._nearest[0] == most:
            return self._nearest[1]
        interchange.open_only(self.task.cover, self._free, state, self.chosen)
        worth = state.loss[self.chosen] / np.maximum(self.task.costs[self.chosen], 1e-300)
        order = self.chosen[np.argsort(-worth, kind="stable")]
        kept = np.cumsum(self.task.costs[order]) <= most * (1.0 + 1e-12)
        return np.asarray(order[kept], dtype=np.int64)

    def _take(self, state: SearchState) -> bool:
        """Keep what is open, without what it can spare, when it is the cheapest plan so far."""
        task = self.task
        while True:
            opened = np.flatnonzero(state.is_open)
            spare = float(interchange.covered_weight(task.cover, state)) - task.need
            spared = opened[(state.loss[opened] <= spare) & (task.costs[opened] > 0.0)]
            if not len(spared):
                break
            # the dearest; of equals the one that covers least alone
            first = spared[np.lexsort((state.loss[spared], -task.costs[spared]))[0]]
            kept = opened[opened != first]
            interchange.open_only(task.cover, self._free, state, kept)
            if float(interchange.covered_weight(task.cover, state)) < task.need:
                interchange.open_only(task.cover, self._free, state, opened)
                break
        cost = float(task.costs[opened].sum())
        if cost < self.cost:
            self.cost, self.chosen = cost, opened
            return True
        return False

    def _new_state(self, rows: PackingRows) -> SearchState:
        return interchange.new_state(
            self.task.cover, rows, seed=self._params.seed + 1000 * self._round
        )

    @property
    def _asked(self) -> float:
        """The least cost that is not ruled out."""
        return max(self.lower, self.task.grain)

    def decide(self) -> None:
        """Ask the tree whether the least cost not ruled out is enough, until it is.

        The search goes on beside it, over as many steps as the tree took before.
        """
        self.method += ", fixing, cuts, branching"
        task = self.task
        with ThreadPoolExecutor(max_workers=1) as pool:
            while not (self.done or self.tick()):
                asked = self._asked
                rest = self._rest(asked)
                tree = self._tree(rest.task)
                steps = FIRST_STEPS
                lacking = task.need - rest.task.fixed_value
                while not (tree.finished(gap=0.0) or tree.found >= lacking or self.tick()):
                    before = tree.steps
                    proof = pool.submit(tree.grow, EXCHANGE_STEPS, gap=0.0)
                    if self.aim > asked:
                        self.search(self.aim, steps)
                    proof.result()
                    steps = max(tree.steps - before, QUICK_STEPS)
                if tree.found >= lacking:
                    self._take_options(np.r_[rest.opened, rest.options[tree.chosen]])
                    # nothing cheaper is left
                    self.lower = min(asked, self.cost)
                elif tree.finished(gap=0.0) and tree.upper < lacking:
                    self.lower = min(asked + task.grain, self.cost)
                else:
                    return

    def _rest(self, most: float) -> _Rest:
        """Fix what every plan at ``most`` keeps: maximal covering at the best multipliers."""
        task, state = self.task, self.bound
        state.multiplier[:] = state.best_multiplier
        knapsack_bound.evaluate(task.cover, task.costs, task.need, state)
        rows = _rows(task, most)
        order = np.argsort(-state.score, kind="stable")
        inside = np.zeros(len(order), dtype=np.bool_)
        inside[order[: rows.most]] = True
        kept = float((task.cover.weights - state.multiplier).sum())
        upper = (kept + float(state.score[inside].sum())) * (1.0 + lagrangian.ROUNDING)
        least = float(state.score[inside].min(initial=np.inf))
        most_left = float(state.score[~inside].max(initial=0.0))
        fixing = Fixing(
            open_for_good=inside & (upper - state.score + most_left < task.need),
            closed_for_good=~inside & (upper + state.score - least < task.need),
        )
        whole = CoverTask(
            cover=task.cover, rows=rows, fixed_value=0.0, whole_numbers=task.whole_weights
        )
        rest, options = restricted_task(whole, fixing)
        return _Rest(rest, options, np.flatnonzero(fixing.open_for_good))

    def _tree(self, rest: CoverTask) -> CutTree:
        task = self.task
        # a plan that covers less than is needed is none
        known = np.ceil(task.need) - 1.0 if task.whole_weights else task.need * (1.0 - 1e-9)
        value = float(known) - rest.fixed_value
        return CutTree(rest, value=value, seed=self._params.seed, clock=self._clock)

    def finish(self) -> None:
        """Give the options that reduced costs leave to HiGHS, with the plan or its cost."""
        self.method += ", fixing, programme"
        task = self.task
        left = knapsack_bound.not_too_dear(task.cover, task.costs, task.need, self.bound, self.cost)
        model = share_model(task, left)
        n = int(left.sum())
        fits = bool(left[self.chosen].all())
        known, lower = self.cost, self.lower
        answer = solve_mip(
            model,
            time_limit_s=self._clock.left_s,
            gap=self._params.gap,
            start=share_point(task, left, self.chosen) if fits else None,
            # what fixing has left out is no better than this plan
            cutoff=None if fits else known,
            seed=self._params.seed,
            on_progress=lambda value, low: self._clock.tick(
                float(np.fmin(value, known)) + self._paid,
                float(np.fmax(np.fmin(low, known), lower)) + self._paid,
            ),
            is_plan=lambda values: self._is_enough(np.flatnonzero(left)[values[:n] > 0.5]),  # noqa: PLR2004 - binary
        )
        if answer.values is not None:
            opened = np.flatnonzero(left)[answer.values[:n] > 0.5]  # noqa: PLR2004 - binary
            # HiGHS' tolerances may take a choice that lacks a trifle
            if self._is_enough(opened):
                self._take_options(opened)
        proved = answer.bound.figure(absent=self.lower, nothing=known)
        self.lower = min(max(self.lower, self._rounded(min(proved, known))), self.cost)

    def _is_enough(self, options: Ints) -> bool:
        cover = self.task.cover
        covered = np.zeros(cover.n_items, dtype=np.bool_)
        for j in options:
            covered[cover.option_item[cover.option_offset[j] : cover.option_offset[j + 1]]] = True
        return float(cover.weights[covered].sum()) >= self.task.need

    def _take_options(self, options: Ints) -> None:
        state = self._new_state(self._free)
        interchange.open_only(self.task.cover, self._free, state, options)
        self._take(state)


def _rows(task: PartialTask, most: float) -> PackingRows:
    """Return what a cost allows: a count where all options cost the same, else a budget."""
    n = len(task.costs)
    if task.same:
        count = int(np.floor(most / task.grain + WHOLE_SLACK))
        return packing_rows(n_options=n, most=count, site=None, rows=[])
    return packing_rows(n_options=n, most=None, site=None, rows=[(task.costs, most)])


def _relative(task: PartialTask) -> Floats:
    return np.maximum(task.costs, 1e-9 * float(task.costs.max(initial=1.0)))


def share_model(task: PartialTask, left: npt.NDArray[np.bool_]) -> MipModel:
    """Return the programme over the options ``left``, one cover variable an item behind them."""
    cover, n = task.cover, int(left.sum())
    m = cover.n_items
    items = sp.csr_array(
        (np.ones(len(cover.item_option)), cover.item_option, cover.item_offset),
        shape=(m, cover.n_options),
    )[:, np.flatnonzero(left)]
    share = sp.csr_array(np.r_[np.zeros(n), cover.weights][None, :])
    return MipModel(
        cost=np.r_[task.costs[left], np.zeros(m)],
        lower=np.zeros(n + m),
        upper=np.ones(n + m),
        integer=np.r_[np.ones(n, dtype=np.bool_), np.zeros(m, dtype=np.bool_)],
        matrix=sp.csr_array(sp.vstack([sp.hstack([items, -sp.eye_array(m)]), share])),
        row_lower=np.r_[np.zeros(m), task.need],
        row_upper=np.full(m + 1, np.inf),
    )


def share_point(task: PartialTask, left: npt.NDArray[np.bool_], chosen: Ints) -> Floats:
    """Return a plan as a point of `share_model`."""
    cover = task.cover
    opened, covered = np.zeros(cover.n_options), np.zeros(cover.n_items)
    opened[chosen] = 1.0
    for j in chosen:
        covered[cover.option_item[cover.option_offset[j] : cover.option_offset[j + 1]]] = 1.0
    return np.asarray(np.r_[opened[left], covered])


@compiled
def _open_until(
    cover: CoverArrays, rows: PackingRows, state: SearchState, dear: Floats, need: float
) -> None:
    """Open the option with the most for its cost, of what is lacking, until nothing lacks."""
    while state.value[0] < need:
        lacking = need - state.value[0]
        best, best_value = -1, 0.0
        for j in range(len(dear)):
            # what an option adds beyond the need is worth nothing
            value = min(state.gain[j], lacking) / dear[j]
            if value > best_value and not state.is_open[j]:
                best, best_value = j, value
        if best < 0:
            return
        interchange.open_one(cover, rows, state, best)
