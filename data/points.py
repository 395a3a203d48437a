"""Frames of places in WGS-84: how they are made, checked and hashed."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

WGS84: Final = "EPSG:4326"
NUMBER_COLUMNS: Final = frozenset(
    {"source_lon", "source_lat", "cost_yuan", "seats", "area_m2", "truck_spaces"}
)


def point_frame(
    columns: Mapping[str, Sequence[Any]], lonlat: npt.NDArray[np.float64]
) -> gpd.GeoDataFrame:
    """Make a frame of points in WGS-84 out of columns and float64[n, 2] degrees.

    Text stays Python's own str and tuples stay tuples (dtype object).
    """
    plain = {
        name: pd.Series(
            list(values), dtype="float64" if name in NUMBER_COLUMNS else "object", copy=False
        )
        for name, values in columns.items()
    }
    points = gpd.points_from_xy(lonlat[:, 0], lonlat[:, 1], crs=WGS84)
    return gpd.GeoDataFrame(plain, geometry=points)


def frame_of_records(
    records: Sequence[Mapping[str, Any]], names: Sequence[str], *, defaults: Mapping[str, Any]
) -> gpd.GeoDataFrame:
    """Make a frame of points of plain records with lon and lat (degrees of WGS-84).

    ``names`` are the columns; what a record lacks is taken from ``defaults``, and the source
    coordinates are lon and lat unless it names others.
    """
    columns: dict[str, list[Any]] = {name: [] for name in names}
    for record in records:
        source = {"source_lon": record["lon"], "source_lat": record["lat"]}
        full = {**defaults, **source, **record}
        for name, values in columns.items():
            values.append(full[name])
    lonlat = np.array([(r["lon"], r["lat"]) for r in records], dtype=np.float64).reshape(-1, 2)
    return point_frame(columns, lonlat)


def frame_lonlat(frame: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
    """Return the points of a frame as float64[n, 2], not writeable."""
    lonlat = np.column_stack([frame.geometry.x, frame.geometry.y]).astype(np.float64)
    lonlat.flags.writeable = False
    return lonlat


def frame_hash(
    what: str, frame: gpd.GeoDataFrame, columns: Sequence[str], lonlat: npt.NDArray[np.float64]
) -> str:
    """sha256 (hex) over the named columns as JSON and the points as little-endian float64."""
    digest = hashlib.sha256(f"yizhan {what} 1\n".encode())
    for column in columns:
        values = [None if isinstance(v, float) and v != v else v for v in frame[column]]  # noqa: PLR0124 - the one test for NaN that needs no call
        digest.update(json.dumps([column, values], ensure_ascii=False).encode())
    digest.update(np.ascontiguousarray(lonlat, dtype="<f8").tobytes())
    return digest.hexdigest()


def check_points(frame: gpd.GeoDataFrame, *, what: str) -> None:
    """Refuse a frame whose ids are blank or double or whose geometries are no points in WGS-84."""
    if frame.crs is None or frame.crs.to_epsg() != 4326:  # noqa: PLR2004 - WGS-84's number
        raise InputError(
            say(
                "{what}s must stand in {wgs84}, these stand in {crs}",
                what=what,
                wgs84=WGS84,
                crs=frame.crs,
            )
        )
    ids = frame["id"]
    if len(ids) and not all(isinstance(value, str) and value for value in ids):
        raise InputError(say("every {what} needs an id that is text", what=what))
    if ids.duplicated().any():
        raise InputError(
            say("{what} id {id} stands twice", what=what, id=ids[ids.duplicated()].iloc[0])
        )
    geometry = frame.geometry
    if not len(geometry):
        return
    if not ((geometry.geom_type == "Point") & ~geometry.is_empty).all():
        raise InputError(say("every {what} must be a point", what=what))
    degrees = frame_lonlat(frame)
    refuse_nowhere(list(ids), degrees[:, 0], degrees[:, 1], what=what)


def refuse_nowhere(
    ids: Sequence[str],
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
    *,
    what: str,
) -> None:
    """Refuse degrees (float64[n]) that are those of no place on earth (InputError)."""
    fits = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)  # noqa: PLR2004 - degrees
    if not fits.all():
        at = int(np.argmin(fits))
        raise InputError(say("{what} {id} lies nowhere on earth", what=what, id=ids[at]))
