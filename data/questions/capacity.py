"""How many seats are asked for at once, and how many new places have."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from data.questions.parts import Part, Share
from data.questions.refusals import at
from data.vocabulary import KINDS, KINDS_BY_ID, unknown_word
from geo.errors import FieldsError
from geo.messages import say

Seats = Annotated[int, Field(ge=0, le=100_000)]


class Capacity(Part):
    """How full places become."""

    at_once: Share = Field(
        default=0.3,
        description="of the workers who want a rest place in an hour, the share that sits at the "
        "same moment: an assumption (a rest of about 20 minutes), put in what you counted",
    )
    seats_by_kind: dict[str, Seats] = Field(
        default_factory=dict,
        description="seats of a new place, or of one that is made into it, by kind; of a kind that "
        "is not named they are not known, and it takes everybody who comes",
    )

    @model_validator(mode="after")
    def _known_kinds(self) -> Self:
        for kind in self.seats_by_kind:
            if kind not in KINDS_BY_ID:
                raise FieldsError(
                    unknown_word(kind, KINDS, what=say("kind")), at("seats_by_kind", kind)
                )
        return self
