"""Where the stations lie and what they are called, without the rest of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from data.database.schema import STATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        return {one: (lon, lat) for one, lon, lat in connection.execute(query)}


def station_names(backend: Backend, ids: Sequence[str]) -> dict[str, str]:
    """Return the names of some stations by id; one that is not in the register is left out."""
    query = sa.select(STATIONS.c.id, STATIONS.c.name).where(STATIONS.c.id.in_(ids))
    with backend.transaction() as connection:
        return {row.id: row.name for row in connection.execute(query)}
