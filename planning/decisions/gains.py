r"""What each chosen option of a plan does, and for whom.

With the best cover ``b_i(S) = max_{j in S} a_ij`` of item i by a set of options S, the plan P in an
order ``j_1, j_2, ...`` and all options A that are allowed:

.. math::
   \text{adds}(j_k) &= \sum_i w_i \, [b_i(\{j_1..j_k\}) - b_i(\{j_1..j_{k-1}\})] \\
   \text{lost}(j) &= \sum_i w_i \, [b_i(P) - b_i(P \setminus j)] \\
   \text{only here}(j) &= \sum_i w_i \, [b_i(A) - b_i(A \setminus j)]

What the options add sums to what the plan covers; what is lost without one counts no item that
another chosen option serves as well, and what is had only here none that any other allowed option
could serve.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.messages import say
from planning.engine.checks import known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.engine.problems import CoverageProblem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class ClassGains:
    """The gains of all options by the classes of one label: groups, districts, hours.

    Each is float64[n_chosen, n_classes], in the order of `Gains.option`.
    """

    adds: Floats
    lost: Floats
    only_here: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class Gains:
    """What every chosen option does, in the order in which the gains are counted.

    Parameters
    ----------
    option
        int64[n_chosen]; required options first, then by what each adds.
    reaches
        float64[n_chosen], the weight that the option covers by itself.
    adds
        what it covers and those before it do not; the sum is what the plan covers.
    lost
        what the plan loses without it.
    only_here
        what no other allowed option of the problem could serve, chosen or not.
    by
        the same by the classes of each label that was given.
    """

    option: Ints
    reaches: Floats
    adds: Floats
    lost: Floats
    only_here: Floats
    by: Mapping[str, ClassGains]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        rows = [
            {
                "option": int(self.option[k]),
                "reaches": float(self.reaches[k]),
                "adds": float(self.adds[k]),
                "lost": float(self.lost[k]),
                "only_here": float(self.only_here[k]),
                "by": {
                    name: {
                        "adds": gains.adds[k].tolist(),
                        "lost": gains.lost[k].tolist(),
                        "only_here": gains.only_here[k].tolist(),
                    }
                    for name, gains in self.by.items()
                },
            }
            for k in range(len(self.option))
        ]
        return {"options": rows}


def measure_gains(
    problem: CoverageProblem,
    chosen: npt.ArrayLike,
    *,
    labels: Mapping[str, npt.ArrayLike] | None = None,
    order: npt.ArrayLike | None = None,
) -> Gains:
    """Count what each chosen option adds, what is lost without it, and what only it can serve.

    Parameters
    ----------
    problem
        its weights, cover and marks; limits are not looked at.
    chosen
        option numbers.
    labels
        int[n_demand] for each name: the class of every item, counted from 0; -1 is none.
    order
        the chosen options in the order in which ``adds`` is counted (by year, say); None: required
        ones as they come, then always the one that adds most (ties: the lower number).

    Returns
    -------
    Gains
        float64 weights, workers as a rule.

    Raises
    ------
    ProblemError
        For an option that does not exist, an order of other options, or labels of another length.

    Examples
    --------
    >>> from planning import CoverageProblem
    >>> from planning.decisions import measure_gains
    >>> covers = [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]
    >>> problem = CoverageProblem(weights=[10.0, 20.0, 30.0, 5.0], covers=covers)
    >>> gains = measure_gains(problem, [0, 1], labels={"side": [0, 0, 1, 1]})
    >>> gains.option.tolist(), gains.adds.tolist(), gains.lost.tolist()
    ([1, 0], [50.0, 10.0], [30.0, 10.0])
    >>> gains.only_here.tolist(), gains.by["side"].adds.tolist()
    ([0.0, 10.0], [[20.0, 30.0], [10.0, 0.0]])
    """
    options = _checked_options(chosen, n_options=problem.n_options)
    rows = _entries(problem.covers, options)
    ranked = _order(problem, options, rows) if order is None else _given(order, options)
    place = np.argsort(np.searchsorted(options, ranked))  # the rank of each chosen option
    rank, item, value = place[rows.row], rows.item, rows.value
    worth = problem.weights[item]
    adds = worth * _first_gains(rank, item, value)
    lost = worth * _own_parts(item, value, n_demand=problem.n_demand)
    mine = np.flatnonzero(known(problem.forbidden) == 0)
    every = _entries(problem.covers, np.union1d(mine, options))
    of_all = np.union1d(mine, options)[every.row]
    held = _own_parts(every.item, every.value, n_demand=problem.n_demand)
    keep = np.isin(of_all, options) & (held > 0.0)
    only_rank = place[np.searchsorted(options, of_all[keep])]
    only_item, only = every.item[keep], problem.weights[every.item[keep]] * held[keep]
    n = len(options)
    by = {}
    for name, given in (labels or {}).items():
        label = _checked_labels(given, name=name, n_demand=problem.n_demand)
        by[name] = ClassGains(
            adds=_by_class(rank, label[item], adds, n, label),
            lost=_by_class(rank, label[item], lost, n, label),
            only_here=_by_class(only_rank, label[only_item], only, n, label),
        )
    return Gains(
        option=ranked,
        reaches=_sums(rank, worth * value, n),
        adds=_sums(rank, adds, n),
        lost=_sums(rank, lost, n),
        only_here=_sums(only_rank, only, n),
        by=MappingProxyType(by),
    )


@dataclass(frozen=True, eq=False)
class _Entries:
    """The entries of some rows of a cover matrix, zeros left out."""

    row: Ints
    item: Ints
    value: Floats


def _entries(covers: sp.csr_array, options: Ints) -> _Entries:
    part = sp.csr_array(covers[options])
    row = np.repeat(np.arange(len(options)), np.diff(part.indptr))
    value = part.data.astype(np.float64)
    some = value > 0.0
    return _Entries(row[some], part.indices[some].astype(np.int64), value[some])


def _sums(row: Ints, values: Floats, n: int) -> Floats:
    return np.asarray(np.bincount(row, weights=values, minlength=n), dtype=np.float64)


def _by_class(row: Ints, label: Ints, values: Floats, n: int, all_labels: Ints) -> Floats:
    n_classes = int(all_labels.max(initial=-1)) + 1
    some = label >= 0
    flat = row[some] * n_classes + label[some]
    return _sums(flat, values[some], n * n_classes).reshape(n, n_classes)


def _own_parts(item: Ints, value: Floats, *, n_demand: int) -> Floats:
    """Return what each entry gives its item beyond the best other entry, 0 where that is no less.

    One pass for the best, one for how many have it, one for the second best.
    """
    best, second = np.zeros(n_demand), np.zeros(n_demand)
    np.maximum.at(best, item, value)
    is_best = value == best[item]
    alone = np.bincount(item[is_best], minlength=n_demand) == 1
    np.maximum.at(second, item[~is_best], value[~is_best])
    return np.where(is_best & alone[item], value - second[item], 0.0)


def _first_gains(rank: Ints, item: Ints, value: Floats) -> Floats:
    """Return what each entry adds to the best of its item's entries of a lower rank."""
    order = np.lexsort((rank, item))
    sorted_item, sorted_value = item[order], value[order]
    gains = np.zeros(len(order))
    starts = np.r_[True, sorted_item[1:] != sorted_item[:-1]] if len(order) else np.empty(0, bool)
    # values are at most 1: a step of 2 an item keeps the running best within the item
    step = 2.0 * np.cumsum(starts)
    best = np.maximum.accumulate(sorted_value + step) - step if len(order) else sorted_value
    before = np.where(starts, 0.0, np.r_[0.0, best[:-1]]) if len(order) else best
    gains[order] = np.maximum(sorted_value - before, 0.0)
    return gains


