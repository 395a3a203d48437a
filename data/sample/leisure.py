"""Ways along water, up hills and through parks: shore roads, cycle ways, footpaths, steps."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import shapely
import shapely.ops

from data.sample.country import links_to_roads
from data.sample.frame import rotation
from data.sample.lines import Lines, of_geometry, together

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from data.sample.terrain import Terrain

_SHORE_ROAD_M, _SHORE_PATH_M = 110.0, 60.0
_FOOT_OF_HILL_M = 40.0
_RIVERSIDE_M = 85.0
_RING_GATES = 24
_LINK_M = 2_500.0
_STEPS_SHARE = 0.22


def riverside_roads(terrain: Terrain, built: shapely.Geometry) -> Lines:
    """Draw a road on each bank where the river runs through a town."""
    banks = np.array(
        [shapely.offset_curve(terrain.river, side * _RIVERSIDE_M) for side in (1.0, -1.0)],
        dtype=object,
    )
    banks = shapely.simplify(banks, 4.0)
    lines = of_geometry(banks, "tertiary")
    return lines.with_geometry(shapely.intersection(banks, built))


def _rings(shapes: tuple[shapely.Polygon, ...], outside_m: float) -> NDArray[np.object_]:
    grown = shapely.buffer(np.array(shapes, dtype=object), outside_m)
    return np.asarray(shapely.simplify(shapely.get_exterior_ring(grown), 6.0), dtype=object)


def _gates(rings: NDArray[np.object_]) -> NDArray[np.float64]:
    at = np.linspace(0.0, 1.0, _RING_GATES, endpoint=False)
    spots = shapely.line_interpolate_point(rings[:, None], at[None, :], normalized=True)
    return shapely.get_coordinates(spots).reshape(len(rings), _RING_GATES, 2)


def shore_ways(terrain: Terrain, roads: NDArray[np.object_]) -> Lines:
    """Draw a road and a cycle way around every lake, and a road along the foot of every hill."""
    shores = _rings(terrain.lakes, _SHORE_ROAD_M)
    feet = _rings(terrain.hills, _FOOT_OF_HILL_M)
    paths = _rings(terrain.lakes, _SHORE_PATH_M)
    return together(
        [
            of_geometry(shores, "tertiary"),
            of_geometry(feet, "unclassified"),
            of_geometry(paths, "cycleway"),
            links_to_roads(_gates(shores), roads, within_m=_LINK_M, highway="tertiary"),
            links_to_roads(_gates(feet), roads, within_m=_LINK_M, highway="unclassified"),
            links_to_roads(_gates(paths)[:, ::6], shores, within_m=400.0, highway="cycleway"),
            links_to_roads(_gates(paths)[:, 3::6], shores, within_m=400.0, highway="footway"),
        ]
    )


def hill_paths(terrain: Terrain, rng: np.random.Generator) -> Lines:
    """Draw a footpath over every hill, in steps where it is steep."""
    parts, words = [], []
    hills = np.arange(len(terrain.lakes), len(terrain.centres_m))
    for hill in hills:
        centre, turn = terrain.centres_m[hill], terrain.turns_deg[hill]
        half = terrain.half_axes_m[hill] * 1.5
        for axis in (0, 1):
            local = np.zeros((60, 2))
            share = np.linspace(-1.0, 1.0, 60)
            local[:, axis] = share * half[axis]
            swing = np.sin(share * rng.uniform(5.0, 9.0) + rng.uniform(0.0, 6.0))
            local[:, 1 - axis] = swing * half[1 - axis] * 0.12
            line = shapely.LineString(local @ rotation(float(turn)) + centre)
            inside = shapely.buffer(terrain.hills[hill - hills[0]], _FOOT_OF_HILL_M + 2.0)
            for path in shapely.get_parts(shapely.intersection(line, inside)):
                cuts = np.array([0.0, 0.5 - _STEPS_SHARE, 0.5, 1.0 - _STEPS_SHARE / 2, 1.0])
                at = cuts * path.length
                for number, (one, two) in enumerate(itertools.pairwise(at)):
                    parts.append(shapely.ops.substring(path, one, two))
                    words.append("steps" if number % 2 and axis else "footway")
    return of_geometry(np.array(parts, dtype=object), words)


def park_paths(parks: NDArray[np.object_], rng: np.random.Generator) -> Lines:
    """Draw paths from the sides of each park to a meeting place within."""
    curves = []
    for park in parks:
        heart = np.array(shapely.get_coordinates(park.centroid)[0])
        start = rng.random()
        for at in np.linspace(0.0, 1.0, 5, endpoint=False):
            gate = shapely.get_coordinates(
                park.exterior.interpolate((at + start) % 1.0, normalized=True)
            )[0]
            middle = (gate + heart) / 2.0
            aside = (heart - gate)[::-1] * [1.0, -1.0] * rng.uniform(-0.12, 0.12)
            step = np.linspace(0.0, 1.0, 9)[:, None]
            control = middle + aside
            curve = (1 - step) ** 2 * gate + 2 * step * (1 - step) * control + step**2 * heart
            curves.append(shapely.LineString(curve))
    return of_geometry(np.array(curves, dtype=object), "footway")
