r"""Most workers seated: where new places do most when the ones that stand are full.

Counted is one hour of a plain week in each year, the one in which most workers of the last year
find every open place in reach full as things stand. It is capacitated covering
(`planning.engine.variants.capacitated`):

.. math::
   \max \sum_{yij} c_i f_{yij} \quad\text{with}\quad
   \sum_j f_{yij} \le d_{yi}, \quad \sum_i f_{yij} \le \sum_o q_{yo} x_o \ (o \text{ at } j), \quad
   x \in \{0, 1\}

over the ways within the standard, ``d`` the seats asked for by a cell and a group in a year, ``q``
the seats that an option has then, ``c`` what the goal counts a worker of the group. A place that is
built has the seats of its kind from its year on; a station that is made into another kind has those
of the new kind, never fewer than before, and serves whom it did too; one that opens longer or moves
keeps its seats; one that closes has none. A station that may change and is not chosen stays as it
is: that is an option of its own at its place, free of charge. Money, counts, floors, zones, spacing
and one action a place are those of the decision problem. It counts what workers who are sent well
could do: those who go to the nearest place with room seat no more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.messages import say
from planning.coverage.assignment import StandingPlaces, ways_within
from planning.coverage.nominal import groups_of
from planning.coverage.seating import measure_seating, seats_wanted
from planning.coverage.service_week import HOURS_A_DAY, service_week
from planning.decisions.always_open import count_as_limit, with_always_open, with_free_options
from planning.decisions.items import people_by_year, serves_as_state, state_week
from planning.decisions.options import state_in_year
from planning.engine.checks import known
from planning.engine.objectives import value_of
from planning.engine.params import EXACT
from planning.engine.solver import solve
from planning.engine.variant_problems import CapacitatedProblem
from planning.engine.verify import broken_choice

if TYPE_CHECKING:
    from collections.abc import Collection

    from data.demand import Demand
    from data.questions.question import Question
    from data.settings import Settings
    from data.stations import Stations
    from geo.network import RoadNetwork
    from planning.decisions.actions import ActionTable
    from planning.decisions.problem import DecisionProblem
    from planning.engine.params import Plan, SolveParams
    from planning.engine.problems import CoverageProblem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class _Extra(NamedTuple):
    """Options behind those of the decision problem: ``site`` int64 of each station as it is.

    ``n_standing`` are the stations behind them that stand whatever is done.
    """

    site: Ints
    n_standing: int


@dataclass(frozen=True, eq=False)
class SeatProblem:
    """Seats as the engine takes them.

    Options are the decision problem's, then each station that may change as it is (``extra``), then
    what stands anyway. ``day`` (0 is Monday) and ``hour`` are those that count. ``spares``
    bool[n_options] are new places and changes of stations that stand anyway, ``keeps`` free
    stations kept to the end.
    """

    problem: CapacitatedProblem
    day: int
    hour: int
    extra: _Extra
    spares: Mask
    keeps: Mask

    def within(self, of: CoverageProblem) -> SeatProblem:
        """Return the same seats under other rules: those of the decision problem ``of``."""
        rules = _rules(of, self.extra)
        problem = replace(
            self.problem,
            max_open=rules.n_options if rules.max_open is None else rules.max_open,
            required=rules.required,
            forbidden=rules.forbidden,
            rules=rules,
        )
        return replace(self, problem=problem)

    def whole(self, chosen: Ints) -> Ints:
        """Return a choice of the decision problem's options with all that stands beside it."""
        n_options, n_extra = self.problem.covers.shape[0], len(self.extra.site)
        first = n_options - self.extra.n_standing - n_extra
        rules = self.problem.rules
        taken = np.empty(0) if rules is None or rules.site is None else rules.site[chosen]
        stays = first + np.flatnonzero(~np.isin(self.extra.site, taken))
        return np.union1d(chosen, np.r_[first - 1, stays, np.arange(first + n_extra, n_options)])


def _rules(of: CoverageProblem, extra: _Extra) -> CoverageProblem:
    """Return the rules of the decision problem over its options and what stands beside them."""
    if len(extra.site):
        # a station as it is counts as nothing new
        of = with_free_options(count_as_limit(of), extra.site)
    nobody = sp.csr_array((extra.n_standing, of.n_demand), dtype=np.bool_)
    return with_always_open(of, nobody)


