"""Why this plan: the engine's explanations of a decision, in places, years and yuan.

The figures are those of `runner_up`, `shadow_prices`, `alternatives`, `curve` and `conflict`, whose
options are numbers; here each is the action that it stands for.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from geo.messages import say
from planning.decisions.alternatives import near_alternatives
from planning.decisions.conflict import find_conflict, with_names
from planning.decisions.curve import coverage_curve
from planning.decisions.front import pareto_front
from planning.decisions.runner_up import find_runners_up
from planning.decisions.shadow_prices import STEP_YUAN, measure_shadow_prices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

    from planning.decisions.alternatives import Alternative, Alternatives
    from planning.decisions.conflict import Conflict
    from planning.decisions.curve import Curve
    from planning.decisions.decide import AskedQuestion
    from planning.decisions.decision import Decision
    from planning.decisions.floor_ends import FloorEnd
    from planning.decisions.front import Front
    from planning.decisions.runner_up import RunnerUp
    from planning.engine.rules import Rule


class WhatIf(NamedTuple):
    """One option in words: what is done where, and from which year on."""

    what: str
    id: str
    name: str
    kind: str
    year: int


@dataclass(frozen=True)
class WhyHere:
    """Why one action and not another: the best plan that does without its place.

    ``costs_least`` and ``costs_most`` are proved ends of what that plan covers less (None: not
    known); ``is_needed``: no plan keeps the limits without it. ``instead`` is what the best
    exchange puts in its place, None for nothing. ``neighbour`` would do more and may not:
    ``kept_out_by`` names the limits, of which there is one at least. For a goal that is solved
    again (`goal_again`) the ends are in its measure, and ``does`` is what that plan does otherwise.
    """

    order: int
    instead: WhatIf | None
    is_needed: bool
    costs_least: float | None
    costs_most: float | None
    neighbour: WhatIf | None
    kept_out_by: tuple[str, ...]
    does: tuple[WhatIf, ...] = ()


@dataclass(frozen=True)
class PriceLine:
    """What a step more of a limit brings, from least to most; None: not known."""

    limit: str
    kind: str
    allows: float
    used: float
    step: float
    brings_least: float | None
    brings_most: float | None


@dataclass(frozen=True)
class OtherPlan:
    """A plan within the gap; it does without ``n_apart`` places of each earlier one at least.

    ``covered`` is what it covers in the last year, ``cost_yuan`` what all payers pay. ``gained``
    are those of its ``places`` that the decision does not have as they are, ``dropped`` those of
    the decision that it does not have; a station that is closed is a place too.
    """

    objective: float
    places: tuple[WhatIf, ...]
    n_apart: int
    covered: float
    cost_yuan: int
    gained: tuple[WhatIf, ...]
    dropped: tuple[WhatIf, ...]


@dataclass(frozen=True)
class WeighedPlan:
    """A point of the front: its figures, what is proved of it, and the actions of its plan."""

    first: float
    second: float
    bound: float
    is_proved: bool
    places: tuple[WhatIf, ...]


@dataclass(frozen=True, eq=False)
class WeighedPlans:
    """The front of two measures in places and years, as `planning.decisions.front.Front` has it."""

    first: str
    second: str
    raised: str
    is_complete: bool
    points: tuple[WeighedPlan, ...]

    def columns(self) -> dict[str, list[Any]]:
        """Return the columns of a table with a row for each point."""
        names = [self.first, self.second]
        return {
            names[0]: [point.first for point in self.points],
            names[1]: [point.second for point in self.points],
            f"bound_{self.raised}": [point.bound for point in self.points],
            "is_proved": [point.is_proved for point in self.points],
            "n_actions": [len(point.places) for point in self.points],
            "actions": [
                "; ".join(f"{one.what} {one.id} {one.kind} {one.year}" for one in point.places)
                for point in self.points
            ],
        }


@dataclass(frozen=True, eq=False)
class Explanation:
    """What is known of a decision beside itself; each part is empty where it was not asked for.

    ``held`` is the share of the plans within the gap, the decision first, that do something at each
    place: a station that stays as it is is none.
    """

    why: tuple[WhyHere, ...] = ()
    prices: tuple[PriceLine, ...] = ()
    others: tuple[OtherPlan, ...] = ()
    held: dict[str, float] = field(default_factory=dict)
    floors: tuple[FloorEnd, ...] = ()
    curve: Curve | None = None
    front: WeighedPlans | None = None
    conflict: str = ""
    conflict_is_minimal: bool = False

    @property
    def no_regret(self) -> tuple[str, ...]:
        """The places at which every plan within the gap does something."""
        return tuple(place for place, share in self.held.items() if share >= 1.0)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "why": [_plain(asdict(line)) for line in self.why],
            "prices": [asdict(line) for line in self.prices],
            "alternatives": [_plain(asdict(line)) for line in self.others],
            "held": dict(self.held),
            "no_regret": list(self.no_regret),
            "floors": [line.as_dict() for line in self.floors],
            "curve": None if self.curve is None else self.curve.as_dict(),
            "front": None if self.front is None else _plain_front(self.front),
            "conflict": str(self.conflict),
            "conflict_is_minimal": self.conflict_is_minimal,
        }


def _plain(line: dict[str, Any]) -> dict[str, Any]:
    """Write options as tables, not as the lists that tuples become."""
    return {
        key: value._asdict()
        if isinstance(value, WhatIf)
        else [one._asdict() for one in value]
        if isinstance(value, tuple) and value and isinstance(value[0], WhatIf)
        else value
        for key, value in line.items()
    }


def _plain_front(front: WeighedPlans) -> dict[str, Any]:
    body = asdict(front)
    return body | {"points": [_plain(asdict(point)) for point in front.points]}


def in_words(asked: AskedQuestion, option: int) -> WhatIf | None:
    """Return the action of an option; None for what stands anyway.

    To keep a station until a year is to close it then.
    """
    if option >= asked.problem.standing_option:
        return None
    of, years = asked.problem.options, asked.question.years_meant
    action, end = asked.table.actions[int(of.action[option])], int(of.ends[option])
    what, year = action.what, years[int(of.begins[option])]
    if what == "keep" and end < len(years):
        what, year = "close", years[end]
    return WhatIf(what, action.id, action.name, action.kind, year)


def done_by(asked: AskedQuestion, options: npt.NDArray[np.int64]) -> tuple[WhatIf, ...]:
    """Return what a choice of options does; what stands or is kept is left out."""
    words = (in_words(asked, int(option)) for option in options)
    return tuple(one for one in words if one is not None and one.what not in {"keep", "close"})


def deeds(asked: AskedQuestion, options: npt.NDArray[np.int64]) -> tuple[WhatIf, ...]:
    """Return all that a whole plan does, the stations among it that it closes."""
    closed = asked.closed(options[options < asked.problem.standing_option])
    closing = (WhatIf("close", one.id, one.name, one.kind, one.year) for one in closed)
    return (*done_by(asked, options), *closing)


def lonlat_of(asked: AskedQuestion, some: Iterable[WhatIf]) -> dict[str, tuple[float, float]]:
    """Return where actions are, WGS-84 degrees by the id of the place."""
    wanted, states = {one.id for one in some}, asked.table.states
    return {
        one.id: (states[one.state].lon, states[one.state].lat)
        for one in asked.table.actions
        if one.id in wanted and one.state >= 0
    }


def limit_words(asked: AskedQuestion, rule: Rule) -> str:
    """Return what a limit is called in the question."""
    problem = asked.problem.problem
    if rule.kind == "budget":
        return say("money up to {year}", year=asked.question.years_meant[-1])
    if rule.kind == "count":
        return say("new stations")
    if rule.kind == "floor":
        return problem.floors[rule.number].name
    if 0 <= rule.number < len(problem.limits) and rule.name.startswith("limit"):
        return problem.limits[rule.number].name
    return rule.name


def why_here(
    asked: AskedQuestion,
    decision: Decision,
    *,
    time_limit_s: float = 20.0,
    gap: float = 0.002,
    on_progress: Callable[[str, float], None] | None = None,
) -> tuple[WhyHere, ...]:
    """Find for each action the best plan that does without its place; none without a plan."""
    if decision.plan is None or not decision.is_plan:
        return ()
    keeps, chosen = stays_as_is(asked), decision.plan.chosen
    found = find_runners_up(
        asked.problem.problem,
        decision.plan,
        ways=ways_of(asked, keeps),
        options=chosen[~keeps[chosen]],
        time_limit_s=time_limit_s,
        gap=gap,
        on_progress=on_progress,
    )
    order, lines = order_of(decision), []
    for runner_up in found:
        what = in_words(asked, runner_up.option)
        if what is not None and (what.what, what.id) in order:
            lines.append(_why_line(asked, order[what.what, what.id], runner_up))
    return tuple(sorted(lines, key=lambda line: line.order))


def stays_as_is(asked: AskedQuestion) -> npt.NDArray[np.bool_]:
    """bool[n_options]: whether an option leaves a station as it is, or is what stands anyway."""
    acts = np.array([one.what for one in asked.table.actions])[asked.problem.options.action]
    return np.append(acts == "keep", [True])


def order_of(decision: Decision) -> dict[tuple[str, str], int]:
    """Return the number of each action of a decision by what it does and the id of its place."""
    return {(one.what, one.id): one.order for one in decision.actions}


def ways_of(asked: AskedQuestion, keeps: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """int64[n_options]: the place, in any year; that it stays as it is is a way of its own.

    To do without a change of a station is to keep the station, not to close it.
    """
    place = np.asarray(asked.problem.problem.site, dtype=np.int64)
    return np.where(keeps, place + place.max() + 2, place)


def _why_line(asked: AskedQuestion, order: int, runner_up: RunnerUp) -> WhyHere:
    neighbour = runner_up.neighbour
    return WhyHere(
        order=order,
        instead=None if runner_up.swap is None else in_words(asked, runner_up.swap),
        is_needed=runner_up.is_needed,
        costs_least=_known(runner_up.costs_least),
        costs_most=_known(runner_up.costs_most),
        neighbour=None if neighbour is None else in_words(asked, neighbour.option),
        kept_out_by=()
        if neighbour is None
        else tuple(limit_words(asked, use.rule) for use in neighbour.breaks),
    )


def _known(figure: float) -> float | None:
    return float(figure) if math.isfinite(figure) else None


def price_lines(
    asked: AskedQuestion,
    decision: Decision,
    *,
    step_yuan: float = STEP_YUAN,
    time_limit_s: float = 20.0,
    gap: float = 0.002,
    on_progress: Callable[[str, float], None] | None = None,
) -> tuple[PriceLine, ...]:
    """Tell what a step more of each limit that can bind brings; none without a plan."""
    if decision.plan is None or not decision.is_plan:
        return ()
    prices = measure_shadow_prices(
        asked.problem.problem,
        decision.plan,
        step_yuan=step_yuan,
        time_limit_s=time_limit_s,
        gap=gap,
        of=lambda rule: is_of_question(asked, rule),
        both_ways=False,
        on_progress=on_progress,
    )
    return tuple(
        PriceLine(
            limit=limit_words(asked, price.use.rule),
            kind=price.use.rule.kind,
            allows=float(price.use.rule.amount),
            used=float(price.use.used),
            step=float(price.step),
            brings_least=None if price.more is None else _known(price.more.changes_least),
            brings_most=None if price.more is None else _known(price.more.changes_most),
        )
        for price in prices
    )


def is_of_question(asked: AskedQuestion, rule: Rule) -> bool:
    """Whether a rule has an amount in the question: zones and spacing are rules without one."""
    if rule.kind == "floor":
        return rule.number < len(asked.question.floors)
    return rule.kind != "limit_count" or rule.number < asked.problem.n_amounts


def other_plans(
    asked: AskedQuestion,
    decision: Decision,
    *,
    gap: float = 0.01,
    n: int = 10,
    time_limit_s: float = 30.0,
    on_progress: Callable[[str, float], None] | None = None,
) -> tuple[tuple[OtherPlan, ...], dict[str, float]]:
    """Find plans that add at most ``gap`` less and differ most, and the share that use each place.

    ``gap`` is a share of what the decision adds to what stands.
    """
    if decision.plan is None or not decision.is_plan:
        return (), {}
    # the engine's objective holds what stands too, of which no plan gives anything up
    whole = decision.plan.objective
    stands = asked.problem.value(np.array([asked.problem.standing_option]))
    found = near_alternatives(
        asked.problem.problem,
        decision.plan,
        gap=near_part(whole, stands, gap),
        n=n,
        time_limit_s=time_limit_s,
        on_progress=on_progress,
    )
    return told_others(
        asked, decision, found, worth=lambda plan: plan.objective - asked.problem.constant
    )


def near_part(whole: float, stands: float, gap: float) -> float:
    """Return which share of all that a plan is worth is ``gap`` of what it adds to what stands."""
    return gap * max(whole - stands, 0.0) / whole if whole else gap


def told_others(
    asked: AskedQuestion,
    decision: Decision,
    found: Alternatives,
    *,
    worth: Callable[[Alternative], float],
) -> tuple[tuple[OtherPlan, ...], dict[str, float]]:
    """Put alternatives into places and years; ``worth`` is what the goal counts one."""
    if decision.plan is None:
        return (), {}
    first = deeds(asked, decision.plan.chosen)
    plans = []
    for plan in found.plans:
        places = deeds(asked, plan.chosen)
        own = plan.chosen[plan.chosen < asked.problem.standing_option]
        last = asked.question.years_meant[-1]
        plans.append(
            OtherPlan(
                objective=worth(plan),
                places=places,
                n_apart=plan.n_apart,
                covered=next(
                    line.covered
                    for line in asked.coverage(own)
                    if (line.year, line.group, line.district) == (last, "all", "all")
                ),
                cost_yuan=int(asked.problem.spend[own].sum()),
                gained=tuple(one for one in places if one not in first),
                dropped=tuple(one for one in first if one not in places),
            )
        )
    uses = [{one.id for one in some} for some in (first, *(plan.places for plan in plans))]
    times = Counter(place for places in uses for place in places)
    held = {place: n / len(uses) for place, n in times.items()}
    return tuple(plans), dict(sorted(held.items(), key=lambda one: (-one[1], one[0])))


def money_curve(
    asked: AskedQuestion,
    decision: Decision,
    *,
    n: int = 30,
    time_limit_s: float = 30.0,
    on_progress: Callable[[str, float], None] | None = None,
) -> Curve | None:
    """Draw money against what is covered, from nothing to the question's money.

    None where there is no plan, or money is no limit of the question.
    """
    problem = asked.problem.problem
    sums = asked.question.money_by_year
    if decision.plan is None or not decision.is_plan or sums is None or problem.budget is None:
        return None
    whole = problem.budget
    return coverage_curve(
        problem,
        budgets=[float(one) for one in np.linspace(0.0, whole, n)],
        time_limit_s=time_limit_s,
        start=decision.plan,
        on_progress=on_progress,
    )


def weighed_plans(
    asked: AskedQuestion,
    *,
    time_limit_s: float = 30.0,
    gap: float = 0.002,
    on_progress: Callable[[str, float], None] | None = None,
) -> WeighedPlans | None:
    """Find the front that the question asks for; None where it asks for none."""
    wanted = asked.question.front
    if wanted is None:
        return None
    found: Front = pareto_front(
        asked,
        wanted.first,
        wanted.second,
        n=wanted.points,
        time_limit_s=time_limit_s,
        gap=gap,
        on_progress=on_progress,
    )
    points = []
    for point in found.points:
        places = deeds(asked, point.chosen)
        points.append(WeighedPlan(point.first, point.second, point.bound, point.is_proved, places))
    return WeighedPlans(
        first=found.first,
        second=found.second,
        raised=found.raised,
        is_complete=found.is_complete,
        points=tuple(points),
    )


def smallest_conflict(
    asked: AskedQuestion,
    *,
    time_limit_s: float = 20.0,
    on_progress: Callable[[str, float], None] | None = None,
) -> Conflict | None:
    """Return the smallest conflict of a question in its own names; None where none was found."""
    found = find_conflict(asked.problem.by_name, time_limit_s=time_limit_s, on_progress=on_progress)
    return None if found is None else with_names(found, lambda rule: _rule_name(asked, rule))


def _rule_name(asked: AskedQuestion, rule: Rule) -> str | None:
    """Name a rule of a conflict; None for what stands, which nobody limits."""
    if rule.kind == "required":
        what = in_words(asked, rule.number)
        return None if what is None else say("{place} must be in the plan", place=what.id)
    return limit_words(asked, rule) if rule.kind in {"budget", "count"} else rule.name


def conflict_of(asked: AskedQuestion, *, time_limit_s: float = 20.0) -> Explanation:
    """Return the smallest conflict of a question without a plan, in words with numbers."""
    found = smallest_conflict(asked, time_limit_s=time_limit_s)
    if found is None:
        return Explanation()
    return Explanation(conflict=found.words, conflict_is_minimal=found.is_minimal)
