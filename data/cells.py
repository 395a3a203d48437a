"""Cells: the small pieces of a city, each in one district, over which workers are spread."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely

from geo.errors import InputError
from geo.grid import Pieces, h3_grid, square_grid
from geo.measure import from_metric, to_metric
from geo.messages import say
from geo.snapping import snap

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyproj
    from shapely.geometry.base import BaseGeometry

    from data.districts import Districts
    from geo.measure import Box
    from geo.network import RoadNetwork

CELL_M: Final = 250.0
CellShape = Literal["square", "h3"]
_STEP_DEGREES: Final = 0.005  # half a kilometre, which bends by millimetres
_ROUGH_BORDER: Final = 0.01  # share of a district that may lie in its neighbour too
WHOLE_CITY: Final = "city"
"""The one zone of a city that reports by no districts."""


@dataclass(frozen=True, eq=False)
class Cells:
    """The pieces of a grid cut by the districts: every piece lies in exactly one of them.

    ``ids`` str[n], unique: the grid cell's name, with ``/2``, ``/3`` … for its pieces in further
    districts. ``lonlat`` float64[n, 2], a point on the piece. ``area_m2`` float64[n], its land.
    ``land_share`` float64[n] in 0..1, that land as a share of the whole grid cell. ``district``
    int32[n] into ``district_names``. ``shape`` is "square" (``size_m`` is its side) or "h3"
    (``size_m`` is the side of a square as large as the mean hexagon). ``outline`` object[n] are the
    polygons in metres of ``metric_crs``. The arrays cannot be written.

    Raises
    ------
    InputError
        when the arrays do not fit together, or an id is double.
    """

    ids: npt.NDArray[np.str_]
    lonlat: npt.NDArray[np.float64]
    area_m2: npt.NDArray[np.float64]
    land_share: npt.NDArray[np.float64]
    district: npt.NDArray[np.int32]
    district_names: tuple[str, ...]
    shape: CellShape
    size_m: float
    outline: npt.NDArray[np.object_]
    metric_crs: str

    def __post_init__(self) -> None:
        n = len(self.ids)
        for name in ("ids", "lonlat", "area_m2", "land_share", "district", "outline"):
            array = getattr(self, name).copy()
            if array.shape != ((n, 2) if name == "lonlat" else (n,)):
                raise InputError(
                    say(
                        "cells: {name} has the shape {shape} beside {n} ids",
                        name=name,
                        shape=array.shape,
                        n=n,
                    )
                )
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if len(np.unique(self.ids)) != n:
            raise InputError(say("cells: an id stands twice"))
        if n and not 0 <= self.district.min() <= self.district.max() < len(self.district_names):
            raise InputError(say("cells: a district number lies outside district_names"))

    def __len__(self) -> int:
        return len(self.ids)

    def polygons(self) -> npt.NDArray[np.object_]:
        """Return the outlines in degrees of WGS-84 (shapely, object[n]), for drawing."""
        made: npt.NDArray[np.object_] = shapely.transform(
            self.outline, lambda xy: from_metric(xy, crs=self.metric_crs)
        )
        return made

    def locate(self, lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
        """Tell for each of ``lonlat`` float64[m, 2] the cell that holds it, int32[m]; -1 none.

        On a shared border the first of the cells.
        """
        found = np.full(len(lonlat), len(self), dtype=np.int32)
        points = shapely.points(to_metric(lonlat, crs=self.metric_crs))
        row, cell = self._tree.query(points, predicate="intersects")
        np.minimum.at(found, row, cell.astype(np.int32))
        found[found == len(self)] = -1
        return found

    def nearest_edges(
        self, network: RoadNetwork, *, mode: str, limit_m: float = 500.0
    ) -> npt.NDArray[np.int32]:
        """Give for each cell the edge nearest to its point that ``mode`` may use, int32[n].

        -1 where none lies within ``limit_m`` (NetworkError for an unknown mode).
        """
        return snap(network, self.lonlat, mode=mode, limit_m=limit_m).edge

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.outline)

    @cached_property
    def content_hash(self) -> str:
        """sha256 (hex) of ids, points, areas and districts, the same in every process."""
        names = [self.shape, self.size_m, self.district_names, self.ids.tolist()]
        digest = hashlib.sha256(b"yizhan cells 1\n")
        digest.update(json.dumps(names, ensure_ascii=False).encode())
        for array, kind in (
            (self.lonlat, "<f8"),
            (self.area_m2, "<f8"),
            (self.land_share, "<f8"),
            (self.district, "<i4"),
        ):
            digest.update(np.ascontiguousarray(array, dtype=kind).tobytes())
        return digest.hexdigest()


def make_cells(
    districts: Districts,
    *,
    metric_crs: pyproj.CRS | str,
    size_m: float = CELL_M,
    shape: CellShape = "square",
    resolution: int = 9,
    box: Box | None = None,
) -> Cells:
    """Cut the districts into cells of a metric grid, or of H3.

    A city without districts is one zone, named `WHOLE_CITY`: its ``box``.

    Parameters
    ----------
    districts
        areas in WGS-84; a cell that a border cuts becomes one piece in each.
    metric_crs
        in which everything is measured; squares are anchored at its origin.
    size_m
        side of a square; not looked at for H3.
    shape
        "square" or "h3" (needs the extra h3).
    resolution
        of H3: 9 is about 0.1 km2, 8 about 0.7 km2; not looked at for squares.
    box
        needed when there are no districts.

    Raises
    ------
    InputError
        when the size or resolution cannot be, there is neither a district nor a box, or districts
        overlap by more than rounding.
    """
    names, areas = _zones(districts, box)
    crs = metric_crs if isinstance(metric_crs, str) else metric_crs.to_string()
    # A long border straight in degrees bends in the plane: its middle has to be projected too.
    dense = shapely.segmentize(list(areas), _STEP_DEGREES)
    plane = [shapely.transform(area, lambda lonlat: to_metric(lonlat, crs=crs)) for area in dense]
    _refuse_overlaps(names, plane)
    if shape == "square":
        pieces = square_grid(plane, size_m=size_m)
    elif shape == "h3":
        pieces = h3_grid(plane, resolution=resolution, crs=crs)
        size_m = float(np.sqrt(pieces.whole_m2.mean()))
    else:
        raise InputError(say('cells of shape "{shape}": write square or h3', shape=shape))
    return Cells(
        ids=_ids(pieces),
        lonlat=from_metric(pieces.xy, crs=crs),
        area_m2=pieces.area_m2,
        land_share=np.minimum(pieces.area_m2 / pieces.whole_m2, 1.0),
        district=pieces.area,
        district_names=names,
        shape=shape,
        size_m=size_m,
        outline=pieces.shape,
        metric_crs=crs,
    )


def without_water(
    cells: Cells, *, lonlat: npt.NDArray[np.float64], water_m2: npt.NDArray[np.float64]
) -> Cells:
    """Take water off the cells' land: points of water float64[m, 2] with their m2 float64[m].

    Each point's water lies in the cell that holds it; a cell keeps at least no land at all.
    """
    at = cells.locate(lonlat)
    wet = np.bincount(at[at >= 0], weights=water_m2[at >= 0], minlength=len(cells))
    land = np.maximum(cells.area_m2 - wet, 0.0)
    share = cells.land_share * np.divide(land, cells.area_m2)
    return replace(cells, area_m2=land, land_share=share)


def _zones(
    districts: Districts, box: Box | None
) -> tuple[tuple[str, ...], tuple[BaseGeometry, ...]]:
    if len(districts):
        return districts.names, districts.areas
    if box is None:
        raise InputError(say("cells need districts, or the city's box where there are none"))
    return (WHOLE_CITY,), (shapely.box(*box),)


def _refuse_overlaps(names: tuple[str, ...], plane: list[BaseGeometry]) -> None:
    """Refuse districts of which one covers more of another than rough borders explain."""
    areas = np.array(plane, dtype=object)
    one, two = shapely.STRtree(areas).query(areas, predicate="intersects")
    one, two = one[one < two], two[one < two]
    shared = shapely.area(shapely.intersection(areas[one], areas[two]))
    smaller = np.minimum(shapely.area(areas[one]), shapely.area(areas[two]))
    for at in np.flatnonzero(shared > _ROUGH_BORDER * smaller):
        raise InputError(
            say(
                "districts {one} and {two} overlap by "
                "{area_km2:,.2f} km2: cut one at the other's border, so that no worker "
                "counts twice",
                one=names[one[at]],
                two=names[two[at]],
                area_km2=shared[at] / 1e6,
            )
        )


def _ids(pieces: Pieces) -> npt.NDArray[np.str_]:
    """Name pieces by their cell; further pieces of one cell are counted."""
    order = np.lexsort((np.arange(len(pieces)), pieces.cell))
    name = pieces.cell[order]
    first = np.concatenate([[True], name[1:] != name[:-1]])[: len(name)]
    start = np.maximum.accumulate(np.where(first, np.arange(len(name)), 0))
    count = np.arange(len(name)) - start + 1
    suffix = np.where(count == 1, "", np.char.add("/", count.astype(np.str_)))
    made = np.empty(len(name), dtype=f"<U{pieces.cell.dtype.itemsize // 4 + 8}")
    made[order] = np.char.add(name, suffix)
    return made