def seat_problem(
    question: Question,
    table: ActionTable,
    of: DecisionProblem,
    *,
    demand: Demand,
    stations: Stations,
    network: RoadNetwork,
    settings: Settings,
    doubted: Collection[str] = (),
) -> SeatProblem:
    """Make the problem of a question whose goal is most workers seated."""
    people = people_by_year(question, demand, settings)
    demand = replace(demand, weights=people[-1])
    ever = replace(demand, weights=people.max(axis=0))
    places, standing = _places(question, table, stations, demand, settings, doubted)
    ways = ways_within(
        ever,
        places,
        network,
        settings,
        standard=question.goal.standard,
        speed_factors=question.world.speed_factors,
    )
    today = replace(places, open=places.open & standing[:, None])
    at_once = question.capacity.at_once
    fullest = measure_seating(demand, today, ways, at_once=at_once).fullest
    day, hour = fullest.days[0], fullest.hour
    wanted = np.array(
        [seats_wanted(replace(demand, weights=one), day, hour, at_once).T.ravel() for one in people]
    )
    is_open = places.open[:, HOURS_A_DAY * day + hour]
    kept = is_open[ways.place]
    reached = sp.csr_array(
        (np.ones(int(kept.sum()), dtype=np.int8), (ways.place[kept], ways.item[kept])),
        shape=(len(places), wanted.shape[1]),
    )
    rows, extra = _rows_by_year(table, of, stations, n_years=len(people))
    rules = _rules(of.problem, extra)
    most = max(float(wanted.sum(axis=1).max()), 1.0)
    seats = np.r_[np.minimum(np.nan_to_num(places.seats, nan=np.inf), most), 0.0]
    covers = sp.hstack([_chosen_rows(row, len(places)) @ reached for row in rows.T])
    worth = question.goal.group_weights
    by_group = np.array([worth.get(name, 1.0) for name in demand.groups])
    problem = CapacitatedProblem(
        weights=wanted.ravel(),
        covers=sp.csr_array(covers.astype(np.bool_)),
        capacity=seats[rows],
        max_open=rules.n_options if rules.max_open is None else rules.max_open,
        required=rules.required,
        forbidden=rules.forbidden,
        rules=rules,
        period=np.repeat(np.arange(len(people)), wanted.shape[1]),
        worth=np.tile(np.repeat(by_group, len(demand)), len(people)) if worth else None,
    )
    what = np.array([table.actions[number].what for number in of.options.action])
    station = np.array([table.actions[number].station for number in of.options.action])
    keeps = (what == "keep") & (of.options.ends == len(people))
    return SeatProblem(problem, day, hour, extra, ~np.r_[table.free, False][station], keeps)


def _chosen_rows(row: Ints, n_rows: int) -> sp.csr_array:
    """Return int8 [n_options, n_rows]: which row each option takes; -1 none."""
    some = np.flatnonzero(row >= 0)
    ones = np.ones(len(some), dtype=np.int8)
    return sp.csr_array((ones, (some, row[some])), shape=(len(row), n_rows))


def _rows_by_year(
    table: ActionTable, of: DecisionProblem, stations: Stations, *, n_years: int
) -> tuple[Ints, _Extra]:
    """Return int64[n_options, n_years]: the place that stands by each option; and what is beside.

    Places are the open stations of the register, then the states of the table; -1 for none.
    """
    rows = np.flatnonzero(stations.frame["status"].eq("open").to_numpy())
    at = np.full(len(stations), -1, dtype=np.int64)
    at[rows] = np.arange(len(rows))
    acts = [table.actions[number] for number in of.options.action]
    station = np.array([one.station for one in acts], dtype=np.int64)
    own = np.zeros((len(acts), n_years), dtype=np.int64)
    for year in range(n_years):
        state = state_in_year(table, of.options, year)
        # before its year a station that is not free is what it was
        before = (state < 0) & (year < of.options.begins) & (station >= 0)
        own[:, year] = np.where(state >= 0, len(rows) + state, np.where(before, at[station], -1))
    changing = np.unique(station[station >= 0])
    stays = changing[~table.free[changing]]
    always = np.setdiff1d(rows, changing)
    place = {one.station: one.place for one in acts if one.what != "relocate"}
    beside = np.r_[-1, at[stays], at[always]]
    whole = np.vstack([own, np.repeat(beside[:, None], n_years, axis=1)])
    sites = np.array([place[one] for one in stays.tolist()], dtype=np.int64)
    return whole, _Extra(sites, len(always))


