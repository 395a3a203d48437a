r"""A question as one covering problem of the engine.

An option is an action begun in a year. Its row covers the items of each year by the state that
stands then: the old one before, the new one from that year on.

.. math::
   \max \sum_{y,i} v_i w_{yi} z_{yi} \quad\text{with}\quad
   z_{yi} \le \sum_o a_{oyi} x_o, \quad
   \sum_o s_{oy} x_o \le B_y, \quad
   \sum_{o \in p} x_o \le 1 \ (\text{place } p), \quad x \in \{0, 1\}

with ``a_oyi`` 1 where option o covers item i in year y, ``s_oy`` what it costs in that year, and
``v_i`` what the goal counts an item. One more option, always open, is what stands already; where
two in reach are the goal it covers those who have one. A place that must have something is an item
of its own that only what may stand there covers, with a floor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.messages import say
from planning.decisions.always_open import count_as_limit
from planning.decisions.items import span_hours
from planning.decisions.options import (
    by_payer,
    chosen_by,
    options_of,
    paid_today,
    places_of,
    spending,
    state_in_year,
)
from planning.decisions.placing import conflicts, must_have, pinned
from planning.decisions.time_levels import time_levels
from planning.engine.problems import CoverageProblem, Floor, Limit

if TYPE_CHECKING:
    from data.questions.parts import FloorLimit
    from data.questions.question import Question
    from data.settings import Settings
    from data.stations import Stations
    from planning.decisions.actions import ActionTable
    from planning.decisions.items import DemandItems
    from planning.decisions.money import PayerCosts
    from planning.decisions.options import Options
    from planning.decisions.time_levels import TimeLevels

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
# What an item weighs that stands for a demand and not for workers, as a share of all workers.
_TOKEN = 1e-7
# What an item is worth to the engine that the goal does not count.
_NEXT_TO_NOTHING = 1e-7
# The goals that speak of the last year alone.
_AT_END = frozenset({"cheapest", "worst_group", "worst_district"})


@dataclass(frozen=True, eq=False)
class DecisionProblem:
    """A question ready for the engine, and how to read its answer.

    The options of ``problem`` are those of ``options``, and one more: what stands. Its items are
    those of ``items`` year by year, then the rest year by year, then ``levels`` of time where they
    are counted, then tokens. ``spend`` int64 [n_options, n_years] yuan of all payers, ``split`` the
    same by payer; ``worth`` float64[n_items] and ``rest_worth`` what the goal counts an item,
    ``exact`` float64[n_demand] what each item of the problem adds to the goal. ``constant`` is what
    tokens add to the engine's objective, ``tokens`` bool[n_options] each the options of which one
    must be open; their floors are the last ones of the problem. ``n_amounts`` are the first limits
    of the problem, whose amounts the question gives. ``second_floors`` ask for two in reach.
    """

    problem: CoverageProblem
    options: Options
    spend: Ints
    split: tuple[PayerCosts, PayerCosts]
    worth: Floats
    rest_worth: Floats
    constant: float
    tokens: tuple[Mask, ...]
    exact: Floats
    n_amounts: int
    levels: TimeLevels | None = None
    second_floors: tuple[Floor, ...] = ()
    last_year: int = 0

    def weights_of(self, question: Question, items: DemandItems) -> Floats:
        """float64[n_demand]: what the engine is given where the items weigh otherwise."""
        n_tokens = len(self.tokens)
        tokens = np.full(n_tokens, self.constant / n_tokens) if n_tokens else np.empty(0)
        worth = (self.worth, self.rest_worth)
        exact = counted_by(question.goal.what, items, worth, self.levels, n_tokens)
        floors = (*self.problem.floors, *self.second_floors)
        return _given(question, items, exact, floors, tokens)

    def value(self, chosen: Ints) -> float:
        """Return what a choice of options is worth to the goal."""
        hit = np.zeros(self.problem.n_demand, dtype=np.bool_)
        hit[sp.csr_array(self.problem.covers[chosen]).indices] = True
        return float(self.exact[hit].sum())

    @property
    def by_name(self) -> CoverageProblem:
        """The same problem with the number of new stations and all money as limits with names."""
        problem = count_as_limit(self.problem)
        if problem.budget is None:
            return problem
        members = np.arange(problem.n_options) != self.standing_option
        name = say("money up to {year}", year=self.last_year)
        money = Limit(members=members, budget=problem.budget, costs=problem.costs, name=name)
        return replace(problem, budget=None, limits=(*problem.limits, money))

    @property
    def standing_option(self) -> int:
        """The option that is always open."""
        return self.problem.n_options - 1


def decision_problem(
    question: Question,
    table: ActionTable,
    items: DemandItems,
    *,
    stations: Stations,
    settings: Settings,
    last: DecisionProblem | None = None,
) -> DecisionProblem:
    """Make one covering problem of a question.

    ``last`` is the problem of the same actions and items with other limits: its cover matrix is
    taken over.

    Raises
    ------
    ProblemError
        when something required is not among the actions, or contradicts what is forbidden.
    """
    n_years = len(question.years_meant)
    options = options_of(table, n_years)
    tokens = must_have(question, table, options, stations=stations, settings=settings)
    required, forbidden = pinned(question, table, options, stations=stations, settings=settings)
    spend, split = spending(question, table, options)
    worth, rest_worth = _worth(question, items)
    total = max(float((items.total).sum()), 1.0)
    token = _TOKEN * total
    levels = None
    if items.trips is not None:
        levels = time_levels(items.trips, group_worth(question, items)[items.trips.group])
    covers = None if last is None else _covers_of(last, levels, tokens)
    if covers is None:
        covers = _covers(table, items, options, levels, tokens)
    counted = Counted(items, n_years, len(tokens), covers.shape[1])
    floors = tuple(counted.floor(question, one) for one in question.floors if one.stations == 1)
    twice = tuple(counted.floor(question, one) for one in question.floors if one.stations > 1)
    goal = question.goal.what
    exact = counted_by(goal, items, (worth, rest_worth), levels, len(tokens))
    weights = _given(question, items, exact, (*floors, *twice), np.full(len(tokens), token))
    budget, limits = _money_limits(question, table, options, spend, split)
    most_new = _most_new(question, table, required)
    limits += _count_limits(question, table, options, is_counted=most_new is not None)
    n_amounts = len(limits)
    limits += _spacing_limits(question, table, options, settings)
    limits += _station_limits(table, options)
    problem = CoverageProblem(
        weights,
        covers,
        costs=np.r_[spend.sum(axis=1), 0].astype(np.float64),
        budget=budget,
        max_open=most_new,
        site=np.r_[places_of(table, options), -1],
        required=np.r_[required, True],
        forbidden=np.r_[forbidden, False],
        limits=tuple(_with_standing(limit) for limit in limits),
        floors=(
            *floors,
            *counted.token_floors(
                [name for name, _ in tokens],
                weight=_best_gain(covers, weights, last=last) if tokens else 0.0,
            ),
        ),
    )
    return DecisionProblem(
        problem=problem,
        options=options,
        spend=spend,
        split=split,
        worth=worth,
        rest_worth=rest_worth,
        constant=token * len(tokens),
        tokens=tuple(np.r_[mask, False] for _, mask in tokens),
        exact=exact,
        n_amounts=n_amounts,
        levels=levels,
        second_floors=twice,
        last_year=question.years_meant[-1],
    )


def group_worth(question: Question, items: DemandItems) -> Floats:
    """float64[n_groups]: what the goal counts a worker of each group."""
    return np.array([question.goal.group_weights.get(name, 1.0) for name in items.groups])


def _worth(question: Question, items: DemandItems) -> tuple[Floats, Floats]:
    """Return what the goal counts each item and each of the rest."""
    by_group = group_worth(question, items)
    by_hours = np.ones(len(items.classes))
    for first, last, weight in question.goal.hour_weights:
        inside = (items.classes & ~span_hours((first, last))).sum(axis=1) == 0
        by_hours[inside] = weight
    of_items, of_rest = (
        np.asarray(by_group[labels.group] * by_hours[labels.hours], dtype=np.float64)
        for labels in (items.labels, items.rest)
    )
    return of_items, of_rest


def counted_by(
    goal: str,
    items: DemandItems,
    worth: tuple[Floats, Floats],
    levels: TimeLevels | None,
    n_tokens: int,
) -> Floats:
    """float64[n_demand]: what a goal counts each item of the problem.

    ``worth`` is what it counts each item and each of the rest, as `DecisionProblem` has them.
    """
    years = np.full((len(items.weights), 1), 0.0 if goal == "mean_time" else 1.0)
    if goal in _AT_END:
        years[:-1] = 0.0
    blocks = [
        by_year * (years * own)
        for by_year, own in (
            (items.weights, worth[0]),
            (items.standing, worth[1]),
            (items.beyond, worth[1]),
        )
    ]
    if levels is not None:
        blocks.append(levels.weights * (1.0 if goal == "mean_time" else 0.0))
    return np.concatenate([*(block.ravel() for block in blocks), np.zeros(n_tokens)])


def _given(
    question: Question,
    items: DemandItems,
    exact: Floats,
    floors: tuple[Floor, ...],
    tokens: Floats,
) -> Floats:
    """Return what the engine is given: never 0 where a floor looks, or may be set by the goal.

    The engine passes over what is worth nothing. What the goal does not count and a floor may is
    worth next to nothing to it: a bound with it in is a bound without it too.
    """
    people = np.concatenate([by.ravel() for by in (items.weights, items.standing, items.beyond)])
    least = np.zeros(len(exact))
    least[: len(people)] = people * _NEXT_TO_NOTHING
    if question.goal.what not in _AT_END:
        looked = np.zeros(len(exact), dtype=np.bool_)
        for floor in floors:
            looked |= floor.members
        least[~looked] = 0.0
    given = np.maximum(exact, least)
    given[len(given) - len(tokens) :] = tokens
    return np.asarray(given, dtype=np.float64)


def _covers_of(
    last: DecisionProblem, levels: TimeLevels | None, tokens: list[tuple[str, Mask]]
) -> sp.csr_array | None:
    """Return the matrix of a problem that has the same tokens, and no levels; else None."""
    if levels is not None or last.levels is not None or len(tokens) != len(last.tokens):
        return None
    is_same = all(
        np.array_equal(mask, old[:-1]) for (_, mask), old in zip(tokens, last.tokens, strict=True)
    )
    return last.problem.covers if is_same else None


def _covers(
    table: ActionTable,
    items: DemandItems,
    options: Options,
    levels: TimeLevels | None,
    tokens: list[tuple[str, Mask]],
) -> sp.csr_array:
    """Return bool [n_options + 1, items, standing, beyond, levels (all four by year), tokens]."""
    n_years, n_items = items.weights.shape
    n_rest, n_levels = n_years * len(items.rest.group), 0
    parts, of_levels = [], []
    for year in range(n_years):
        now = state_in_year(table, options, year)
        parts.append(Part(items.covers, now, year * n_items))
        if levels is not None:
            n_levels = levels.covers.shape[1]
            column = n_years * n_items + 2 * n_rest + year * n_levels
            of_levels.append(Part(levels.covers, now, column))
    first = n_years * (n_items + n_levels) + 2 * n_rest
    parts += of_levels
    if tokens:
        token = np.array([mask for _, mask in tokens], dtype=np.bool_)
        parts.append(Part(sp.csr_array(token.T), np.arange(token.shape[1]), first))
    served = np.r_[
        np.flatnonzero(np.tile(items.half, n_years)), n_years * n_items + np.arange(n_rest)
    ]
    return side_by_side(parts, served, n_columns=first + len(tokens))


class Part(NamedTuple):
    """Some columns of a matrix from ``column`` on: row o is row ``row[o]`` of ``covers``, or empty.

    ``row`` int64[n_options], -1 for an empty one.
    """

    covers: sp.csr_array
    row: Ints
    column: int

    @property
    def sizes(self) -> Ints:
        """int64[n_options]: how many entries each row has."""
        size = np.r_[np.diff(self.covers.indptr), 0]
        return np.asarray(size[self.row], dtype=np.int64)


def side_by_side(parts: list[Part], last: Ints, *, n_columns: int) -> sp.csr_array:
    """Return the parts side by side as bool CSR, and a row more with the columns ``last``.

    There are tens of millions of entries: each is written once, to where it stays.
    """
    sizes = [part.sizes for part in parts]
    offset = np.r_[0, np.cumsum(np.sum(sizes, axis=0))]
    n_entries = int(offset[-1]) + len(last)
    width = np.int32 if max(n_entries, n_columns) <= np.iinfo(np.int32).max else np.int64
    index = np.empty(n_entries, dtype=width)
    index[offset[-1] :] = last
    fill = offset[:-1].copy()
    for part, size in zip(parts, sizes, strict=True):
        # the entries of a part, row by row, from where they stand to where they come
        within = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        begin = part.covers.indptr[np.maximum(part.row, 0)]
        entries = part.covers.indices[np.repeat(begin, size) + within]
        within += np.repeat(fill, size)
        index[within] = entries + part.column
        fill += size
    offset = np.r_[offset, n_entries].astype(width)
    return sp.csr_array(
        (np.ones(n_entries, dtype=np.bool_), index, offset), shape=(len(offset) - 1, n_columns)
    )


class Counted(NamedTuple):
    """The order of the problem's items, for floors over some of them."""

    items: DemandItems
    n_years: int
    n_tokens: int
    size: int

    def masks(self, floor: FloorLimit) -> tuple[Mask, Mask]:
        """Return which items, and which of the rest, a floor speaks of."""
        items = self.items
        for group in floor.groups:
            if group not in items.groups:
                raise ProblemError(
                    say("floor {name}: nobody is {group}", name=floor.name, group=group)
                )
        for district in floor.districts:
            _known_district(district, items.districts, floor.name)
        groups = np.array([not floor.groups or g in floor.groups for g in items.groups])
        places = np.array(
            [
                *(not floor.districts or d in floor.districts for d in items.districts),
                not floor.districts,
            ]
        )
        hours = np.ones(len(items.classes), dtype=np.bool_)
        if floor.hours is not None:
            hours = (items.classes & ~span_hours(floor.hours)).sum(axis=1) == 0
        of_items, of_rest = (
            groups[labels.group] & places[labels.district] & hours[labels.hours]
            for labels in (items.labels, items.rest)
        )
        return of_items, of_rest

    def floor(self, question: Question, floor: FloorLimit) -> Floor:
        """Return the engine's floor: workers of one year, whatever the goal counts."""
        year = self.n_years - 1 if floor.year is None else question.years_meant.index(floor.year)
        of_items, of_rest = self.masks(floor)
        own = [
            np.zeros((self.n_years, size)) for size in (len(of_items), len(of_rest), len(of_rest))
        ]
        items = self.items
        own[0][year] = items.weights[year] * of_items
        own[1][year] = items.standing[year] * of_rest
        own[2][year] = items.beyond[year] * of_rest
        weights = np.concatenate([block.ravel() for block in own])
        weights = np.r_[weights, np.zeros(self.size - len(weights))]
        if not weights.any():
            raise ProblemError(
                say("floor {name}: there is nobody whom it speaks of", name=floor.name)
            )
        return Floor(
            members=weights > 0, min_share=floor.least_share, weights=weights, name=floor.name
        )

    def token_floors(self, names: list[str], *, weight: float) -> list[Floor]:
        """Return a floor for each token: something must stand there.

        A token that is missing weighs as much as the best action, so that a search gives up such
        an action for it.
        """
        floors = []
        for number, name in enumerate(names):
            members = np.zeros(self.size, dtype=np.bool_)
            members[self.size - self.n_tokens + number] = True
            floors.append(
                Floor(
                    members=members,
                    min_share=1.0,
                    weights=np.where(members, weight, 0.0),
                    name=name,
                )
            )
        return floors


