"""Pocket roads: a road network small enough to be carried by a phone, which searches it there.

The worker's position must never leave the phone, and a filter ("open when I arrive, for my
group") changes which stations are the nearest. So the page gets the roads themselves: nodes, edges
with their speeds and lines, turn bans. Metres follow from the lines. A search over them
gives what `geo.travel_times` gives, but for the rounding stated at `STEP_DEGREES` and `THIN_M`.

A packed network is a head and nine streams of numbers, one after the other: the four letters
``YZR1``; the head's length, a little-endian 32-bit number; the head, JSON in UTF-8, padded with
blanks; the streams in the order of `STREAMS`, each as many bytes as the head's ``bytes`` says. A
number is written seven bits at a time, the lowest first, the eighth bit set on all bytes but its
last (LEB128); a signed one is first made 2 n, or -2 n - 1 below zero (zigzag).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo.errors import NetworkError
from geo.messages import say
from geo.profiles import HIGHWAY_CLASSES, check_mode
from geo.roads import metres_per_degree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.network import RoadNetwork

MAGIC: Final = b"YZR1"
STEP_DEGREES: Final = 1e-6
"""Coordinates are rounded to this, a tenth of a metre: a position between two roads is then tied
to the same one as on the server."""
THIN_M: Final = 0.1
"""A line may leave out points that lie no farther than this from it."""

STREAMS: Final = (
    "nodes",
    "ends",
    "kinds",
    "classes",
    "names",
    "snaps",
    "point_counts",
    "points",
    "special_nodes",
)
"""What follows the head.

* nodes: lon and lat of each node in steps, less the node's before, signed
* ends: of each edge its first node less the edge's before, its last node less its first, signed
* kinds: of each edge a row of the head's ``kinds``: km/h by mode, along and against (0 closed)
* classes, names: of each edge a place in the head's ``classes`` (OSM's ``highway``), and one in its
  ``names``, counted from 1 (0: it has none): for drawing and for looking a street up
* snaps: of each edge the sum of 2^i for those modes i whose places may be tied to it
* point_counts, points: points between the ends of each edge, each less the point before, signed
* special_nodes: nodes that delay or stop a mode, less the one before, and a row of ``node_kinds``:
  seconds lost on arrival by mode (-1: the mode is stopped there)
