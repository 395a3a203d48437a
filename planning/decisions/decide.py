"""A question asked of the engine, goal by goal, and its answer put into the city's words."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.messages import say
from planning.coverage.nominal import ALL, OUTSIDE
from planning.decisions.actions import action_table
from planning.decisions.decision import (
    CoveredLine,
    DecidedAction,
    Decision,
    MoneyLine,
    TimeLine,
)
from planning.decisions.goals import GoalAnswer, solve_goal
from planning.decisions.items import demand_items
from planning.decisions.mean_time import time_lines
from planning.decisions.options import paid_today
from planning.decisions.problem import decision_problem
from planning.decisions.seat_goal import most_seated, refuse_seatless, seat_problem
from planning.decisions.world import changed_roads
from planning.engine.checks import known
from planning.engine.params import SolveParams

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from data.demand import Demand
    from data.questions.question import Question
    from data.settings import Settings
    from data.sites import CandidateSites
    from data.stations import Stations
    from geo.network import RoadNetwork
    from planning.decisions.actions import Action, ActionTable
    from planning.decisions.items import DemandItems, Labels
    from planning.decisions.problem import DecisionProblem
    from planning.decisions.seat_goal import SeatProblem
    from planning.engine.params import Plan
    from planning.engine.problems import CoverageProblem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Served(NamedTuple):
    """Whom one action of a plan serves.

    ``fresh`` are the items that it is the first to cover in its first ``year`` (from 0), ``gone``
    those that a station which moves leaves behind then, ``only`` those that nothing else of the
    plan covers in the last year.
    """

    option: int
    year: int
    fresh: Ints
    gone: Ints
    only: Ints


@dataclass(frozen=True, eq=False, kw_only=True)
class AskedQuestion:
    """A question with its travel times searched: ready for one plan after another.

    Its parts are read by what explains a plan (runner-up, curve, alternatives); ``inputs`` are the
    hashes of what all of it was made from.
    """

    question: Question
    table: ActionTable
    items: DemandItems
    problem: DecisionProblem
    inputs: Mapping[str, str]
    n_candidates: int
    station_ids: tuple[str, ...]
    seats: SeatProblem | None = None

    def with_limits(
        self, question: Question, *, stations: Stations, settings: Settings
    ) -> AskedQuestion:
        """Ask another question of the same actions, items and years: no way is searched again.

        ``stations`` and ``settings`` are those of the first one. What may differ is money, counts,
        pins, zones, spacing, earliest years and floors that name no hours.

        Raises
        ------
        ProblemError
            for a question of other actions, costs, years, another goal or another world.
        """
        kept = ("goal", "actions", "costs", "years", "world")
        hours = [floor.hours for one in (self.question, question) for floor in one.floors]
        if (
            self.seats is not None
            or any(hours)
            or any(getattr(self.question, k) != getattr(question, k) for k in kept)
        ):
            raise ProblemError(
                say("goal, actions, costs, years, world and hours are others: ask the city anew")
            )
        problem = decision_problem(
            question,
            self.table,
            self.items,
            stations=stations,
            settings=settings,
            last=self.problem,
        )
        inputs = {**self.inputs, "question": question.content_hash}
        return replace(self, question=question, problem=problem, inputs=inputs)

    def at_prices(
        self,
        factor: float,
        *,
        demand: Demand,
        stations: Stations,
        sites: CandidateSites,
        settings: Settings,
    ) -> AskedQuestion:
        """Ask the same with every price ``factor`` times as high; the new money is what it was.

        Subsidies are computed anew by the money rules. The city is the one that was asked.
        """
        costs = self.question.costs
        question = self.question.model_copy(
            update={"costs": costs.model_copy(update={"price_factor": costs.price_factor * factor})}
        )
        table = action_table(
            question, stations=stations, sites=sites, demand=demand, settings=settings
        )
        problem = decision_problem(
            question, table, self.items, stations=stations, settings=settings, last=self.problem
        )
        return replace(self, question=question, table=table, problem=problem)

    def decide(
        self, *, params: SolveParams | None = None, start_from: Decision | None = None
    ) -> Decision:
        """Answer the question.

        ``start_from`` is the answer to a question much like this one: search and proof go on from
        it, in a fraction of the first time where only limits, money or floors are others
        (`with_limits`).

        Raises
        ------
        ProblemError
            when the goal cannot be asked together with these limits.
        """
        begun, params = time.perf_counter(), params or SolveParams()
        if start_from is not None:
            params = replace(params, start=start_from.plan)
        answer = self.answer(params=params)
        return self.told(answer, runtime_s=time.perf_counter() - begun)

    def answer(self, *, params: SolveParams) -> GoalAnswer:
        """Solve the question: a plan of options with its figures in the measure of the goal.

        Raises
        ------
        ProblemError
            when the goal cannot be asked together with these limits.
        """
        if self.seats is not None:
            plan = most_seated(
                self.seats, standing_option=self.problem.standing_option, params=params
            )
            return GoalAnswer(plan, plan.status, plan.objective, plan.bound, plan.gap, plan.method)
        answer = solve_goal(self.question, self.items, self.problem, self.table, params=params)
        if self.question.goal.what != "cheapest":
            answer = replace(answer, plan=self.without_idle(answer.plan))
        return answer

    def within(self, problem: CoverageProblem) -> AskedQuestion:
        """Return the question with other rules: ``problem`` is its own with rules moved."""
        seats = None if self.seats is None else self.seats.within(problem)
        return replace(self, problem=replace(self.problem, problem=problem), seats=seats)

    def without_idle(self, plan: Plan, *, counted: npt.NDArray[np.bool_] | None = None) -> Plan:
        """Leave out what is built for nobody: all that it covers is covered without it.

        ``counted`` bool[n_demand] are the items that count; None: those that the goal counts.

        Money that is there is no reason to spend it, and an engine that counts workers alone does
        not mind. Where two in reach are the goal, all must have two without it; the cheapest plan
        has none to spare.
        """
        if not math.isfinite(plan.objective):
            return plan
        problem = self.problem.problem
        counts = problem.weights > 0.0 if counted is None else counted
        required = known(problem.required)
        chosen = plan.chosen
        times = np.bincount(
            sp.csr_array(problem.covers[chosen]).indices, minlength=problem.n_demand
        )
        idle = []
        builds = [
            int(number)
            for number in chosen
            if number < self.problem.standing_option
            and not required[number]
            and self._act(int(number)).what == "build"
        ]
        # the dearest first; of two that stand for each other one stays
        for number in sorted(builds, key=lambda one: (-self.problem.spend[one].sum(), one)):
            row = _reached(problem.covers, number)
            row = row[counts[row]]
            if (times[row] > 1 + self._counts_two).all():
                times[row] -= 1
                idle.append(number)
        return replace(plan, chosen=np.setdiff1d(chosen, idle)) if idle else plan

    def told(self, answer: GoalAnswer, *, runtime_s: float) -> Decision:
        """Put an answer of the engine into the city's words."""
        chosen = answer.plan.chosen
        chosen = chosen[chosen < self.problem.standing_option]
        is_plan = math.isfinite(answer.objective)
        return Decision(
            status=answer.status,
            goal=self.question.goal.what,
            measure="worker_hours" if self.question.goal.what == "worker_hours" else "workers",
            objective=answer.objective,
            bound=answer.bound,
            gap=answer.gap,
            runtime_s=runtime_s,
            method=answer.method,
            reasons=answer.plan.reasons,
            actions=self._actions(chosen) if is_plan else (),
            coverage=self.coverage(chosen) if is_plan else self.coverage(chosen[:0])[:0],
            money=self._money(chosen) if is_plan else (),
            years=self.question.years_meant,
            n_candidates=self.n_candidates,
            assumed_kinds=self.question.assumed_kinds,
            inputs=dict(self.inputs),
            times=self._times(chosen) if is_plan and self.items.trips is not None else (),
            once=self.coverage(chosen, short_of=1) if is_plan and self._counts_two else (),
            plan=answer.plan,
        )

    def _times(self, chosen: Ints) -> tuple[TimeLine, ...]:
        years = self.question.years_meant
        return time_lines(years, self.items, self.problem, self.table, chosen)

    @property
    def today_yuan(self) -> int:
        """What stations that may close or move cost in these years if all stay as they are."""
        return int(paid_today(self.table, self.problem.options, self.problem.spend).kept.sum())

    @property
    def _counts_two(self) -> bool:
        return self.question.goal.what == "two_in_reach"

    def covered_items(self, chosen: Ints, *, short_of: int = 0) -> npt.NDArray[np.bool_]:
        """bool[n_years, n_items]: which items a choice of options covers in which year.

        ``short_of`` are the stations that an item may lack and counts all the same.
        """
        n_years, n_items = self.items.weights.shape
        n_demand = self.problem.problem.n_demand
        rows = sp.csr_array(self.problem.problem.covers[chosen])
        times = np.bincount(rows.indices, minlength=n_demand)[: n_years * n_items]
        return np.asarray(times.reshape(n_years, n_items) >= self.items.needs - short_of)

    def coverage(self, chosen: Ints, *, short_of: int = 0) -> tuple[CoveredLine, ...]:
        """Count who is covered in each year, without the plan and with it."""
        hit, today = self.covered_items(chosen, short_of=short_of), self._kept_today(short_of)
        lines: list[CoveredLine] = []
        for at, year in enumerate(self.question.years_meant):
            lines += _lines(self.items, at, year, today, hit[at])
        return tuple(lines)

    @property
    def value_today(self) -> float:
        """What is covered without any action, over all years, with the weights of the goal."""
        items, of = self.items, self.problem
        today = np.where(self._kept_today(0), of.worth, 0.0)
        return float((items.weights @ today).sum() + (items.standing @ of.rest_worth).sum())

    def _kept_today(self, short_of: int) -> npt.NDArray[np.bool_]:
        """bool[n_items]: what free stations cover as they are."""
        kept = [one.state for one in self.table.actions if one.what == "keep"]
        return _times_covered(self.items.covers, kept) >= self.items.needs - short_of

    def _actions(self, chosen: Ints) -> tuple[DecidedAction, ...]:
        """Order the chosen options by year and by what they add; add the stations that close."""
        served = self.served(chosen)
        told = [self._told_action(one, order) for order, one in enumerate(served, start=1)]
        return (*told, *self.closed(chosen, told=len(told)))

    def served(self, chosen: Ints) -> tuple[Served, ...]:
        """Tell whom each chosen action serves, in the order of years and of what they add.

        What is kept as it is, or closes, is no such action.
        """
        of = self.problem.options
        chosen = chosen[chosen < self.problem.standing_option]
        acts = [int(number) for number in chosen if self._act(number).what != "keep"]
        kept = [int(number) for number in chosen if self._act(number).what == "keep"]
        end = len(self.question.years_meant)
        last = [self._act(n).state for n in (*acts, *kept) if of.ends[n] == end]
        at_end = _times_covered(self.items.covers, last)
        found: list[Served] = []
        for year in range(end):
            standing = [self._act(n).state for n in kept if of.ends[n] > year]
            standing += [
                self._act(n).before
                for n in acts
                if of.begins[n] >= year and self._act(n).before >= 0
            ]
            standing += [self._act(n).state for n in acts if of.begins[n] < year]
            needs = self.items.needs - _times_covered(self.items.covers, standing)
            weights = self.items.weights[year]
            todo = [n for n in acts if of.begins[n] == year]
            while todo:
                reached = [_reached(self.items.covers, self._act(n).state) for n in todo]
                gains = [float(weights[row[needs[row] > 0]].sum()) for row in reached]
                best = int(np.argmax(gains))
                number, row = todo.pop(best), reached[best]
                fresh = row[needs[row] > 0]
                needs[row] -= 1
                gone = self._left_behind(number)
                needs[gone] += 1
                gone = gone[needs[gone] > 0]
                only = row[at_end[row] == self.items.needs[row]]
                found.append(Served(number, year, fresh, gone, only))
        return tuple(found)

    def _left_behind(self, number: int) -> Ints:
        """Return the items that a station reaches from where it stands before it moves."""
        action = self._act(number)
        if action.what != "relocate" or action.before < 0:
            return np.empty(0, dtype=np.int64)
        return _reached(self.items.covers, action.before)

    def _act(self, number: int) -> Action:
        return self.table.actions[int(self.problem.options.action[number])]

    def _told_action(self, served: Served, order: int) -> DecidedAction:
        of, number = self.problem.options, served.option
        action = self.table.actions[of.action[number]]
        state = self.table.states[action.state]
        weights = self.items.weights[served.year]
        gained, left = (
            np.bincount(
                self.items.labels.group[part],
                weights=weights[part],
                minlength=len(self.items.groups),
            )
            for part in (served.fresh, served.gone)
        )
        adds = gained - left
        return DecidedAction(
            order=order,
            year=self.question.years_meant[of.begins[number]],
            what=action.what,
            id=action.id,
            name=action.name,
            kind=action.kind,
            hours=action.hours,
            district=action.district,
            lon=state.lon,
            lat=state.lat,
            station=self.station_ids[action.station] if action.station >= 0 else "",
            capital_yuan=action.capital_yuan,
            running_yuan_a_year=action.running_yuan_a_year,
            lifetime_years=action.lifetime_years,
            paid=self._paid(number),
            adds=float(adds.sum()),
            adds_by_group=dict(zip(self.items.groups, map(float, adds), strict=True)),
            lost_without=float(self.items.weights[-1][served.only].sum()),
        )

    def closed(self, chosen: Ints, *, told: int = 0) -> list[DecidedAction]:
        """Tell of the free stations that are not kept to the end, and are not changed.

        ``chosen`` are options beside what stands, ``told`` how many actions come before these.
        """
        of, years = self.problem.options, self.question.years_meant
        until = dict.fromkeys({one.station for one in self.table.actions if one.what == "keep"}, 0)
        for number in chosen:
            action = self.table.actions[of.action[number]]
            if action.station in until:
                until[action.station] = int(of.ends[number])
        keeps = {one.station: one for one in self.table.actions if one.what == "keep"}
        closed: list[DecidedAction] = []
        for row, end in sorted(until.items()):
            if end >= len(years):
                continue
            keep = keeps[row]
            state = self.table.states[keep.state]
            closed.append(
                DecidedAction(
                    order=told + len(closed) + 1,
                    year=years[end],
                    what="close",
                    id=keep.id,
                    name=keep.name,
                    kind=keep.kind,
                    hours=keep.hours,
                    district=keep.district,
                    lon=state.lon,
                    lat=state.lat,
                    station=keep.id,
                    capital_yuan=0,
                    running_yuan_a_year=-keep.running_yuan_a_year,
                    lifetime_years=keep.lifetime_years,
                    paid={},
                    adds=0.0,
                    adds_by_group={},
                    lost_without=0.0,
                )
            )
        return closed

    def _paid(self, number: int) -> dict[str, int]:
        """Return yuan by payer over the years, of the new state alone."""
        after = self.problem.split[0]
        sums = after.by_payer[:, number].sum(axis=1)
        return {payer: int(yuan) for payer, yuan in zip(after.payers, sums, strict=True) if yuan}

    def _money(self, chosen: Ints) -> tuple[MoneyLine, ...]:
        """Add up who pays in which year: of all that is done, and of free stations that stay."""
        lines = []
        after, before = self.problem.split
        capital = np.array([line.of == "capital" for line in after.lines])
        for at, year in enumerate(self.question.years_meant):
            for payer in after.payers:
                own = np.array([line.payer == payer for line in after.lines])
                yuan = int(
                    after.yuan[own][:, chosen, at].sum() + before.yuan[own][:, chosen, at].sum()
                )
                of_capital = int(after.yuan[own & capital][:, chosen, at].sum())
                if yuan:
                    lines.append(MoneyLine(year, payer, yuan, of_capital))
        return tuple(lines)


