"""One budget over many cities: each city's curve of money and coverage, and the division of it.

``city_curve`` holds what is proved of one city, ``allocation`` divides a budget so that most
workers are covered, with a bound that no division passes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from planning.nation.allocation import Allocation, NationalFloors, allocate
    from planning.nation.city_curve import CityCurve

__all__ = ["Allocation", "CityCurve", "NationalFloors", "allocate"]

__getattr__, __dir__ = lazy_face(__name__)
