"""Whom the stations reach: on paper (``nominal``) and in effect, hour by hour (``effective``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from planning.coverage.effective import EffectiveCoverage, measure_effective
    from planning.coverage.nominal import (
        ALL,
        OUTSIDE,
        Coverage,
        CoverageRow,
        Places,
        measure_coverage,
    )
    from planning.coverage.ranges import range_of_coverage

__all__ = [
    "ALL",
    "OUTSIDE",
    "Coverage",
    "CoverageRow",
    "EffectiveCoverage",
    "Places",
    "measure_coverage",
    "measure_effective",
    "range_of_coverage",
]

__getattr__, __dir__ = lazy_face(__name__)
