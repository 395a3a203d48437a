"""The road network: contracted edges with geometry, seconds for each mode, both ways."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.access import (
    HIGHWAY_CLASSES,
    Profile,
    class_of_way,
    not_applied,
    use_of_node,
    use_of_way,
)
from geo.contraction import Chains, chains, hilbert_order
from geo.errors import NetworkError
from geo.ferries import with_ferry_speeds
from geo.messages import say
from geo.profiles import PROFILES, check_mode
from geo.roads import RawRoads, metres_per_degree, segment_metres
from geo.turns import EdgeEnds, Turns, no_path_bans, turn_bans, turn_nodes

if TYPE_CHECKING:
    from numpy.typing import NDArray

Report = Callable[[str, float], None]

FORWARD, BACKWARD = 0, 1
# What the ways are called changes no time: a network keeps its hash when it learns them.
_NOT_HASHED = frozenset({"way_offset", "way_id"})
_ISLAND_M = 5_000.0
_ISLAND_SHARE = 0.01


def _no_ways() -> NDArray[np.int64]:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """A road network as arrays; nodes along a Hilbert curve, edges in the order of their nodes.

    An edge runs from ``edge_from`` to ``edge_to`` as its way is drawn; arc ``2 * edge`` is the way
    along it, ``2 * edge + 1`` the way back. ``seconds[mode, direction, edge]`` is the running time,
    NaN where the mode may not go. ``node_delay_s[mode, node]`` is lost on every arrival at a node
    (traffic lights), ``node_blocked`` marks nodes that stop a mode (bollards). ``turn_bans`` has
    rows (mode, arc, arc): the second may not follow the first. ``path_bans`` has rows (mode, arc,
    arc, arc, ...), short ones filled up with -1: the last may not follow all those before it.
    ``main[mode]`` marks the largest strongly connected component.
    ``shape_lonlat[shape_offset[e]:shape_offset[e + 1]]`` is the whole line of edge e, ends
    included. ``way_id[way_offset[e]:way_offset[e + 1]]`` are the ids of the ways of edge e,
    ascending; both are empty in a network that was built before they were kept. ``left_out``
    counts what the input held and the network does not.
    """

    node_id: NDArray[np.int64]
    node_lonlat: NDArray[np.float64]
    edge_from: NDArray[np.int32]
    edge_to: NDArray[np.int32]
    edge_metres: NDArray[np.float64]
    edge_class: NDArray[np.uint8]
    edge_name: NDArray[np.int32]
    shape_offset: NDArray[np.int64]
    shape_lonlat: NDArray[np.float64]
    seconds: NDArray[np.float32]
    node_delay_s: NDArray[np.float32]
    node_blocked: NDArray[np.bool_]
    main: NDArray[np.bool_]
    turn_bans: NDArray[np.int32]
    access_kph: NDArray[np.float64]
    modes: tuple[str, ...]
    names: tuple[str, ...]
    path_bans: NDArray[np.int32] = field(default_factory=no_path_bans)
    way_offset: NDArray[np.int64] = field(default_factory=_no_ways)
    way_id: NDArray[np.int64] = field(default_factory=_no_ways)
    left_out: Mapping[str, int] = field(default_factory=dict)
    known_hash: str = ""
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        n_nodes, n_edges, n_modes = self.n_nodes, self.n_edges, len(self.modes)
        expected = {
            "node_lonlat": (n_nodes, 2),
            "edge_to": (n_edges,),
            "edge_metres": (n_edges,),
            "edge_class": (n_edges,),
            "edge_name": (n_edges,),
            "shape_offset": (n_edges + 1,),
            "seconds": (n_modes, 2, n_edges),
            "node_delay_s": (n_modes, n_nodes),
            "node_blocked": (n_modes, n_nodes),
            "main": (n_modes, n_nodes),
            "access_kph": (n_modes,),
        }
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise NetworkError(
                    say(
                        "network: {name} has the shape {found}, expected {expected}",
                        name=name,
                        found=getattr(self, name).shape,
                        expected=shape,
                    )
                )
        for spec in fields(self):
            value = getattr(self, spec.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_id)

    @property
    def n_edges(self) -> int:
        """Number of edges; each may be open in one direction, in both, or by some modes only."""
        return len(self.edge_from)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """(left, bottom, right, top) of all lines, in degrees."""
        low, high = self.shape_lonlat.min(axis=0), self.shape_lonlat.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    @property
    def content_hash(self) -> str:
        """Sha-256 of all arrays that tell times and of all names, in hex."""
        if self.known_hash:
            return self.known_hash
        if "hash" not in self.memo:
            self.memo["hash"] = self._hash()
        made: str = self.memo["hash"]
        return made

    def is_as_hashed(self) -> bool:
        """Whether the arrays and names still have the hash that they are known by; reads all."""
        return self.content_hash == self._hash()

    def _hash(self) -> str:
        digest = hashlib.sha256()
        for spec in fields(self):
            value = getattr(self, spec.name)
            if isinstance(value, np.ndarray) and spec.name not in _NOT_HASHED:
                digest.update(f"{spec.name} {value.dtype} {value.shape}".encode())
                digest.update(np.ascontiguousarray(value).data)
        digest.update("\n".join((*self.modes, *self.names)).encode())
        return digest.hexdigest()

    def passable(self, mode: str) -> NDArray[np.bool_]:
        """bool[2, n_edges]: whether the mode may go along each edge, and against it."""
        return np.asarray(np.isfinite(self.seconds[check_mode(mode, self.modes)]))

    def usable(self, mode: str) -> NDArray[np.bool_]:
        """bool[n_edges]: whether the mode may use the edge in some direction."""
        return np.asarray(self.passable(mode).any(axis=0))

    def in_main(self, mode: str) -> NDArray[np.bool_]:
        """bool[n_nodes]: whether it is in the mode's largest strong component."""
        return np.asarray(self.main[check_mode(mode, self.modes)])

    def line(self, edge: int) -> NDArray[np.float64]:
        """lonlat[n, 2] of the whole edge as drawn."""
        return self.shape_lonlat[self.shape_offset[edge] : self.shape_offset[edge + 1]]

    def stretch(self, edge: int, low: float, high: float) -> NDArray[np.float64]:
        """lonlat[n, 2] of the part of an edge from share ``low`` to ``high`` of its length.

        With ``low`` above ``high`` the part is drawn against the edge; an edge of no length gives
        one point.
        """
        shape = self.line(edge)
        per_lon, per_lat = metres_per_degree(shape[:1, 1])
        step = np.hypot(np.diff(shape[:, 0]) * per_lon, np.diff(shape[:, 1]) * per_lat)
        run = np.concatenate([[0.0], np.cumsum(step)])
        if run[-1] <= 0.0:
            return shape[:1]
        ends = np.array(sorted((low, high))) * run[-1]
        between = shape[(run > ends[0]) & (run < ends[1])]
        first, last = (np.array([np.interp(end, run, shape[:, c]) for c in (0, 1)]) for end in ends)
        points = np.vstack([first, between, last])
        return points if low <= high else points[::-1]

    def on_island(self, mode: str) -> NDArray[np.bool_]:
        """bool[n_edges]: whether the edge lies in a part too small to be worth snapping to.

        Parts are connected by edges that the mode may use in any direction; a part under 5 km and
        under 1 % of the mode's whole length is an island (a courtyard, a cut at the rim).
        """
        key = ("island", mode)
        if key not in self.memo:
            self.memo[key] = self._islands(mode)
        islands: NDArray[np.bool_] = self.memo[key]
        return islands

    def _islands(self, mode: str) -> NDArray[np.bool_]:
        usable = self.usable(mode)
        blocked = self.node_blocked[check_mode(mode, self.modes)]
        linked = usable & ~blocked[self.edge_from] & ~blocked[self.edge_to]
        a, b = self.edge_from[linked], self.edge_to[linked]
        graph = coo_array(
            (np.ones(len(a), dtype=np.int8), (a, b)), shape=(self.n_nodes, self.n_nodes)
        )
        _, label = connected_components(graph, directed=False)
        of_edge = label[np.where(blocked[self.edge_from], self.edge_to, self.edge_from)]
        metres = np.bincount(of_edge[usable], weights=self.edge_metres[usable])
        metres = np.append(metres, np.zeros(max(label.max() + 1 - len(metres), 0)))
        small = metres < min(_ISLAND_M, _ISLAND_SHARE * float(metres.sum()))
        return np.asarray(small[of_edge] | ~usable)

    def summary(self) -> dict[str, Any]:
        """Give counts and lengths for a report, JSON-able, what lies outside the main part too."""
        km = self.edge_metres / 1000.0
        by_class = np.bincount(self.edge_class, weights=km, minlength=len(HIGHWAY_CLASSES))
        return {
            "nodes": self.n_nodes,
            "edges": self.n_edges,
            "km": round(float(km.sum()), 3),
            "km_by_class": {
                name: round(float(by_class[i]), 3)
                for i, name in enumerate(HIGHWAY_CLASSES)
                if by_class[i] > 0
            },
            "box": list(self.box),
            "modes": {mode: self._mode_summary(mode) for mode in self.modes},
            "turn_bans": len(self.turn_bans),
            "path_bans": len(self.path_bans),
            "left_out": dict(self.left_out),
            "content_hash": self.content_hash,
        }

    def _mode_summary(self, mode: str) -> dict[str, Any]:
        usable = self.usable(mode)
        ends_in = self.in_main(mode)[self.edge_from] | self.in_main(mode)[self.edge_to]
        inside, outside = usable & ends_in, usable & ~ends_in
        total_km = float(self.edge_metres[usable].sum()) / 1000.0
        main_km = float(self.edge_metres[inside].sum()) / 1000.0
        return {
            "edges": int(usable.sum()),
            "km": round(total_km, 3),
            "one_way_edges": int(np.logical_xor(*self.passable(mode)).sum()),
            "main_nodes": int(self.in_main(mode).sum()),
            "main_share_of_km": round(main_km / total_km, 6) if total_km else None,
            "outside_edges": int(outside.sum()),
            "outside_km": round(total_km - main_km, 3),
            "outside_parts": self._parts_outside(outside),
        }

    def _parts_outside(self, outside: NDArray[np.bool_], *, most: int = 10) -> dict[str, Any]:
        """How many separate parts the edges outside form, and where the largest of them lie."""
        edges = np.flatnonzero(outside)
        if not len(edges):
            return {"count": 0, "largest": []}
        a, b = self.edge_from[edges], self.edge_to[edges]
        graph = coo_array((np.ones(len(edges)), (a, b)), shape=(self.n_nodes, self.n_nodes))
        _, label = connected_components(graph, directed=False)
        parts, part = np.unique(label[a], return_inverse=True)
        km = np.bincount(part, weights=self.edge_metres[edges]) / 1000.0
        largest = np.argsort(-km, kind="stable")[:most]
        first = {int(p): int(np.flatnonzero(part == p)[0]) for p in largest}
        return {
            "count": len(parts),
            "largest": [
                {
                    "km": round(float(km[p]), 3),
                    "lon": round(float(self.node_lonlat[a[first[int(p)]], 0]), 6),
                    "lat": round(float(self.node_lonlat[a[first[int(p)]], 1]), 6),
                }
                for p in largest
            ],
        }


