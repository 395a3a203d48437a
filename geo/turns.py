"""Turns: OSM's turn restrictions as sequences of arcs that may not follow one another."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.conditions import holds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geo.access import Profile
    from geo.roads import RawRoads, Turn

Arcs = tuple[int, ...]

_NOT_OBEYED = "turns for modes that obey none"
_MOST_ARCS = 200  # of one way between two junctions; a ring walked for ever stops there


@dataclass(frozen=True, eq=False)
class EdgeEnds:
    """Where edges begin and end: nodes, and the way (row) of the first and the last segment."""

    edge_from: NDArray[np.int32]
    edge_to: NDArray[np.int32]
    first_way: NDArray[np.int32]
    last_way: NDArray[np.int32]


class Turns(NamedTuple):
    """Bans of two arcs int32[n, 3] (mode, arc, arc), of more int32[n, k], and what is left out."""

    bans: NDArray[np.int32]
    path_bans: NDArray[np.int32]
    left_out: Mapping[str, int]


def no_path_bans() -> NDArray[np.int32]:
    """Give the path bans of a network that has none."""
    return np.zeros((0, 4), dtype=np.int32)


def turn_nodes(raw: RawRoads) -> list[int]:
    """Rows of the nodes at which some restriction decides."""
    return sorted({node for turn in raw.turns for node in _junctions(raw, turn)})


def turn_bans(
    raw: RawRoads,
    node_number: NDArray[np.int32],
    ends: EdgeEnds,
    passable: NDArray[np.bool_],
    profiles: Mapping[str, Profile],
) -> Turns:
    """Give all bans of the restrictions of ``raw``, and count those that are not applied.

    ``node_number`` gives the network's node for a row of `RawRoads`, ``passable`` is bool[mode,
    direction, edge]. A restriction whose first way passes through the node both ways (so that it is
    not said from which side) is not placed, nor one whose ways do not meet.
    """
    nodes = [[int(node_number[node]) for node in _junctions(raw, turn)] for turn in raw.turns]
    wanted = {node for each in nodes for node in each} - {-1}
    over_ways = {way for turn in raw.turns for way in turn.via_ways}
    at = _Junctions(wanted, over_ways, ends)
    bans: set[Arcs] = set()
    left_out = {"turns_not_placed": 0}
    for turn, junctions in zip(raw.turns, nodes, strict=True):
        paths = _banned(turn, junctions, at)
        if not paths:
            left_out["turns_not_placed"] += 1
        bound = [profile for profile in profiles.values() if profile.mode not in turn.free_modes]
        if bound and not any(profile.obeys_turns for profile in bound):
            left_out[_NOT_OBEYED] = left_out.get(_NOT_OBEYED, 0) + 1
        for mode, profile in enumerate(profiles.values()):
            if not profile.obeys_turns or profile not in bound:
                continue
            answer = "yes"
            if turn.when:
                answer = holds(turn.when, weight_t=profile.weight_t, height_m=profile.height_m)
            if answer in {"other hours", "not read"}:
                kind = f"turns with a condition ({answer})"
                left_out[kind] = left_out.get(kind, 0) + 1
            if answer == "yes":
                bans.update(
                    (mode, *path)
                    for path in paths
                    if all(passable[mode, arc % 2, arc // 2] for arc in path)
                )
    return Turns(*_as_arrays(bans), left_out)


def _as_arrays(bans: set[Arcs]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    pair = 3  # a mode and two arcs
    short = sorted(ban for ban in bans if len(ban) == pair)
    long = sorted(ban for ban in bans if len(ban) > pair)
    width = max((len(ban) for ban in long), default=pair + 1)
    filled = [(*ban, *[-1] * (width - len(ban))) for ban in long]
    return (
        np.array(short, dtype=np.int32).reshape(-1, pair),
        np.array(filled, dtype=np.int32).reshape(-1, width),
    )


def _junctions(raw: RawRoads, turn: Turn) -> list[int]:
    """Rows of the nodes at which the ways of a restriction meet, in order; empty if they do not."""
    found = [turn.via_node]
    ways = (*turn.via_ways, turn.to_way) if turn.via_ways else ()
    for one, other in pairwise(ways):
        first, second = (
            raw.way_node[raw.way_offset[way] : raw.way_offset[way + 1]] for way in (one, other)
        )
        # of two places at which they meet the one that is not where this way was entered
        common = [node for node in first.tolist() if node >= 0 and node in second]
        onward = [node for node in common if node != found[-1]]
        if not onward:
            return []
        found.append(onward[0])
    return found


class _Junctions:
    """The arcs at the nodes that matter, each with its way."""

    def __init__(self, nodes: set[int], ways: set[int], ends: EdgeEnds) -> None:
        self.ends = ends
        self.arriving: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.departing: dict[int, list[tuple[int, int]]] = defaultdict(list)
        listed = np.fromiter(nodes, dtype=np.int64, count=len(nodes))
        over = np.fromiter(ways, dtype=np.int64, count=len(ways))
        inner = np.isin(ends.first_way, over)  # edges of ways that are gone over whole
        for e in np.flatnonzero(inner | np.isin(ends.edge_to, listed)).tolist():
            self.arriving[int(ends.edge_to[e])].append((2 * e, int(ends.last_way[e])))
            self.departing[int(ends.edge_to[e])].append((2 * e + 1, int(ends.last_way[e])))
        for e in np.flatnonzero(inner | np.isin(ends.edge_from, listed)).tolist():
            self.arriving[int(ends.edge_from[e])].append((2 * e + 1, int(ends.first_way[e])))
            self.departing[int(ends.edge_from[e])].append((2 * e, int(ends.first_way[e])))

    def head(self, arc: int) -> int:
        """Give the node at the end of an arc."""
        ends = self.ends.edge_from if arc % 2 else self.ends.edge_to
        return int(ends[arc // 2])

    def along(self, way: int, start: int, end: int) -> Arcs:
        """Give the arcs of a way from one node to another, none where it does not lead there."""
        for first, of in self.departing[start]:
            path = [first] if of == way else []
            while path and self.head(path[-1]) != end and len(path) < _MOST_ARCS:
                onward = [
                    arc
                    for arc, of in self.departing[self.head(path[-1])]
                    if of == way and arc != path[-1] ^ 1
                ]
                path = [*path, onward[0]] if onward else []
            if path and self.head(path[-1]) == end:
                return tuple(path)
        return ()


def _banned(turn: Turn, junctions: Sequence[int], at: _Junctions) -> list[Arcs]:
    """Give the sequences of arcs that one restriction bans; none where it cannot be placed."""
    if not junctions or min(junctions) < 0:
        return []
    over = [
        at.along(way, *ends) for way, ends in zip(turn.via_ways, pairwise(junctions), strict=True)
    ]
    come = [arc for arc, way in at.arriving[junctions[0]] if way == turn.from_way]
    go = [arc for arc, way in at.departing[junctions[-1]] if way == turn.to_way]
    via = [arc for part in over for arc in part]
    if via:  # one does not come from the way that one goes on over, nor turns back on it at once
        come = [arc for arc in come if arc != via[0] ^ 1]
        go = [arc for arc in go if arc != via[-1] ^ 1]
    if not go or not all(over):
        return []
    if turn.from_way == turn.to_way and not via and not turn.only:  # no turning back
        return [(arc, arc ^ 1) for arc in come]
    if len(come) != 1:
        return []
    if turn.only:
        return _all_but([*come, *via], go, at)
    return [(*come, *via, out) for out in go]


def _all_but(path: Sequence[int], go: Sequence[int], at: _Junctions) -> list[Arcs]:
    """Ban whatever leaves a path that must be gone to its end, and whatever else at the end."""
    bans: list[Arcs] = []
    for i, arc in enumerate(path):
        onward = path[i + 1 : i + 2] or go
        bans += [
            (*path[: i + 1], out) for out, _ in at.departing[at.head(arc)] if out not in onward
        ]
    return bans
