"""Districts: the areas by which a city reports."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from data.points import WGS84
from geo.errors import InputError
from geo.measure import Box
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, eq=False)
class Districts:
    """The districts of a city: ``frame`` has name (unique) and geometry (areas in WGS-84).

    A city that reports by no districts has a frame without rows. The frame is copied at birth.

    Raises
    ------
    InputError
        when a name is blank or double, or a geometry is no valid area.
    """

    frame: gpd.GeoDataFrame

    def __post_init__(self) -> None:
        frame = self.frame[["name", "geometry"]].reset_index(drop=True).copy()
        for name, area in zip(frame["name"], frame.geometry, strict=True):
            if not isinstance(name, str) or not name:
                raise InputError(say("every district needs a name that is text"))
            if area is None or area.geom_type not in {"Polygon", "MultiPolygon"} or area.is_empty:
                raise InputError(say("district {name}: needs a polygon", name=name))
            if not area.is_valid:
                raise InputError(
                    say(
                        "district {name}: {reason}", name=name, reason=shapely.is_valid_reason(area)
                    )
                )
        if frame["name"].duplicated().any():
            raise InputError(
                say("district {name} twice", name=frame["name"][frame["name"].duplicated()].iloc[0])
            )
        object.__setattr__(self, "frame", frame)

    def __len__(self) -> int:
        return len(self.frame)

    @classmethod
    def from_areas(cls, areas: Mapping[str, BaseGeometry]) -> Districts:
        """Make districts of name -> area in WGS-84 degrees, kept in this order."""
        frame = gpd.GeoDataFrame(
            {"name": list(areas)}, geometry=list(areas.values()), crs=WGS84, dtype=object
        )
        return cls(frame.set_geometry("geometry"))

    @property
    def names(self) -> tuple[str, ...]:
        """The names in order."""
        return tuple(self.frame["name"])

    @cached_property
    def areas(self) -> tuple[BaseGeometry, ...]:
        """The areas in order, WGS-84 degrees."""
        return tuple(self.frame.geometry)

    @property
    def box(self) -> Box:
        """The box around all districts (there must be one at least)."""
        left, bottom, right, top = self.frame.total_bounds.tolist()
        return Box(left, bottom, right, top)

    def locate(self, lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
        """Tell for each of ``lonlat`` float64[n, 2] the number of its district.

        Returns int32[n]: -1 outside all; on a shared border the first district listed.
        """
        found = np.full(len(lonlat), -1, dtype=np.int32)
        for number, area in enumerate(self.areas):
            left, bottom, right, top = area.bounds
            lon, lat = lonlat[:, 0], lonlat[:, 1]
            near = (found < 0) & (lon >= left) & (lon <= right) & (lat >= bottom) & (lat <= top)
            rows = np.flatnonzero(near)
            shapely.prepare(area)
            found[rows[shapely.intersects_xy(area, lonlat[rows])]] = number
        return found

    @cached_property
    def content_hash(self) -> str:
        """sha256 (hex) of names and areas, the same in every process."""
        digest = hashlib.sha256(b"yizhan districts 1\n")
        for name, area in zip(self.names, self.areas, strict=True):
            digest.update(f"{name}\n".encode())
            digest.update(shapely.to_wkb(area, byte_order=1))
        return digest.hexdigest()
