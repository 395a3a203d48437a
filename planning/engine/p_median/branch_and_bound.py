"""Branch and bound on the Lagrangian bound of a p-median: the last of the gap, exactly.

A node is what is known of each site, and multipliers to start from. The node with the least bound
is branched on the site of which the relaxed problem is least sure: open in one child, closed in the
other. Both children are bounded side by side on two threads.
"""

from __future__ import annotations

import heapq
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from planning.engine.p_median import lagrangian
from planning.engine.p_median.interchange import cost_of
from planning.engine.p_median.lagrangian import CLOSED, FREE, OPEN
from planning.engine.proven import NOTHING, Bound

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.p_median.candidate_lists import MedianPairs

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Status = npt.NDArray[np.int8]

# How each child's bound is raised: rounds, factor of the first step, factor at which it rests, and
# elementary steps, so that the clock is looked at.
ROUNDS = 300
FIRST_FACTOR = 0.5
MIN_FACTOR = 0.01
MOST_WORK = 60_000_000


class TreeNode(NamedTuple):
    """Sorted by ``value``, the bound, and then by ``number``, its place in the order of birth."""

    value: float
    number: int
    status: Status
    multiplier: npt.NDArray[np.float32]
    often: Floats


class TreeTask(NamedTuple):
    """A p-median to finish: ``multiplier`` to start from, ``known`` the best plan's cost so far.

    ``cutoff_of`` tells, for the best cost, above which bound a node is of no interest.
    """

    pairs: MedianPairs
    p: int
    multiplier: Floats
    often: Floats
    known: float
    cutoff_of: Callable[[float], float]


class TreeAnswer(NamedTuple):
    """``plan`` is None when nothing better than what was known was found.

    ``bound`` is below every plan; `NOTHING` when no plan at or below the cutoff of ``cost`` is
    left.
    """

    plan: Ints | None
    cost: float
    bound: Bound
    nodes: int


class _Bounded(NamedTuple):
    value: float
    state: lagrangian.MultiplierState
    cost: float
    plan: Ints


class _Tree:
    """The nodes still to branch, the least bound first, and the best plan so far."""

    def __init__(self, task: TreeTask) -> None:
        self.task = task
        self.heap: list[TreeNode] = []
        self.born = 0
        self.cost = task.known
        self.plan: Ints | None = None

    @property
    def cutoff(self) -> float:
        """Above this bound a node is of no interest."""
        return self.task.cutoff_of(self.cost)

    def take(self, child: _Bounded, *, least: float) -> None:
        """Keep a child's plan when it is the best, and the child when it may hold a better one."""
        if child.cost < self.cost:
            self.cost, self.plan = child.cost, child.plan
        value, state = max(child.value, least), child.state
        self.born += 1
        if value <= self.cutoff and not _is_leaf(state.status, self.task.p):
            multiplier = state.best_multiplier.astype(np.float32)
            node = TreeNode(value, self.born, state.status, multiplier, state.often)
            heapq.heappush(self.heap, node)

    def answer(self, bound: Bound) -> TreeAnswer:
        """Return the best plan with a bound."""
        return TreeAnswer(self.plan, self.cost, bound, nodes=self.born)


def solve_tree(task: TreeTask, *, report: Callable[[float, float], bool]) -> TreeAnswer:
    """Finish a p-median; ``report`` gets the best cost and the bound and may end the run."""
    tree = _Tree(task)
    status = np.zeros(task.pairs.n_sites, dtype=np.int8)
    root = TreeNode(-np.inf, 0, status, task.multiplier.astype(np.float32), task.often)
    tree.take(_bounded(task.pairs, task.p, root, tree.cutoff), least=-np.inf)
    with ThreadPoolExecutor(max_workers=1) as pool:
        while tree.heap and tree.heap[0].value <= tree.cutoff:
            node = heapq.heappop(tree.heap)
            if report(tree.cost, node.value):
                return tree.answer(Bound.at(node.value))
            first, second = _children(node)
            pairs = _pairs_of(task, node, tree.cutoff)
            second_bounded = pool.submit(_bounded, pairs, task.p, second, tree.cutoff)
            first_bounded = _bounded(pairs, task.p, first, tree.cutoff)
            tree.take(first_bounded, least=node.value)
            tree.take(second_bounded.result(), least=node.value)
    return tree.answer(NOTHING)


