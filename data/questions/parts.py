"""What a question is made of: goal, actions, limits, costs, changes of the world.

Each part is frozen and checked at birth; a field's ``description`` says what it means and its unit,
and stands in the commented example and in the published JSON Schema.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.hours import parse_hours
from data.questions.refusals import at
from data.vocabulary import GROUPS, GROUPS_BY_ID, KINDS, KINDS_BY_ID, StandardWord, unknown_word
from geo.errors import FieldsError
from geo.messages import say

GoalWord = Literal[
    "workers",
    "worker_hours",
    "cheapest",
    "worst_group",
    "worst_district",
    "two_in_reach",
    "mean_time",
    "seated",
]
FrontWord = Literal[
    "workers", "worker_hours", "mean_time", "money", "worst_group", "worst_district"
]
ActWord = Literal["build", "upgrade", "extend", "close", "relocate", "keep"]
ExistingWord = Literal["fixed", "upgrade", "free"]

Yuan = Annotated[int, Field(ge=0, le=10**12)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Year = Annotated[int, Field(ge=2000, le=2200)]
Text = Annotated[str, Field(max_length=200)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
LonLat = tuple[
    Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)],
    Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)],
]
Hour = Annotated[int, Field(ge=0, le=24)]
Span = tuple[Hour, Hour]


class Part(BaseModel):
    """A part of a question: unknown keys and values of another type are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @model_validator(mode="after")
    def _known_words(self) -> Self:
        for name in ("kinds", "build", "upgrade"):
            for number, word in enumerate(getattr(self, name, ())):
                if word not in KINDS_BY_ID:
                    raise FieldsError(unknown_word(word, KINDS, what=say("kind")), at(name, number))
        for number, word in enumerate(getattr(self, "groups", ())):
            if word not in GROUPS_BY_ID:
                raise FieldsError(
                    unknown_word(word, GROUPS, what=say("group")), at("groups", number)
                )
        return self