def _best_gain(covers: sp.csr_array, weights: Floats, *, last: DecisionProblem | None) -> float:
    """Return the most that an option covers, what stands left out; known of the same problem."""
    if (
        last is not None
        and covers is last.problem.covers
        and np.array_equal(weights, last.problem.weights)
    ):
        return float(last.problem.weights_of(last.problem.floors[-1]).max())
    gains = (covers @ weights)[:-1]
    return max(float(gains.max(initial=0.0)), 1.0)


def _known_district(district: str, known: tuple[str, ...], name: str) -> None:
    if district not in known:
        raise ProblemError(
            say(
                "{name}: district {district} is not known: there are {known}",
                name=name,
                district=district,
                known=", ".join(known),
            )
        )


def _with_standing(limit: Limit) -> Limit:
    """Add the option that is always open to a limit, which it takes nothing of."""
    costs = None if limit.costs is None else np.r_[limit.costs, 0.0]
    return replace(limit, members=np.r_[limit.members, False], costs=costs)


def _money_limits(
    question: Question,
    table: ActionTable,
    options: Options,
    spend: Ints,
    split: tuple[PayerCosts, PayerCosts],
) -> tuple[float | None, list[Limit]]:
    """Return the budget of all years, and the limits of money of single ones and payers."""
    years, payer = question.years_meant, question.money.payer
    everything = np.ones(len(spend), dtype=np.bool_)
    of_all = spend if payer is None else by_payer(split, payer)
    today = paid_today(table, options, of_all)
    budget, limits = None, []
    sums = question.money_by_year
    if sums is not None:
        # what free stations cost today is there beside the new money
        had = np.array(sums) + today.kept.sum(axis=0)
        for at, year in enumerate(years):
            if question.money.carry_over:
                amount, costs = had[: at + 1].sum(), of_all[:, : at + 1].sum(axis=1)
                name = say("money up to {year}", year=year)
            else:
                amount, costs = had[at], of_all[:, at]
                name = say("money of {year}", year=year)
            if question.money.carry_over and at == len(years) - 1 and payer is None:
                budget = float(amount)
            else:
                limits.append(_money(everything, float(amount), costs, name))
    for one in question.money_limits:
        members = chosen_by(table, options, kinds=one.kinds, districts=one.districts)
        costs = spend if one.payer is None else by_payer(split, one.payer)
        costs = np.maximum(costs - paid_today(table, options, costs).of_options, 0)
        of_years = slice(None) if one.year is None else [years.index(one.year)]
        of_limit = costs[:, of_years].sum(axis=1)
        limits.append(_money(members, float(one.most_yuan), of_limit, one.name))
    return budget, limits


