"""Snapping: from a point to the nearest place on the nearest road that a mode may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from geo.compiled import compiled
from geo.errors import InputError
from geo.messages import say
from geo.profiles import check_mode
from geo.roads import metres_per_degree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import RoadNetwork

Number = TypeVar("Number", bound=np.generic)
_CELL_M = (60.0, 2_000.0)
_MOST_CELLS = 4_000_000


@dataclass(frozen=True, eq=False)
class Snaps:
    """Where points lie on the network.

    ``edge`` int32[n], -1 where no usable road lies within the limit; ``fraction`` float64[n] of the
    edge's length from its beginning; ``distance_m`` float64[n] from the point to the road;
    ``lonlat`` float64[n, 2] the place on the road. The last three are NaN where ``edge`` is -1.
    """

    edge: NDArray[np.int32]
    fraction: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    lonlat: NDArray[np.float64]

    @property
    def found(self) -> NDArray[np.bool_]:
        """bool[n]: whether the point found a road."""
        return self.edge >= 0

    def __len__(self) -> int:
        return len(self.edge)


class _Grid(NamedTuple):
    """Line segments sorted into square cells."""

    left: float
    bottom: float
    step_lon: float
    step_lat: float
    columns: int
    rows: int
    start: NDArray[np.int64]
    segment: NDArray[np.int32]


def as_lonlat(lonlat: object) -> NDArray[np.float64]:
    """``lonlat`` as float64[n, 2]; InputError when it is no such table or holds wild numbers."""
    points = np.asarray(lonlat, dtype=np.float64)
    if points.ndim == 1 and points.shape == (2,):
        points = points.reshape(1, 2)
    if points.size == 0:
        return np.zeros((0, 2))
    if points.ndim != 2 or points.shape[1] != 2:  # noqa: PLR2004 - two columns
        raise InputError(
            say("points: expected columns lon, lat, found the shape {shape}", shape=points.shape)
        )
    bad = ~np.isfinite(points).all(axis=1)
    if bad.any():
        raise InputError(
            say("points: row {row} has no finite coordinates", row=int(np.flatnonzero(bad)[0]))
        )
    wild = (np.abs(points[:, 0]) > 180.0) | (np.abs(points[:, 1]) > 90.0)  # noqa: PLR2004
    if wild.any():
        row = int(np.flatnonzero(wild)[0])
        raise InputError(
            say(
                "points: row {row} lies outside -180..180, -90..90"
                " ({lon:g}, {lat:g}): lon comes first",
                row=row,
                lon=points[row, 0],
                lat=points[row, 1],
            )
        )
    return points


def snap(
    network: RoadNetwork,
    lonlat: object,
    *,
    mode: str,
    limit_m: float = 500.0,
    islands: bool = False,
) -> Snaps:
    """Find the nearest place on the nearest edge that ``mode`` may use, for each point.

    The nearer edge wins, at equal distance the lower number.

    Parameters
    ----------
    network
        the roads.
    lonlat
        points float64[n, 2], degrees of WGS-84.
    mode
        who moves: one of the network's modes.
    limit_m
        metres from every edge of the mode beyond which a point finds no road.
    islands
        whether edges of islands (see `RoadNetwork.on_island`) count too.

    Returns
    -------
    Snaps
        edge, share of its length, metres off it and the place on it of every point; edge -1 and NaN
        for a point that finds no road.

    Raises
    ------
    InputError
        for points that are none, or a limit below 0; NetworkError for an unknown mode.

    Examples
    --------
    >>> import numpy as np
    >>> from geo import RawRoads, build_network, snap
    >>> line = [(116.80, 33.96), (116.81, 33.96)]  # 924 m
    >>> street = build_network(RawRoads.of_lines([(line, {"highway": "residential"})]))
    >>> place = snap(street, [(116.805, 33.9601), (117.5, 33.96)], mode="foot")
    >>> place.found.tolist(), place.fraction.round(2).tolist(), place.distance_m.round(1).tolist()
    ([True, False], [0.5, nan], [11.1, nan])
    """
    check_mode(mode, network.modes)
    points = as_lonlat(lonlat)
    if not limit_m >= 0:
        raise InputError(
            say("snapping: the limit must be 0 m or more, not {limit_m}", limit_m=limit_m)
        )
    key = ("snap", mode, islands)
    if key not in network.memo:
        wanted = network.usable(mode) if islands else ~network.on_island(mode)
        network.memo[key] = _grid(network, wanted)
    grid, segment_edge = network.memo[key]
    per_lon, per_lat = metres_per_degree(points[:, 1])
    n = len(points)
    edge, place = np.full(n, -1, dtype=np.int32), np.full((n, 2), np.nan)
    fraction, distance_m = np.full(n, np.nan), np.full(n, np.nan)
    _nearest(
        _read_only(points),
        per_lon,
        per_lat,
        min(float(limit_m), 1e7),
        grid.left,
        grid.bottom,
        grid.step_lon,
        grid.step_lat,
        grid.columns,
        grid.rows,
        grid.start,
        grid.segment,
        segment_edge,
        _read_only(network.shape_offset),
        _read_only(network.shape_lonlat),
        edge,
        fraction,
        distance_m,
        place,
    )
    return Snaps(edge, fraction, distance_m, place)


def _read_only(array: NDArray[Number]) -> NDArray[Number]:
    """View an array as one that nobody writes to: the loops are compiled for such alone."""
    seen = np.ascontiguousarray(array).view()
    seen.flags.writeable = False
    return seen


def _grid(network: RoadNetwork, wanted: NDArray[np.bool_]) -> tuple[_Grid, NDArray[np.int32]]:
    """Sort the segments of the wanted edges into a grid; give the edge of every segment too."""
    sizes = np.diff(network.shape_offset)
    segment_edge = np.repeat(np.arange(network.n_edges, dtype=np.int32), sizes)
    segment_edge[network.shape_offset[1:] - 1] = -1  # a line's last point begins no segment
    chosen = np.flatnonzero((segment_edge >= 0) & wanted[segment_edge]).astype(np.int32)
    left, bottom, right, top = network.box
    per_lon, per_lat = metres_per_degree(np.array([(bottom + top) / 2.0]))
    width_m, height_m = (right - left) * per_lon[0], (top - bottom) * per_lat[0]
    # as many cells as segments: small where roads are dense, large where they are far between
    square_m = max(width_m * height_m, 1.0) / min(max(len(chosen), 1), _MOST_CELLS)
    cell_m = min(max(float(np.sqrt(square_m)), _CELL_M[0]), _CELL_M[1])
    cell_m = max(cell_m, float(np.sqrt(max(width_m * height_m, 1.0) / _MOST_CELLS)))
    step_lon, step_lat = cell_m / float(per_lon[0]), cell_m / float(per_lat[0])
    columns, rows = int((right - left) / step_lon) + 1, int((top - bottom) / step_lat) + 1
    shape = _read_only(network.shape_lonlat)
    start, segment = _fill(chosen, shape, left, bottom, step_lon, step_lat, columns, rows)
    return _Grid(left, bottom, step_lon, step_lat, columns, rows, start, segment), segment_edge


@compiled
def _fill(  # noqa: PLR0917 - compiled code takes plain arrays
    chosen: NDArray[np.int32],
    shape: NDArray[np.float64],
    left: float,
    bottom: float,
    step_lon: float,
    step_lat: float,
    columns: int,
    rows: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Cells of every segment's box, counted first and filled second."""
    start = np.empty(columns * rows + 1, dtype=np.int64)
    for cell in range(len(start)):
        start[cell] = 0
    segment = np.empty(0, dtype=np.int32)
    for sweep in range(2):
        for s in chosen:
            # columns and rows of the segment's box
            c0 = int((min(shape[s, 0], shape[s + 1, 0]) - left) / step_lon)
            c1 = int((max(shape[s, 0], shape[s + 1, 0]) - left) / step_lon)
            r0 = int((min(shape[s, 1], shape[s + 1, 1]) - bottom) / step_lat)
            r1 = int((max(shape[s, 1], shape[s + 1, 1]) - bottom) / step_lat)
            for r in range(r0, min(r1, rows - 1) + 1):
                for c in range(c0, min(c1, columns - 1) + 1):
                    cell = r * columns + c
                    if sweep == 0:
                        start[cell + 1] += 1
                    else:
                        start[cell] -= 1
                        segment[start[cell]] = s
        if sweep == 0:
            # counts become ends
            for cell in range(columns * rows):
                start[cell + 1] += start[cell]
            segment = np.empty(start[-1], dtype=np.int32)
            # ends become starts while the second sweep counts down
            for cell in range(columns * rows):
                start[cell] = start[cell + 1]
    return start, segment