def _times_covered(covers: sp.csr_array, states: list[int]) -> Ints:
    return np.asarray(
        np.bincount(sp.csr_array(covers[states]).indices, minlength=covers.shape[1]), np.int64
    )


def _reached(covers: sp.csr_array, state: int) -> Ints:
    return np.asarray(covers.indices[covers.indptr[state] : covers.indptr[state + 1]], np.int64)


def _lines(
    items: DemandItems,
    at: int,
    year: int,
    today: npt.NDArray[np.bool_],
    covered: npt.NDArray[np.bool_],
) -> list[CoveredLine]:
    """Return one year's lines: "all" first in both."""
    shape = (len(items.groups), len(items.districts) + 1)

    def table(labels: Labels, weights: Floats) -> Floats:
        place = np.where(labels.district < 0, shape[1] - 1, labels.district)
        sums = np.bincount(
            labels.group * shape[1] + place, weights=weights, minlength=shape[0] * shape[1]
        )
        return np.asarray(sums.reshape(shape), dtype=np.float64)

    weights, standing = items.weights[at], table(items.rest, items.standing[at])
    whole = table(items.labels, weights) + standing + table(items.rest, items.beyond[at])
    before, after = (table(items.labels, weights * of) + standing for of in (today, covered))
    names = [*items.districts, OUTSIDE]
    if not whole[:, -1].any() or not items.districts:
        names = names[:-1]
    rows: list[tuple[str, slice]] = [(ALL, slice(None))]
    rows += [(group, slice(k, k + 1)) for k, group in enumerate(items.groups)]
    columns: list[tuple[str, slice]] = [(ALL, slice(None))]
    columns += [(name, slice(k, k + 1)) for k, name in enumerate(names)]
    return [
        CoveredLine(
            year, group, name, *(float(of[row, column].sum()) for of in (whole, before, after))
        )
        for group, row in rows
        for name, column in columns
    ]


