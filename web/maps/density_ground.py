"""What lies under a drawn density: districts, roads, and the source of the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.districts import Districts
    from geo.measure import Box
    from geo.network import RoadNetwork


@dataclass(frozen=True, eq=False)
class DensityGround:
    """The city's name, its districts, roads (None: not drawn) and box, and the source's words.

    ``sample`` marks generated data, which every drawing then says.
    """

    city: str
    districts: Districts
    network: RoadNetwork | None
    source: str
    sample: bool
    box: Box
