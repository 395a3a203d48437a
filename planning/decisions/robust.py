r"""How a plan stands when demand, stations and prices are not what was assumed.

Over D draws of the weights ``w^d``, and of the places that turn out not to work (each with the
probability p, required options aside), a plan P covers
``v_d(P) = sum_i w^d_i max_{j in P works in d} a_ij``. The question is solved again for each draw,
and what is found are candidates; the robust one has the greatest mean over its own worst tenth,

.. math::
   \max_P \ \frac{1}{k} \sum_{d \in W_k(P)} v_d(P), \quad k = \lceil D / 10 \rceil,

with ``W_k(P)`` the k draws in which P covers least: the conditional value at risk (Rockafellar and
Uryasev 2000) over the draws, among the candidates. Each draw goes on from the plan's own answer:
the same reduced items, multipliers and cuts, at other weights. Prices are moved by a part, all
alike, with the money as it is: what enters the plan then and what leaves it.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.messages import say
from planning.engine.checks import known
from planning.engine.params import Plan, SolveParams
from planning.engine.rules import best_cover
from planning.engine.solver import solve
from planning.engine.verify import broken_choice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planning.engine.problems import CoverageProblem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Least seconds for one draw, and the part of the time for all of them: what they leave goes to the
# worth of the plans and to the prices.
MIN_S, DRAWS_PART = 0.05, 0.85
# A hard draw may take so many times its share of the time that is left.
SHARES = 4
# How many draws are planned side by side: the engine's loops leave the interpreter free.
AT_ONCE = 2
# How many plans are counted over all draws at most, those found most often first.
MOST_CANDIDATES = 20
# The low and high percentile of a range.
LOW, HIGH = 5.0, 95.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Candidate:
    """A plan that was found, and how it stands over all draws.

    ``n_found`` is in how many draws it was the plan found; ``mean`` what it covers over the draws,
    ``worst`` the mean over its worst part of them.
    """

    chosen: Ints
    n_found: int
    mean: float
    worst: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {**vars(self), "chosen": self.chosen.tolist()}


@dataclass(frozen=True, eq=False, kw_only=True)
class PriceChange:
    """The plan when every price is ``factor`` times as high: what enters and what leaves.

    ``plan`` is None where no plan keeps the rules at those prices, or none was found in the time.
    """

    factor: float
    plan: Plan | None
    enters: Ints
    leaves: Ints

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "factor": self.factor,
            "objective": None if self.plan is None else self.plan.objective,
            "bound": None if self.plan is None else self.plan.bound,
            "enters": self.enters.tolist(),
            "leaves": self.leaves.tolist(),
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class Robustness:
    """How a plan stands over draws.

    Parameters
    ----------
    covered
        float64[n_draws], what the plan covers in each draw, with the places that work in it.
    best, bound
        float64[n_draws], what the plan made for each draw covers, all places working, and its
        bound; nan where there was none (`n_without`) or no time.
    option, share
        int64[k] and float64[k]: options of the plans made for the draws, and the share of those
        plans that hold each; the most frequent first.
    candidates
        the plans that keep all rules, the best in its worst draws first.
    planned
        the plan itself among them.
    prices
        what changes with the prices.
    n_without
        draws in which no plan keeps the rules.
    """

    covered: Floats
    best: Floats
    bound: Floats
    option: Ints
    share: Floats
    candidates: tuple[Candidate, ...]
    planned: Candidate
    prices: tuple[PriceChange, ...]
    n_without: int
    runtime_s: float

    @property
    def covered_range(self) -> tuple[float, float]:
        """The 5th and 95th percentile of what the plan covers."""
        low, high = np.percentile(self.covered, [LOW, HIGH])
        return float(low), float(high)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        made = np.isfinite(self.best)
        regret = (self.best - self.covered)[made]
        return {
            "n_draws": len(self.covered),
            "n_solved": int(made.sum()),
            "n_without": self.n_without,
            "covered_range": list(self.covered_range),
            "most_regret": float(regret.max(initial=0.0)),
            "options": [
                {"option": int(j), "share": float(share)}
                for j, share in zip(self.option, self.share, strict=True)
            ],
            "planned": self.planned.as_dict(),
            "candidates": [candidate.as_dict() for candidate in self.candidates],
            "prices": [price.as_dict() for price in self.prices],
            "runtime_s": self.runtime_s,
        }


def try_over_draws(
    problem: CoverageProblem,
    plan: Plan,
    *,
    draws: Draws,
    failing: npt.ArrayLike = 0.0,
    price_change: float = 0.2,
    worst_part: float = 0.1,
    params: SolveParams | None = None,
    on_progress: Callable[[str, float], None] | None = None,
) -> Robustness:
    """Solve a question again for draws of its weights, and count its plan in each of them.

    Parameters
    ----------
    problem
        the question as it is assumed.
    plan
        its answer, from which each draw begins.
    draws
        float64[n_draws, n_demand] weights, or a sequence that makes each row when it is asked for,
        by one of two threads.
    failing
        the probability with which each place does not work in a draw, required options aside: one
        for all, or float64[n_options].
    price_change
        by which part all prices rise and fall; 0: no look at prices.
    worst_part
        the part of the draws that is a plan's worst.
    params
        ``time_limit_s`` for all of it (past it the plan alone is counted in the draws that are
        left, and no other plan is ranked), ``gap`` for each draw, ``seed`` for the places that fail
        and for the engine; None: a minute, 0.5 %.
    on_progress
        is told what is done and the share of it.

    Returns
    -------
    Robustness
        for the same seeds the same, while the time suffices.

    Raises
    ------
    ProblemError
        For draws of another shape, a part outside [0, 1], or a plan without an objective.

    Examples
    --------
    Two draws in which another block is the busy one:

    >>> from planning import CoverageProblem, solve
    >>> from planning.decisions import try_over_draws
    >>> problem = CoverageProblem(
    ...     weights=[50.0, 40.0, 30.0], covers=[[1, 0, 0], [0, 1, 0], [0, 1, 1]], max_open=1
    ... )
    >>> draws = [[90.0, 10.0, 10.0], [10.0, 50.0, 40.0]]
    >>> found = try_over_draws(problem, solve(problem), draws=draws, price_change=0.0)
    >>> found.covered.tolist(), found.candidates[0].chosen.tolist(), found.candidates[0].worst
    ([20.0, 90.0], [2], 20.0)
    """
    params = params or SolveParams(time_limit_s=60.0, gap=0.005)
    begun = time.perf_counter()
    if not np.isfinite(plan.objective):
        raise ProblemError(say("draws are of a plan, and there is none: solve it first"))
    chance = np.broadcast_to(np.asarray(failing, dtype=np.float64), problem.n_options)
    ends = (float(chance.min(initial=0.0)), float(chance.max(initial=0.0)))
    for name, part in (*(("failing", end) for end in ends), ("worst_part", worst_part)):
        if not 0.0 <= part <= 1.0:
            raise ProblemError(say("{name} is {part}: give 0 to 1", name=name, part=part))
    if not 0.0 <= price_change < 1.0:
        raise ProblemError(say("price_change is {part}: give less than 1", part=price_change))
    weights = _Weights(draws, n_demand=problem.n_demand)
    works = _working(problem, n_draws=weights.n, failing=chance, seed=params.seed)
    tell = on_progress or (lambda _what, _share: None)
    made = _plans_of_draws(problem, plan, weights, begun=begun, params=params, tell=tell)
    counted = _chosen_ones(problem, plan, made.plans)
    end = begun + params.time_limit_s
    values = _values(
        problem,
        [chosen for chosen, _ in counted],
        weights,
        works,
        is_late=lambda: time.perf_counter() > end,
    )
    candidates = [
        Candidate(chosen=chosen, n_found=n, mean=float(own.mean()), worst=_worst(own, worst_part))
        for (chosen, n), own in zip(counted, values, strict=True)
        if not np.isnan(own).any()
    ]
    left_s = max(begun + params.time_limit_s - time.perf_counter(), MIN_S)
    factors = (1.0 - price_change, 1.0 + price_change) if price_change else ()
    prices = tuple(
        _at_prices(problem, plan, factor, params=replace(params, time_limit_s=left_s / 2))
        for factor in factors
    )
    tell(say("draws"), 1.0)
    times = Counter(j for chosen in made.plans for j in chosen.tolist())
    order = sorted(times, key=lambda j: (-times[j], j))
    return Robustness(
        covered=values[0],
        best=made.best,
        bound=made.bound,
        option=np.array(order, dtype=np.int64),
        share=np.array([times[j] / len(made.plans) for j in order]),
        candidates=tuple(sorted(candidates, key=lambda c: (-c.worst, -c.mean))),
        planned=candidates[0],
        prices=prices,
        n_without=made.n_without,
        runtime_s=time.perf_counter() - begun,
    )


class Draws(Protocol):
    """Weights of each draw: a matrix [n_draws, n_demand], or a sequence that makes each row."""

    def __len__(self) -> int:
        """How many draws there are."""

    def __getitem__(self, number: int, /) -> npt.ArrayLike:
        """float64[n_demand]: the weights of a draw."""


class _Weights:
    """The weights of each draw, checked where they are asked for."""

    def __init__(self, draws: Draws, *, n_demand: int) -> None:
        self._draws, self._n_demand = draws, n_demand
        self.n = len(draws)
        if not self.n:
            raise ProblemError(say("there is no draw: give one at least"))

    def __getitem__(self, number: int) -> Floats:
        weights = np.asarray(self._draws[number], dtype=np.float64)
        if weights.shape != (self._n_demand,):
            raise ProblemError(
                say(
                    "draw {number} has the shape {shape}: give {n_demand} weights",
                    number=number,
                    shape=str(weights.shape),
                    n_demand=self._n_demand,
                )
            )
        return weights


class _Made(NamedTuple):
    """The plans made for the draws, their values and bounds (nan: none)."""

    plans: list[Ints]
    best: Floats
    bound: Floats
    n_without: int


def _working(
    problem: CoverageProblem, *, n_draws: int, failing: Floats, seed: int
) -> npt.NDArray[np.bool_]:
    """bool[n_draws, n_options]: which options work; those of one place work or fail together."""
    n = problem.n_options
    place = (
        np.arange(n) if problem.site is None else np.unique(problem.site, return_inverse=True)[1]
    )
    rng = np.random.default_rng(seed)
    luck = rng.random((n_draws, int(place.max(initial=-1)) + 1))
    return np.asarray((luck[:, place] >= failing) | known(problem.required))


def _plans_of_draws(
    problem: CoverageProblem,
    plan: Plan,
    weights: _Weights,
    *,
    begun: float,
    params: SolveParams,
    tell: Callable[[str, float], None],
) -> _Made:
    best, bound = np.full(weights.n, np.nan), np.full(weights.n, np.nan)
    plans, n_without = [], 0
    end = begun + DRAWS_PART * params.time_limit_s

    def answered(number: int, *, start: Plan) -> Plan | None:
        left_s = end - time.perf_counter()
        if left_s <= 0.0:
            return None
        each_s = max(SHARES * AT_ONCE * left_s / (weights.n - number), MIN_S)
        one = replace(params, time_limit_s=each_s, start=start, on_progress=None)
        return solve(problem.with_weights(weights[number]), params=one)

    pool = ThreadPoolExecutor(max_workers=AT_ONCE)
    try:
        first = answered(0, start=plan)
        if plan.basis is None and first is not None:
            # a plan that was kept without: the first draw leaves what the others go on from
            plan = replace(plan, basis=first.basis)
        others = pool.map(partial(answered, start=plan), range(1, weights.n))
        for number, answer in enumerate(chain([first], others)):
            if answer is None:
                break
            n_without += answer.status == "infeasible"
            if math.isfinite(answer.objective):
                plans.append(answer.chosen)
                best[number], bound[number] = answer.objective, answer.bound
            tell(say("draws"), DRAWS_PART * (number + 1) / weights.n)
    finally:
        pool.shutdown(cancel_futures=True)
    return _Made(plans, best, bound, n_without)


def _chosen_ones(
    problem: CoverageProblem, plan: Plan, plans: Sequence[Ints]
) -> list[tuple[Ints, int]]:
    """Return the plan itself, then those found most often that keep the rules of the question."""
    times = Counter(tuple(chosen.tolist()) for chosen in plans)
    own = tuple(plan.chosen.tolist())
    kept = [(plan.chosen, times.pop(own, 0))]
    for options, n in sorted(times.items(), key=lambda item: (-item[1], item[0])):
        if len(kept) >= MOST_CANDIDATES:
            break
        chosen = np.array(options, dtype=np.int64)
        if not broken_choice(problem, chosen):
            kept.append((chosen, n))
    return kept


class _Counted:
    """A plan's rows beside what always works: what it adds to that.

    Items that its options cover alike are one: ``alike`` int64[k] is the number of that of each of
    ``items`` int64[k], ``value`` float64[n_chosen, n_alike] and ``base`` float64[n_alike] what the
    options and what always works cover of it.
    """

    def __init__(self, problem: CoverageProblem, chosen: Ints, base: Floats) -> None:
        rows = sp.csr_array(problem.covers[chosen])
        beyond = rows.data > base[rows.indices]
        row = np.repeat(np.arange(len(chosen)), np.diff(rows.indptr))[beyond]
        value = rows.data[beyond].astype(np.float64)
        self.items, at = np.unique(rows.indices[beyond], return_inverse=True)
        label = np.unique(base[self.items], return_inverse=True)[1]
        for k in range(len(chosen)):
            own, level = at[row == k], np.unique(value[row == k], return_inverse=True)[1]
            # what this option covers stands apart from what it does not, by how much of it
            apart = np.unique(label[own] * (len(own) + 1) + level, return_inverse=True)[1]
            label[own] = int(label.max(initial=0)) + 1 + apart
        _, first, self.alike = np.unique(label, return_index=True, return_inverse=True)
        self.chosen, self.base = chosen, base[self.items[first]]
        number = np.full(len(self.items), -1)
        number[first] = np.arange(len(first))
        kept = number[at] >= 0
        self.value = np.zeros((len(chosen), len(first)))
        self.value[row[kept], number[at[kept]]] = value[kept]

    def added(self, weights: Floats, works: npt.NDArray[np.bool_]) -> float:
        """Return the weight that the options that work add."""
        of_alike = np.bincount(self.alike, weights[self.items], minlength=len(self.base))
        best = self.value[works[self.chosen]].max(axis=0, initial=0.0)
        return float(of_alike @ np.maximum(best - self.base, 0.0))


def _values(
    problem: CoverageProblem,
    plans: Sequence[Ints],
    weights: _Weights,
    works: npt.NDArray[np.bool_],
    *,
    is_late: Callable[[], bool],
) -> Floats:
    """float64[n_plans, n_draws]: what each plan covers in each draw.

    From the draw on before which ``is_late``, only the first plan is counted, the others are nan.
    What is required works always and is in every plan: what it covers is counted once.
    """
    required = np.flatnonzero(known(problem.required))
    base = best_cover(problem.covers, required)
    counted = [_Counted(problem, np.setdiff1d(chosen, required), base) for chosen in plans]
    values = np.full((len(plans), weights.n), np.nan)

    def count(number: int) -> None:
        n_counted = 1 if is_late() else len(counted)
        drawn = weights[number]
        always = float(drawn @ base)
        for k, plan in enumerate(counted[:n_counted]):
            values[k, number] = always + plan.added(drawn, works[number])

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        list(pool.map(count, range(weights.n)))
    return values


def _worst(values: Floats, part: float) -> float:
    k = max(math.ceil(part * len(values) - 1e-9), 1)
    return float(np.sort(values)[:k].mean())


def _at_prices(
    problem: CoverageProblem, plan: Plan, factor: float, *, params: SolveParams
) -> PriceChange:
    """Solve with all prices moved and the money as it is."""
    limits = tuple(
        limit if limit.costs is None else replace(limit, costs=limit.costs * factor)
        for limit in problem.limits
    )
    costs = None if problem.costs is None else problem.costs * factor
    moved = replace(problem, costs=costs, limits=limits)
    answer = solve(moved, params=replace(params, start=plan, on_progress=None))
    found = answer if math.isfinite(answer.objective) else None
    chosen = plan.chosen if found is None else answer.chosen
    return PriceChange(
        factor=factor,
        plan=found,
        enters=np.setdiff1d(chosen, plan.chosen),
        leaves=np.setdiff1d(plan.chosen, chosen),
    )