def ask(
    question: Question,
    *,
    demand: Demand,
    stations: Stations,
    sites: CandidateSites,
    network: RoadNetwork,
    settings: Settings,
    doubted: Collection[str] = (),
    at_best: bool = False,
    on_progress: Callable[[str, float], None] | None = None,
) -> AskedQuestion:
    """Search the travel times of a question and make it ready for the engine.

    Parameters
    ----------
    question
        what is asked.
    demand, stations, sites, network, settings
        the city.
    doubted
        ids of stations that serve nobody in effect, on the evidence.
    at_best
        whether stations serve in effect of which the register does not say enough.
    on_progress
        is told of the travel times.

    Raises
    ------
    ProblemError
        when the question speaks of what is not there, or contradicts itself.
    """
    if not len(sites) and question.actions.existing == "fixed" and not question.actions.stations:
        raise ProblemError(say("there are no candidate sites: import some or make a grid"))
    table = action_table(question, stations=stations, sites=sites, demand=demand, settings=settings)
    refuse_seatless(question, table)
    changed = changed_roads(network, question, settings=settings)
    items = demand_items(
        question,
        table,
        demand=demand,
        stations=stations,
        network=changed,
        settings=settings,
        doubted=doubted,
        at_best=at_best,
        on_progress=on_progress,
    )
    problem = decision_problem(question, table, items, stations=stations, settings=settings)
    seats = None
    if question.goal.what == "seated":
        seats = seat_problem(
            question,
            table,
            problem,
            demand=demand,
            stations=stations,
            network=changed,
            settings=settings,
            doubted=doubted,
        )
    return AskedQuestion(
        question=question,
        table=table,
        items=items,
        problem=problem,
        seats=seats,
        inputs={
            "question": question.content_hash,
            "demand": demand.content_hash,
            "stations": stations.content_hash,
            "service": stations.service_hash,
            "sites": sites.content_hash,
            "network": network.content_hash,
            "settings": settings.content_hash,
            "standard": question.goal.standard,
        },
        n_candidates=len(sites),
        station_ids=tuple(str(one) for one in stations.frame["id"]),
    )
