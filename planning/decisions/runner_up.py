r"""Why here and not there: for each chosen option the best plan that does without it.

*By one exchange*, exact among exchanges: option a of the plan P closes, and at most one option b
opens that keeps every rule. With ``u_i`` how many chosen options cover item i, what P is worth
changes by

.. math::
   -\sum_{i:\ u_i = 1,\ a \ni i} w_i
   + \sum_{i \in b,\ u_i = 0} w_i + \sum_{i \in b,\ u_i = 1,\ a \ni i} w_i ,

for all pairs (a, b) at once one product of sparse matrices; floors are counted in the same way.

*By a new plan*: the question is solved again with a forbidden, from the exchange. With V the best
value, ``l <= V <= u``, and ``l', u'`` those of the question without a, taking the runner-up costs
``max(0, l - u') <= V - V' <= u - l'``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.messages import say
from planning.decisions.turns import Turns
from planning.engine.checks import known
from planning.engine.mclp.gradual import expand_levels
from planning.engine.objectives import covered_weight
from planning.engine.rules import MOST, SAME, amounts_of, rules_of, uses_of
from planning.engine.solver import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.params import Plan, SolveParams
    from planning.engine.problems import CoverageProblem
    from planning.engine.rules import Use

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Neighbour:
    """An option that would do more in place of a chosen one, and the rules that keep it out.

    ``changes`` is what the plan would be worth more (or less) with it; ``breaks`` are the rules
    that the plan would break then, with what it would use of each: at least one.
    """

    option: int
    changes: float
    breaks: tuple[Use, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "option": self.option,
            "changes": self.changes,
            "breaks": [use.as_dict() for use in self.breaks],
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class RunnerUp:
    """The best plans that do without one chosen option.

    Parameters
    ----------
    option
        the chosen option.
    without
        int64[k], what is forbidden with it: the options of the same way.
    swap
        the option that takes its place in the best exchange; None: nothing does, or
        ``swap_chosen`` is None too, and no exchange keeps the rules.
    swap_chosen, swap_objective
        the plan of that exchange, and what it is worth; None and nan where there is none.
    plan
        the question solved again, where there was time; its objective is never below that of the
        exchange. None: not asked, or no plan keeps the rules without the option (`is_needed`).
    is_needed
        whether it is proved that no plan keeps the rules without it.
    costs_least, costs_most
        proved ends of what taking the runner-up costs against the best plan; inf where the option
        is needed, nan where nothing is known.
    neighbour
        the option that would do most in its place if no rule were in the way, where that is more
        than the best exchange: why not the neighbour. None: nothing would.
    """

    option: int
    without: Ints
    swap: int | None
    swap_chosen: Ints | None
    swap_objective: float
    plan: Plan | None
    is_needed: bool
    costs_least: float
    costs_most: float
    neighbour: Neighbour | None

    @property
    def chosen(self) -> Ints | None:
        """The runner-up: the options of the best plan known without this one."""
        return self.swap_chosen if self.plan is None else self.plan.chosen

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        chosen = self.chosen
        ends = self.costs_least, self.costs_most
        least, most = (end if math.isfinite(end) else None for end in ends)
        return {
            "option": self.option,
            "without": self.without.tolist(),
            "swap": self.swap,
            "chosen": None if chosen is None else chosen.tolist(),
            "is_needed": self.is_needed,
            "costs_least": least,
            "costs_most": most,
            "neighbour": None if self.neighbour is None else self.neighbour.as_dict(),
        }


def find_runners_up(
    problem: CoverageProblem,
    plan: Plan,
    *,
    ways: npt.ArrayLike | None = None,
    options: npt.ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    on_progress: Callable[[str, float], None] | None = None,
) -> tuple[RunnerUp, ...]:
    """Find for each chosen option that is not required the best plan that does without it.

    Parameters
    ----------
    problem
        the question.
    plan
        its answer; it must keep the rules.
    ways
        int[n_options]: options with the same number are the same thing, and are done without
        together, required ones aside (a place in any year, say: the problem's ``site``). None: each
        option by itself.
    options
        the chosen options to be looked at; None: all that are not required.
    time_limit_s
        seconds for solving again, the options one after another, those first that the exchange
        leaves least sure; 0: by exchanges alone.
    gap
        the proven relative gap that is good enough for each.
    on_progress
        is told what is done and the share of it.

    Returns
    -------
    tuple of RunnerUp
        in the order of the plan.

    Raises
    ------
    ProblemError
        For a plan without an objective, or ways of another length.

    Examples
    --------
    >>> from planning import CoverageProblem, solve
    >>> from planning.decisions import find_runners_up
    >>> covers = [[1, 1, 0], [0, 1, 1], [0, 0, 1]]
    >>> problem = CoverageProblem(weights=[10.0, 20.0, 15.0], covers=covers, max_open=1)
    >>> (runner_up,) = find_runners_up(problem, solve(problem))
    >>> runner_up.option, runner_up.swap, runner_up.costs_most
    (1, 0, 5.0)
    """
    if not np.isfinite(plan.objective):
        raise ProblemError(say("a runner-up is of a plan, and there is none: solve it first"))
    way = np.arange(problem.n_options) if ways is None else np.asarray(ways)
    if way.shape != (problem.n_options,):
        raise ProblemError(
            say(
                "ways has the shape {shape}: give a number for each of {n_options} options",
                shape=str(way.shape),
                n_options=problem.n_options,
            )
        )
    tell = on_progress or (lambda _what, _share: None)
    exchanges = _Exchanges(problem, plan.chosen, way)
    wanted = exchanges.closing if options is None else np.asarray(options)
    places = np.flatnonzero(np.isin(exchanges.closing, wanted)).tolist()
    found = [exchanges.runner_up(k, plan) for k in places]
    turns = Turns(len(found), time_limit_s, gap=gap)
    # those that may cost most are least known
    by_costs = sorted(range(len(found)), key=lambda k: -_costs(found[k]))
    for turn, k in enumerate(by_costs, start=1):
        params = turns.next()
        if params is None:
            break
        found[k] = _solved(problem, plan, found[k], params=params)
        tell(say("runners-up"), turn / len(found))
    return tuple(found)


def _costs(runner_up: RunnerUp) -> float:
    return math.inf if math.isnan(runner_up.costs_most) else runner_up.costs_most


def _solved(
    problem: CoverageProblem, plan: Plan, known_one: RunnerUp, *, params: SolveParams
) -> RunnerUp:
    """Solve the question again without an option, from its best exchange."""
    if known_one.costs_most == 0.0 and known_one.swap_chosen is not None:
        return known_one  # nothing can be better
    forbidden = known(problem.forbidden).copy()
    forbidden[known_one.without] = True
    start: Plan | Ints = plan
    if plan.basis is None and known_one.swap_chosen is not None:
        start = known_one.swap_chosen
    elif known_one.swap_chosen is not None:
        start = replace(plan, chosen=known_one.swap_chosen)
    answer = solve(
        replace(problem, forbidden=forbidden),
        params=replace(params, start=start),
    )
    if answer.status == "infeasible":
        return replace(known_one, is_needed=True, costs_least=np.inf, costs_most=np.inf)
    least = max(plan.objective - answer.bound, 0.0)
    is_better = answer.objective >= known_one.swap_objective or known_one.swap_chosen is None
    if not (math.isfinite(answer.objective) and is_better):
        return replace(known_one, costs_least=least)
    most = max(plan.bound - answer.objective, 0.0)
    return replace(known_one, plan=answer, costs_least=least, costs_most=max(most, least))


class _Rows(NamedTuple):
    """Rules "so much at most": ``amounts`` float64[n_rules, n_options], ``room`` float64[n_rules].

    ``room`` is what the plan leaves of each.
    """

    amounts: Floats
    room: Floats
    most: Floats


class _Exchanges:
    """All exchanges of one chosen option for none or one other, at once."""

    def __init__(self, problem: CoverageProblem, chosen: Ints, way: npt.NDArray[Any]) -> None:
        self.given = problem
        self.problem = expand_levels(problem)  # cover of 0 and 1
        self.chosen, self.way = chosen, way
        self.closing = chosen[~known(problem.required)[chosen]]
        self.is_open = np.zeros(problem.n_options, dtype=np.bool_)
        self.is_open[chosen] = True
        covers = sp.csr_array(self.problem.covers).astype(np.float64)
        covers.eliminate_zeros()
        times = np.bincount(covers[chosen].indices, minlength=covers.shape[1])
        self.value = float(self.problem.weights[times > 0].sum())
        self.lost, self.gains = _changes(covers, self.problem.weights, times, self.closing)
        self.rows = _rows_of(problem, chosen)
        self.floors = [self._floor(covers, times, number) for number in range(len(problem.floors))]

    def runner_up(self, k: int, plan: Plan) -> RunnerUp:
        """Return the best exchange for the k-th closing option, and why not the neighbour."""
        option = int(self.closing[k])
        is_same = (self.way == self.way[option]) & ~known(self.problem.required)
        without = np.flatnonzero(is_same)
        # where more than one chosen option is of this way, no exchange of one does without it
        is_alone = int(is_same[self.chosen].sum()) == 1
        open_before = self._can_open(without)
        fits = open_before & self._keeps_rules(k) & is_alone
        changes = self.gains[:, k] - self.lost[k]
        swap = int(np.where(fits, changes, -np.inf).argmax()) if fits.any() else None
        if is_alone and self._may_close(k) and (swap is None or changes[swap] <= -self.lost[k]):
            swap, change = None, -float(self.lost[k])
        elif swap is None:
            change = np.nan
        else:
            change = float(changes[swap])
        has_swap = not np.isnan(change)
        after = np.setdiff1d(self.chosen, [option])
        chosen = None
        if has_swap:
            chosen = after if swap is None else np.union1d(after, [swap])
        value = covered_weight(self.given, chosen) if chosen is not None else np.nan
        return RunnerUp(
            option=option,
            without=without,
            swap=swap,
            swap_chosen=chosen,
            swap_objective=value,
            plan=None,
            is_needed=False,
            costs_least=0.0,
            costs_most=max(plan.bound - value, 0.0) if has_swap else np.nan,
            neighbour=self._neighbour(open_before, changes, change, after=after),
        )

    def _can_open(self, without: Ints) -> Bools:
        can = ~self.is_open & ~known(self.problem.forbidden)
        can[without] = False
        return can

    def _neighbour(
        self, may_open: Bools, changes: Floats, best: float, *, after: Ints
    ) -> Neighbour | None:
        """Return the option that would do most, rules aside, where that is more than the best."""
        if not may_open.any():
            return None
        option = int(np.where(may_open, changes, -np.inf).argmax())
        least = -np.inf if np.isnan(best) else best
        if changes[option] <= least + SAME * self.value:
            return None
        uses = uses_of(self.given, np.union1d(after, [option]))
        breaks = tuple(use for use in uses if not use.is_kept)
        if not breaks:
            return None
        return Neighbour(option=option, changes=float(changes[option]), breaks=breaks)

    def _keeps_rules(self, k: int) -> Bools:
        """bool[n_options]: which options may open when the k-th closes."""
        rows, closing = self.rows, self.closing[k]
        left = rows.room + rows.amounts[:, closing] + SAME * rows.most
        fits = (rows.amounts <= left[:, None]).all(axis=0)
        if self.problem.site is not None:
            site = self.problem.site
            fits &= ~np.isin(site, site[self.chosen[self.chosen != closing]])
        for room, lost, gains in self.floors:
            fits &= gains[:, k] >= lost[k] - room
        return np.asarray(fits, dtype=np.bool_)

    def _may_close(self, k: int) -> bool:
        return all(lost[k] <= room for room, lost, _ in self.floors)

    def _floor(
        self, covers: sp.csr_array, times: Ints, number: int
    ) -> tuple[float, Floats, Floats]:
        """Return what the plan has above a floor, and what exchanges lose and gain of it."""
        floor = self.problem.floors[number]
        weights = self.problem.weights_of(floor)
        whole = float(weights.sum())
        room = float(weights[times > 0].sum()) - (floor.min_share - SAME) * whole
        return (room, *_changes(covers, weights, times, self.closing))


def _changes(
    covers: sp.csr_array, weights: Floats, times: Ints, closing: Ints
) -> tuple[Floats, Floats]:
    """Return what closing loses, float64[k], and what opening gains then, float64[n, k]."""
    alone = sp.csr_array(covers[closing] * np.where(times == 1, weights, 0.0)[None, :])
    lost = np.asarray(alone @ np.ones(covers.shape[1]), dtype=np.float64)
    fresh = covers @ np.where(times == 0, weights, 0.0)
    back = sp.csr_array(covers @ sp.csr_array(alone.T)).toarray()
    return lost, fresh[:, None] + back


def _rows_of(problem: CoverageProblem, chosen: Ints) -> _Rows:
    rules = [rule for rule in rules_of(problem) if rule.kind in MOST]
    amounts = np.array([amounts_of(problem, rule) for rule in rules])
    amounts = amounts.reshape(len(rules), problem.n_options)
    most = np.array([rule.amount for rule in rules])
    return _Rows(amounts=amounts, room=most - amounts[:, chosen].sum(axis=1), most=most)