class _Attributes(NamedTuple):
    """What segments have in common: class, name and km/h for each mode, both ways (NaN closed)."""

    of_way: NDArray[np.int32]
    road_class: NDArray[np.uint8]
    name: NDArray[np.int32]
    kph: NDArray[np.float64]

    @property
    def symmetric(self) -> NDArray[np.bool_]:
        same = (self.kph[:, :, 0] == self.kph[:, :, 1]) | np.isnan(self.kph).all(axis=2)
        return np.asarray(same.all(axis=1))


def build_network(
    raw: RawRoads,
    *,
    profiles: Mapping[str, Profile] = PROFILES,
    on_progress: Report | None = None,
) -> RoadNetwork:
    """Build the network of ``raw`` for the modes of ``profiles``.

    Segments that no mode may use are dropped; nodes where exactly two like segments meet are
    joined, their geometry kept.

    Parameters
    ----------
    raw
        ways and nodes as read.
    profiles
        how each mode moves, by its name; the network has these modes in this order.
    on_progress
        called with a step's word and the share done, 0 to 1; raise in it to cancel.

    Returns
    -------
    RoadNetwork
        nodes where something can be decided, and the edges between them.

    Raises
    ------
    NetworkError
        when nothing is left that any mode may use.

    Examples
    --------
    The bend in the middle of this street is no junction, and becomes part of the edge's line:

    >>> from geo import RawRoads, build_network
    >>> street = [(116.80, 33.96), (116.805, 33.961), (116.81, 33.96)]
    >>> network = build_network(RawRoads.of_lines([(street, {"highway": "residential"})]))
    >>> network.n_nodes, network.n_edges, network.modes
    (2, 1, ('foot', 'ebike', 'car', 'truck'))
    >>> network.edge_metres.round().tolist()
    [951.0]
    """
    tell = on_progress or (lambda _step, _share: None)
    tell(say("profiles"), 0.0)
    raw = with_ferry_speeds(raw)
    attributes = _attributes(raw, profiles)
    seg_from, seg_to, seg_way = _segments(raw, attributes)
    if not len(seg_from):
        raise NetworkError(say("the roads hold no edge that any mode may use: check the extract"))
    delay_s, blocked = _node_uses(raw, profiles)
    tell(say("edges"), 0.3)
    keep = np.asarray((delay_s > 0).any(axis=0) | blocked.any(axis=0))
    keep[turn_nodes(raw)] = True
    made = chains(
        keep=keep,
        seg_from=seg_from,
        seg_to=seg_to,
        seg_attribute=attributes.of_way[seg_way],
        symmetric=attributes.symmetric,
    )
    tell(say("order"), 0.6)
    network = _assemble(raw, profiles, attributes, made, seg_way, delay_s, blocked)
    tell(say("built"), 1.0)
    return network


