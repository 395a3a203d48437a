"""Grids: areas of the metric plane cut into squares or hexagons, all at once and without a loop."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import shapely

from geo.errors import InputError
from geo.measure import from_metric, to_metric
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pyproj
    from shapely.geometry.base import BaseGeometry

MOST_CELLS: Final = 2_000_000
_SMALLEST_PIECE_M2: Final = 1e-6  # a square millimetre: what rounding leaves along a border
_TILE: Final = 16  # squares along the side of a coarse tile
_FINEST, _COARSEST = 15, 0


@dataclass(frozen=True, eq=False)
class Pieces:
    """The pieces of areas cut by a grid, area by area.

    ``area`` int32[n] is the row of the area that a piece belongs to and ``cell`` str[n] the name of
    the grid's cell it is cut from: one cell cut by a border gives one piece for each area, however
    many parts that piece has. ``shape`` object[n] are polygons in metres, ``area_m2`` float64[n]
    their size, ``whole_m2`` float64[n] the size of the uncut cell, and ``xy`` float64[n, 2] a point
    on the piece: the centroid, or where that lies outside of it a point inside.
    """

    area: npt.NDArray[np.int32]
    cell: npt.NDArray[np.str_]
    shape: npt.NDArray[np.object_]
    area_m2: npt.NDArray[np.float64]
    whole_m2: npt.NDArray[np.float64]
    xy: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.area)


def square_grid(areas: Sequence[BaseGeometry], *, size_m: float) -> Pieces:
    """Cut ``areas`` (metres in one metric CRS) by squares of ``size_m`` from the CRS's origin.

    A square is named ``E<column>N<row>``, both counted from the origin. Pieces of one area stand
    row by row. Areas that overlap each get their own pieces; an area that only touches a square
    gets none there.

    Raises
    ------
    InputError
        when the size is no positive number, or there would be millions of squares.
    """
    if not (np.isfinite(size_m) and size_m > 0):
        raise InputError(
            say(
                "a cell of {size_m:g} m cannot be: write a size in metres, as in 250", size_m=size_m
            )
        )
    if sum(area.area for area in areas) / size_m**2 > MOST_CELLS:  # before minutes of cutting
        raise _too_many(size_m)
    parts = [
        _cut(number, area, *_squares(area, size_m=size_m), whole_m2=size_m * size_m)
        for number, area in enumerate(areas)
    ]
    return _joined(parts)


def h3_grid(areas: Sequence[BaseGeometry], *, resolution: int, crs: pyproj.CRS | str) -> Pieces:
    """Cut ``areas`` (metres in ``crs``) by the H3 hexagons of a resolution, 0 to 15.

    H3 is Uber's global grid (https://h3geo.org); a cell is named by its H3 index. ``whole_m2`` is
    the hexagon's size in ``crs``, so that shares of it are measured as the pieces are.

    Raises
    ------
    InputError
        when the resolution is none, there would be millions of hexagons, or h3 is not installed.
    """
    if not _COARSEST <= resolution <= _FINEST:
        raise InputError(
            say(
                "H3 resolution {resolution}: resolutions go from 0 to 15, 9 is a block",
                resolution=resolution,
            )
        )
    least_m2 = _h3().average_hexagon_area(resolution, unit="m^2")
    if sum(area.area for area in areas) / least_m2 > MOST_CELLS:
        raise InputError(
            say(
                "H3 resolution {resolution}: the areas would be cut into more than {most_cells:,} "
                "hexagons: take a lower resolution",
                resolution=resolution,
                most_cells=MOST_CELLS,
            )
        )
    parts = []
    for number, area in enumerate(areas):
        names, hexagons = _hexagons(area, resolution=resolution, crs=crs)
        parts.append(_cut(number, area, names, hexagons, whole_m2=shapely.area(hexagons)))
    return _joined(parts)


def _squares(
    area: BaseGeometry, *, size_m: float
) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.object_]]:
    """Name and draw the squares that touch an area, row by row."""
    shapely.prepare(area)
    east, north = _candidates(area, size_m=size_m)
    squares = _boxes(east, north, size_m)
    touched = shapely.intersects(area, squares)
    words = np.char.add(
        np.char.add("E", east[touched].astype(np.str_)),
        np.char.add("N", north[touched].astype(np.str_)),
    )
    return words, squares[touched]


def _candidates(
    area: BaseGeometry, *, size_m: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Columns and rows of the squares that may touch an area, row by row.

    A long narrow area touches few squares of its bounds: these are looked through in coarse tiles
    first.
    """
    tile_m = size_m * _TILE
    left, bottom, right, top = (np.floor(edge / tile_m) for edge in area.bounds)
    if (right - left + 1) * (top - bottom + 1) > MOST_CELLS:
        raise _too_many(size_m)
    column, row = (
        grid.ravel().astype(np.int64)
        for grid in np.meshgrid(np.arange(left, right + 1), np.arange(bottom, top + 1))
    )
    touched = shapely.intersects(area, _boxes(column, row, tile_m))
    column, row = column[touched], row[touched]
    if len(column) * _TILE * _TILE > MOST_CELLS + _TILE * _TILE:
        raise _too_many(size_m)
    inner = np.arange(_TILE)
    east = (column[:, None, None] * _TILE + inner[None, None, :]).repeat(_TILE, axis=1).ravel()
    north = (row[:, None, None] * _TILE + inner[None, :, None]).repeat(_TILE, axis=2).ravel()
    left, bottom, right, top = (np.floor(edge / size_m) for edge in area.bounds)
    near = (east >= left) & (east <= right) & (north >= bottom) & (north <= top)
    east, north = east[near], north[near]
    order = np.lexsort((east, north))
    return east[order], north[order]


