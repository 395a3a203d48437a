r"""Most workers seated: where new places do most when the ones that stand are full.

Counted is one hour of a plain week, the one in which most workers find every open place in reach
full as things stand. What stands is there anyway; new places are built at candidate sites. It is
capacitated covering (`planning.engine.variants.capacitated`):

.. math::
   \max \sum_{ij} f_{ij} \quad\text{with}\quad
   \sum_j f_{ij} \le d_i, \quad \sum_i f_{ij} \le q_j x_j, \quad \sum_{j\ \text{new}} x_j \le p

over the ways within the standard, ``d`` the seats asked for by a cell and a group, ``q`` the seats
of a place. Money, counts, floors, zones, spacing and one action a place hold as in any question of
one year: they are those of the decision problem, whose options the new places are. It counts what
workers who are sent well could do: those who go to the nearest place with room seat no more.
"""

from __future__ import annotations

import math
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
from planning.decisions.always_open import with_always_open
from planning.decisions.items import people_by_year
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


@dataclass(frozen=True, eq=False)
class SeatProblem:
    """Seats as the engine takes them: options are the decision problem's, then what stands.

    ``day`` (0 is Monday) and ``hour`` are those that count.
    """

    problem: CapacitatedProblem
    day: int
    hour: int

    def within(self, of: CoverageProblem) -> SeatProblem:
        """Return the same seats under other rules: those of the decision problem ``of``."""
        n_standing = self.problem.covers.shape[0] - of.n_options
        nobody = sp.csr_array((n_standing, of.n_demand), dtype=np.bool_)
        rules = with_always_open(of, nobody)
        problem = replace(
            self.problem,
            max_open=rules.n_options if rules.max_open is None else rules.max_open,
            required=rules.required,
            forbidden=rules.forbidden,
            rules=rules,
        )
        return replace(self, problem=problem)


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
    refuse_unseated(question)
    demand = replace(demand, weights=people_by_year(question, demand, settings)[-1])
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
    # the decision problem's options, what stands of it, then the places that stand
    row = np.where(standing, of.standing_option + np.cumsum(standing), np.cumsum(~standing) - 1)
    nobody = sp.csr_array((int(standing.sum()), of.problem.n_demand), dtype=np.bool_)
    rules = with_always_open(of.problem, nobody)
    seats = np.zeros(rules.n_options)
    most = max(float(wanted.sum()), 1.0)
    seats[row] = np.minimum(np.nan_to_num(places.seats, nan=np.inf), most)
    problem = CapacitatedProblem(
        weights=wanted,
        covers=sp.csr_array(
            (np.ones(int(kept.sum()), dtype=np.bool_), (row[ways.place[kept]], ways.item[kept])),
            shape=(rules.n_options, len(wanted)),
        ),
        capacity=seats,
        max_open=rules.n_options if rules.max_open is None else rules.max_open,
        required=rules.required,
        forbidden=rules.forbidden,
        rules=rules,
    )
    return SeatProblem(problem, fullest.days[0], fullest.hour)


def most_seated(of: SeatProblem, *, standing_option: int, params: SolveParams) -> Plan:
    """Solve it; the plan's ``chosen`` are options of the decision problem.

    What nobody would sit down in is not built.
    """
    plan = solve(of.problem, params=params)
    chosen = plan.chosen
    if math.isfinite(plan.objective):
        free = np.flatnonzero(~known(of.problem.required)[chosen])
        for place in chosen[free]:
            rest = np.setdiff1d(chosen, [place])
            same = value_of(of.problem, rest) >= plan.objective * (1.0 - EXACT)
            if same and not broken_choice(of.problem, rest):
                chosen = rest
    return replace(plan, chosen=chosen[chosen <= standing_option])


def refuse_unseated(question: Question) -> None:
    """Refuse what the goal seated does not take, before any way is searched (ProblemError)."""
    if question.goal.what != "seated":
        return
    if question.years.count > 1:
        raise ProblemError(
            say(
                "the goal seated counts one hour of one year: leave out years.count, or ask for "
                "the goal workers"
            )
        )
    if question.goal.group_weights:
        raise ProblemError(
            say(
                "the goal seated: a seat holds one worker, whatever the group counts: leave out "
                "goal.group_weights"
            )
        )
    if question.actions.existing != "fixed" or question.actions.stations:
        raise ProblemError(
            say(
                "the goal seated builds beside the stations that stand, with the seats that they "
                "have: leave out actions.existing and actions.stations"
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