def _attributes(raw: RawRoads, profiles: Mapping[str, Profile]) -> _Attributes:
    pairs, of_way = np.unique(np.c_[raw.way_tags, raw.way_name], axis=0, return_inverse=True)
    kph_of_set: dict[int, NDArray[np.float64]] = {}
    for row in np.unique(pairs[:, 0]):
        uses = [use_of_way(profile, raw.tag_sets[row]) for profile in profiles.values()]
        kph_of_set[int(row)] = np.array(
            [[np.nan if kph is None else kph for kph in use] for use in uses]
        )
    kph = np.array([kph_of_set[int(row)] for row in pairs[:, 0]])
    kph = kph.reshape(len(pairs), len(profiles), 2)
    classes = np.array([class_of_way(raw.tag_sets[row]) for row in pairs[:, 0]], dtype=np.int64)
    table = np.c_[classes, pairs[:, 1], np.nan_to_num(kph.reshape(len(pairs), -1), nan=-1.0)]
    _, first, merged = np.unique(table, axis=0, return_index=True, return_inverse=True)
    kph = kph[first]
    road_class = classes[first]
    of_way = merged.ravel()[of_way.ravel()]
    open_to_any = np.isfinite(kph).any(axis=(1, 2)) & (road_class >= 0)
    of_way = np.where(open_to_any[of_way], of_way, -1)
    return _Attributes(
        of_way.astype(np.int32),
        np.maximum(road_class, 0).astype(np.uint8),
        pairs[first, 1].astype(np.int32),
        kph,
    )


