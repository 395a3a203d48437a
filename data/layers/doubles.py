"""Places mapped twice: as a point and as the area around it, or as an area within an area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt


def mapped_twice(
    lonlat: npt.NDArray[np.float64],
    outline: npt.NDArray[np.object_],
    *,
    words: npt.NDArray[np.str_],
    names: Sequence[str],
) -> npt.NDArray[np.bool_]:
    """Tell which of the places of one layer stand for a place that another one stands for too.

    Two places are one where the point of the first (``lonlat`` float64[n, 2]) lies inside the
    ``outline`` of the second (polygon, or None), both belong to the layer by the same value
    (``words``, as in "cafe"), and their names agree or one has none. Of a named area and what lies
    inside, the area stays. An area without a name is left out for what lies inside: it is the house
    of one or more places that are mapped by themselves. Two points, or two names, are never taken
    for one place.

    Returns bool[n]: True where the place is left out.
    """
    out = np.zeros(len(lonlat), dtype=bool)
    around = np.flatnonzero(~shapely.is_missing(outline))
    if not len(around):
        return out
    tree = shapely.STRtree(outline[around])
    inner, outer = tree.query(shapely.points(lonlat), predicate="intersects")
    outer = around[outer]
    name = np.array(names, dtype=np.str_)
    size = shapely.area(outline)
    size[np.isnan(size)] = 0.0
    larger = (size[outer] > size[inner]) | ((size[outer] == size[inner]) & (outer < inner))
    same = (inner != outer) & larger & (words[inner] == words[outer])
    nameless = same & (name[outer] == "")
    out[outer[nameless]] = True
    # A place is only left out for an area that stays itself.
    same &= ~nameless & ~out[outer]
    out[inner[same & ((name[inner] == name[outer]) | (name[inner] == ""))]] = True
    return out
