"""The week of effective coverage as it is drawn: classes, weekdays, the average day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from web.languages import message

if TYPE_CHECKING:
    import numpy.typing as npt

    from planning.coverage.effective import EffectiveCoverage

BREAKS: Final = (0.0, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85)
"""Lower ends of the classes of a share, one a step of the ramp."""
WEEKDAYS: Final = (
    message("一", context="weekday"),
    message("二", context="weekday"),
    message("三", context="weekday"),
    message("四", context="weekday"),
    message("五", context="weekday"),
    message("六", context="weekday"),
    message("日", context="weekday"),
)


def step_of(share: float) -> int:
    """Return the step of the ramp (1 to 7) of a share."""
    return int(np.searchsorted(BREAKS, share, side="right"))


def peopled_groups(measured: EffectiveCoverage) -> tuple[str, ...]:
    """Return the groups that have anybody present."""
    return tuple(group for group in measured.groups if measured.table("present", group=group).any())


def day_shares(measured: EffectiveCoverage, group: str) -> list[float | None]:
    """Return the share in effect on each weekday; None where nobody is present."""
    present = measured.table("present", group=group).sum(axis=1)
    covered = measured.table("effective", group=group).sum(axis=1)
    return [float(c / p) if p > 0 else None for c, p in zip(covered, present, strict=True)]


def average_day(measured: EffectiveCoverage, measure: str, group: str) -> npt.NDArray[np.float64]:
    """Return the share covered by hour over all days, float64[24]; NaN where nobody is there."""
    present = measured.table("present", group=group).sum(axis=0)
    covered = measured.table(measure, group=group).sum(axis=0)
    return np.where(present > 0, covered / np.where(present > 0, present, 1.0), np.nan)
