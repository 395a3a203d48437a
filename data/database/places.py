"""Where the stations lie, without the rest of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from data.database.schema import STATIONS

if TYPE_CHECKING:
    from data.database.backend import Backend


def station_points(
    backend: Backend, station_id: str | None = None
) -> dict[str, tuple[float, float]]:
    """Return lon and lat (WGS-84 degrees) by id: of one station, or with None of all, in order.

    A station that is not in the register is left out.
    """
    query = sa.select(STATIONS.c.id, STATIONS.c.lon, STATIONS.c.lat).order_by(STATIONS.c.row)
    if station_id is not None:
        query = query.where(STATIONS.c.id == station_id)
    with backend.transaction() as connection:
        if not backend.known(backend.read_revision(connection)):
            return {}
        return {row.id: (row.lon, row.lat) for row in connection.execute(query)}
