"""A street with a question, small enough that every choice of actions is counted: the oracle.

The workspace is asked on the command line; what it prints is held against `Oracle`, which counts
all choices with plain loops (`tests.planning.decisions.all_choices`) and knows nothing of
`planning.decisions`.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from data import CandidateSites, Demand, Stations
from data.districts import Districts
from data.questions import Question as Asked
from data.settings_text import write_template
from data.workspace import Workspace
from geo.measure import Box
from tests.planning.decisions.all_choices import NOTHING, Doing, TinyCity
from tests.planning.decisions.test_mean_time import seconds_of
from tests.planning.street import PLACES, STEP_DEGREES, street_network
from tests.statements import fragments
from tests.statements.cities import Question, told_twice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from conftest import Cli

    from tests.statements.fragments import Fragment

GROUPS = ("courier", "truck_driver")
WEST, EAST = "西区", "东区"
ALL = "all"
_MIDDLE = PLACES[4, 0] + STEP_DEGREES / 2
SITES = (8, 4, 2)
STATIONS = ((0, "station", "8:00-18:00", 4), (6, "courier_home", "9:00-17:00", 3))


def build_street(folder: Path) -> Workspace:
    """Make the workspace: nine places in a row, three sites, two stations, two districts."""
    rng = np.random.default_rng(7)
    districts = Districts.from_areas(
        {
            WEST: shapely.box(116.75, 33.9, _MIDDLE, 34.0),
            EAST: shapely.box(_MIDDLE, 33.9, 116.85, 34.0),
        }
    )
    made = Workspace.create(
        folder, name="街市", box=Box(116.7, 33.9, 116.9, 34.0), districts=districts
    )
    groups = tuple(
        replace(group, standard=replace(group.standard, cutoff_s=3600.0, radius_m=160.0 + 60 * k))
        for k, group in enumerate(made.settings.groups)
    )
    write_template(folder / "yizhan.toml", replace(made.settings, groups=groups))
    made = Workspace.open(folder)
    made.replace_network(street_network())
    made.replace_sites(
        CandidateSites.from_records(
            [
                {"id": f"C{k}", "name": f"候选{'甲乙丙'[k]}", "lon": lon, "lat": lat}
                for k, (lon, lat) in enumerate(PLACES[list(SITES)])
            ]
        )
    )
    made.replace_stations(
        Stations.from_records(
            [
                {
                    "id": f"S{k}", "name": f"站{'子丑'[k]}", "kind": kind, "hours": hours,
                    "lon": PLACES[spot, 0], "lat": PLACES[spot, 1], "seats": seats,
                }
                for k, (spot, kind, hours, seats) in enumerate(STATIONS)
            ]
        )
    )  # fmt: skip
    plain = Demand.at_points(
        ids=[f"d{k}" for k in range(len(PLACES))],
        lonlat=PLACES,
        weights=rng.integers(2, 30, (len(PLACES), 2)).astype(float),
        groups=list(GROUPS),
        districts=districts,
    )
    profile = rng.integers(0, 5, (2, 2, 24)) / 4.0
    made.replace_demand(replace(plain, presence=np.array([0.5, 1.0]), profile=profile))
    return made


Choice = tuple[tuple[Doing, ...], tuple[Doing, ...]]


class Counted(NamedTuple):
    """A choice of actions, counted by the question's own words.

    ``hit`` by year and group: bool[n_cells, n_hours]; ``value`` what the goal counts over all
    years; ``keeps`` whether it keeps every limit.
    """

    choice: Choice
    hit: list[dict[str, np.ndarray]]
    value: float
    keeps: bool


@dataclass(eq=False)
class Oracle:
    """Every choice of a question in the street, and what each is worth."""

    workspace: Workspace
    question: Asked
    seated: dict[Any, Any] = field(default_factory=dict)
    orders: dict[Choice, dict[str, int]] = field(default_factory=dict)

    @cached_property
    def seconds(self) -> dict[str, np.ndarray]:
        return seconds_of(self.city)

    @cached_property
    def city(self) -> TinyCity:
        return self.city_of(self.question)

    def city_of(self, question: Asked) -> TinyCity:
        """The street with a question; rules that pay organisations decide nothing."""
        of = self.workspace
        rules = question.money_rules
        rules = replace(rules, rules=tuple(rule for rule in rules.rules if rule.rule == "share"))
        return TinyCity(
            question.model_copy(update={"money_rules": rules}),
            of.demand(),
            of.stations(),
            of.sites(),
            of.network(),
            of.settings,
        )

    @cached_property
    def years(self) -> tuple[int, ...]:
        return self.question.years_meant

    @cached_property
    def choices(self) -> list[Counted]:
        return [self.counted(choice) for choice in self.city.choices()]

    def counted(self, choice: Choice) -> Counted:
        tables = self.city.tables(choice)
        if self.question.goal.what == "two_in_reach":
            return self._twice(choice)
        hit = [{group: hit for group, (_, hit) in table.items()} for table in tables]
        return Counted(choice, hit, self.city.value(tables), self.city.keeps_limits(choice, tables))

    def once(self, choice: Choice) -> Counted:
        """Who has one place in reach at least."""
        hits = [{g: hit for g, (_, hit) in year.items()} for year in self.city.tables(choice)]
        return Counted(choice, hits, 0.0, keeps=True)

    def _twice(self, choice: Choice) -> Counted:
        """Who has two places in reach; who has one counts once, who has two counts twice."""
        states, value = self.city.standing(*choice, 0), 0.0
        hit: dict[str, np.ndarray] = {}
        for group in GROUPS:
            kinds = self.city.settings.group(group).kinds
            near = [self.city.near[group][place] for place, own, _, _ in states if kinds & set(own)]
            times = np.sum(near, axis=0) if near else np.zeros(len(self.city.demand))
            people = self.city.people[0][group][:, 0]
            value += float(people @ (times >= 1) + people @ (times >= 2))
            hit[group] = (times >= 2)[:, None]
        keeps = self.city.keeps_limits(choice, self.city.tables(choice))
        return Counted(choice, [hit], value, keeps)

    def tables(self, one: Counted) -> list[dict[str, tuple[np.ndarray, np.ndarray]]]:
        people = self.city.people
        return [
            {group: (people[at][group], hit) for group, hit in hits.items()}
            for at, hits in enumerate(one.hit)
        ]

    def best(
        self,
        *,
        question: Asked | None = None,
        where: Callable[[Choice], bool] = lambda _choice: True,
        worth: Callable[[Counted], float] = lambda one: one.value,
    ) -> float:
        """The most that a choice within the limits is worth; -inf where there is none."""
        city = None if question is None else self.city_of(question)
        best = -math.inf
        for one in self.choices:
            if worth(one) <= best or not where(one.choice):
                continue
            if one.keeps if city is None else city.keeps_limits(one.choice, self.tables(one)):
                best = worth(one)
        return best

    # a plan in the words of a table -----------------------------------------------------------

    def choice_of(self, actions: list[Mapping[str, Any]]) -> Choice:
        """The choice that a list of actions says; stations that it does not name stay."""
        sites, stations = list(self.city.sites.ids), self.city.ids
        at_sites = [NOTHING] * len(sites)
        at_stations = [Doing("keep")] * len(stations)
        for one in actions:
            what, year = one["what"], self.years.index(one["year"])
            if what == "build":
                at_sites[sites.index(one["id"])] = Doing("build", one["kind"], one["hours"], year)
            elif what == "close":
                at_stations[stations.index(one["id"])] = Doing("keep", until=year)
            elif what == "relocate":
                row = stations.index(one["station"])
                to = sites.index(one["id"])
                at_stations[row] = Doing("relocate", one["kind"], "", year, to=to)
            else:
                row = stations.index(one["id"])
                hours = one["hours"] if what == "extend" else ""
                at_stations[row] = Doing(what, one["kind"], hours, year)
        return tuple(at_sites), tuple(at_stations)

    def plan(self, figures: Mapping[str, Any]) -> Counted:
        choice = self.choice_of(figures["actions"])
        self.orders[choice] = {
            one["station"] or one["id"]: one["order"] for one in figures["actions"]
        }
        return self.counted(choice)

    @cached_property
    def today(self) -> Counted:
        """Nothing is done: every station stands as it is."""
        return self.counted(self.choice_of([]))

    # who is covered, what it costs ------------------------------------------------------------

    def inside(self, district: str) -> np.ndarray:
        """bool[n_cells]: the cells of a district, by which side of the middle they lie."""
        west = self.city.demand.lonlat[:, 0] < _MIDDLE
        return {ALL: west | True, WEST: west, EAST: ~west}[district]

    def covered(self, one: Counted, year: int, group: str = ALL, district: str = ALL) -> float:
        """Workers (or worker-hours) covered in a year; the goal's weights aside."""
        at, here = self.years.index(year), self.inside(district)
        groups = GROUPS if group == ALL else (group,)
        people = self.city.people[at]
        return float(sum((people[g] * one.hit[at][g])[here].sum() for g in groups))

    def whole(self, year: int, group: str = ALL, district: str = ALL) -> float:
        at, here = self.years.index(year), self.inside(district)
        groups = GROUPS if group == ALL else (group,)
        ones = one_everywhere(self.today)
        people = self.city.people[at]
        return float(sum((people[g] * ones[g])[here].sum() for g in groups))

    def share(self, one: Counted, year: int, group: str = ALL) -> float:
        whole = self.whole(year, group)
        return 100 * self.covered(one, year, group) / whole if whole else 0.0

    def value_of_year(self, one: Counted, year: int) -> float:
        """What the goal counts in one year."""
        return self.city.value([self.tables(one)[self.years.index(year)]])

    def bill(self, one: Counted) -> dict[str, np.ndarray]:
        """int64[n_items, n_years] by payer: what is done, and what free stations cost today."""
        rows = {payer: table.copy() for payer, table in self.city.paid(one.choice).items()}
        rows["own"] += self.free_today
        return {("市总工会" if payer == "city" else payer): of for payer, of in rows.items()}

    @cached_property
    def free_today(self) -> np.ndarray:
        """int64[n_items, n_years]: what stations that may close or move cost as they are."""
        table = np.zeros((len(self.city.sites) + len(self.city.ids), len(self.years)), np.int64)
        for row, kind in enumerate(self.city.kinds):
            if self.city.policy(row) == "free" and self.question.money.running:
                cost = self.question.cost_of_kind(kind).running_yuan_a_year
                table[len(self.city.sites) + row] = cost
        return table

    def yuan(self, one: Counted) -> int:
        return int(sum(table.sum() for table in self.bill(one).values()))

    def row_of(self, place: str) -> int:
        return [*self.city.sites.ids, *self.city.ids].index(place)