def most_seated(of: SeatProblem, *, standing_option: int, params: SolveParams) -> Plan:
    """Solve it; the plan's ``chosen`` are options of the decision problem.

    What nobody would sit down in is not built nor changed, and what may close stays where the
    limits let it.
    """
    plan = solve(of.problem, params=params)
    if not math.isfinite(plan.objective):
        return replace(plan, chosen=plan.chosen[plan.chosen <= standing_option])
    chosen = plan.chosen
    required = known(of.problem.required)[:standing_option]
    for place in np.intersect1d(chosen, np.flatnonzero(of.spares & ~required)):
        rest = of.whole(np.setdiff1d(chosen[chosen < standing_option], [place]))
        same = value_of(of.problem, rest) >= plan.objective * (1.0 - EXACT)
        if same and not broken_choice(of.problem, rest):
            chosen = rest
    for place in np.flatnonzero(of.keeps):
        more = np.union1d(chosen, [place])
        if not broken_choice(of.problem, more):
            chosen = more
    return replace(plan, chosen=chosen[chosen <= standing_option])


def refuse_seatless(question: Question, table: ActionTable) -> None:
    """Refuse, of the goal seated, a kind that is built or made and has no seats (ProblemError)."""
    if question.goal.what != "seated":
        return
    for one in table.actions:
        is_new = one.what in {"build", "upgrade"}
        if is_new and one.kind not in question.capacity.seats_by_kind:
            raise ProblemError(
                say("{kind} has no seats: give them in capacity.seats_by_kind", kind=one.kind)
            )


def _places(  # noqa: PLR0917 - what a place is made of
    question: Question,
    table: ActionTable,
    stations: Stations,
    demand: Demand,
    settings: Settings,
    doubted: Collection[str],
) -> tuple[StandingPlaces, Mask]:
    """Return what stands, then each state of the table; and which stands."""
    groups = groups_of(demand, settings)
    week = service_week(stations, groups, doubted=doubted)
    frame, states = stations.frame, table.states
    rows = np.flatnonzero(frame["status"].eq("open").to_numpy())
    kinds, n, new = list(map(str, frame["kind"])), len(rows), len(states)
    serves = np.array(
        [
            serves_as_state(states, group, serving=week.serves[number], kinds_now=kinds)
            for number, group in enumerate(groups)
        ]
    )
    seats = []
    for one in states:
        of_kind = float(question.capacity.seats_by_kind.get(one.kind, np.nan))
        now = float(frame["seats"].iloc[one.station]) if one.station >= 0 else np.nan
        is_as_built = one.station >= 0 and one.kind == kinds[one.station]
        seats.append(now if is_as_built else float(np.fmax(now, of_kind)))
    weeks = np.array([state_week((one.hours, one.station), week) for one in states])
    places = StandingPlaces(
        ids=(*(str(frame["id"].iloc[row]) for row in rows), *(f"#{k}" for k in range(new))),
        names=(*(str(frame["name"].iloc[row]) for row in rows), *("",) * new),
        kinds=(*(kinds[row] for row in rows), *(one.kind for one in states)),
        order=(0,) * n + (1,) * new,
        lonlat=np.vstack([stations.lonlat[rows], np.array([one[:2] for one in states])]),
        serves=np.hstack([week.serves[:, rows], serves.reshape(len(groups), new)]),
        open=np.vstack([week.open[rows].reshape(n, -1), weeks.reshape(new, -1)]),
        knows_hours=np.r_[week.known[rows], np.ones(new, dtype=np.bool_)],
        seats=np.r_[frame["seats"].to_numpy(dtype=np.float64)[rows], seats],
    )
    return places, np.arange(n + new) < n
