"""Zones that share ground: refused by name and size, or counted once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from data.files.demand_files import read_demand
from data.layers import CellsTable, LayerArea
from data.settings import default_settings
from geo.datum import Datum
from geo.errors import RowsError
from geo.measure import Box, to_metric

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from data.demand import Demand
    from data.files.zone_overlaps import Overlaps

BOX = Box(116.70, 33.90, 116.90, 34.00)
SETTINGS = default_settings("市", BOX)
WEST = shapely.box(116.74, 33.92, 116.78, 33.96)
EAST = shapely.box(116.76, 33.92, 116.80, 33.96)  # half of it lies in WEST
RNG = np.random.default_rng(7)


def zones(path: Path, *areas: tuple[float, BaseGeometry], column: str = "courier") -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"id": f"z{number}", column: workers},
            "geometry": shapely.geometry.mapping(area),
        }
        for number, (workers, area) in enumerate(areas)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def read(path: Path, overlaps: Overlaps = "refuse") -> Demand:
    return read_demand(path, datum=Datum.wgs84, settings=SETTINGS, overlaps=overlaps)


def test_zones_that_share_ground_are_refused_with_the_pair_and_its_size(tmp_path: Path) -> None:
    file = zones(tmp_path / "z.geojson", (100, WEST), (100, EAST))
    km2 = (
        shapely.transform(
            WEST & EAST, lambda lonlat: to_metric(lonlat, crs=SETTINGS.metric_crs)
        ).area
        / 1e6
    )
    with pytest.raises(RowsError) as caught:
        read(file)
    (fault,) = caught.value.faults
    assert fault.row == 2
    assert f"z1 overlaps z0 by {km2:,.3g} km2" in fault.reason
    assert "--overlaps share or first" in fault.reason


@pytest.mark.parametrize("overlaps", ["share", "first"])
def test_a_zone_that_is_given_twice_counts_once(tmp_path: Path, overlaps: Overlaps) -> None:
    demand = read(zones(tmp_path / "z.geojson", (100, WEST), (100, WEST)), overlaps)
    assert demand.total("courier") == pytest.approx(100, rel=1e-9)


@pytest.mark.parametrize("overlaps", ["share", "first"])
def test_shared_ground_counts_once_and_the_rest_as_it_is(
    tmp_path: Path, overlaps: Overlaps
) -> None:
    demand = read(zones(tmp_path / "z.geojson", (100, WEST), (100, EAST)), overlaps)
    assert demand.total("courier") == pytest.approx(150, rel=1e-4)  # a degree varies in length
    lon = demand.lonlat[:, 0]
    alone, both = lon < 116.76, (lon > 116.76) & (lon < 116.78)
    workers = demand.of("courier")
    # a square of 250 m may stand across the border of the shared ground
    assert workers[alone].sum() == pytest.approx(50, rel=0.08)
    assert workers[both].sum() == pytest.approx(50, rel=0.08)


def test_borders_drawn_twice_are_no_overlap(tmp_path: Path) -> None:
    east = shapely.box(116.77999, 33.92, 116.80, 33.96)
    demand = read(zones(tmp_path / "z.geojson", (60, WEST), (40, east)))
    assert demand.total("courier") == pytest.approx(100)


@pytest.mark.parametrize("overlaps", ["share", "first"])
def test_any_zones_count_as_many_as_random_points_would(tmp_path: Path, overlaps: Overlaps) -> None:
    """Against plain Monte Carlo: each point of the plane counts once, as the rule says."""
    areas = [
        shapely.Point(*RNG.uniform((116.74, 33.93), (116.80, 33.96))).buffer(
            RNG.uniform(0.005, 0.02)
        )
        for _ in range(6)
    ]
    counts = RNG.uniform(10, 500, len(areas))
    demand = read(
        zones(tmp_path / "z.geojson", *zip(counts.tolist(), areas, strict=True)), overlaps
    )
    dots = RNG.uniform((116.70, 33.90), (116.84, 34.00), (400_000, 2))
    held = np.array([shapely.contains_xy(area, dots) for area in areas])
    density = counts[:, None] * held / held.sum(axis=1)[:, None]
    if overlaps == "share":
        right = density.sum(axis=0) / np.maximum(held.sum(axis=0), 1)
    else:
        right = density[np.argmax(held, axis=0), np.arange(len(dots))]
    assert demand.total("courier") == pytest.approx(right.sum(), rel=0.01)


def test_population_over_cells_that_share_ground_is_refused_or_counted_once(
    tmp_path: Path,
) -> None:
    file = zones(tmp_path / "p.geojson", (1000, WEST), (1000, WEST), column="population")
    area = LayerArea(BOX, SETTINGS.metric_crs)
    with pytest.raises(RowsError, match="row 2 overlaps row 1 by"):
        CellsTable(file).read(area)
    (layer,) = CellsTable(file, overlaps="first").read(area)
    assert layer.total == pytest.approx(1000, rel=1e-9)
