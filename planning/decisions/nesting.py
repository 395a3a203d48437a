r"""The price of nesting: what a plan that only grows has less in a year than a plan for it alone.

The plan of all years covers most worker-years; what it has in year y stays in every later one. The
question of year y alone has the money, the limits and the floors up to y, and counts y alone; what
must stand by the end (required places and zones) it need not have yet. So the nested plan, cut off
after y, is one of its plans, and

.. math:: \text{price}_y = \max_x f_y(x) - f_y(\text{nested plan}) \ge 0

whose two ends are what a plan for the year is found to cover and what is proved that none passes.
Beside it stands what comes of taking, again and again, the action that adds most and still keeps
the limits (greedy, Nemhauser, Wolsey and Fisher 1978), each as early as it can be had.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from planning.decisions.measures import seen
from planning.decisions.problem import decision_problem
from planning.engine.checks import known
from planning.engine.params import SolveParams
from planning.engine.solver import solve
from planning.engine.verify import broken_choice

if TYPE_CHECKING:
    from data.questions.question import Question
    from data.settings import Settings
    from data.stations import Stations
    from planning.decisions.decide import AskedQuestion
    from planning.decisions.decision import Decision
    from planning.decisions.items import DemandItems
    from planning.engine.problems import CoverageProblem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: The goals that are sums over the years.
SUMS: Final = frozenset({"workers", "worker_hours"})
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class NestedYear:
    """What a year has in the plan of all years, and what a plan for it alone has, as two ends."""

    year: int
    nested: float
    alone_least: float
    alone_most: float

    @property
    def price(self) -> tuple[float, float]:
        """What nesting costs the year at least and at most."""
        return self.alone_least - self.nested, self.alone_most - self.nested


@dataclass(frozen=True)
class Nesting:
    """The price of each year, and what greedy covers over all years beside the plan.

    All in what the goal counts. ``greedy_breaks`` says that greedy breaks a floor or a zone, so
    that it is no plan of the question.
    """

    years: tuple[NestedYear, ...]
    plan: float
    greedy: float
    greedy_breaks: bool

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        rows = [
            asdict(year) | dict(zip(("price_least", "price_most"), year.price, strict=True))
            for year in self.years
        ]
        return asdict(self) | {"years": rows}


def price_of_nesting(
    asked: AskedQuestion,
    decision: Decision,
    *,
    stations: Stations,
    settings: Settings,
    time_limit_s: float = 20.0,
    gap: float = 0.002,
) -> Nesting | None:
    """Solve each year alone; None without a plan, with one year, or for a goal that is no sum.

    Parameters
    ----------
    asked, decision
        a question and its answer.
    stations, settings
        those of the city that was asked.
    time_limit_s
        seconds for all years.
    gap
        the proven relative gap that is good enough for each.
    """
    question, plan = asked.question, decision.plan
    n_years = len(question.years_meant)
    if plan is None or not decision.is_plan or n_years == 1 or question.goal.what not in SUMS:
        return None
    lines = []
    for at, year in enumerate(question.years_meant):
        own = of_year(asked.items, asked.problem.exact, at)
        nested = _covered(asked.problem.problem, own, plan.chosen)
        alone = question_of_year(question, at)
        items = _until(asked.items, at)
        of = decision_problem(alone, asked.table, items, stations=stations, settings=settings)
        gains = of_year(items, of.exact, at)
        if of.tokens:
            gains[-len(of.tokens) :] = of.problem.weights[-len(of.tokens) :]
        params = SolveParams(time_limit_s=time_limit_s / n_years, gap=gap)
        best = solve(seen(of.problem, gains), params=params)
        found = nested
        if math.isfinite(best.objective):
            gains[len(gains) - len(of.tokens) :] = 0.0
            found = max(_covered(of.problem, gains, best.chosen), nested)
        most = found if best.status == "optimal" else max(best.bound - of.constant, found)
        lines.append(NestedYear(year, nested, found, most))
    greedy = greedy_choice(asked)
    return Nesting(
        years=tuple(lines),
        plan=asked.problem.value(plan.chosen),
        greedy=asked.problem.value(greedy),
        greedy_breaks=bool(broken_choice(asked.problem.problem, greedy)),
    )


def question_of_year(question: Question, at: int) -> Question:
    """Return the question up to a year (from 0), without what need not stand before the end."""
    years = question.years_meant[: at + 1]
    last = at + 1 == len(question.years_meant)

    def until(year: int | None) -> bool:
        return year is None or year <= years[-1]

    def by_then(year: int | None) -> bool:
        return last if year is None else year <= years[-1]

    sums = question.money_by_year
    return question.model_copy(
        update={
            "years": question.years.model_copy(update={"count": at + 1}),
            "money": question.money.model_copy(
                update={"yuan_by_year": () if sums is None else sums[: at + 1]}
            ),
            "required": tuple(pin for pin in question.required if by_then(pin.year)),
            "forbidden": tuple(pin for pin in question.forbidden if until(pin.year)),
            "money_limits": tuple(one for one in question.money_limits if until(one.year)),
            "count_limits": tuple(one for one in question.count_limits if until(one.year)),
            "floors": tuple(floor for floor in question.floors if by_then(floor.year)),
            "zones": tuple(zone for zone in question.zones if last or zone.rule == "exclude"),
        }
    )


def _until(items: DemandItems, at: int) -> DemandItems:
    """Return the items of the years up to one."""
    years = slice(at + 1)
    trips = items.trips
    return replace(
        items,
        weights=items.weights[years],
        standing=items.standing[years],
        beyond=items.beyond[years],
        trips=None if trips is None else replace(trips, people=trips.people[years]),
    )


def of_year(items: DemandItems, exact: Floats, at: int) -> Floats:
    """Return what each item of a problem is worth in one year alone (from 0)."""
    n_years = len(items.weights)
    own = np.zeros(len(exact))
    begin = 0
    for size in (items.weights.shape[1], items.standing.shape[1], items.beyond.shape[1]):
        here = slice(begin + at * size, begin + (at + 1) * size)
        own[here] = exact[here]
        begin += n_years * size
    return own


def _covered(problem: CoverageProblem, gains: Floats, chosen: Ints) -> float:
    hit = np.zeros(problem.n_demand, dtype=np.bool_)
    hit[sp.csr_array(problem.covers[chosen]).indices] = True
    return float(gains[hit].sum())


def greedy_choice(asked: AskedQuestion) -> Ints:
    """Take the option that adds most and still keeps the limits, until none does.

    Free stations are neither closed nor moved; one may be made better or open longer as it stands.
    What is required stands from the beginning.
    """
    of, problem = asked.problem, asked.problem.problem
    n_years = len(asked.question.years_meant)
    acts = np.array([one.what for one in asked.table.actions])[of.options.action]
    opened = known(problem.required).copy()
    site = np.asarray(problem.site)
    kept = np.r_[(acts == "keep") & (of.options.ends == n_years), False]
    kept &= ~np.isin(site, site[opened])
    # the station as it is, which an option takes the place of: a better one serves as it did
    old = np.full(len(opened), -1)
    for number in np.flatnonzero(kept):
        old[site == site[number]] = number
    better = np.r_[np.isin(acts, ("upgrade", "extend")), False]
    allowed = ~known(problem.forbidden) & ~np.isin(site, site[opened]) & ((old < 0) | better)
    opened |= kept
    rows = _rows(problem)
    room = np.array([most for _, most in rows]) - np.array([costs @ opened for costs, _ in rows])
    covers = sp.csr_array(problem.covers.astype(np.float64))
    left = np.array(of.exact)
    left[sp.csr_array(problem.covers[np.flatnonzero(opened)]).indices] = 0.0
    while True:
        fits = allowed.copy()
        for (costs, _), rest in zip(rows, room, strict=True):
            more = costs - np.where(old >= 0, costs[old], 0.0)
            fits &= more <= rest + _ROUNDING * abs(rest)
        gains = np.where(fits, covers @ left, 0.0)
        best = int(gains.argmax())
        if gains[best] <= 0.0:
            return np.flatnonzero(opened).astype(np.int64)
        opened[best] = True
        allowed &= site != site[best]
        room -= np.array([costs[best] for costs, _ in rows])
        if old[best] >= 0:
            opened[old[best]] = False
            room += np.array([costs[old[best]] for costs, _ in rows])
        left[covers.indices[covers.indptr[best] : covers.indptr[best + 1]]] = 0.0


def _rows(problem: CoverageProblem) -> list[tuple[Floats, float]]:
    """Return every limit as what each option takes of it, and how much there is."""
    rows = []
    if problem.budget is not None and problem.costs is not None:
        rows.append((np.asarray(problem.costs), float(problem.budget)))
    if problem.max_open is not None:
        rows.append(((~known(problem.required)).astype(np.float64), float(problem.max_open)))
    for limit in problem.limits:
        if limit.budget is not None:
            rows.append((problem.costs_of(limit), float(limit.budget)))
        if limit.max_open is not None:
            rows.append((limit.members.astype(np.float64), float(limit.max_open)))
    return rows or [(np.zeros(problem.n_options), 0.0)]
