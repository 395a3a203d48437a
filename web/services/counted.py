"""Which workers are counted: all that are registered, or those of one hour, of a variant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from data.demand import DAYS, DayWord, Demand
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    import numpy.typing as npt

    from data.workspace import Workspace


@dataclass(frozen=True)
class Counted:
    """Whom to count: of ``name`` (None: the demand that holds) at ``hour`` (None: everybody)."""

    name: str | None = None
    hour: int | None = None
    day: DayWord = "weekday"

    @property
    def usual(self) -> bool:
        """Whether it is all registered workers of the demand that holds, as pages show them."""
        return self.name is None and self.hour is None

    def demand(self, workspace: Workspace) -> Demand:
        """Return the demand of the hour.

        Raises
        ------
        InputError
            when there is no such hour or variant, or the demand was kept before hours were known.
        """
        held = workspace.demand(self.name)
        if self.hour is None:
            return held
        made = held.during(hour=self.hour, day=self.day)
        if not held.knows_hours:
            raise InputError(
                say("--hour: this demand knows no hours: run yizhan demand import or build again")
            )
        return made

    def factor(self, workspace: Workspace) -> npt.NDArray[np.float64]:
        """Return the share of each group that counts, float64[n_groups]."""
        held = workspace.demand(self.name)
        if self.hour is None:
            return np.ones(len(held.groups))
        return np.asarray(held.presence * held.profile[:, DAYS.index(self.day), self.hour])

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "demand_name": self.name,
            "hour": self.hour,
            "day": None if self.hour is None else self.day,
        }


USUAL = Counted()
"""All registered workers of the demand that holds."""
