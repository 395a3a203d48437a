r"""Most workers seated: where new places do most when the ones that stand are full.

Counted is one hour of a plain week, the one in which most workers find every open place in reach
full as things stand. What stands is there anyway; of the candidate sites at most ``new`` are built.
It is capacitated covering (`planning.engine.variants.capacitated`):

.. math::
   \max \sum_{ij} f_{ij} \quad\text{with}\quad
   \sum_j f_{ij} \le d_i, \quad \sum_i f_{ij} \le q_j x_j, \quad \sum_{j\ \text{new}} x_j \le p

over the ways within the standard, ``d`` the seats asked for by a cell and a group, ``q`` the seats
of a place. It counts what workers who are sent well could do: those who go to the nearest place
with room seat no more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.messages import say
from planning.coverage.assignment import StandingPlaces, ways_within
from planning.coverage.nominal import groups_of
from planning.coverage.seating import measure_seating, seats_wanted
from planning.coverage.service_week import HOURS_A_DAY, service_week
from planning.decisions.actions import HOURS_A_WEEK, open_week
from planning.decisions.items import people_by_year
from planning.engine.problems import CapacitatedProblem
from planning.engine.solver import solve

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

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SeatProblem:
    """Seats as the engine takes them; ``option`` int64[n_places] is the decision problem's.

    It is -1 for what stands. ``day`` (0 is Monday) and ``hour`` are those that count.
    """

    problem: CapacitatedProblem
    option: Ints
    day: int
    hour: int


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
    """Make the problem of a question whose goal is most workers seated.

    Raises
    ------
    ProblemError
        when the question holds what this goal does not take, or a kind has no seats.
    """
    _check(question)
    demand = replace(demand, weights=people_by_year(question, demand, settings)[-1])
    option = np.arange(len(of.options.action), dtype=np.int64)
    places, standing = _places(question, table, of, stations, demand, settings, doubted)
    ways = ways_within(
        demand,
        places,
        network,
        settings,
        standard=question.goal.standard,
        speed_factors=question.world.speed_factors,
    )
    today = replace(places, open=places.open & standing[:, None])
    at_once = question.capacity.at_once
    fullest = measure_seating(demand, today, ways, at_once=at_once).fullest
    wanted = seats_wanted(demand, fullest.days[0], fullest.hour, at_once).T.ravel()
    is_open = places.open[:, HOURS_A_DAY * fullest.days[0] + fullest.hour]
    kept = is_open[ways.place] & (wanted[ways.item] > 0.0)
    new = ~standing
    required, forbidden = standing.copy(), np.zeros(len(places), dtype=np.bool_)
    required[new] = np.asarray(of.problem.required)[option]
    forbidden[new] = np.asarray(of.problem.forbidden)[option]
    most = int(new.sum()) if question.new is None else question.new
    problem = CapacitatedProblem(
        weights=wanted,
        covers=sp.csr_array(
            (np.ones(int(kept.sum()), dtype=np.bool_), (ways.place[kept], ways.item[kept])),
            shape=(len(places), len(wanted)),
        ),
        capacity=np.minimum(np.nan_to_num(places.seats, nan=np.inf), max(float(wanted.sum()), 1.0)),
        max_open=max(most - int(required[new].sum()), 0),
        required=required,
        forbidden=forbidden & ~required,
    )
    of_place = np.full(len(places), -1, dtype=np.int64)
    of_place[new] = option
    return SeatProblem(problem, of_place, fullest.days[0], fullest.hour)


def most_seated(of: SeatProblem, *, standing_option: int, params: SolveParams) -> Plan:
    """Solve it; the plan's ``chosen`` are options of the decision problem."""
    plan = solve(of.problem, params=params)
    built = of.option[plan.chosen]
    chosen = np.r_[np.sort(built[built >= 0]), standing_option]
    return replace(plan, chosen=chosen)


def _check(question: Question) -> None:
    """Refuse what the goal does not take."""
    given = {
        "years.count": question.years.count > 1,
        "money.yuan_by_year": bool(question.money.yuan_by_year),
        "money_limits": bool(question.money_limits),
        "count_limits": bool(question.count_limits),
        "floors": bool(question.floors),
        "spacing_m": bool(question.spacing_m),
        "goal.group_weights": bool(question.goal.group_weights),
        "actions.existing": question.actions.existing != "fixed" or bool(question.actions.stations),
        "zones": any(zone.rule == "require" for zone in question.zones),
    }
    for key, is_given in given.items():
        if is_given:
            raise ProblemError(
                say(
                    "the goal seated takes one year, a number of new places (new), pins and zones "
                    "that exclude: leave out {key}",
                    key=key,
                )
            )


def _places(  # noqa: PLR0917 - what a place is made of
    question: Question,
    table: ActionTable,
    of: DecisionProblem,
    stations: Stations,
    demand: Demand,
    settings: Settings,
    doubted: Collection[str],
) -> tuple[StandingPlaces, npt.NDArray[np.bool_]]:
    """Return what stands, then what may be built option by option; and which stands."""
    groups = groups_of(demand, settings)
    week = service_week(stations, groups, doubted=doubted)
    rows = np.flatnonzero(stations.frame["status"].eq("open").to_numpy())
    acts = [table.actions[number] for number in of.options.action]
    if len({one.place for one in acts}) < len(acts):
        raise ProblemError(
            say(
                "the goal seated builds one kind with one text of hours at a place: give one "
                "under actions.build and one under actions.build_hours"
            )
        )
    for one in acts:
        if one.kind not in question.capacity.seats_by_kind:
            raise ProblemError(
                say("{kind} has no seats: give them in capacity.seats_by_kind", kind=one.kind)
            )
    states = [table.states[one.state] for one in acts]
    never = np.zeros(HOURS_A_WEEK, dtype=np.bool_)
    hours = [never if (open_ := open_week(one.hours)) is None else open_ for one in acts]
    n, new = len(rows), len(acts)
    serves = np.array([[one.kind in group.kinds for one in acts] for group in groups])
    frame = stations.frame.iloc[rows]
    seats = [float(question.capacity.seats_by_kind[one.kind]) for one in acts]
    places = StandingPlaces(
        ids=(*map(str, frame["id"]), *(one.id for one in acts)),
        names=(*map(str, frame["name"]), *(one.name for one in acts)),
        kinds=(*map(str, frame["kind"]), *(one.kind for one in acts)),
        order=(0,) * n + (1,) * new,
        lonlat=np.vstack(
            [stations.lonlat[rows], np.array([one[:2] for one in states]).reshape(-1, 2)]
        ),
        serves=np.hstack([week.serves[:, rows], serves.reshape(len(groups), new)]),
        open=np.vstack([week.open[rows].reshape(n, -1), np.array(hours).reshape(new, -1)]),
        knows_hours=np.r_[week.known[rows], np.ones(new, dtype=np.bool_)],
        seats=np.r_[frame["seats"].to_numpy(dtype=np.float64), seats],
    )
    return places, np.arange(n + new) < n
