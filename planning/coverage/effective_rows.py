"""Effective coverage as rows: week, night and the hours before dawn, by group and district.

Shares are of worker-hours: a worker who wants a rest place in three hours of a week counts three
times. Night is from 22 to 6, day the rest; 4 to 6 is when most doors are shut and street cleaners
have begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planning.coverage.nominal import ALL

if TYPE_CHECKING:
    import numpy.typing as npt

    from planning.coverage.effective import EffectiveCoverage

NIGHT: Final = (22, 23, 0, 1, 2, 3, 4, 5)
DAY: Final = tuple(range(6, 22))
BEFORE_DAWN: Final = (4, 5)
MIN_PRESENT: Final = 0.5  # workers: where fewer are present, a share says nothing


Ends = tuple[float, float]


@dataclass(frozen=True)
class EffectiveRow:
    """One group in one district over a week, in worker-hours.

    ``day``, ``night`` and ``before_dawn`` are shares of those present then, from those covered in
    effect to those perhaps; None where hardly anybody is.
    """

    group: str
    district: str
    present: float
    nominal: float
    possible: float
    effective: float
    day: Ends | None
    night: Ends | None
    before_dawn: Ends | None

    @property
    def gap(self) -> float:
        """Worker-hours covered on paper and not in effect."""
        return self.nominal - self.effective

    def share(self, measure: str) -> float:
        """Return one measure (or "gap") as a share of the present; 0 where nobody is."""
        covered: float = getattr(self, measure)
        return covered / self.present if self.present else 0.0

    @property
    def week(self) -> Ends:
        """The share of the whole week in effect, and perhaps."""
        return self.share("effective"), self.share("possible")

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: worker-hours to one decimal, shares to four.

        ``share_night`` is in effect, ``share_night_possible`` perhaps; the other spans alike.
        """
        sums = ("present", "nominal", "possible", "effective", "gap")
        spans: dict[str, float | None] = {}
        for name in ("day", "night", "before_dawn"):
            low, high = getattr(self, name) or (None, None)
            spans |= {name: low, f"{name}_possible": high}
        return {
            "group": self.group,
            "district": self.district,
            **{name: round(getattr(self, name), 1) for name in sums},
            **{f"share_{name}": round(self.share(name), 4) for name in sums[1:]},
            **{
                f"share_{name}": None if value is None else round(value, 4)
                for name, value in spans.items()
            },
        }


def effective_rows(measured: EffectiveCoverage) -> tuple[EffectiveRow, ...]:
    """Return one row a group and district, "all" first, where anybody is present."""
    rows = (
        _row(measured, group, district)
        for group in (ALL, *measured.groups)
        for district in measured.districts
    )
    return tuple(row for row in rows if row.present >= MIN_PRESENT)


def hourly_share(
    measured: EffectiveCoverage,
    measure: str = "effective",
    *,
    group: str = ALL,
    district: str = ALL,
) -> npt.NDArray[np.float64]:
    """Return the share covered at each hour of the week, float64[7, 24]; NaN where nobody is."""
    present = measured.table("present", group=group, district=district)
    covered = measured.table(measure, group=group, district=district)
    there = present >= MIN_PRESENT
    return np.where(there, covered / np.where(there, present, 1.0), np.nan)


def span_share(
    measured: EffectiveCoverage,
    hours: tuple[int, ...],
    measure: str = "effective",
    *,
    group: str = ALL,
    district: str = ALL,
) -> float | None:
    """Return the share covered in some hours of every day; None where hardly anybody is there."""
    columns = list(hours)
    present = measured.table("present", group=group, district=district)[:, columns].sum()
    if present < MIN_PRESENT:
        return None
    covered = measured.table(measure, group=group, district=district)[:, columns].sum()
    return float(covered / present)


def span_ends(
    measured: EffectiveCoverage,
    hours: tuple[int, ...],
    *,
    group: str = ALL,
    district: str = ALL,
) -> Ends | None:
    """Return `span_share` in effect and perhaps: the two ends of what is known."""
    low, high = (
        span_share(measured, hours, measure, group=group, district=district)
        for measure in ("effective", "possible")
    )
    return None if low is None or high is None else (low, high)


def _row(measured: EffectiveCoverage, group: str, district: str) -> EffectiveRow:
    present, nominal, possible, effective = (
        float(measured.table(name, group=group, district=district).sum())
        for name in ("present", "nominal", "possible", "effective")
    )
    day, night, before_dawn = (
        span_ends(measured, hours, group=group, district=district)
        for hours in (DAY, NIGHT, BEFORE_DAWN)
    )
    return EffectiveRow(
        group, district, present, nominal, possible, effective, day, night, before_dawn
    )
