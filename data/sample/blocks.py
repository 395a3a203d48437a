"""Blocks: how the ground between main streets is cut into smaller and smaller blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from data.sample.lines import CODE, Lines, plain_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_GENERATIONS = 14
_SMALLEST_M2 = 2_500.0
_TERTIARY_M2 = 300_000.0
_SHORTEST_M = 35.0
_HALF = 0.5
_HOME_STREETS = 0.6  # of the last cuts, the others are service roads


@dataclass(frozen=True)
class BlockStyle:
    """How blocks are cut.

    ``evenness`` is the greatest deviation of a cut from the middle as a share of the length,
    ``dead_ends`` the share of the last cuts that end half-way, ``alleys`` the share of the last
    cuts that are footways.
    """

    evenness: float = 0.13
    bend: float = 0.015
    turn_deg: float = 2.5
    dead_ends: float = 0.22
    alleys: float = 0.12

    def __post_init__(self) -> None:
        if not 0.0 <= self.dead_ends + self.alleys <= 1.0:
            raise ValueError("dead_ends and alleys are shares of the same cuts")


def _cuts(
    blocks: NDArray[np.object_], style: BlockStyle, rng: np.random.Generator
) -> tuple[NDArray[np.object_], NDArray[np.object_], NDArray[np.object_]]:
    """Cut every block across its longer side; give the street and the two sides of it."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(blocks)).reshape(-1, 5, 2)
    side_a, side_b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1]
    a_longer = np.linalg.norm(side_a, axis=1) >= np.linalg.norm(side_b, axis=1)
    long = np.where(a_longer[:, None], side_a, side_b)
    short = np.where(a_longer[:, None], side_b, side_a)
    # A block that is about as wide as long may be cut either way.
    squarish = np.linalg.norm(long, axis=1) < 1.15 * np.linalg.norm(short, axis=1)
    swap = squarish & (rng.random(len(blocks)) < _HALF)
    long, short = (
        np.where(swap[:, None], short, long),
        np.where(swap[:, None], long, short),
    )
    n = len(blocks)
    centre = corners[:, :4].mean(axis=1) + long * rng.uniform(
        -style.evenness, style.evenness, (n, 1)
    )
    turn = np.deg2rad(rng.normal(0.0, style.turn_deg, (n, 1)))
    across = short * np.cos(turn) + np.column_stack([-short[:, 1], short[:, 0]]) * np.sin(turn)
    middle = centre + long * rng.normal(0.0, style.bend, (n, 1))
    start, end = centre - across, centre + across
    street = shapely.linestrings(np.stack([start, middle, end], axis=1))
    far = long * 2.0
    left = shapely.polygons(np.stack([start, middle, end, end + far, start + far], axis=1))
    right = shapely.polygons(np.stack([start, middle, end, end - far, start - far], axis=1))
    return (
        shapely.intersection(street, blocks),
        shapely.intersection(left, blocks),
        shapely.intersection(right, blocks),
    )


def _polygons(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    parts = shapely.get_parts(geometry)
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return np.asarray(parts[areal & (shapely.area(parts) > _SMALLEST_M2)], dtype=object)


def _last_cuts(
    streets: NDArray[np.object_], style: BlockStyle, rng: np.random.Generator
) -> tuple[NDArray[np.object_], NDArray[np.int8]]:
    """Make some of the innermost streets culs-de-sac or alleys."""
    draw = rng.random(len(streets))
    kind = np.where(rng.random(len(streets)) < _HOME_STREETS, CODE["residential"], CODE["service"])
    kind[draw < style.alleys] = CODE["footway"]
    dead = (draw >= style.alleys) & (draw < style.alleys + style.dead_ends)
    flipped = rng.random(len(streets)) < _HALF
    share = rng.uniform(0.45, 0.7, len(streets))
    whole = np.where(flipped, shapely.reverse(streets), streets)
    length = shapely.length(whole)
    tip = shapely.get_coordinates(shapely.line_interpolate_point(whole, length * share))
    root = shapely.get_coordinates(shapely.get_point(whole, 0))
    short = np.asarray(shapely.linestrings(np.stack([root, tip], axis=1)))
    return np.where(dead, short, streets), kind.astype(np.int8)


def cut_blocks(
    blocks: NDArray[np.object_],
    target_m2: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    *,
    style: BlockStyle,
    rng: np.random.Generator,
) -> Lines:
    """Cut blocks until each is about as small as wanted at its place.

    Parameters
    ----------
    blocks
        Polygons between main streets.
    target_m2
        Gives the wanted block area at points, shape [n, 2].
    """
    geometry, highway = [], []
    current = _polygons(blocks)
    for _ in range(_GENERATIONS):
        area = shapely.area(current)
        wanted = target_m2(shapely.get_coordinates(shapely.centroid(current)))
        wanted = wanted * np.exp(rng.normal(0.0, 0.35, len(current)))
        large = area > 1.4 * wanted
        current, area, wanted = current[large], area[large], wanted[large]
        if not len(current):
            break
        street, left, right = _cuts(current, style, rng)
        kind = np.full(len(street), CODE["residential"], dtype=np.int8)
        kind[area > _TERTIARY_M2] = CODE["tertiary"]
        last = (area < 2.8 * wanted) & (area < _TERTIARY_M2)
        simple = shapely.get_type_id(street) == shapely.GeometryType.LINESTRING
        chosen = last & simple
        if chosen.any():
            street[chosen], kind[chosen] = _last_cuts(street[chosen], style, rng)
        geometry.append(street)
        highway.append(kind)
        current = _polygons(np.concatenate([left, right]))
    if not geometry:
        return plain_lines(np.empty(0, object), np.empty(0, np.int8), np.empty(0, np.int32))
    streets, kinds = np.concatenate(geometry), np.concatenate(highway)
    number = np.arange(len(streets), dtype=np.int32)
    found = plain_lines(streets, kinds, number).with_geometry(streets)
    return found[shapely.length(found.geometry) > _SHORTEST_M]
