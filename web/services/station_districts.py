"""In which district of the city a station lies, or any place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.database.places import station_points

if TYPE_CHECKING:
    from collections.abc import Collection

    from data.workspace import Workspace


def district_at(workspace: Workspace, lon: float, lat: float) -> str | None:
    """Return the district of a place in WGS-84 degrees; None outside of all."""
    districts = workspace.districts
    number = int(districts.locate(np.array([[lon, lat]], dtype=np.float64))[0])
    return districts.names[number] if number >= 0 else None


def district_of(workspace: Workspace, station_id: str) -> str | None:
    """Return the district of a station by its point; None outside of all, and of no station."""
    found = station_points(workspace.database.backend, station_id)
    return district_at(workspace, *found[station_id]) if station_id in found else None


def stations_in(workspace: Workspace, districts: Collection[str]) -> tuple[str, ...]:
    """Return the ids of the stations in any of some districts, in the register's order."""
    points = station_points(workspace.database.backend)
    if not points:
        return ()
    lonlat = np.array(list(points.values()), dtype=np.float64)
    names = workspace.districts.names
    found = workspace.districts.locate(lonlat).tolist()
    return tuple(
        station
        for station, number in zip(points, found, strict=True)
        if number >= 0 and names[number] in districts
    )
