"""The candidate sites in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data.database import clock
from data.database.contents import forget_contents, read_contents, write_contents
from data.database.schema import SITES
from data.points import point_frame
from data.sites import SITE_COLUMNS, CandidateSites

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from data.database.backend import Backend


def replace_sites(backend: Backend, sites: CandidateSites) -> None:
    """Put ``sites`` in the place of the candidate sites, in one transaction."""
    with backend.transaction(write=True) as connection:
        _write(connection, sites)


def clear_sites(backend: Backend) -> int | None:
    """Forget the candidate sites; return how many there were, None when none were imported."""
    with backend.transaction(write=True) as connection:
        there = read_contents(connection, "sites")
        if there is None:
            return None
        connection.execute(sa.delete(SITES))
        forget_contents(connection, "sites")
        return there.rows


def read_sites(backend: Backend) -> CandidateSites | None:
    """Return the candidate sites in the order in which they came; None when none did yet."""
    with backend.transaction() as connection:
        return _read(connection)


def add_site(
    connection: sa.Connection, record: Mapping[str, Any], *, base: Callable[[], CandidateSites]
) -> None:
    """Add a site behind those that are there, in the transaction of ``connection``.

    ``base`` gives the sites to begin with where none were imported; a site of the same id stays.
    """
    there = _read(connection)
    sites = base() if there is None else there
    if record["id"] not in sites.ids:
        one = CandidateSites.from_records([record])
        _write(connection, CandidateSites(pd.concat([sites.frame, one.frame], ignore_index=True)))


def _write(connection: sa.Connection, sites: CandidateSites) -> None:
    frame = sites.frame
    rows = [
        dict(zip(SITE_COLUMNS[:-1], values, strict=True))
        for values in zip(*(frame[column] for column in SITE_COLUMNS[:-1]), strict=True)
    ]
    for row, (lon, lat) in zip(rows, sites.lonlat.tolist(), strict=True):
        row |= {"lon": lon, "lat": lat}
        row["cost_yuan"] = None if np.isnan(row["cost_yuan"]) else row["cost_yuan"]
    connection.execute(sa.delete(SITES))
    if rows:
        connection.execute(sa.insert(SITES), rows)
    write_contents(
        connection,
        "sites",
        moment=clock.now(),
        rows=len(rows),
        content_hash=sites.content_hash,
    )


def _read(connection: sa.Connection) -> CandidateSites | None:
    if read_contents(connection, "sites") is None:
        return None
    there = {column["name"] for column in sa.inspect(connection).get_columns(SITES.name)}
    held = [column for column in SITES.columns if column.name in there]  # an earlier step has fewer
    rows = connection.execute(sa.select(*held).order_by(SITES.c.row)).all()
    columns = {name: [getattr(row, name, "") for row in rows] for name in SITE_COLUMNS[:-1]}
    columns["cost_yuan"] = [
        np.nan if cost is None else float(cost) for cost in columns["cost_yuan"]
    ]
    lonlat = np.array([(row.lon, row.lat) for row in rows], dtype=np.float64).reshape(-1, 2)
    return CandidateSites(point_frame(columns, lonlat))