def _order(problem: CoverageProblem, options: Ints, rows: _Entries) -> Ints:
    """Return required options as they come, then always the one that adds most.

    Gains only fall while options open (coverage is submodular), so that an option whose gain was
    counted anew and is still the greatest is the next one (Minoux 1978).
    """
    begin = np.searchsorted(rows.row, np.arange(len(options) + 1))
    best = np.zeros(problem.n_demand)

    def gain(k: int) -> float:
        part = slice(begin[k], begin[k + 1])
        item = rows.item[part]
        return float(problem.weights[item] @ np.maximum(rows.value[part] - best[item], 0.0))

    def take(k: int) -> None:
        part = slice(begin[k], begin[k + 1])
        best[rows.item[part]] = np.maximum(best[rows.item[part]], rows.value[part])

    is_required = known(problem.required)[options]
    ranked = np.flatnonzero(is_required).tolist()
    for k in ranked:
        take(k)
    heap = [(-gain(k), k) for k in np.flatnonzero(~is_required).tolist()]
    heapq.heapify(heap)
    while heap:
        _, k = heapq.heappop(heap)
        now = (-gain(k), k)
        if heap and now > heap[0]:
            heapq.heappush(heap, now)
            continue
        ranked.append(k)
        take(k)
    return options[np.array(ranked, dtype=np.int64)]


def _checked_options(chosen: npt.ArrayLike, *, n_options: int) -> Ints:
    options = np.unique(np.asarray(chosen, dtype=np.int64))
    outside = options[(options < 0) | (options >= n_options)]
    if len(outside):
        raise ProblemError(
            say(
                "option {option} is chosen and there are {n_options}: count from 0",
                option=int(outside[0]),
                n_options=n_options,
            )
        )
    return options


def _given(order: npt.ArrayLike, options: Ints) -> Ints:
    ranked = np.asarray(order, dtype=np.int64)
    if not np.array_equal(np.sort(ranked), options):
        raise ProblemError(say("order holds other options than the plan: give each of them once"))
    return ranked


def _checked_labels(given: npt.ArrayLike, *, name: str, n_demand: int) -> Ints:
    label = np.asarray(given)
    if label.shape != (n_demand,) or not np.issubdtype(label.dtype, np.integer):
        raise ProblemError(
            say(
                "labels {name!r} must hold {n_demand} whole numbers, one for each demand item",
                name=name,
                n_demand=n_demand,
            )
        )
    return label.astype(np.int64)
