r"""Capacitated covering (Current and Storbeck 1988): workers assigned within what stations hold.

.. math::
   \max \sum_{ij} f_{ij} \quad\text{with}\quad
   \sum_j f_{ij} \le w_i, \quad \sum_i f_{ij} \le q_j x_j, \quad f_{ij} \le w_i x_j, \quad
   \sum_{j\ \text{free}} x_j \le p, \quad f \ge 0, \quad x_j \in \{0, 1\}

over the pairs within the service standard; an item's workers may be split. Where there are several
years an item is one of a year, and ``q_jt`` holds in each; where a worker of item i counts ``c_i``
the objective is the sum of ``c_i f_ij``. Limits, sites and floors of a coverage problem over the
same options may hold too (``rules``). Items of the same cover set, year and worth are one. A greedy
assignment within the limits, with what floors need first, is the start, multipliers give a bound
(`capacity_bound`), which leaves floors aside, and HiGHS finishes where the programme is small
enough for the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.messages import say
from planning.engine.checks import known
from planning.engine.cover_arrays import CoverArrays, merge_items, sums_by_option
from planning.engine.mclp.infeasibility import required_conflict
from planning.engine.mclp.lagrangian import new_bound
from planning.engine.mclp.milp import packing_matrix
from planning.engine.mclp.reduction import rows_of
from planning.engine.mclp.search_and_bound import RESTED
from planning.engine.mip import MipModel, solve_mip
from planning.engine.params import EXACT, relative_gap
from planning.engine.problems import CoverageProblem
from planning.engine.proven import Bound, Draft, contradicted, whole_below
from planning.engine.variant_problems import BackupProblem
from planning.engine.variants.backup import backup_task, floor_out_of_reach
from planning.engine.variants.backup_search import floors_met
from planning.engine.variants.capacity_bound import Rooms, lower_capacity_bound
from planning.engine.variants.room import Room

if TYPE_CHECKING:
    from planning.engine.clock import Clock
    from planning.engine.mclp.side_constraints import PackingRows
    from planning.engine.mip import MipAnswer
    from planning.engine.params import SolveParams
    from planning.engine.variant_problems import CapacitatedProblem
    from planning.engine.variants.backup_search import BackupTask

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Settings of the multipliers between two looks at the clock, and the steps that they may be.
MIN_SETTINGS, MAX_SETTINGS, SETTING_STEPS = 3, 50, 6_000_000
# Pairs for each second of the time limit up to which the programme is of use.
PAIRS_PER_S = 5_000


class CapacityTask(NamedTuple):
    """Pairs (option, item) over merged items; ``is_required`` of the options kept.

    ``worth`` float64[n_items] is what a worker of an item counts, ``period`` int64[n_items] its
    year; ``capacity`` float64[n_options, n_periods], ``near`` alike the weight within reach.
    ``rows`` are the limits of the options that are not required. ``floors`` are those of the rules
    over options ``free`` int64[k], numbers of the kept ones; None where there are none.
    """

    cover: CoverArrays
    option: Ints
    item: Ints
    weights: Floats
    worth: Floats
    period: Ints
    capacity: Floats
    near: Floats
    is_required: npt.NDArray[np.bool_]
    options: Ints
    rows: PackingRows
    free: Ints
    floors: BackupTask | None

    @property
    def room(self) -> Ints:
        """int64[n_pairs]: the number of each pair's option in its period, option by option."""
        room: Ints = self.option * self.capacity.shape[1] + self.period[self.item]
        return room

    def keeps_floors(self, chosen: Ints) -> bool:
        """Whether a choice of the kept options meets the floors."""
        return self.floors is None or self.floors.keeps(np.flatnonzero(np.isin(self.free, chosen)))