def _children(node: TreeNode) -> tuple[TreeNode, TreeNode]:
    """Fix the least sure site open in one child and closed in the other."""
    unsure = np.where(node.status == FREE, np.abs(node.often - 0.5), np.inf)
    site = int(np.argmin(unsure))
    opened, closed = node.status.copy(), node.status.copy()
    opened[site], closed[site] = OPEN, CLOSED
    return node._replace(status=opened), node._replace(status=closed)


def _is_leaf(status: Status, p: int) -> bool:
    left = p - int((status == OPEN).sum())
    return left <= 0 or int((status == FREE).sum()) <= left


def _state_of(node: TreeNode, *, factor: float) -> lagrangian.MultiplierState:
    multiplier = node.multiplier.astype(np.float64)
    state = lagrangian.new_multipliers(len(node.status), multiplier, factor=factor)
    state.status[:] = node.status
    state.often[:] = node.often
    return state


def _pairs_of(task: TreeTask, node: TreeNode, cutoff: float) -> MedianPairs:
    """Leave out the pairs that the node's multipliers and fixed sites rule out."""
    pairs, state = task.pairs, _state_of(node, factor=1.0)
    value, _, (taken, _), _ = lagrangian.evaluate(pairs, state, task.p)
    gap = cutoff - value + 1e-9 * (abs(value) + 1.0)
    offset, site, cost = _ruled(pairs, state, taken, gap)
    return pairs._replace(
        item_offset=offset,
        item_site=site,
        item_cost=cost,
        base=np.where(pairs.base - state.multiplier > gap, np.inf, pairs.base),
    )


@compiled
def _ruled(
    pairs: MedianPairs, state: lagrangian.MultiplierState, taken: float, gap: float
) -> tuple[Ints, Ints, Floats]:
    dearer = np.zeros(len(state.worth))
    # what the bound rises by when a site opens that the relaxed problem leaves closed
    for j in range(len(dearer)):
        if state.status[j] == FREE:
            dearer[j] = max(state.worth[j] - taken, 0.0) if np.isfinite(taken) else 0.0
        elif state.status[j] == CLOSED:
            dearer[j] = np.inf
    offset = np.zeros_like(pairs.item_offset)
    site = np.empty_like(pairs.item_site)
    cost = np.empty_like(pairs.item_cost)
    n_kept = 0
    for i in range(len(pairs.base)):
        for k in range(pairs.item_offset[i], pairs.item_offset[i + 1]):
            j = pairs.item_site[k]
            above = pairs.item_cost[k] - state.multiplier[i]
            # sorted by cost: all further pairs pass the cutoff too
            if above > gap:
                break
            # the pair may be in a better plan: keep it
            if max(above, 0.0) + dearer[j] <= gap:
                site[n_kept] = j
                cost[n_kept] = pairs.item_cost[k]
                n_kept += 1
            # an open site serves it at least this well: dearer ones never do
            if state.status[j] == OPEN:
                break
        offset[i + 1] = n_kept
    return offset, site[:n_kept].copy(), cost[:n_kept].copy()


def _bounded(pairs: MedianPairs, p: int, node: TreeNode, cutoff: float) -> _Bounded:
    """Raise the bound of a node; a leaf's only plan is counted."""
    state = _state_of(node, factor=FIRST_FACTOR)
    cost, plan = np.inf, np.empty(0, dtype=np.int64)
    if not _is_leaf(state.status, p):
        limits = (ROUNDS, MOST_WORK, MIN_FACTOR)
        cost, plan, _ = lagrangian.raise_bound(pairs, state, p, cutoff, limits)
    value = float(state.figures[0])
    n_open = int((state.status == OPEN).sum())
    if value <= cutoff and n_open <= p and _is_leaf(state.status, p):
        is_open = state.status >= (OPEN if n_open == p else FREE)
        at_leaf = float(cost_of(pairs, is_open))
        if at_leaf < cost:
            cost, plan = at_leaf, np.flatnonzero(is_open)
    return _Bounded(value=value, state=state, cost=float(cost), plan=np.asarray(plan))
