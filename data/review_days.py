"""How long the review of a proposal may take, by its level."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

#: What a proposal asks for: mended at once, an improvement, a project of its own.
LEVELS: Final = ("quick_fix", "improvement", "project")
#: The level by which a proposal is due before somebody gave it one.
FIRST_LEVEL: Final = "improvement"
MOST_DAYS: Final = 730


@dataclass(frozen=True)
class ReviewDays:
    """Days from the arrival of a proposal to the day by which its review is due.

    A judgement: a week for what is mended at once, a month for an improvement, two for a project.

    Raises
    ------
    InputError
        when a number of days is none.
    """

    quick_fix: int = 7
    improvement: int = 30
    project: int = 60

    def __post_init__(self) -> None:
        for level, days in asdict(self).items():
            whole = isinstance(days, int) and not isinstance(days, bool)
            if not whole or not 1 <= days <= MOST_DAYS:
                raise InputError(
                    say(
                        "proposals.{level}_days must be a whole number from 1 to {most}",
                        level=level,
                        most=MOST_DAYS,
                    )
                )

    def due_on(self, received_on: date, level: str) -> date:
        """Return the day by which a proposal is due; one without a level as `FIRST_LEVEL`."""
        days: int = getattr(self, level or FIRST_LEVEL)
        return received_on + timedelta(days=days)


def read_review_days(table: object) -> ReviewDays:
    """Read the table ``[proposals]``; its keys are known to be those of the settings."""
    if not isinstance(table, dict):
        raise InputError(say("proposals must be a table: write it as [proposals]"))
    said: Mapping[str, Any] = table
    return ReviewDays(**{str(name).removesuffix("_days"): days for name, days in said.items()})