@compiled
def _nearest(  # noqa: C901, PLR0917 - one compiled loop over rings, cells and segments
    points: NDArray[np.float64],
    per_lon: NDArray[np.float64],
    per_lat: NDArray[np.float64],
    limit_m: float,
    left: float,
    bottom: float,
    step_lon: float,
    step_lat: float,
    columns: int,
    rows: int,
    start: NDArray[np.int64],
    segment: NDArray[np.int32],
    segment_edge: NDArray[np.int32],
    shape_offset: NDArray[np.int64],
    shape: NDArray[np.float64],
    edge: NDArray[np.int32],
    fraction: NDArray[np.float64],
    distance_m: NDArray[np.float64],
    place: NDArray[np.float64],
) -> None:
    """Fill in edge, fraction, distance and place of every point that finds a segment."""
    for i in range(len(points)):
        # the point's own cell, and how wide a ring of cells is there in metres
        x, y = points[i, 0], points[i, 1]
        kx, ky = per_lon[i], per_lat[i]
        ring_m = min(step_lon * kx, step_lat * ky)
        c = int(np.floor((x - left) / step_lon))
        r = int(np.floor((y - bottom) / step_lat))
        # rings of cells outward from it, until none can hold anything nearer
        best = limit_m * limit_m
        best_s = -1
        best_t = 0.0
        # rings that cannot touch the grid are skipped
        ring = max(0, -c, c - columns + 1, -r, r - rows + 1)
        last = max(abs(c), abs(c - columns + 1), abs(r), abs(r - rows + 1))
        while ring <= last:
            # a cell in this ring is at least ring - 1 whole cells away
            reach = (ring - 1) * ring_m
            if ring > 0 and reach > 0 and reach * reach > best:
                break
            for rr in range(max(r - ring, 0), min(r + ring, rows - 1) + 1):
                # the first and last row of a ring are full, of the others only both ends
                full = rr == r - ring or rr == r + ring
                step = 1 if full or ring == 0 else 2 * ring
                for cc in range(c - ring, c + ring + 1, step):
                    if cc < 0 or cc >= columns:
                        continue
                    cell = rr * columns + cc
                    for slot in range(start[cell], start[cell + 1]):
                        # project the point onto the segment, in metres from the point
                        s = segment[slot]
                        ax, ay = (shape[s, 0] - x) * kx, (shape[s, 1] - y) * ky
                        bx, by = (shape[s + 1, 0] - x) * kx, (shape[s + 1, 1] - y) * ky
                        dx, dy = bx - ax, by - ay
                        square = dx * dx + dy * dy
                        t = 0.0
                        if square > 0.0:
                            t = min(max(-(ax * dx + ay * dy) / square, 0.0), 1.0)
                        px, py = ax + t * dx, ay + t * dy
                        d = px * px + py * py
                        # the nearer wins, of equals the lower edge: no chance decides
                        if d < best or (
                            d == best and (best_s < 0 or segment_edge[s] < segment_edge[best_s])
                        ):
                            best, best_s, best_t = d, s, t
            ring += 1
        if best_s < 0:
            continue
        # what was found: edge, metres off it, share of its length, place on it
        e = segment_edge[best_s]
        edge[i] = e
        distance_m[i] = np.sqrt(best)
        before, total = 0.0, 0.0
        for s in range(shape_offset[e], shape_offset[e + 1] - 1):
            dx = (shape[s + 1, 0] - shape[s, 0]) * kx
            dy = (shape[s + 1, 1] - shape[s, 1]) * ky
            length = np.sqrt(dx * dx + dy * dy)
            if s == best_s:
                before = total + best_t * length
            total += length
        fraction[i] = min(before / total, 1.0) if total > 0 else 0.0
        place[i, 0] = shape[best_s, 0] + best_t * (shape[best_s + 1, 0] - shape[best_s, 0])
        place[i, 1] = shape[best_s, 1] + best_t * (shape[best_s + 1, 1] - shape[best_s, 1])