class Goal(Part):
    """What is to be most or least."""

    what: GoalWord = Field(
        default="workers",
        description="workers: most workers; worker_hours: most worker-hours of a week; cheapest: "
        "the least money for `share` of the workers; worst_group, worst_district: the worst off "
        "first, then most workers; two_in_reach: most workers with two stations; mean_time: the "
        "least mean time to the nearest open place; seated: most workers seated in the hour in "
        "which most find every place full (capacity)",
    )
    coverage: Literal["nominal", "effective"] = Field(
        default="nominal",
        description="nominal: on paper; effective: open, let in, equipped (worker_hours only)",
    )
    standard: StandardWord = Field(
        default="group", description="each group's own service standard, or the national one"
    )
    share: Share | None = Field(
        default=None, description="cheapest only: the share of the workers to be covered"
    )
    group_weights: dict[str, Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]] = Field(
        default_factory=dict, description="what a worker of a group counts; 1 where not named"
    )
    hour_weights: tuple[tuple[Hour, Hour, float], ...] = Field(
        default=(),
        description="worker_hours only: from, to (may pass midnight), what an hour counts",
    )
    beyond_s: Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)] | None = Field(
        default=None,
        description="mean_time only: the seconds that a worker counts whom no open place serves "
        "within the standard; none: the time of the standard",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for group in self.group_weights:
            if group not in GROUPS_BY_ID:
                raise FieldsError(
                    unknown_word(group, GROUPS, what=say("group")), at("group_weights", group)
                )
        if (self.share is not None) != (self.what == "cheapest"):
            raise FieldsError(say("share belongs to what = cheapest, which needs it"), at("share"))
        if self.what != "worker_hours" and (self.coverage == "effective" or self.hour_weights):
            raise FieldsError(
                say("effective coverage and hour_weights belong to what = worker_hours"),
                at("hour_weights" if self.hour_weights else "coverage"),
            )
        for number, (_, _, weight) in enumerate(self.hour_weights):
            if not 0 <= weight <= 1000:  # noqa: PLR2004 - as group_weights
                raise FieldsError(
                    say("an hour counts from 0 to 1000"), at("hour_weights", number, 2)
                )
        return self


class Front(Part):
    """Two measures to be weighed against each other: the plans that are best in neither alone."""

    first: FrontWord = Field(description="as the goals; money: the least yuan in all years")
    second: FrontWord = Field(description="the other measure")
    points: Annotated[int, Field(ge=2, le=200)] = Field(
        default=11, description="how many plans at most"
    )

    @model_validator(mode="after")
    def _are_two(self) -> Self:
        if self.first == self.second:
            raise FieldsError(
                say("front: {word} stands twice: give two", word=self.first), at("second")
            )
        return self


class StationMay(Part):
    """What may be done with one existing station, where that differs from the rest."""

    id: Name = Field(description="the station's id in the register")
    may: ExistingWord = Field(description="as actions.existing, for this station alone")


class Actions(Part):
    """What may be done: where, which kinds, which hours."""

    build: tuple[str, ...] = Field(
        default=("station",), description="kinds for candidate sites that name none"
    )
    build_hours: tuple[Text, ...] = Field(
        default=("8:00-20:00",), description="hours that a new station may keep"
    )
    existing: ExistingWord = Field(
        default="fixed",
        description="existing stations stay as they are (fixed), may be upgraded or open longer "
        "(upgrade), or may be closed and moved too (free)",
    )
    upgrade: tuple[str, ...] = Field(
        default=(), description="kinds into which an existing station may be made"
    )
    extend_hours: tuple[Text, ...] = Field(
        default=(), description="hours to which an existing station may be extended"
    )
    relocate_within_m: Annotated[float, Field(gt=0, le=50_000)] | None = Field(
        default=None, description="a free station may move to a candidate site so near, metres"
    )
    stations: tuple[StationMay, ...] = Field(default=(), description="stations that differ")

    @model_validator(mode="after")
    def _hours_are_read(self) -> Self:
        for name in ("build_hours", "extend_hours"):
            for number, text in enumerate(getattr(self, name)):
                if not parse_hours(text).rules:
                    raise FieldsError(
                        say("hours {text}: not understood; write such as 7:00-21:00", text=text),
                        at(name, number),
                    )
        if not self.build_hours:
            raise FieldsError(
                say("build_hours is empty; a new station keeps some hours"), at("build_hours")
            )
        return self


class Pin(Part):
    """An action that must, or must not, be part of the plan."""

    place: Name = Field(description="the id of a candidate site or of a station")
    what: ActWord | None = Field(
        default=None, description="which action there; none: any but keep and close"
    )
    kind: Text | None = Field(default=None, description="of which kind; none: any")
    hours: Text | None = Field(default=None, description="with which hours; none: any")
    year: Year | None = Field(default=None, description="in which year; none: any")


class Earliest(Part):
    """A place that cannot be had before a year."""

    place: Name = Field(description="the id of a candidate site or of a station")
    year: Year = Field(description="the first year in which something can be done there")


class Money(Part):
    """How much there is."""

    yuan_by_year: tuple[Yuan, ...] = Field(
        default=(), description="yuan for each year of `years.count`, or one sum for all of them"
    )
    carry_over: bool = Field(
        default=True, description="what a year leaves over may be spent in the next ones"
    )
    payer: Text | None = Field(
        default=None,
        description="whose money it is: own, or a payer of the money rules; none: of all together",
    )
    running: bool = Field(
        default=True, description="running costs within these years are paid from it too"
    )


class Years(Part):
    """Over which years the plan is built."""

    first: Year = Field(default=2027, description="the first year")
    count: Annotated[int, Field(ge=1, le=5)] = Field(default=1, description="how many years")


class MoneyLimit(Part):
    """Money for some actions only, or of one payer."""

    name: Name = Field(description="stands in the answer")
    most_yuan: Yuan = Field(description="yuan")
    payer: Text | None = Field(default=None, description="of this payer alone; none: of all")
    year: Year | None = Field(default=None, description="in this year alone; none: in all years")
    kinds: tuple[str, ...] = Field(default=(), description="for these kinds; none: all")
    districts: tuple[Name, ...] = Field(default=(), description="in these districts; none: all")


class CountLimit(Part):
    """How many actions at most."""

    name: Name = Field(description="stands in the answer")
    most: Annotated[int, Field(ge=0, le=10**6)] = Field(description="how many")
    what: ActWord | None = Field(default=None, description="of which action; none: all but keep")
    year: Year | None = Field(default=None, description="in this year alone; none: in all years")
    kinds: tuple[str, ...] = Field(default=(), description="of these kinds; none: all")
    districts: tuple[Name, ...] = Field(default=(), description="in these districts; none: all")


class FloorLimit(Part):
    """A share that must be covered."""

    name: Name = Field(description="stands in the answer")
    least_share: Share = Field(description="of the workers (or worker-hours) meant, from 0 to 1")
    groups: tuple[str, ...] = Field(default=(), description="of these groups; none: all together")
    districts: tuple[Name, ...] = Field(default=(), description="in these districts; none: all")
    hours: Span | None = Field(
        default=None, description="goal worker_hours only: from, to (may pass midnight)"
    )
    year: Year | None = Field(default=None, description="from this year on; none: in the last")
    stations: Annotated[int, Field(ge=1, le=2)] = Field(
        default=1,
        description="how many stations in reach count as covered; 2: goal two_in_reach only",
    )


class Zone(Part):
    """A piece of ground where something must or must not stand."""

    name: Name = Field(description="stands in the answer")
    ring: tuple[LonLat, ...] | None = Field(
        default=None, description="its corners as [lon, lat], WGS-84 degrees"
    )
    around: LonLat | None = Field(default=None, description="or a point, with `within_m`")
    within_m: Annotated[float, Field(gt=0, le=100_000)] | None = Field(
        default=None, description="metres around the point"
    )
    rule: Literal["exclude", "require"] = Field(
        description="exclude: nothing new here; require: at least one new or existing station here"
    )
    kinds: tuple[str, ...] = Field(default=(), description="of these kinds; none: any")

    @model_validator(mode="after")
    def _has_ground(self) -> Self:
        if (self.ring is None) == (self.around is None):
            raise FieldsError(
                say("zone {name}: give ring or around, one of them", name=self.name), at("ring")
            )
        if (self.around is None) != (self.within_m is None):
            raise FieldsError(
                say("zone {name}: around and within_m go together", name=self.name),
                at("within_m"),
            )
        if self.ring is not None and len(set(self.ring)) < 3:  # noqa: PLR2004 - a triangle
            raise FieldsError(
                say("zone {name}: a ring has 3 corners or more", name=self.name), at("ring")
            )
        return self


class KindCost(Part):
    """What a station of one kind costs. Shipped figures are assumptions: put in your own."""

    kind: Name = Field(description="kind of station")
    capital_yuan: Yuan = Field(description="yuan to set it up, once")
    running_yuan_a_year: Yuan = Field(default=0, description="yuan a year to run it")
    lifetime_years: Annotated[int, Field(ge=1, le=100)] = Field(
        default=10, description="years until it must be set up anew"
    )
    reason: Text = Field(default="", description="where the figures come from")

    @model_validator(mode="after")
    def _known_kind(self) -> Self:
        if self.kind not in KINDS_BY_ID:
            raise FieldsError(unknown_word(self.kind, KINDS, what=say("kind")), at("kind"))
        return self


class PlaceCost(Part):
    """What one place costs, where that is known better than by its kind."""

    place: Name = Field(description="the id of a candidate site or of a station")
    capital_yuan: Yuan | None = Field(default=None, description="yuan, once; none: by kind")
    running_yuan_a_year: Yuan | None = Field(default=None, description="yuan a year; none: by kind")


class Costs(Part):
    """What actions cost, before the money rules share it out."""

    by_kind: tuple[KindCost, ...] = Field(default=(), description="by kind of station")
    by_place: tuple[PlaceCost, ...] = Field(default=(), description="of single places")
    wage_yuan_an_hour: Annotated[int, Field(ge=0, le=10_000)] = Field(
        default=20, description="yuan for each hour a week that a station is open longer, each week"
    )
    relocation_yuan: Yuan = Field(
        default=20_000, description="yuan to clear a station that moves, beside setting up anew"
    )
    price_factor: Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)] = Field(
        default=1.0, description="all prices times this: 1.2 is 20 % dearer"
    )


def plain(part: BaseModel) -> dict[str, Any]:
    """Plain data for TOML and JSON, without what stands at its default."""
    return part.model_dump(mode="json", exclude_defaults=True)