def one_everywhere(today: Counted) -> dict[str, np.ndarray]:
    return {group: np.ones_like(hit) for group, hit in today.hit[0].items()}


@dataclass(eq=False)
class Street:
    """The workspace whose command line is asked, and what it said."""

    folder: Path
    cli: Cli
    questions: dict[str, Question] = field(default_factory=dict)
    visits: dict[str, float] = field(default_factory=dict)
    members: dict[str, tuple[int, int]] = field(default_factory=dict)
    counted: dict[Any, Any] = field(default_factory=dict)
    _oracles: dict[str, Oracle] = field(default_factory=dict)

    def ask(self, *words: str) -> str:
        """Ask a command and return the face under which its answer is kept."""
        with told_twice() as told:
            said = self.cli(*(word.replace("{}", str(self.folder)) for word in words),
                            "-w", self.folder)  # fmt: skip
        assert said.code == 0, (words, said.err)
        words = tuple(word.removeprefix("{}/") for word in words)
        face = f"cli {' '.join(words)}"
        pieces = fragments.of_answer(face, said.out.replace(f"{self.folder}/", ""))
        self.questions[face] = Question(words, tuple(pieces), json.loads(told[0]))
        return face

    def oracle(self, face: str) -> Oracle:
        """The oracle of the question that a face answers; one for each question."""
        asked = Asked.from_dict(self.questions[face].figures["question"])
        if asked.content_hash not in self._oracles:
            self._oracles[asked.content_hash] = Oracle(Workspace.open(self.folder), asked)
        return self._oracles[asked.content_hash]

    def pieces(self, face: str) -> tuple[Fragment, ...]:
        return self.questions[face].pieces

    def all_pieces(self) -> Iterator[Fragment]:
        for question in self.questions.values():
            yield from question.pieces