def _segments(
    raw: RawRoads, attributes: _Attributes
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Give ends and way of every usable segment; missing nodes and repeated ones cut a way."""
    sizes = np.diff(raw.way_offset)
    way = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    a, b = raw.way_node[:-1], raw.way_node[1:]
    good = (way[:-1] == way[1:]) & (a >= 0) & (b >= 0) & (a != b)
    good &= attributes.of_way[way[:-1]] >= 0 if len(way) else good
    return a[good], b[good], way[:-1][good]


def _node_uses(
    raw: RawRoads, profiles: Mapping[str, Profile]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    n_sets = len(raw.tag_sets)
    delay_s = np.zeros((len(profiles), n_sets), dtype=np.float32)
    blocked = np.zeros((len(profiles), n_sets), dtype=bool)
    for row in np.unique(raw.node_tags):
        for m, profile in enumerate(profiles.values()):
            use = use_of_node(profile, raw.tag_sets[row])
            delay_s[m, row], blocked[m, row] = use.delay_s, use.blocked
    return delay_s[:, raw.node_tags], blocked[:, raw.node_tags]


def _assemble(  # noqa: PLR0917 - the ingredients of one network
    raw: RawRoads,
    profiles: Mapping[str, Profile],
    attributes: _Attributes,
    made: Chains,
    seg_way: NDArray[np.int32],
    delay_s: NDArray[np.float32],
    blocked: NDArray[np.bool_],
) -> RoadNetwork:
    tail, head = made.node[made.offset[:-1]], made.node[made.offset[1:] - 1]
    kept = np.unique(np.concatenate([tail, head]))
    kept = kept[hilbert_order(raw.node_lonlat[kept])]
    number = np.full(len(raw.node_id), -1, dtype=np.int32)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    edge_order = np.lexsort(
        (np.maximum(number[tail], number[head]), np.minimum(number[tail], number[head]))
    )
    sizes = np.diff(made.offset)[edge_order]
    offset = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    point = np.repeat(made.offset[:-1][edge_order] - offset[:-1], sizes) + np.arange(offset[-1])
    shape = raw.node_lonlat[made.node[point]]
    metres = segment_metres(shape[:-1], shape[1:])
    metres = np.append(metres, 0.0)
    metres[offset[1:] - 1] = 0.0  # from the end of one line to the start of the next
    edge_metres = np.add.reduceat(metres, offset[:-1])
    way = seg_way[made.first[edge_order]]
    attribute = attributes.of_way[way]
    kph = attributes.kph[attribute].transpose(1, 2, 0)
    edge_from, edge_to = number[tail[edge_order]], number[head[edge_order]]
    seconds = (edge_metres / (kph / 3.6)).astype(np.float32)
    node_blocked = blocked[:, kept]
    ends = EdgeEnds(edge_from, edge_to, way, seg_way[made.last[edge_order]])
    turns = turn_bans(raw, number, ends, np.isfinite(seconds), profiles)
    way_offset, way_id = _ways_of_edges(raw.way_id[seg_way[made.run[point]]], sizes)
    return RoadNetwork(
        node_id=raw.node_id[kept],
        node_lonlat=raw.node_lonlat[kept],
        edge_from=edge_from,
        edge_to=edge_to,
        edge_metres=edge_metres,
        edge_class=attributes.road_class[attribute],
        edge_name=attributes.name[attribute],
        shape_offset=offset,
        shape_lonlat=shape,
        seconds=seconds,
        node_delay_s=delay_s[:, kept],
        node_blocked=node_blocked,
        main=main_nodes(len(kept), edge_from, edge_to, seconds, node_blocked),
        turn_bans=turns.bans,
        path_bans=turns.path_bans,
        way_offset=way_offset,
        way_id=way_id,
        access_kph=np.array([profile.access_kph for profile in profiles.values()]),
        modes=tuple(profiles),
        names=raw.names,
        left_out=_left_out(raw, profiles, turns),
    )


def _ways_of_edges(
    ids: NDArray[np.int64], sizes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the offsets and the distinct ids of each edge, of ids that stand edge by edge."""
    edge = np.repeat(np.arange(len(sizes)), sizes)
    pairs = np.unique(np.column_stack([edge, ids]), axis=0)
    offset = np.searchsorted(pairs[:, 0], np.arange(len(sizes) + 1))
    return offset.astype(np.int64), pairs[:, 1].astype(np.int64)


def _left_out(raw: RawRoads, profiles: Mapping[str, Profile], turns: Turns) -> dict[str, int]:
    """Count what is not applied: what the reader left out, turns, and tags of access by kind."""
    counts = {**raw.left_out, **turns.left_out}
    for what, rows in (("ways", raw.way_tags), ("nodes", raw.node_tags)):
        for row, number in enumerate(np.bincount(rows, minlength=len(raw.tag_sets)).tolist()):
            for kind in not_applied(profiles.values(), raw.tag_sets[row]) if number else ():
                name = f"{what} with {kind}"
                counts[name] = counts.get(name, 0) + number
    return counts


def main_nodes(
    n_nodes: int,
    edge_from: NDArray[np.int32],
    edge_to: NDArray[np.int32],
    seconds: NDArray[np.float32],
    node_blocked: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """bool[n_modes, n_nodes]: the largest strongly connected component of each mode.

    Strongly, not weakly: a worker must get to a station and away again.
    """
    main = np.zeros((len(seconds), n_nodes), dtype=bool)
    for m, blocked in enumerate(node_blocked):
        barred = blocked[edge_from] | blocked[edge_to]
        along = np.isfinite(seconds[m, FORWARD]) & ~barred
        against = np.isfinite(seconds[m, BACKWARD]) & ~barred
        a = np.concatenate([edge_from[along], edge_to[against]])
        b = np.concatenate([edge_to[along], edge_from[against]])
        if not len(a):
            continue
        graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(n_nodes, n_nodes))
        _, label = connected_components(graph, directed=True, connection="strong")
        main[m] = label == np.bincount(label).argmax()
    return main