def solve_capacitated_covering(
    problem: CapacitatedProblem, *, params: SolveParams, clock: Clock
) -> Draft:
    """Solve a `CapacitatedProblem`; see the module for the steps."""
    conflict = None if problem.rules is None else required_conflict(problem.rules)
    if conflict is not None:
        return contradicted(conflict)
    task = _reduced(problem)
    beyond = None if task.floors is None else floor_out_of_reach(task.floors)
    if beyond is not None:
        return contradicted(beyond)
    begin = _greedy(task)
    served = 0.0
    if begin is not None:
        served = float(begin[1][len(task.options) :] @ task.worth[task.item])
    chosen = None if begin is None else begin[0]
    bound = _lagrangian_bound(task, chosen, served, clock=clock)
    method = "greedy, Lagrangian bound"
    is_small = len(task.option) <= PAIRS_PER_S * params.time_limit_s
    is_done = begin is not None and (
        clock.report(served, bound) or relative_gap(served, bound) <= params.gap
    )
    if not is_done and (is_small or begin is None):
        method += ", programme"
        answer = solve_mip(
            _model(task),
            time_limit_s=clock.left_s,
            # HiGHS measures a gap by the bound, which is the larger of the two
            gap=params.gap / (1.0 + params.gap),
            start=None if begin is None else _point(task, *begin),
            seed=params.seed,
            on_progress=lambda value, low: clock.report(
                np.fmax(-value, served), np.fmin(-low, bound)
            ),
        )
        if begin is None and answer.bound.is_nothing:
            return contradicted(say("no plan keeps all floors and limits"), method=method)
        chosen = _better(task, chosen, served, answer)
        bound = min(bound, answer.bound.times(-1.0).figure(absent=bound, nothing=bound))
    figures = np.r_[task.weights, task.capacity.ravel(), task.worth]
    if (figures == np.floor(figures)).all():
        # a largest flow within whole numbers is whole, and so is the best of whole worth
        bound = whole_below(bound)
    plan = None if chosen is None else task.options[chosen]
    return Draft(chosen=plan, bound=Bound.at(bound), method=method)


def _better(
    task: CapacityTask, chosen: Ints | None, served: float, answer: MipAnswer
) -> Ints | None:
    """Return the options that the programme opens, where they serve more and meet the floors."""
    if answer.values is None or (chosen is not None and -answer.objective <= served):
        return chosen
    opened = np.flatnonzero(answer.values[: len(task.options)] > 0.5)  # noqa: PLR2004 - binary
    return opened if task.keeps_floors(opened) else chosen


