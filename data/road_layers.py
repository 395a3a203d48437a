"""The lengths of the roads as layers, kept in step with the road network; those in town apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import uniform_filter

from data.layers import Layers, RoadLengths
from data.vocabulary import SAMPLE_NOTICE
from geo.measure import to_metric

if TYPE_CHECKING:
    import numpy.typing as npt

    from data.layers import Layer, LayerArea
    from geo.network import RoadNetwork

ROADS: Final = "roads"
URBAN_ROADS: Final = "urban_roads"
URBAN_KM_A_KM2: Final = 6.0
"""Where so many kilometres of street lie in the square kilometre around, a road is in town."""
_STREETS: Final = frozenset(
    {
        *("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential"),
        *("living_street", "pedestrian", "service", "road"),
    }
)
_STEP_M, _WINDOW = 100.0, 11


def with_roads(
    layers: Layers, network: RoadNetwork, area: LayerArea, *, sample: bool = False
) -> Layers:
    """Return ``layers`` with the road lengths of ``network`` in the place of any before.

    ``roads.<class>`` are all roads of a class, ``urban_roads.<class>`` those in town: where the
    streets in the square of 1.1 km around add up to `URBAN_KM_A_KM2` and more. Those of a generated
    sample say so as their licence.
    """
    ours = (f"{ROADS}.", f"{URBAN_ROADS}.")
    others = Layers(tuple(of for of in layers.values() if not of.id.startswith(ours)))
    reader = RoadLengths(network, licence=SAMPLE_NOTICE) if sample else RoadLengths(network)
    roads = reader.read(area)
    return others.updated((*roads, *_in_town(roads, area)))


def _in_town(roads: tuple[Layer, ...], area: LayerArea) -> tuple[Layer, ...]:
    """Return the part of each class that lies among streets."""
    place = [to_metric(of.lonlat, crs=area.metric_crs) for of in roads]
    if not sum(map(len, place)):
        return ()
    first = np.floor(np.concatenate(place).min(axis=0) / _STEP_M)
    cells = [(np.floor(xy / _STEP_M) - first).astype(np.int64) for xy in place]
    streets = [of.id.removeprefix(f"{ROADS}.") in _STREETS for of in roads]
    near = _km_around(cells, [of.value * is_one for of, is_one in zip(roads, streets, strict=True)])
    made = []
    for of, cell in zip(roads, cells, strict=True):
        urban = near[cell[:, 0], cell[:, 1]] >= URBAN_KM_A_KM2
        name = of.id.replace(ROADS, URBAN_ROADS, 1)
        rural = int((~urban).sum())
        made.append(
            replace(
                of,
                id=name,
                lonlat=of.lonlat[urban],
                value=of.value[urban],
                left_out={"out of town": rural} if rural else {},
            )
        )
    return tuple(of for of in made if len(of))


def _km_around(
    cells: list[npt.NDArray[np.int64]], metres: list[npt.NDArray[np.float64]]
) -> npt.NDArray[np.float64]:
    """Return the km of street per km2 around each cell of `_STEP_M`, float64[columns, rows]."""
    place, value = np.concatenate(cells), np.concatenate(metres)
    shape = tuple(int(size) for size in place.max(axis=0) + 1)
    flat = np.ravel_multi_index((place[:, 0], place[:, 1]), shape)
    table = np.bincount(flat, weights=value, minlength=shape[0] * shape[1]).astype(np.float64)
    mean_m = np.asarray(uniform_filter(table.reshape(shape), size=_WINDOW, mode="constant"))
    return mean_m / 1000.0 / (_STEP_M / 1000.0) ** 2
