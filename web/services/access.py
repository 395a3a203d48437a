"""Access of the city: measured for the report, kept beside the other answers, read back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from planning.coverage.access import Access, Areas, access_in, access_of_cells
from web.services.freshness import same_inputs
from web.services.keeping import keep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.demand import Demand
    from data.districts import Districts
    from data.stations import Stations
    from data.workspace import Workspace
    from web.services import Done
    from web.services.keeping import Unkept

KIND: Final = "access"
_HASHED: Final = ("demand", "stations", "network", "settings")
_BORDERS: Final = ("districts", "towns")


@dataclass(frozen=True, eq=False)
class KeptAccess:
    """Access by district and, where the workspace has their borders, by town or subdistrict."""

    districts: Access
    towns: Access | None


def access_of(
    workspace: Workspace, *, done: Done | None = None, unkept: Unkept | None = None
) -> KeptAccess:
    """Measure access by district and town, and keep it as a result.

    Raises
    ------
    NothingYetError
        when stations, workers or roads are not there yet.
    """
    demand, stations, network = workspace.demand(), workspace.stations(), workspace.network()
    settings, towns = workspace.settings, workspace.towns
    cells = access_of_cells(demand, stations, network, settings, on_progress=done)

    def by(areas: Districts) -> Access:
        return access_in(_areas(areas, demand, stations), cells, demand, stations, settings)

    made = KeptAccess(by(workspace.districts), by(towns) if len(towns) else None)
    inputs = {
        "demand": demand.content_hash,
        "stations": stations.content_hash,
        "network": network.content_hash,
        "settings": settings.content_hash,
        **_borders(workspace),
    }
    body: dict[str, Any] = {
        "districts": made.districts.as_dict(),
        "towns": None if made.towns is None else made.towns.as_dict(),
    }
    keep(workspace, KIND, inputs=inputs, body=body, unkept=unkept)
    return made


def kept_access(workspace: Workspace, inputs: Mapping[str, str | None]) -> KeptAccess | None:
    """Return the newest kept access of the same inputs; None where there is none.

    None too where the roads are taken as at night or in the winter: it is kept of the usual ones.
    """
    if inputs.get("when", "usual") != "usual":
        return None
    borders = _borders(workspace)
    for kept in workspace.results(KIND, limit=20):
        if same_inputs(kept.inputs, {**inputs, **borders}, (*_HASHED, *_BORDERS)):
            towns = kept.body["towns"]
            return KeptAccess(
                Access.from_dict(kept.body["districts"]),
                None if towns is None else Access.from_dict(towns),
            )
    return None


def _borders(workspace: Workspace) -> dict[str, str]:
    """Return the hashes of the borders by which access is told."""
    areas = (workspace.districts, workspace.towns)
    return {name: one.content_hash for name, one in zip(_BORDERS, areas, strict=True)}


def _areas(areas: Districts, demand: Demand, stations: Stations) -> Areas:
    return Areas(areas.names, areas.locate(demand.lonlat), areas.locate(stations.lonlat))
