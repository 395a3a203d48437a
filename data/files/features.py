"""Features of the files that people hand in: points or areas, and what is said of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import shapely

from geo.errors import FileFormatError, RowFault, RowsError
from geo.messages import either, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

MAX_FEATURES: Final = 1_000_000
MAX_PROPERTIES: Final = 200
POINTS: Final = frozenset({"Point", "MultiPoint"})
AREAS: Final = frozenset({"Polygon", "MultiPolygon"})


@dataclass(frozen=True, eq=False)
class Features:
    """The features of a file: property names in order, properties, and points or areas.

    ``lonlat`` float64[n, 2] is there when all are points (NaN for a point that cannot be read),
    ``areas`` when all are polygons (None for one that cannot be read); never both. ``ids`` are the
    features' own, where any has one. ``crs`` is the CRS of the coordinates, as `pyproj` reads it;
    None for degrees of WGS-84 or CGCS2000, or of the datum that the person who hands it in says.
    """

    headings: tuple[str, ...]
    properties: tuple[Mapping[str, Any], ...]
    lonlat: npt.NDArray[np.float64] | None
    areas: tuple[BaseGeometry | None, ...] | None
    ids: tuple[str, ...] | None
    crs: str | None = None


def features_of_shapes(
    path: Path,
    headings: tuple[str, ...],
    properties: tuple[Mapping[str, Any], ...],
    shapes: Sequence[BaseGeometry | None],
    *,
    crs: str | None = None,
) -> Features:
    """Join what features say and their shapes (None where one is missing or broken).

    A MultiPoint of one point, as QGIS saves points, is that point.

    Raises
    ------
    RowsError
        when shapes are neither all points nor all areas; every one at fault is listed.
    """
    kinds = ["" if shape is None else shape.geom_type for shape in shapes]
    wanted = wanted_kinds(kinds)
    faults = kind_faults(kinds, wanted)
    for number, shape in enumerate(shapes, start=1):
        if wanted is POINTS and shape is not None and shape.geom_type == "MultiPoint":
            faults += multipart_faults(number, int(shapely.get_num_geometries(shape)))
    if faults:
        raise RowsError(path.name, tuple(faults))
    if wanted is POINTS:
        return Features(headings, properties, shapely.get_coordinates(shapes), None, None, crs)
    return Features(headings, properties, None, tuple(shapes), None, crs)


def wanted_kinds(kinds: Sequence[str]) -> frozenset[str]:
    """Return the kinds of geometry that a file is taken to be of: points, or areas."""
    points, areas = (sum(kind in of for kind in kinds) for of in (POINTS, AREAS))
    return POINTS if points >= areas else AREAS


def kind_faults(kinds: Sequence[str], wanted: frozenset[str]) -> list[RowFault]:
    """List the features of another kind; "" is none."""
    return [
        RowFault(
            number,
            "geometry",
            say(
                "is {kind}: needs {wanted}",
                kind=kind or say("missing"),
                wanted="Point" if wanted is POINTS else either(sorted(AREAS)),
            ),
        )
        for number, kind in enumerate(kinds, start=1)
        if kind not in wanted
    ]


def multipart_faults(number: int, n_points: int) -> list[RowFault]:
    """Return the fault of a MultiPoint that is not one point."""
    if n_points == 1:
        return []
    reason = say("has {n} points: needs one (in QGIS “Multipart to singleparts”)", n=n_points)
    return [RowFault(number, "geometry", reason)]


def refuse_too_many(path: Path, *, features: int = 0, properties: int = 0) -> None:
    """Refuse a file of more features or properties than any list has (FileFormatError)."""
    if features > MAX_FEATURES:
        raise FileFormatError(
            say(
                "{file}: more than {max_features:,} features: split it",
                file=path.name,
                max_features=MAX_FEATURES,
            )
        )
    if properties > MAX_PROPERTIES:
        raise FileFormatError(
            say(
                "{file}: more than {max_properties} different properties",
                file=path.name,
                max_properties=MAX_PROPERTIES,
            )
        )
