"""Coverage before and after new stations, by one standard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planning.coverage.nominal import Coverage, measure_coverage

if TYPE_CHECKING:
    from data.demand import Demand
    from data.settings import Settings
    from data.stations import Stations
    from data.vocabulary import StandardWord
    from geo.network import RoadNetwork
    from planning.coverage.nominal import Places


@dataclass(frozen=True, eq=False)
class CoverageChange:
    """What stands covers ``before``, what stands and what is planned ``after``."""

    before: Coverage
    after: Coverage

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"before": self.before.as_dict(), "after": self.after.as_dict()}

    @classmethod
    def from_dict(cls, body: dict[str, Any]) -> CoverageChange:
        """Read back what `as_dict` wrote."""
        return cls(Coverage.from_dict(body["before"]), Coverage.from_dict(body["after"]))


def measure_change(
    demand: Demand,
    stations: Stations,
    network: RoadNetwork,
    settings: Settings,
    *,
    standard: StandardWord,
    places: Places,
) -> CoverageChange:
    """Measure coverage by a standard without and with ``places`` that do not stand yet."""
    before, after = (
        measure_coverage(demand, stations, network, settings, standard=standard, extra_places=extra)
        for extra in (None, places)
    )
    return CoverageChange(before, after)
