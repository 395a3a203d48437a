r"""Set covering (Toregas, Swain, ReVelle and Bergman 1971) and its partial form.

.. math::
   \min \sum_j c_j x_j \quad\text{with}\quad
   \sum_j a_{ij} x_j \ge 1 \ \text{for every item}, \qquad\text{or, partial,} \\
   y_i \le \sum_j a_{ij} x_j, \quad \sum_i w_i y_i \ge q \sum_i w_i, \quad
   \sum_{i \in F} w_i y_i \ge q_F \sum_{i \in F} w_i \ (\text{floor } F), \quad
   \sum_{j \in s} x_j \le 1 \ (\text{site } s), \quad x_j \in \{0, 1\}

Full cover: merge items of the same cover set, drop items that an easier one implies and options
that another makes needless, Lagrangian bound with greedy covers, and a search beside cuts on what
reduced costs leave (`search_and_bound`). A share alone: from both sides by maximal covering
(`partial_covering`). With sites or floors, or where it is small: a greedy plan, then HiGHS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.messages import say
from planning.engine.checks import known
from planning.engine.cover_arrays import CoverArrays, from_rows, merge_items
from planning.engine.lscp.lagrangian import bound_and_cover
from planning.engine.lscp.partial_covering import PartialRun, partial_task
from planning.engine.lscp.search_and_bound import CoverSearch, is_whole
from planning.engine.mip import MipModel, solve_mip
from planning.engine.proven import Bound, Draft, contradicted, whole_above

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.clock import Clock
    from planning.engine.params import SolveParams
    from planning.engine.problems import SetCoverProblem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

BOUND_ROUNDS = 4_000
# A share may lack this part of the whole weight: what sums may lose.
LACK = 1e-9
# Up to so many pairs of option and item the programme answers the partial form at once.
MIN_PARTIAL_PAIRS = 2_000
# Work up to which pairs of items and of options are compared for dominance, and of it in a second.
MAX_PAIRS_COMPARED, PAIRS_COMPARED_PER_S = 30_000_000, 100_000_000


class CoverChoice(NamedTuple):
    """A choice of free options (None: none was found) and what is proved of all their costs."""

    chosen: Ints | None
    bound: Bound
    method: str


def solve_set_covering(problem: SetCoverProblem, *, params: SolveParams, clock: Clock) -> Draft:
    """Solve a `SetCoverProblem`; see the module for the steps."""
    required = np.flatnonzero(known(problem.required))
    costs = np.asarray(problem.costs, dtype=np.float64)
    free = _free_options(problem)
    if free is None:
        return contradicted(say("two required options share a site"))
    reason = _out_of_reach(problem, np.r_[required, free])
    if reason is not None:
        return contradicted(reason)
    paid = float(costs[required].sum())
    whole = problem.share >= 1.0 and not _has_sites(problem, free) and not problem.floors
    if whole:
        done_items = np.zeros(problem.covers.shape[1], dtype=np.bool_)
        done_items[_covered(problem, required)] = True
        covers = _without_zeros(problem)
        merged = merge_items(
            covers.indptr,
            covers.indices,
            np.ones(problem.covers.shape[1]),
            options=free,
            removed=done_items,
            labels=np.zeros(problem.covers.shape[1], dtype=np.int64),
        )
        choice = cheapest_cover(merged.cover, costs[free], params=params, clock=clock, paid=paid)
    else:
        shared = _share(problem, free, params=params, clock=clock, paid=paid)
        choice = shared or _partial(problem, free, params=params, clock=clock, paid=paid)
    if choice.bound.is_nothing and choice.chosen is None:
        return contradicted(
            say("the share and the floors cannot be met with at most one option a site"),
            method=choice.method,
        )
    return Draft(
        chosen=None if choice.chosen is None else np.r_[required, free[choice.chosen]],
        bound=choice.bound.plus(paid),
        method=choice.method,
        reasons=()
        if choice.chosen is not None
        else (say("no plan was found in the time: give more"),),
    )


def _without_zeros(problem: SetCoverProblem) -> sp.csr_array:
    """Return the cover matrix without stored zeros, which cover nobody."""
    covers = sp.csr_array(problem.covers)
    if not covers.data.all():
        covers = covers.copy()
        covers.eliminate_zeros()
    return covers


def _covered(problem: SetCoverProblem, options: Ints) -> Mask:
    rows = sp.csr_array(problem.covers[options])
    rows.eliminate_zeros()
    covered = np.zeros(problem.covers.shape[1], dtype=np.bool_)
    covered[rows.indices] = True
    return covered


def _out_of_reach(problem: SetCoverProblem, options: Ints) -> str | None:
    """Name the item, share or floor that all allowed options together do not reach."""
    reachable = _covered(problem, options)
    weights = np.asarray(problem.weights, dtype=np.float64)
    if problem.share >= 1.0 and not reachable.all():
        return say(
            "demand item {item} is covered by no allowed option", item=np.flatnonzero(~reachable)[0]
        )
    total, most = float(weights.sum()), float(weights[reachable].sum())
    if most < (problem.share - LACK) * total:
        return say(
            "the share asked for is {asked_percent:.4g} % and all allowed options "
            "together cover {most_percent:.4g} %",
            asked_percent=100 * problem.share,
            most_percent=100 * most / total,
        )
    for number, floor in enumerate(problem.floors):
        whole = float(weights[floor.members].sum())
        most = float(weights[floor.members & reachable].sum())
        if most < (floor.min_share - LACK) * whole:
            return say(
                "floor {floor} asks for {asked_percent:.4g} % and all "
                "allowed options together cover {most_percent:.4g} %",
                floor=floor.name or number,
                asked_percent=100 * floor.min_share,
                most_percent=100 * most / whole,
            )
    return None


def _free_options(problem: SetCoverProblem) -> Ints | None:
    """Return the options left to decide; None when two required ones share a site."""
    required, forbidden = known(problem.required), known(problem.forbidden)
    free = ~required & ~forbidden
    if problem.site is not None:
        taken = problem.site[required]
        if len(np.unique(taken)) < len(taken):
            return None
        free &= ~np.isin(problem.site, taken)
    return np.flatnonzero(free)


def _has_sites(problem: SetCoverProblem, free: Ints) -> bool:
    return problem.site is not None and len(np.unique(problem.site[free])) < len(free)


def cheapest_cover(
    cover: CoverArrays, costs: Floats, *, params: SolveParams, clock: Clock, paid: float = 0.0
) -> CoverChoice:
    """Cover every item at least cost.

    The bound is a true one even when the time runs out.
    """
    if cover.n_items == 0:
        return CoverChoice(np.empty(0, dtype=np.int64), Bound.at(0.0), "reduction")
    reduced, kept = without_dominated(cover, costs, left_s=lambda: clock.left_s)
    costs = costs[kept]
    whole = is_whole(costs)
    rounded = whole_above if whole else float
    state = bound_and_cover(
        reduced,
        costs,
        most_rounds=BOUND_ROUNDS,
        grain=1.0 if whole else 0.0,
        is_over=lambda now: clock.tick(now.cost + paid, rounded(now.bound) + paid),
    )
    run = CoverSearch(reduced, costs, state, params=params, clock=clock, paid=paid)
    run.search_and_bound()
    return CoverChoice(kept[np.flatnonzero(run.chosen)], Bound.at(run.lower), run.method)


def without_dominated(
    cover: CoverArrays, costs: Floats, *, left_s: Callable[[], float]
) -> tuple[CoverArrays, Ints]:
    """Drop items that an easier item implies and options that a better one replaces.

    Returns the smaller arrays and the options kept. Nothing is dropped where comparing would take
    more work than it saves, or more time than ``left_s`` tells.
    """
    options = np.arange(cover.n_options)
    matrix = sp.csr_array(
        (np.ones(len(cover.option_item), dtype=np.int32), cover.option_item, cover.option_offset),
        shape=(cover.n_options, cover.n_items),
    )
    before = (-1, -1)
    while matrix.shape != before:
        before = matrix.shape
        items = sp.csr_array(matrix.T)
        if _comparable(items, left_s()):
            matrix = sp.csr_array(matrix[:, ~_implied(items)])
        if _comparable(matrix, left_s()):
            replaced = _replaced(matrix, costs[options])
            matrix, options = sp.csr_array(matrix[~replaced]), options[~replaced]
    matrix.sort_indices()
    smaller = from_rows(
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int32),
        np.ones(matrix.shape[1]),
    )
    return smaller, options


def _comparable(rows: sp.csr_array, left_s: float) -> bool:
    """Whether comparing all rows that share a column takes less than it may save and there is."""
    of_column = np.bincount(rows.indices, minlength=rows.shape[1]).astype(np.int64)
    most = min(MAX_PAIRS_COMPARED, int(PAIRS_COMPARED_PER_S * min(left_s, 1.0)))
    return int((of_column**2).sum()) <= most


def _pairs_inside(rows: sp.csr_array) -> tuple[Ints, Ints]:
    """Return pairs (a, b), a != b, where the row a lies inside the row b."""
    shared = sp.coo_array(rows @ rows.T)
    size = np.diff(rows.indptr)
    inside = (shared.data == size[shared.row]) & (shared.row != shared.col)
    return shared.row[inside].astype(np.int64), shared.col[inside].astype(np.int64)


def _implied(items: sp.csr_array) -> Mask:
    """Mark items whose options include all options of another: covering that covers these."""
    small, large = _pairs_inside(items)
    size = np.diff(items.indptr)
    implied = np.zeros(items.shape[0], dtype=np.bool_)
    implied[large[(size[small] < size[large]) | (small < large)]] = True
    return implied


def _replaced(options: sp.csr_array, costs: Floats) -> Mask:
    """Mark options that another one, not dearer, replaces in every cover."""
    small, large = _pairs_inside(options)
    size = np.diff(options.indptr)
    better = (size[small] < size[large]) | (costs[large] < costs[small]) | (large < small)
    replaced: Mask = np.array(size == 0, dtype=np.bool_)
    replaced[small[(costs[large] <= costs[small]) & better]] = True
    return replaced


def _share(
    problem: SetCoverProblem, free: Ints, *, params: SolveParams, clock: Clock, paid: float
) -> CoverChoice | None:
    """Cover a share alone, from both sides; None where the programme answers at once or must."""
    if problem.share >= 1.0 or problem.floors or _has_sites(problem, free):
        return None
    weights = np.asarray(problem.weights, dtype=np.float64)
    done_items = _covered(problem, np.flatnonzero(known(problem.required)))
    need = (problem.share - LACK) * float(weights.sum()) - float(weights[done_items].sum())
    covers = _without_zeros(problem)
    cover = merge_items(
        covers.indptr,
        covers.indices,
        weights,
        options=free,
        removed=done_items,
        labels=np.zeros(len(weights), dtype=np.int64),
    ).cover
    if len(cover.option_item) <= MIN_PARTIAL_PAIRS or need <= 0.0:
        return None
    costs = np.asarray(problem.costs, dtype=np.float64)[free]
    run = PartialRun(partial_task(cover, costs, need), params=params, clock=clock, paid=paid)
    if not run.reached:
        return None
    run.search_and_bound()
    if not run.done and clock.left_s > 0.0:
        (run.decide if run.task.same else run.finish)()
    clock.report(run.cost + paid, run.lower + paid)
    return CoverChoice(run.chosen, Bound.at(run.lower), run.method)


def _partial(
    problem: SetCoverProblem, free: Ints, *, params: SolveParams, clock: Clock, paid: float
) -> CoverChoice:
    """Solve the partial form, or the full one with several options a site, by HiGHS."""
    model = _partial_model(problem, free)
    costs = model.cost[: len(free)]
    start = _cheap_point(model, len(free))
    if start is not None and float(costs @ start[: len(free)]) <= 0.0:
        return CoverChoice(np.flatnonzero(start[: len(free)]), Bound.at(0.0), "greedy")
    answer = solve_mip(
        model,
        time_limit_s=clock.left_s,
        gap=params.gap,
        start=start,
        seed=params.seed,
        on_progress=lambda value, low: clock.report(value + paid, low + paid),
        is_plan=lambda values: _is_enough(model, values[: len(free)]),
    )
    if answer.bound.is_nothing and start is None:
        return CoverChoice(None, answer.bound, "programme")
    whole = bool((costs == np.floor(costs)).all())
    bound = max(answer.bound.figure(absent=0.0, nothing=0.0), 0.0)
    bound = whole_above(bound) if whole else bound
    best = None if start is None else start[: len(free)]
    opened = None if answer.values is None else answer.values[: len(free)]
    # HiGHS' tolerances may take a choice that lacks a trifle
    if opened is not None and _is_enough(model, opened):
        best = opened if best is None or costs @ opened <= costs @ best else best
    chosen = None if best is None else np.flatnonzero(best > 0.5)  # noqa: PLR2004 - binary
    return CoverChoice(chosen, Bound.at(bound), "greedy, programme")


def _is_enough(model: MipModel, opened: Floats) -> bool:
    """Whether what the options cover meets every need of the partial form."""
    n_options = len(opened)
    n_items = len(model.cost) - n_options
    covered = (model.matrix[:n_items, :n_options] @ opened > 0.0).astype(np.float64)
    kept = model.matrix @ np.r_[opened, covered] >= model.row_lower
    return bool(kept.all() and (covered >= model.lower[n_options:]).all())


def _cheap_point(model: MipModel, n_options: int) -> Floats | None:
    """Return a feasible point of the partial form by greedy; None when the greedy ends short.

    What counts of an option is what it adds to all that is still lacking, for its cost.
    """
    n_items = len(model.cost) - n_options
    covers = sp.csr_array(model.matrix[:n_items, :n_options].T)
    sides = sp.csr_array(model.matrix[n_items:])
    is_need = np.isfinite(model.row_lower[n_items:])
    needs = sides[np.flatnonzero(is_need)][:, n_options:].toarray()
    lacking = model.row_lower[n_items:][is_need].copy()
    if model.lower[n_options:].any():
        # every item must be covered, whatever it weighs
        needs = np.vstack([needs, np.ones(n_items)])
        lacking = np.r_[lacking, float(n_items)]
    site = sp.csr_array(sides[np.flatnonzero(~is_need)][:, :n_options].T)
    costs = np.maximum(model.cost[:n_options], 1e-12 * float(model.cost.max(initial=1.0)))
    opened, uncovered = np.zeros(n_options), np.ones(n_items)
    barred = np.zeros(n_options, dtype=np.bool_)
    whole = np.maximum(lacking, 1e-300)
    while (lacking > 0.0).any():
        worth = ((np.maximum(lacking, 0.0) > 0.0) / whole) @ (needs * uncovered)
        gains = np.where(barred, 0.0, (covers @ worth) / costs)
        best = int(gains.argmax()) if len(gains) else 0
        if not len(gains) or gains[best] <= 0.0:
            return None
        opened[best], barred[best] = 1.0, True
        items = covers.indices[covers.indptr[best] : covers.indptr[best + 1]]
        lacking -= needs[:, items] @ uncovered[items]
        uncovered[items] = 0.0
        if site.shape[1]:
            barred |= (site @ site[[best]].toarray().ravel()) > 0.0
    return np.asarray(np.r_[opened, 1.0 - uncovered], dtype=np.float64)


def _partial_model(problem: SetCoverProblem, free: Ints) -> MipModel:
    """Options first, then one cover variable for each merged item."""
    weights = np.asarray(problem.weights, dtype=np.float64)
    fixed_items = _covered(problem, np.flatnonzero(known(problem.required)))
    full = problem.share >= 1.0
    wanted = [(np.ones(len(weights), dtype=np.bool_), problem.share)]
    wanted += [(floor.members, floor.min_share) for floor in problem.floors]
    labels = np.zeros(len(weights), dtype=np.int64)
    for members, _ in wanted:
        labels = np.unique(2 * labels + members, return_inverse=True)[1]
    covers = _without_zeros(problem)
    merged = merge_items(
        covers.indptr,
        covers.indices,
        np.ones(len(weights)) if full else weights,
        options=free,
        removed=fixed_items,
        labels=labels,
    )
    cover, m, n = merged.cover, merged.cover.n_items, len(free)
    inside = merged.item_of >= 0
    options = sp.csr_array(
        (np.ones(len(cover.item_option)), cover.item_option, cover.item_offset), shape=(m, n)
    )
    blocks = [sp.hstack([options, -sp.eye_array(m)])]
    lower = [np.zeros(m)]
    upper = [np.full(m, np.inf)]
    for members, share in wanted:
        part = np.where(members & inside, weights, 0.0)
        row = np.bincount(merged.item_of[inside], weights=part[inside], minlength=m)
        whole = float(weights[members].sum())
        need = share * whole - float(weights[members & fixed_items].sum())
        blocks.append(sp.csr_array(np.r_[np.zeros(n), row][None, :]))
        lower.append(np.array([need - LACK * whole]))
        upper.append(np.array([np.inf]))
    if problem.site is not None:
        _, site = np.unique(problem.site[free], return_inverse=True)
        shape = (int(site.max(initial=-1)) + 1, n + m)
        blocks.append(sp.csr_array((np.ones(n), (site, np.arange(n))), shape=shape))
        lower.append(np.full(shape[0], -np.inf))
        upper.append(np.ones(shape[0]))
    costs = np.asarray(problem.costs, dtype=np.float64)
    return MipModel(
        cost=np.r_[costs[free], np.zeros(m)],
        lower=np.r_[np.zeros(n), np.full(m, 1.0 if full else 0.0)],
        upper=np.ones(n + m),
        integer=np.r_[np.ones(n, dtype=np.bool_), np.zeros(m, dtype=np.bool_)],
        matrix=sp.csr_array(sp.vstack(blocks)),
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
    )
