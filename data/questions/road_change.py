"""Roads that close or open."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from data.questions.parts import LonLat, Name, Part
from data.questions.refusals import at
from geo.errors import FieldsError
from geo.messages import say
from geo.profiles import MODES

Points = Annotated[tuple[LonLat, ...], Field(max_length=10_000)]
_LINE, _RING = 2, 3


class RoadChange(Part):
    """Roads that close, or open to whom they were closed, for all years of the plan."""

    name: Name = Field(description="stands in the answer")
    rule: Literal["close", "open"] = Field(
        description="close: nobody of `modes` goes there; open: they go there at the speed of its "
        "class, both ways where it was shut to them"
    )
    ways: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        default=(), description="OSM way ids: every edge between crossings that holds a part of one"
    )
    lines: tuple[Points, ...] = Field(
        default=(), description="lines of [lon, lat], WGS-84 degrees: every edge that one crosses"
    )
    rings: tuple[Points, ...] = Field(
        default=(),
        description="corners of areas as [lon, lat]: every edge that one crosses or holds. In a "
        "file `geojson = FILE` beside the question stands for lines and rings",
    )
    modes: tuple[str, ...] = Field(
        default=(), description="for whom: foot, ebike, car, truck; none: for all"
    )

    @model_validator(mode="after")
    def _has_roads(self) -> Self:
        if not (self.ways or self.lines or self.rings):
            raise FieldsError(
                say("{name}: say which roads: give ways, lines, rings or geojson", name=self.name),
                at("ways"),
            )
        for field, least in (("lines", _LINE), ("rings", _RING)):
            for number, points in enumerate(getattr(self, field)):
                if len(set(points)) < least:
                    raise FieldsError(
                        say("{name}: a line has 2 points or more, a ring 3", name=self.name),
                        at(field, number),
                    )
        for number, mode in enumerate(self.modes):
            if mode not in MODES:
                raise FieldsError(
                    say(
                        "{name}: mode {mode} is none of {known}",
                        name=self.name,
                        mode=mode,
                        known=", ".join(MODES),
                    ),
                    at("modes", number),
                )
        return self