def _lagrangian_bound(
    task: CapacityTask, start: Ints | None, served: float, *, clock: Clock
) -> float:
    """Return what the multipliers prove of all plans, from those of a plan that serves so much."""
    top = float(task.worth.max(initial=0.0))
    whole = float(task.weights @ task.worth)
    reachable = min(whole, top * float(task.capacity.sum()))
    if not len(task.weights) or not len(task.options):
        return reachable
    opened = np.isin(task.option, [] if start is None else start)
    count = np.bincount(task.item[opened], minlength=len(task.weights))
    valued = task.cover._replace(weights=task.weights * task.worth)
    rooms = Rooms(task.capacity, task.near, task.period, valued, top)
    state = new_bound(valued, task.rows, cover_count=count, settled=False)
    one = len(task.option) + 8 * len(task.weights)
    settings = min(max(SETTING_STEPS // one, MIN_SETTINGS), MAX_SETTINGS)
    while clock.left_s > 0.0 and state.figures[1] > RESTED:
        lower_capacity_bound(
            task.cover, rooms, task.is_required, task.rows, state, served, settings
        )
        bound = max(min(float(state.figures[0]), reachable), served)
        if clock.report(served, bound) or bound <= served * (1.0 + EXACT):
            break
    return max(min(float(state.figures[0]), reachable), served)


def _reduced(problem: CapacitatedProblem) -> CapacityTask:
    covers = sp.csr_array(problem.covers)
    if not covers.data.all():
        covers = covers.copy()
        covers.eliminate_zeros()
    rules = problem.rules or CoverageProblem(
        problem.weights,
        covers,
        max_open=problem.max_open,
        required=problem.required,
        forbidden=problem.forbidden,
    )
    required, kept = known(problem.required), ~known(problem.forbidden)
    if rules.site is not None:
        kept &= required | ~np.isin(rules.site, rules.site[required])
    options = np.flatnonzero(kept)
    free = np.flatnonzero(~required[options])
    n_demand, n_periods = len(problem.weights), problem.n_periods
    sorts, labels = np.unique(np.c_[problem.in_period, problem.counts], axis=0, return_inverse=True)
    made = merge_items(
        covers.indptr,
        covers.indices,
        problem.weights,
        options=options,
        removed=np.zeros(n_demand, dtype=np.bool_),
        labels=labels.ravel().astype(np.int64),
    )
    merged, own = made.cover, np.zeros((made.cover.n_items, 2))
    kept_items = made.item_of >= 0
    own[made.item_of[kept_items]] = sorts[labels.ravel()[kept_items]]
    period = own[:, 0].astype(np.int64)
    # floors that what is required meets are none
    floors = backup_task(_once(rules)) if rules.floors else None
    is_required = required[options]
    option = np.repeat(np.arange(len(options)), np.diff(merged.option_offset))
    # a station serves no more than is near it: a larger figure would only blur the programme
    near = _summed(
        option * n_periods + period[merged.option_item],
        merged.weights[merged.option_item],
        len(options) * n_periods,
    ).reshape(len(options), n_periods)
    return CapacityTask(
        cover=merged,
        option=option,
        item=merged.option_item.astype(np.int64),
        weights=merged.weights,
        worth=own[:, 1],
        period=period,
        capacity=np.minimum(problem.rooms[options], near),
        near=near,
        is_required=is_required,
        options=options,
        rows=_widened(rows_of(rules, options[free]), free, len(options)),
        free=free,
        floors=floors if floors is not None and floors.floors else None,
    )


def _summed(number: Ints, amount: Floats, size: int) -> Floats:
    """float64[size]: the amounts of each number, added up."""
    return np.asarray(np.bincount(number, weights=amount, minlength=size), dtype=np.float64)


def _widened(rows: PackingRows, free: Ints, n: int) -> PackingRows:
    """Return the rows of the free options over all n: those that are required take nothing."""
    size = np.zeros(n, dtype=np.int64)
    size[free] = np.diff(rows.offset)
    site = np.full(n, -1, dtype=np.int32)
    site[free] = rows.site
    return rows._replace(offset=np.r_[0, np.cumsum(size)], site=site)


def _once(rules: CoverageProblem) -> BackupProblem:
    """Return the rules as a problem in which a second cover adds nothing."""
    return BackupProblem(
        rules.weights,
        rules.covers,
        rules.max_open,
        np.zeros(rules.n_demand),
        required=rules.required,
        forbidden=rules.forbidden,
        costs=rules.costs,
        budget=rules.budget,
        site=rules.site,
        limits=rules.limits,
        floors=rules.floors,
    )


def _greedy(task: CapacityTask) -> tuple[Ints, Floats] | None:
    """Open what serves most of what is left and fits, and assign as much as it holds.

    Returns the options and their flows; None where no options were found that meet the floors.
    """
    first = np.empty(0, dtype=np.int64)
    if task.floors is not None:
        met = floors_met(task.floors)
        if met is None:
            return None
        first = task.free[met]
    n, n_periods = task.capacity.shape
    left = task.weights.copy()
    flow = np.zeros(len(task.option))
    # the pairs of an option period by period, those that count most first
    rank = np.lexsort((-task.worth[task.item], task.period[task.item], task.option))
    rooms = task.room[rank]
    offset = np.searchsorted(rooms, np.arange(n * n_periods + 1))
    room = Room(task.rows, counted=~task.is_required)
    near, valued = (
        _summed(task.room, of[task.item], n * n_periods) for of in (left, left * task.worth)
    )
    capacity = task.capacity.ravel()
    # below this sums are rounding
    least = 1e-12 * float(task.weights @ task.worth)
    queue = [*np.flatnonzero(task.is_required).tolist(), *first.tolist()]
    while True:
        if queue:
            best = int(queue.pop(0))
        else:
            # what is near counts as it does in the mean, as far as there is room for it
            mean = valued / np.where(near > least, near, np.inf)
            gains = (np.minimum(near, capacity) * mean).reshape(n, n_periods).sum(axis=1)
            gains = np.where(room.may_open(), gains, -1.0)
            best = int(gains.argmax()) if n else -1
            if best < 0 or gains[best] <= least:
                break
        for at in range(best * n_periods, (best + 1) * n_periods):
            pairs = rank[offset[at] : offset[at + 1]]
            item = task.item[pairs]
            before = np.r_[0.0, np.cumsum(left[item])][:-1]
            flow[pairs] = np.clip(capacity[at] - before, 0.0, left[item])
            left[item] -= flow[pairs]
            _take(task, item, flow[pairs], near=near, valued=valued)
        room.put(best, 1)
    x = room.open.astype(np.float64)
    return np.flatnonzero(room.open), np.r_[x, flow]


def _take(task: CapacityTask, item: Ints, flow: Floats, *, near: Floats, valued: Floats) -> None:
    """Take served workers from what is near each option, and from what that counts; in place."""
    if not len(item):
        return
    n_periods = task.capacity.shape[1]
    rooms = slice(int(task.period[item[0]]), None, n_periods)
    near[rooms] -= sums_by_option(task.cover, item, flow)
    valued[rooms] -= sums_by_option(task.cover, item, flow * task.worth[item])


def _point(task: CapacityTask, chosen: Ints, point: Floats) -> Floats:
    """Return a greedy plan as a point of the programme, with what its floors have."""
    if task.floors is None:
        return point
    covered = task.floors.times(np.flatnonzero(np.isin(task.free, chosen))) > 0
    return np.asarray(np.r_[point, covered.astype(np.float64)])


def _model(task: CapacityTask) -> MipModel:
    """Write the programme: options, flows, then what the floors' items have."""
    n, m, n_pairs = len(task.options), len(task.weights), len(task.option)
    pair = np.arange(n_pairs)
    ones = np.ones(n_pairs)
    shape = (m, n + n_pairs)
    by_item = sp.csr_array((ones, (task.item, n + pair)), shape=shape)
    n_rooms = task.capacity.size
    holder = np.repeat(np.arange(n), task.capacity.shape[1])
    by_option = sp.csr_array(
        (
            np.r_[ones, -task.capacity.ravel()],
            (np.r_[task.room, np.arange(n_rooms)], np.r_[n + pair, holder]),
        ),
        shape=(n_rooms, n + n_pairs),
    )
    link = sp.csr_array(
        (
            np.r_[ones, -task.weights[task.item]],
            (np.r_[pair, pair], np.r_[n + pair, task.option]),
        ),
        shape=(n_pairs, n + n_pairs),
    )
    packing, room = _limits(task)
    flows = sp.csr_array(sp.vstack([by_item, by_option, link, packing]))
    model = MipModel(
        cost=np.r_[np.zeros(n), -task.worth[task.item]],
        lower=np.r_[task.is_required.astype(np.float64), np.zeros(n_pairs)],
        upper=np.r_[np.ones(n), task.weights[task.item]],
        integer=np.r_[np.ones(n, dtype=np.bool_), np.zeros(n_pairs, dtype=np.bool_)],
        matrix=flows,
        row_lower=np.full(flows.shape[0], -np.inf),
        row_upper=np.r_[task.weights, np.zeros(n_rooms + n_pairs), room],
    )
    return model if task.floors is None else _with_floors(model, task, task.floors)


def _limits(task: CapacityTask) -> tuple[sp.csr_array, Floats]:
    """Return the limits over options and flows: those of the free options, required ones out."""
    own = task.rows
    size = np.diff(own.offset)[task.free]
    offset = np.r_[0, np.cumsum(size)]
    rows = own._replace(offset=offset, site=own.site[task.free])
    packing, room = packing_matrix(rows, len(task.free))
    wide = sp.csr_array(
        (np.ones(len(task.free)), (np.arange(len(task.free)), task.free)),
        shape=(len(task.free), len(task.options) + len(task.option)),
    )
    return sp.csr_array(packing @ wide), room


def _with_floors(model: MipModel, task: CapacityTask, floors: BackupTask) -> MipModel:
    """Add a variable an item of the floors, covered by what is open, and a row a floor."""
    k, n_before = len(floors.first), len(model.cost)
    at_item = sp.coo_array(floors.covers.T)
    covers = sp.csr_array(
        (-np.ones(at_item.nnz), (at_item.row, task.free[at_item.col])), shape=(k, n_before)
    )
    needs = np.array([floor.need for floor in floors.floors])
    asked = sp.csr_array(np.array([floor.first for floor in floors.floors]).reshape(-1, k))
    matrix = sp.vstack(
        [
            sp.hstack([model.matrix, sp.csr_array((model.matrix.shape[0], k))]),
            sp.hstack([covers, sp.eye_array(k)]),
            sp.hstack([sp.csr_array((len(needs), n_before)), asked]),
        ]
    )
    return MipModel(
        cost=np.r_[model.cost, np.zeros(k)],
        lower=np.r_[model.lower, np.zeros(k)],
        upper=np.r_[model.upper, np.ones(k)],
        integer=np.r_[model.integer, np.zeros(k, dtype=np.bool_)],
        matrix=sp.csr_array(matrix),
        row_lower=np.r_[model.row_lower, np.full(k, -np.inf), needs],
        row_upper=np.r_[model.row_upper, np.zeros(k), np.full(len(needs), np.inf)],
    )
