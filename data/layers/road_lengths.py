"""Length of road by class, out of the workspace's road network: points with their metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from data.layers.layer import Layer, LayerArea
from data.layers.osm import OSM_LICENCE
from geo.access import HIGHWAY_CLASSES
from geo.roads import segment_metres

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.network import RoadNetwork

ROADS: Final = "roads."
STEP_M: Final = 50.0


@dataclass(frozen=True, eq=False)
class RoadLengths:
    """The reader of road lengths: a layer ``roads.<class>`` for each class that has roads.

    The network does not say of what day it is: ``date`` is the extract's, if known. Both sides of a
    dual carriageway count, each with its own metres.
    """

    network: RoadNetwork
    source: str = "road network"
    date: str = ""
    licence: str = OSM_LICENCE

    def read(self, area: LayerArea) -> tuple[Layer, ...]:
        """Put points along the roads, at most `STEP_M` apart, that share each road's metres."""
        edge, lonlat, metres = road_points(self.network, step_m=STEP_M)
        inside = area.box.contains(lonlat)
        road_class = self.network.edge_class[edge]
        made = []
        for number in np.unique(self.network.edge_class):
            here = road_class == number
            outside = int((here & ~inside).sum())
            made.append(
                Layer(
                    id=ROADS + HIGHWAY_CLASSES[number],
                    lonlat=lonlat[here & inside],
                    value=metres[here & inside],
                    unit="m",
                    source=self.source,
                    date=self.date,
                    licence=self.licence,
                    left_out={"outside the box": outside} if outside else {},
                )
            )
        return tuple(made)


def road_points(
    network: RoadNetwork, *, step_m: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Cut every edge into equal stretches of at most ``step_m`` and put a point amid each.

    Returns edge int64[n], lonlat float64[n, 2] and metres float64[n]; the metres of an edge add up
    to its length. An edge without length gives one point of 0 m.
    """
    length = network.edge_metres
    count = np.maximum(np.ceil(length / step_m), 1.0).astype(np.int64)
    edge = np.repeat(np.arange(len(length)), count)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    shape, offset = network.shape_lonlat, network.shape_offset
    run = np.concatenate([[0.0], np.cumsum(segment_metres(shape[:-1], shape[1:]))])
    first, last = offset[:-1][edge], offset[1:][edge] - 1
    at = run[first] + (number + 0.5) / count[edge] * (run[last] - run[first])
    segment = np.clip(np.searchsorted(run, at, side="right") - 1, first, np.maximum(last - 1, 0))
    span = run[segment + 1] - run[segment]
    part = np.divide(at - run[segment], span, out=np.zeros(len(at)), where=span > 0)
    lonlat = shape[segment] + part[:, None] * (shape[segment + 1] - shape[segment])
    return edge, lonlat, length[edge] / count[edge]
