"""Roads between settlements: trunk roads, county roads, village roads, field tracks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Delaunay, cKDTree

from data.sample.lines import Lines, as_lines, hermite, spline

if TYPE_CHECKING:
    from data.sample.cores import Core
    from data.sample.settlements import Villages
    from data.sample.terrain import Terrain

Points = NDArray[np.float64]
Pairs = NDArray[np.intp]

TRUNKS_KM: tuple[tuple[tuple[float, float], ...], ...] = (
    # north to south, past the city's east side and the south park
    ((47.6, 105.0), (47.4, 98.0), (44.2, 91.0), (42.4, 84.0), (43.6, 78.4), (45.0, 75.0),
     (44.6, 71.2), (43.4, 66.8), (39.4, 60.8), (37.0, 52.0), (37.6, 42.0), (38.4, 30.0),
     (35.4, 18.0), (31.0, 8.0), (29.6, 0.0)),
    # west to east, under the city
    ((2.0, 60.0), (13.0, 62.6), (21.0, 68.2), (26.4, 69.6), (30.6, 69.4), (34.4, 70.2),
     (38.6, 68.9), (43.8, 68.2), (47.4, 71.6), (51.0, 72.7), (60.0, 73.6)),
    # the south, west to east
    ((10.0, 33.0), (18.0, 35.2), (27.6, 36.0), (38.0, 34.6), (50.0, 37.0)),
)  # fmt: skip

_AVENUES = (
    ("city", "county town"),
    ("city", "Duji"),
    ("city", "Lieshan"),
    ("city", "park north"),
    ("city", "park west"),
    ("county town", "park south"),
)

_EXIT_REACH_M = 9_500.0
_EXIT_LOOK = 0.5
# Shares of pairs that get a road, and of village roads that are more than lanes.
_COUNTY_SHORTCUTS, _VILLAGE_SHORTCUTS, _VILLAGE_MAIN = 0.6, 0.3, 0.72


@dataclass(frozen=True, eq=False)
class Gates:
    """The gates of many settlements in one list: whose, where, and the outward direction."""

    owner: NDArray[np.intp]
    xy_m: Points
    outward: Points

    @classmethod
    def of_cores(cls, cores: tuple[Core, ...]) -> Gates:
        """List the gates of cores in their order."""
        owner = np.repeat(np.arange(len(cores)), [len(core.gates_m) for core in cores])
        return cls(
            owner,
            np.concatenate([core.gates_m for core in cores]),
            np.concatenate([core.outward for core in cores]),
        )

    @classmethod
    def of_villages(cls, villages: Villages) -> Gates:
        """List the four gates of every village."""
        n, each, _ = villages.gates_m.shape
        return cls(
            np.repeat(np.arange(n), each),
            villages.gates_m.reshape(-1, 2),
            villages.outward.reshape(-1, 2),
        )


def trunk_roads() -> Lines:
    """Draw the three trunk roads through their waypoints."""
    return as_lines(
        [spline(np.array(points) * 1000.0, per_leg=24) for points in TRUNKS_KM], "trunk"
    )


def neighbours(places_m: Points) -> tuple[Pairs, Pairs]:
    """Pair places that are relative neighbours, and those that are only Gabriel neighbours.

    Two places are relative neighbours when no third is nearer to both of them than they are to
    each other (Toussaint 1980), Gabriel neighbours when no third lies in the circle over them
    (Gabriel & Sokal 1969). Relative neighbours contain the minimum spanning tree, so the places
    hang together.

    Returns
    -------
    Pairs of row numbers, shape [n, 2] each.
    """
    triangles = Delaunay(places_m).simplices
    pairs = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]],
                                    triangles[:, [0, 2]]]), axis=1)  # fmt: skip
    pairs = np.unique(pairs, axis=0)
    a, b = places_m[pairs[:, 0]], places_m[pairs[:, 1]]
    length = np.linalg.norm(a - b, axis=1)
    tree = cKDTree(places_m)
    gap, _ = tree.query((a + b) / 2.0, k=1)
    gabriel = gap > length / 2.0 - 1e-6
    relative = gabriel.copy()
    for i in np.flatnonzero(gabriel):
        near_a = tree.query_ball_point(a[i], length[i] - 1e-6)
        far_b = np.linalg.norm(places_m[near_a] - b[i], axis=1)
        relative[i] = not np.any((far_b < length[i] - 1e-6) & (far_b > 0.0))
    return pairs[relative], pairs[gabriel & ~relative]


def joined(
    pairs: Pairs, gates: Gates, *, curl: float, points: int, rng: np.random.Generator
) -> Points:
    """Draw a curve for each pair of owners, between the gates that look at each other best.

    Returns
    -------
    Shape [n_pairs, points, 2].
    """
    starts, ends, from_dir, to_dir = [], [], [], []
    rows = [np.flatnonzero(gates.owner == k) for k in range(int(gates.owner.max()) + 1)]
    for one, two in pairs:
        a, b = rows[one], rows[two]
        leg = gates.xy_m[b][None] - gates.xy_m[a][:, None]
        length = np.maximum(np.linalg.norm(leg, axis=2), 1.0)
        look_a = np.einsum("abk,ak->ab", leg, gates.outward[a]) / length
        look_b = -np.einsum("abk,bk->ab", leg, gates.outward[b]) / length
        cost = length * (1.0 + 0.45 * (1.0 - look_a) + 0.45 * (1.0 - look_b))
        i, j = np.unravel_index(int(np.argmin(cost)), cost.shape)
        starts.append(gates.xy_m[a[i]])
        ends.append(gates.xy_m[b[j]])
        from_dir.append(gates.outward[a[i]])
        to_dir.append(-gates.outward[b[j]])
    p0, p1 = np.array(starts), np.array(ends)
    reach = np.linalg.norm(p1 - p0, axis=1, keepdims=True) * curl
    reach = reach * rng.uniform(0.7, 1.3, reach.shape)
    chord = (p1 - p0) * (1.0 - curl)
    return hermite(
        p0, p1, chord + np.array(from_dir) * reach, chord + np.array(to_dir) * reach,
        points=points,
    )  # fmt: skip


def county_roads(cores: tuple[Core, ...], terrain: Terrain, rng: np.random.Generator) -> Lines:
    """Draw the roads between towns and cores: relative neighbours, and some shortcuts."""
    places = np.array([core.plan.centre_m for core in cores])
    near, shortcuts = neighbours(places)
    shortcuts = shortcuts[rng.random(len(shortcuts)) < _COUNTY_SHORTCUTS]
    gates = Gates.of_cores(cores)
    number = {core.plan.name: i for i, core in enumerate(cores)}
    avenues = np.array([(number[one], number[two]) for one, two in _AVENUES])
    known = {tuple(sorted(pair)) for pair in avenues.tolist()}
    near, shortcuts = (
        np.array([pair for pair in some.tolist() if tuple(pair) not in known]).reshape(-1, 2)
        for some in (near, shortcuts)
    )
    pairs = np.concatenate([near, shortcuts, avenues])
    curves = terrain.around(joined(pairs, gates, curl=0.45, points=60, rng=rng))
    words = np.repeat(
        ["secondary", "tertiary", "primary"], [len(near), len(shortcuts), len(avenues)]
    )
    return as_lines(curves, words)


def exit_roads(towns: tuple[Core, ...], outline: shapely.Polygon, terrain: Terrain) -> Lines:
    """Draw roads from towns near the border out of the city."""
    starts, ends, looks = [], [], []
    for town in towns:
        gates = shapely.points(town.gates_m)
        foot = shapely.get_coordinates(
            shapely.line_interpolate_point(
                outline.exterior, shapely.line_locate_point(outline.exterior, gates)
            )
        )
        way = foot - town.gates_m
        gap = np.linalg.norm(way, axis=1)
        look = np.einsum("ij,ij->i", way, town.outward) / gap
        best = int(np.argmin(gap * (2.0 - look)))
        if gap[best] < _EXIT_REACH_M and look[best] > _EXIT_LOOK:
            starts.append(town.gates_m[best])
            ends.append(foot[best] + 0.1 * way[best])
            looks.append(town.outward[best] * gap[best] * 0.6)
    start, end = np.array(starts), np.array(ends)
    curves = hermite(start, end, np.array(looks), end - start, points=40)
    return as_lines(terrain.around(curves), "tertiary")


def village_roads(villages: Villages, rng: np.random.Generator) -> Lines:
    """Draw the roads between neighbouring villages, lesser ones as field tracks."""
    near, shortcuts = neighbours(villages.centres_m)
    shortcuts = shortcuts[rng.random(len(shortcuts)) < _VILLAGE_SHORTCUTS]
    gates = Gates.of_villages(villages)
    pairs = np.concatenate([near, shortcuts])
    curves = joined(pairs, gates, curl=0.32, points=14, rng=rng)
    draw = rng.random(len(pairs))
    main = np.arange(len(pairs)) < len(near)
    words = np.where(
        main & (draw < _VILLAGE_MAIN), "unclassified", np.where(main, "unclassified", "track")
    )
    return as_lines(curves, words)


def links_to_roads(
    gates_m: Points, roads: NDArray[np.object_], *, within_m: float, highway: str
) -> Lines:
    """Draw a short road from each settlement to the greater road beside it.

    Parameters
    ----------
    gates_m
        Where the road may begin, shape [n_settlements, n_gates, 2].
    """
    n, each, _ = gates_m.shape
    spots = np.asarray(shapely.points(gates_m.reshape(-1, 2)))
    tree = shapely.STRtree(roads)
    (row, road), gap = tree.query_nearest(spots, return_distance=True, all_matches=False)
    distance = np.full(n * each, np.inf)
    nearest = np.zeros(n * each, dtype=np.intp)
    distance[row], nearest[row] = gap, road
    best = np.argmin(distance.reshape(n, each), axis=1) + np.arange(n) * each
    best = best[(distance[best] < within_m) & (distance[best] > 1.0)]
    foot = shapely.get_coordinates(
        shapely.line_interpolate_point(
            roads[nearest[best]], shapely.line_locate_point(roads[nearest[best]], spots[best])
        )
    )
    start = gates_m.reshape(-1, 2)[best]
    beyond = foot + (foot - start) / np.linalg.norm(foot - start, axis=1, keepdims=True) * 3.0
    return as_lines(np.stack([start, beyond], axis=1), highway)