def _boxes(
    column: npt.NDArray[np.int64], row: npt.NDArray[np.int64], size_m: float
) -> npt.NDArray[np.object_]:
    low, high = (column * size_m, row * size_m), ((column + 1) * size_m, (row + 1) * size_m)
    return shapely.box(*low, *high)


def _too_many(size_m: float) -> InputError:
    return InputError(
        say(
            "cells of {size_m:g} m: the areas would be cut into more than {most_cells:,}: "
            "take larger cells",
            size_m=size_m,
            most_cells=MOST_CELLS,
        )
    )


def _hexagons(
    area: BaseGeometry, *, resolution: int, crs: pyproj.CRS | str
) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.object_]]:
    """Name and draw the hexagons that touch an area, in metres."""
    h3 = _h3()
    outline = shapely.transform(area, lambda xy: from_metric(xy, crs=crs))
    shape = h3.geo_to_h3shape(outline)
    names = sorted(h3.h3shape_to_cells_experimental(shape, resolution, contain="overlap"))
    # h3 gives one boundary at a time: its own call is the loop, the geometry is made at once.
    rings = [h3.cell_to_boundary(name) for name in names]
    corners = np.array([corner for ring in rings for corner in ring], dtype=np.float64)
    of_ring = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    xy = to_metric(corners.reshape(-1, 2)[:, ::-1], crs=crs)
    hexagons = shapely.polygons(shapely.linearrings(xy, indices=of_ring))
    return np.array(names, dtype=np.str_), cast("npt.NDArray[np.object_]", hexagons)


def _h3() -> Any:  # noqa: ANN401 - h3 ships no types
    try:
        return importlib.import_module("h3")
    except ImportError:
        raise InputError(
            say("H3 cells need the package h3: pip install 'yizhan[h3]', or take square cells")
        ) from None


def _cut(
    number: int,
    area: BaseGeometry,
    names: npt.NDArray[np.str_],
    cells: npt.NDArray[np.object_],
    *,
    whole_m2: float | npt.NDArray[np.float64],
) -> Pieces:
    """Cut one area by cells; what has no size is left out."""
    shapely.prepare(area)
    inside = shapely.contains_properly(area, cells)
    shape = cells.copy()
    shape[~inside] = _polygons_only(shapely.intersection(area, cells[~inside]))
    area_m2 = shapely.area(shape)
    keep = area_m2 > _SMALLEST_PIECE_M2
    shape, area_m2 = shape[keep], area_m2[keep]
    point = shapely.centroid(shape)
    off = ~shapely.intersects(shape, point)
    point[off] = shapely.point_on_surface(shape[off])
    return Pieces(
        area=np.full(len(shape), number, dtype=np.int32),
        cell=names[keep],
        shape=shape,
        area_m2=area_m2,
        whole_m2=np.broadcast_to(whole_m2, len(cells))[keep].astype(np.float64),
        xy=shapely.get_coordinates(point).reshape(-1, 2),
    )


def _polygons_only(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Take the lines and points away that a cut along a shared border leaves in a collection."""
    mixed = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION)
    if len(mixed):
        parts, source = shapely.get_parts(shapes[mixed], return_index=True)
        areal = shapely.get_dimensions(parts) == 2  # noqa: PLR2004 - areas
        kept = np.full(len(mixed), shapely.from_wkt("MULTIPOLYGON EMPTY"), dtype=object)
        shapely.multipolygons(parts[areal], indices=source[areal], out=kept)
        shapes[mixed] = kept
    return shapes


def _joined(parts: Sequence[Pieces]) -> Pieces:
    """Put the pieces of several areas one after another."""
    if not parts:
        none = np.zeros(0)
        return Pieces(
            area=none.astype(np.int32),
            cell=none.astype(np.str_),
            shape=none.astype(object),
            area_m2=none,
            whole_m2=none,
            xy=none.reshape(0, 2),
        )
    return Pieces(
        area=np.concatenate([part.area for part in parts]),
        cell=np.concatenate([part.cell for part in parts]),
        shape=np.concatenate([part.shape for part in parts]),
        area_m2=np.concatenate([part.area_m2 for part in parts]),
        whole_m2=np.concatenate([part.whole_m2 for part in parts]),
        xy=np.concatenate([part.xy for part in parts]),
    )
