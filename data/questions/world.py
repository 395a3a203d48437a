"""What changes in the city itself: workers who come or leave, roads, speeds."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from data.questions.parts import LonLat, Name, Part, Year
from data.questions.refusals import at
from data.questions.road_change import RoadChange  # noqa: TC001 - pydantic reads it
from data.vocabulary import GROUPS, GROUPS_BY_ID, unknown_word
from geo.errors import FieldsError
from geo.messages import say


class NewDemand(Part):
    """Workers who come to a place, or leave it, from a year on."""

    name: Name = Field(description="stands in the answer")
    at: LonLat = Field(description="[lon, lat], WGS-84 degrees: the middle of it")
    within_m: Annotated[float, Field(gt=0, le=50_000)] = Field(
        default=500.0, description="metres around it over which they are spread"
    )
    group: Name = Field(description="which group")
    workers: Annotated[float, Field(ge=-(10**6), le=10**6, allow_inf_nan=False)] = Field(
        description="how many come; below 0: leave"
    )
    year: Year | None = Field(default=None, description="from which year on; none: the first")

    @model_validator(mode="after")
    def _known_group(self) -> Self:
        if self.group not in GROUPS_BY_ID:
            raise FieldsError(unknown_word(self.group, GROUPS, what=say("group")), at("group"))
        return self


class World(Part):
    """What changes in the city itself."""

    demand: tuple[NewDemand, ...] = Field(default=(), description="workers who come or leave")
    roads: tuple[RoadChange, ...] = Field(default=(), description="roads that close or open")
    speed_factors: dict[str, Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)]] = Field(
        default_factory=dict, description="by mode: 0.8 is a fifth slower than today"
    )
