"""Spots along the streets: where stations may stand and workers are found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    from data.sample.cores import Core
    from data.sample.lines import Lines

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Spots:
    """Points every few metres along all streets, each with its line, class and core.

    ``core`` is the number of the core whose outline holds the spot, -1 in the open country.
    """

    xy_m: Points
    line: NDArray[np.intp]
    highway: NDArray[np.int8]
    core: NDArray[np.intp]
    step_m: float

    @classmethod
    def along(cls, lines: Lines, cores: tuple[Core, ...], *, step_m: float) -> Spots:
        """Walk along every line and note a spot every ``step_m``."""
        length = shapely.length(lines.geometry)
        count = np.maximum(1, np.rint(length / step_m)).astype(np.intp)
        line = np.repeat(np.arange(len(lines)), count)
        number = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
        at = (number + 0.5) / np.repeat(count, count)
        xy = shapely.get_coordinates(
            shapely.line_interpolate_point(lines.geometry[line], at, normalized=True)
        )
        core = np.full(len(xy), -1, dtype=np.intp)
        for index, each in enumerate(cores):
            outline = each.outline
            shapely.prepare(outline)
            core[shapely.contains_xy(outline, xy[:, 0], xy[:, 1])] = index
        return cls(xy, line, lines.highway[line], core, step_m)