"""


def pack_roads(network: RoadNetwork, *, modes: Sequence[str]) -> bytes:
    """Return ``network`` as the bytes that the page's script searches.

    ``modes`` are those that it can be asked for, in this order.

    Raises
    ------
    NetworkError
        when a mode is not one of the network's.
    """
    # coordinates in steps; speeds, classes, names and node uses as rows of short tables
    rows = [check_mode(mode, network.modes) for mode in modes]
    steps = np.round(network.node_lonlat / STEP_DEGREES).astype(np.int64)
    kinds, kind_of_edge = _edge_kinds(network, rows)
    classes, class_of_edge = np.unique(network.edge_class, return_inverse=True)
    names, name_of_edge = np.unique(network.edge_name, return_inverse=True)
    unnamed = int(bool(len(names)) and names[0] < 0)
    node_kinds, special = _node_kinds(network, rows)
    # lines, and ends as differences, which are small because neighbours stand together
    counts, points = _thinned(network, steps)
    first, last = network.edge_from.astype(np.int64), network.edge_to.astype(np.int64)
    ends = np.stack([np.diff(first, prepend=0), last - first], axis=1)
    streams = {
        "nodes": _signed(np.diff(steps, axis=0, prepend=0)),
        "ends": _signed(ends),
        "kinds": _unsigned(kind_of_edge),
        "classes": _unsigned(class_of_edge.ravel().astype(np.int64)),
        "names": _unsigned(name_of_edge.ravel().astype(np.int64) + 1 - unnamed),
        "snaps": _unsigned(_snap_masks(network, modes)),
        "point_counts": _unsigned(counts),
        "points": _signed(points),
        "special_nodes": _unsigned(special),
    }
    head = {
        "modes": list(modes),
        "access_kph": network.access_kph[rows].tolist(),
        "n_nodes": network.n_nodes,
        "n_edges": network.n_edges,
        "step": STEP_DEGREES,
        "kinds": kinds,
        "node_kinds": node_kinds,
        "classes": [HIGHWAY_CLASSES[row] for row in classes],
        "names": [network.names[row] for row in names[unnamed:]],
        "turn_bans": _bans(network.turn_bans, rows),
        "path_bans": _bans(network.path_bans, rows),
        "network": network.content_hash,
        "bytes": {name: len(streams[name]) for name in STREAMS},
    }
    return _written(head, [streams[name] for name in STREAMS])


def _written(head: dict[str, Any], streams: list[bytes]) -> bytes:
    # padded to four bytes, so that the streams begin aligned
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    return b"".join([MAGIC, len(text).to_bytes(4, "little"), text, *streams])


def _edge_kinds(
    network: RoadNetwork, rows: list[int]
) -> tuple[list[list[float]], NDArray[np.int64]]:
    """Distinct rows of km/h (along and against, mode by mode; 0 closed), and each edge's row."""
    seconds = network.seconds[rows].astype(np.float64).transpose(2, 0, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        kph = network.edge_metres[:, None, None] / seconds * 3.6
    # an edge of no length takes no time at any speed; it must stay open all the same
    kph = np.where(np.isfinite(seconds) & ~np.isfinite(kph), 1.0, np.nan_to_num(kph, nan=0.0))
    # a city has few combinations of speeds: a table of them, and a row number an edge
    table, row = np.unique(
        np.round(kph.reshape(network.n_edges, -1), 2), axis=0, return_inverse=True
    )
    return table.tolist(), row.ravel().astype(np.int64)


def _node_kinds(
    network: RoadNetwork, rows: list[int]
) -> tuple[list[list[float]], NDArray[np.int64]]:
    """Distinct rows of seconds lost by mode (-1 stopped), and pairs (step to node, row)."""
    lost = np.where(network.node_blocked[rows], -1.0, network.node_delay_s[rows]).T
    table, row = np.unique(np.round(lost, 2), axis=0, return_inverse=True)
    # only nodes that delay or stop somebody are written, each as the step from the one before
    special = np.flatnonzero((lost != 0).any(axis=1))
    pairs = np.stack([np.diff(special, prepend=0), row.ravel()[special]], axis=1)
    return table.tolist(), pairs.astype(np.int64)


def _snap_masks(network: RoadNetwork, modes: Sequence[str]) -> NDArray[np.int64]:
    masks = np.zeros(network.n_edges, dtype=np.int64)
    for bit, mode in enumerate(modes):
        masks |= (~network.on_island(mode)).astype(np.int64) << bit
    return masks


def _bans(bans: NDArray[np.int32], rows: list[int]) -> list[list[int]]:
    """Bans of the chosen modes: the mode by its place among them, and arcs without the filling."""
    place = {row: number for number, row in enumerate(rows)}
    return [
        [place[mode], *(arc for arc in path if arc >= 0)]
        for mode, *path in bans.tolist()
        if mode in place
    ]


def _thinned(
    network: RoadNetwork, steps: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many points each edge keeps between its ends, and their steps from point to point."""
    # in metres, simplify every line (Douglas and Peucker 1973)
    sizes = np.diff(network.shape_offset)
    of_point = np.repeat(np.arange(network.n_edges), sizes)
    middle = network.node_lonlat[:, 1].mean() if network.n_nodes else 0.0
    scale = np.array(metres_per_degree(np.array([middle]))).ravel()
    lines = shapely.linestrings(network.shape_lonlat * scale, indices=of_point)
    kept = shapely.simplify(lines, THIN_M, preserve_topology=False)
    points, edge = shapely.get_coordinates(kept, return_index=True)
    # drop the ends, which are nodes already
    inner = np.ones(len(points), dtype=np.bool_)
    starts = np.searchsorted(edge, np.arange(network.n_edges))
    inner[starts] = inner[np.append(starts[1:], len(points)) - 1] = False
    points, edge = points[inner] / scale, edge[inner]
    # steps from point to point, the first of an edge from its first node
    counts = np.bincount(edge, minlength=network.n_edges)
    moved = np.round(points / STEP_DEGREES).astype(np.int64)
    before = np.vstack([moved[:1] * 0, moved[:-1]])
    first = np.flatnonzero(np.diff(edge, prepend=-1))
    before[first] = steps[network.edge_from[edge[first]]]
    return counts.astype(np.int64), moved - before


def _signed(values: NDArray[np.int64]) -> bytes:
    # zigzag: 0, -1, 1, -2 ... become 0, 1, 2, 3 ...
    return _unsigned((values << 1) ^ (values >> 63))


def _unsigned(values: NDArray[np.int64]) -> bytes:
    """Write non-negative numbers in LEB128."""
    flat = values.ravel()
    if flat.size and flat.min() < 0:
        raise NetworkError(say("pocket roads: a number below zero where none can be"))
    parts = np.empty((len(flat), 10), dtype=np.uint8)
    wanted = np.zeros((len(flat), 10), dtype=np.bool_)
    rest, more = flat.astype(np.uint64), np.ones(len(flat), dtype=np.bool_)
    # all numbers at once: their lowest seven bits, then the next, while any has more
    for place in range(10):
        low = (rest & np.uint64(0x7F)).astype(np.uint8)
        rest >>= np.uint64(7)
        wanted[:, place] = more
        more = more & (rest > 0)
        parts[:, place] = low | (more.astype(np.uint8) << 7)
        if not more.any():
            break
    return parts[wanted].tobytes()
