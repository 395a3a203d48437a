"""Branch and bound on the Lagrangian bound of a p-median: the last of the gap, exactly.

A node is what is known of each site, and prices to start from. The node with the least bound is
branched on the site of which the relaxed problem is least sure: open in one child, closed in the
other. Both children are bounded side by side on two threads.
"""

from __future__ import annotations

import heapq
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planning import median_prices
from planning.median_prices import CLOSED, FREE, OPEN
from planning.median_swaps import cost_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.median_pairs import MedianPairs

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Status = npt.NDArray[np.int8]

# How each child's bound is raised: rounds, factor of the first step, factor at which it rests.
ROUNDS = 60
FIRST_FACTOR = 0.3
LEAST_FACTOR = 0.01
NO_LIMIT = 2**62


class TreeNode(NamedTuple):
    """Sorted by ``value``, the bound, and then by ``number``, its place in the order of birth."""

    value: float
    number: int
    status: Status
    price: npt.NDArray[np.float32]
    often: Floats


class TreeTask(NamedTuple):
    """A p-median to finish: ``price`` to start from, ``known`` the best plan's cost so far.

    ``cutoff_of`` tells, for the best cost, above which bound a node is of no interest.
    """

    pairs: MedianPairs
    p: int
    price: Floats
    often: Floats
    known: float
    cutoff_of: Callable[[float], float]


class TreeAnswer(NamedTuple):
    """``plan`` is None when nothing better than what was known was found.

    ``bound`` is below every plan when ``finished`` is False; when True, no plan at or below the
    cutoff of ``cost`` is left.
    """

    plan: Ints | None
    cost: float
    bound: float
    finished: bool
    nodes: int


class _Bounded(NamedTuple):
    value: float
    state: median_prices.PriceState
    cost: float
    plan: Ints


def solve_tree(task: TreeTask, *, report: Callable[[float, float], bool]) -> TreeAnswer:
    """Finish a p-median; ``report`` gets the best cost and the bound and may end the run."""
    best_cost, best_plan = task.known, None
    n = task.pairs.n_sites
    root = TreeNode(
        -np.inf, 0, np.zeros(n, dtype=np.int8), task.price.astype(np.float32), task.often
    )
    heap, born = [root], 1
    with ThreadPoolExecutor(max_workers=1) as pool:
        while heap:
            node = heapq.heappop(heap)
            if node.value > task.cutoff_of(best_cost):
                return TreeAnswer(best_plan, best_cost, node.value, finished=True, nodes=born)
            if report(best_cost, node.value):
                return TreeAnswer(best_plan, best_cost, node.value, finished=False, nodes=born)
            cutoff = task.cutoff_of(best_cost)
            first, second = _children(node)
            other = pool.submit(_bounded, task, second, cutoff)
            for child in (_bounded(task, first, cutoff), other.result()):
                if child.cost < best_cost:
                    best_cost, best_plan = child.cost, child.plan
                value = max(child.value, node.value)
                if value <= task.cutoff_of(best_cost) and not _is_leaf(child.state.status, task.p):
                    heapq.heappush(heap, _node(child.state, value, born))
                    born += 1
    cutoff = task.cutoff_of(best_cost)
    return TreeAnswer(best_plan, best_cost, cutoff, finished=True, nodes=born)


def _node(state: median_prices.PriceState, value: float, number: int) -> TreeNode:
    return TreeNode(value, number, state.status, state.best_price.astype(np.float32), state.often)


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


def _bounded(task: TreeTask, node: TreeNode, cutoff: float) -> _Bounded:
    """Raise the bound of a node; a leaf's only plan is counted."""
    state = median_prices.new_prices(
        task.pairs.n_sites, node.price.astype(np.float64), factor=FIRST_FACTOR
    )
    state.status[:] = node.status
    state.often[:] = node.often
    cost, plan = np.inf, np.empty(0, dtype=np.int64)
    if not _is_leaf(state.status, task.p):
        limits = (ROUNDS, NO_LIMIT, LEAST_FACTOR)
        cost, plan, _ = median_prices.raise_bound(task.pairs, state, task.p, cutoff, limits)
    value = float(state.figures[0])
    if value <= cutoff and _is_leaf(state.status, task.p):
        n_open = int((state.status == OPEN).sum())
        is_open = state.status >= (OPEN if n_open >= task.p else FREE)
        if n_open <= task.p:
            at_leaf = float(cost_of(task.pairs, is_open))
            if at_leaf < cost:
                cost, plan = at_leaf, np.flatnonzero(is_open)
    return _Bounded(value=value, state=state, cost=float(cost), plan=np.asarray(plan))
