"""The datum doctor: how often it finds the right datum, and how often it accuses a right file.

Registers of 8 to 100 stations are made beside the roads of a real town, 20 or 40 m off (standard
deviation), handed in as each datum and stated as each. The shifts are those at Huaibei, also where
GCJ-02 is not defined. Points scattered at random say how often chance is believed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.towns import SHARED
from data.osm import read_roads
from geo.datum import Datum, from_wgs84
from geo.datum_fit import FAR_M, DatumFit, fit_readings
from geo.measure import Box
from geo.network import build_network
from geo.roads import metres_per_degree
from geo.snapping import snap

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from bench.tables import Row
    from geo.network import RoadNetwork

    Points = npt.NDArray[np.float64]

SIZES = (8, 10, 20, 30, 50, 100)
FILES = 90
_POOL = 3_000
_HUAIBEI = np.array([[116.80, 33.96]])


def run() -> list[Row]:
    """Measure each town that is here; a row for each size of file and distance off the roads."""
    rng = np.random.default_rng(7)
    rows: list[Row] = []
    for name, path, mode in _towns():
        network = build_network(read_roads(path))
        for off_m in (20.0, 40.0, None):
            pool = _pool(network, off_m, rng)
            label = "random" if off_m is None else f"{off_m:.0f} m off"
            rows += [_row(f"{name}, {label}", network, pool, mode, size, rng) for size in SIZES]
    return rows


def _towns() -> list[tuple[str, Path, str]]:
    """Real extracts: they stand beside the checkout and are no part of it."""
    towns = (
        ("Shanghai centre", SHARED / "shanghai_center.osm", "car"),
        ("Porto", SHARED / "porto_portugal.osm.pbf", "foot"),
    )
    return [town for town in towns if town[1].exists()]


def _pool(network: RoadNetwork, off_m: float | None, rng: np.random.Generator) -> Points:
    """Places beside roads, or anywhere in the box when ``off_m`` is None."""
    if off_m is None:
        left, bottom, right, top = network.box
        return rng.uniform((left, bottom), (right, top), (_POOL, 2))
    points = network.shape_lonlat[rng.integers(0, len(network.shape_lonlat), _POOL)]
    per_lon, per_lat = metres_per_degree(points[:, 1])
    return points + rng.normal(0, off_m, (_POOL, 2)) / np.column_stack([per_lon, per_lat])


def _row(  # noqa: PLR0917 - what one measurement needs
    name: str,
    network: RoadNetwork,
    pool: Points,
    mode: str,
    size: int,
    rng: np.random.Generator,
) -> Row:
    """Judge `FILES` files of one size."""
    datums = list(Datum)
    right = wrong = accused = 0
    for number in range(FILES):
        actual, stated = datums[number % 3], datums[number // 3 % 3]
        true = pool[rng.choice(len(pool), size, replace=False)]
        fit = _fit(network, true, mode, actual=actual, stated=stated)
        right += fit.likely == actual
        wrong += fit.likely not in {None, str(actual)}
        accused += fit.doubtful and stated is actual
    return {
        "register": name,
        "stations": size,
        "files": FILES,
        "right": right,
        "undecided": FILES - right - wrong,
        "wrong": wrong,
        "right files accused": accused,
    }


def _fit(
    network: RoadNetwork, true: Points, mode: str, *, actual: Datum, stated: Datum
) -> DatumFit:
    """Read a file of ``true`` places handed in as ``actual``, in each datum."""
    given = true + _shift(true, actual)
    return fit_readings(
        {str(datum): given - _shift(true, datum) for datum in Datum},
        stated=str(stated),
        to_road_m=lambda points: (
            snap(network, points, mode=mode, limit_m=FAR_M, islands=True).distance_m
        ),
        box=Box(*network.box),
    )


def _shift(points: Points, datum: Datum) -> Points:
    """Return the shift of a datum at Huaibei in metres, as degrees at ``points``."""
    there = np.column_stack(metres_per_degree(_HUAIBEI[:, 1]))
    here = np.column_stack(metres_per_degree(points[:, 1]))
    return np.asarray((from_wgs84(_HUAIBEI, datum=datum) - _HUAIBEI) * there / here)