def _money(members: Mask, yuan: float, costs: Ints, name: str) -> Limit:
    return Limit(members=members, budget=float(yuan), costs=costs.astype(np.float64), name=name)


def _most_new(question: Question, table: ActionTable, required: Mask) -> int | None:
    """Return the number of new stations as the engine's own count, which it proves far sooner.

    That counts every option that is not required, so it says the same where building is all that
    may be done; None where it does not, and a limit says it.
    """
    if question.new is None or any(one.what != "build" for one in table.actions):
        return None
    left = question.new - int(required.sum())
    return min(left, len(required) + 1) if left >= 0 else None


def _count_limits(
    question: Question, table: ActionTable, options: Options, *, is_counted: bool
) -> list[Limit]:
    limits = []
    if question.new is not None and not is_counted:
        members = chosen_by(table, options, what="build")
        limits.append(Limit(members=members, max_open=question.new, name=say("new stations")))
    for one in question.count_limits:
        members = chosen_by(table, options, what=one.what, kinds=one.kinds, districts=one.districts)
        if one.year is not None:
            members &= options.begins == question.years_meant.index(one.year)
        limits.append(Limit(members=members, max_open=one.most, name=one.name))
    return limits


def _spacing_limits(
    question: Question, table: ActionTable, options: Options, settings: Settings
) -> list[Limit]:
    """Return a limit of one for each set of places that lie too near to each other."""
    if not question.spacing_m:
        return []
    places = places_of(table, options)
    sets = conflicts(table, within_m=question.spacing_m, metric_crs=settings.metric_crs)
    new = np.array([one.what in {"build", "relocate"} for one in table.actions])[options.action]
    return [
        Limit(members=np.isin(places, near) & new, max_open=1, name=say("spacing")) for near in sets
    ]


def _station_limits(table: ActionTable, options: Options) -> list[Limit]:
    """Return a limit of one for each station that may move: kept, changed or moved once."""
    moving = {one.station for one in table.actions if one.what == "relocate"}
    station = np.array([one.station for one in table.actions], dtype=np.int64)[options.action]
    return [
        Limit(members=station == row, max_open=1, name=say("one action a station"))
        for row in sorted(moving)
    ]
