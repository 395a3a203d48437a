"""A planner's question: what is to be most or least, by which actions, within which limits."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from data.questions.capacity import Capacity
from data.questions.money_rules import MoneyRules
from data.questions.parts import (
    Actions,
    Costs,
    CountLimit,
    Earliest,
    FloorLimit,
    Front,
    Goal,
    KindCost,
    Money,
    MoneyLimit,
    Part,
    Pin,
    Text,
    Years,
    Zone,
)
from data.questions.refusals import at, faults_of, first_fault
from data.questions.world import World
from geo.errors import FieldsError, InputError
from geo.messages import say

_ASSUMED = "an assumption of Yizhan's, for a first answer: put in what it costs in your city"

#: What stations cost where a question does not say; round figures, marked as assumptions. Sixteen
#: homes for about 1.6 million yuan (Huaibei) make some 100,000 yuan a home.
ASSUMED_COSTS: tuple[KindCost, ...] = (
    KindCost(
        kind="service_centre", capital_yuan=400_000, running_yuan_a_year=120_000, reason=_ASSUMED
    ),
    KindCost(kind="base", capital_yuan=200_000, running_yuan_a_year=60_000, reason=_ASSUMED),
    KindCost(
        kind="driver_home",
        capital_yuan=120_000,
        running_yuan_a_year=36_000,
        reason=f"about 1.6 million yuan for 16 homes in Huaibei; running: {_ASSUMED}",
    ),
    KindCost(
        kind="rider_home",
        capital_yuan=100_000,
        running_yuan_a_year=24_000,
        reason=f"about 1.6 million yuan for 16 homes in Huaibei; running: {_ASSUMED}",
    ),
    KindCost(
        kind="courier_home",
        capital_yuan=100_000,
        running_yuan_a_year=24_000,
        reason=f"about 1.6 million yuan for 16 homes in Huaibei; running: {_ASSUMED}",
    ),
    KindCost(kind="station", capital_yuan=50_000, running_yuan_a_year=12_000, reason=_ASSUMED),
    KindCost(kind="micro_station", capital_yuan=15_000, running_yuan_a_year=4_000, reason=_ASSUMED),
    KindCost(
        kind="mobile_station",
        capital_yuan=80_000,
        running_yuan_a_year=40_000,
        lifetime_years=8,
        reason=_ASSUMED,
    ),
)

Rules = Annotated[
    MoneyRules,
    BeforeValidator(lambda given: given if isinstance(given, MoneyRules) else _rules(given)),
    PlainSerializer(lambda rules: rules.as_dicts()),
    WithJsonSchema({"type": "array", "items": {"type": "object"}}),
]


def _rules(given: object) -> MoneyRules:
    return MoneyRules.from_dicts(given)


class Question(Part):
    """What a planner asks: one goal, the actions that may be taken, and every limit on them.

    The same in TOML, in JSON and as this type: `from_dict` and `as_dict` go both ways, and what
    stands at its default is left out, so that equal questions have equal hashes.

    Raises
    ------
    InputError
        from `from_dict`, for a key that is not known (with the nearest), a value of another type or
        parts that contradict each other; the message says where.

    Examples
    --------
    >>> from data.questions import Question
    >>> question = Question.from_dict(
    ...     {"money": {"yuan_by_year": [600000, 500000]}, "years": {"first": 2027, "count": 2}}
    ... )
    >>> question.years_meant, question.money_by_year
    ((2027, 2028), (600000, 500000))
    """

    name: Text = Field(default="", description="what the question is called")
    goal: Goal = Field(default=Goal(), description="what is to be most or least")
    years: Years = Field(default=Years(), description="over which years")
    money: Money = Field(default=Money(), description="how much there is")
    new: Annotated[int, Field(ge=0, le=10_000)] | None = Field(
        default=None, description="at most so many new stations in all; none: any number"
    )
    actions: Actions = Field(default=Actions(), description="what may be done")
    required: tuple[Pin, ...] = Field(default=(), description="what must be part of the plan")
    forbidden: tuple[Pin, ...] = Field(default=(), description="what must not")
    earliest: tuple[Earliest, ...] = Field(default=(), description="places had from a year on")
    money_limits: tuple[MoneyLimit, ...] = Field(
        default=(), description="money by year, district, kind or payer"
    )
    count_limits: tuple[CountLimit, ...] = Field(default=(), description="how many at most")
    floors: tuple[FloorLimit, ...] = Field(default=(), description="shares to be covered")
    spacing_m: Annotated[float, Field(ge=0, le=50_000, allow_inf_nan=False)] = Field(
        default=0.0, description="metres between two stations at least, as the crow flies"
    )
    zones: tuple[Zone, ...] = Field(default=(), description="ground that excludes or requires")
    costs: Costs = Field(default=Costs(), description="what actions cost")
    money_rules: Rules = Field(default=MoneyRules(), description="who pays which part of it")
    capacity: Capacity = Field(
        default=Capacity(), description="how full places become in the hours of a week"
    )
    world: World = Field(default=World(), description="what changes in the city itself")
    front: Front | None = Field(default=None, description="two measures beside each other")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        given = len(self.money.yuan_by_year)
        if given not in {0, 1, self.years.count}:
            raise FieldsError(
                say(
                    "money: {given} sums for {years} years: give one for each year, or one for all",
                    given=given,
                    years=self.years.count,
                ),
                at("money", "yuan_by_year"),
            )
        for number, floor in enumerate(self.floors):
            if self.goal.what != "worker_hours" and floor.hours:
                raise FieldsError(
                    say("floors: hours belong to the goal worker_hours"),
                    at("floors", number, "hours"),
                )
            if self.goal.what != "two_in_reach" and floor.stations > 1:
                raise FieldsError(
                    say("floors: stations = 2 belongs to the goal two_in_reach"),
                    at("floors", number, "stations"),
                )
        self._check_measures()
        self._check_earliest()
        self._check_names()
        for place, year in self._years_named():
            if year not in self.years_meant:
                raise FieldsError(
                    say(
                        "year {year} is not among those of the plan ({first} to {last})",
                        year=year,
                        first=self.years_meant[0],
                        last=self.years_meant[-1],
                    ),
                    at(*place),
                )
        if len({cost.kind for cost in self.costs.by_kind}) < len(self.costs.by_kind):
            raise FieldsError(say("costs: a kind stands twice in by_kind"), at("costs", "by_kind"))
        return self

    def _check_names(self) -> None:
        """Refuse a limit that has the name of another: the answer could not tell them apart."""
        had: set[str] = set()
        for field in ("money_limits", "count_limits", "floors", "zones"):
            for number, part in enumerate(getattr(self, field)):
                if part.name in had:
                    raise FieldsError(
                        say(
                            "{name} names two limits: each needs a name of its own", name=part.name
                        ),
                        at(field, number, "name"),
                    )
                had.add(part.name)

    def _check_earliest(self) -> None:
        """Refuse a place that is had too late for any year of the plan."""
        for number, early in enumerate(self.earliest):
            if early.year > self.years_meant[-1]:
                raise FieldsError(
                    say(
                        "earliest: {place} is to be had from {year} on and the plan ends in "
                        "{last}, so it could never be chosen: forbid it instead",
                        place=early.place,
                        year=early.year,
                        last=self.years_meant[-1],
                    ),
                    at("earliest", number, "year"),
                )

    def _check_measures(self) -> None:
        """Refuse measures that the goal's count cannot tell, and a time that nothing counts."""
        if self.goal.beyond_s is not None and not self.counts_time:
            raise FieldsError(say("beyond_s belongs to the goal mean_time"), at("goal", "beyond_s"))
        by_hours = self.goal.what == "worker_hours"
        for field in () if self.front is None else ("first", "second"):
            word = getattr(self.front, field)
            if (word == "worker_hours") != by_hours and word in {
                "worker_hours",
                "workers",
                "mean_time",
            }:
                raise FieldsError(
                    say(
                        "front: the goal {goal} does not count {word}: hours are counted with the "
                        "goal worker_hours alone",
                        goal=self.goal.what,
                        word=word,
                    ),
                    at("front", field),
                )

    def _years_named(self) -> list[tuple[tuple[str | int, ...], int]]:
        """Return every year that a part names, with its place."""
        fields = ("required", "forbidden", "money_limits", "count_limits", "floors")
        parts: list[tuple[tuple[str | int, ...], Any]] = [
            ((field, number), part)
            for field in fields
            for number, part in enumerate(getattr(self, field))
        ]
        parts += [(("world", "demand", n), part) for n, part in enumerate(self.world.demand)]
        return [((*place, "year"), part.year) for place, part in parts if part.year is not None]

    @property
    def years_meant(self) -> tuple[int, ...]:
        """The years of the plan, in order."""
        return tuple(range(self.years.first, self.years.first + self.years.count))

    @property
    def counts_time(self) -> bool:
        """Whether the time to the nearest place is asked for."""
        asked: list[str] = [self.goal.what]
        if self.front is not None:
            asked += [self.front.first, self.front.second]
        return "mean_time" in asked

    @property
    def money_by_year(self) -> tuple[int, ...] | None:
        """Yuan that come in each year; None: money is no limit."""
        sums = self.money.yuan_by_year
        if not sums:
            return None
        return sums if len(sums) == self.years.count else (*sums, *[0] * (self.years.count - 1))

    def cost_of_kind(self, kind: str) -> KindCost:
        """Return what a kind costs: as the question says, else as assumed."""
        for cost in (*self.costs.by_kind, *ASSUMED_COSTS):
            if cost.kind == kind:
                return cost
        raise InputError(say("{kind} has no costs: give them in costs.by_kind", kind=kind))

    @property
    def assumed_kinds(self) -> tuple[str, ...]:
        """The kinds whose costs the question does not give."""
        given = {cost.kind for cost in self.costs.by_kind}
        return tuple(cost.kind for cost in ASSUMED_COSTS if cost.kind not in given)

    @classmethod
    def from_dict(cls, tables: object) -> Question:
        """Read plain data, as TOML or JSON hold it (InputError)."""
        if not isinstance(tables, dict):
            raise InputError(say("a question is a table of keys: begin with [goal]"))
        try:
            return cls.model_validate_json(json.dumps(tables, default=str))
        except ValidationError as error:
            raise FieldsError(first_fault(cls, error), *faults_of(cls, error)) from None
        except RecursionError:
            raise InputError(say("the question is nested too deep")) from None

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for TOML and JSON, without what stands at its default."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @cached_property
    def content_hash(self) -> str:
        """sha256 (hex) of the whole question, the same in every process."""
        whole = json.dumps(self.as_dict(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()
