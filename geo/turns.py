"""Turns: OSM's turn restrictions as pairs of arcs that may not follow one another."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geo.access import Profile
    from geo.roads import Turn


@dataclass(frozen=True, eq=False)
class EdgeEnds:
    """Where edges begin and end: nodes, and the way (row) of the first and the last segment."""

    edge_from: NDArray[np.int32]
    edge_to: NDArray[np.int32]
    first_way: NDArray[np.int32]
    last_way: NDArray[np.int32]


def turn_bans(
    turns: Sequence[Turn],
    node_number: NDArray[np.int32],
    ends: EdgeEnds,
    passable: NDArray[np.bool_],
    profiles: Mapping[str, Profile],
) -> tuple[NDArray[np.int32], int]:
    """Rows (mode, arc, arc) of all bans, and how many restrictions could not be placed.

    ``node_number`` gives the network's node for a row of `RawRoads`, ``passable`` is bool[mode,
    direction, edge]. A restriction whose first way passes through the node both ways (so that it is
    not said from which side) is not placed, nor one whose ways do not meet at its node.
    """
    wanted = {int(node_number[turn.via_node]) for turn in turns} - {-1}
    arriving, departing = _arcs_at(wanted, ends)
    bans: list[tuple[int, int, int]] = []
    unplaced = 0
    for turn in turns:
        via = int(node_number[turn.via_node])
        come = [arc for arc, way in arriving[via] if way == turn.from_way]
        go = [arc for arc, way in departing[via] if way == turn.to_way]
        pairs = _pairs(turn, come, go, [arc for arc, _ in departing[via]])
        if not pairs:
            unplaced += 1
        for mode, profile in enumerate(profiles.values()):
            if not profile.obeys_turns or profile.mode in turn.free_modes:
                continue
            bans += [
                (mode, a, b)
                for a, b in pairs
                if passable[mode, a % 2, a // 2] and passable[mode, b % 2, b // 2]
            ]
    return np.array(sorted(set(bans)), dtype=np.int32).reshape(-1, 3), unplaced


def _arcs_at(
    nodes: set[int], ends: EdgeEnds
) -> tuple[dict[int, list[tuple[int, int]]], dict[int, list[tuple[int, int]]]]:
    """(arc, way) of all arcs arriving at and departing from each of ``nodes``."""
    arriving: dict[int, list[tuple[int, int]]] = defaultdict(list)
    departing: dict[int, list[tuple[int, int]]] = defaultdict(list)
    listed = np.fromiter(nodes, dtype=np.int64, count=len(nodes))
    for e in np.flatnonzero(np.isin(ends.edge_to, listed)).tolist():
        arriving[int(ends.edge_to[e])].append((2 * e, int(ends.last_way[e])))
        departing[int(ends.edge_to[e])].append((2 * e + 1, int(ends.last_way[e])))
    for e in np.flatnonzero(np.isin(ends.edge_from, listed)).tolist():
        arriving[int(ends.edge_from[e])].append((2 * e + 1, int(ends.first_way[e])))
        departing[int(ends.edge_from[e])].append((2 * e, int(ends.first_way[e])))
    return arriving, departing


def _pairs(turn: Turn, come: list[int], go: list[int], all_out: list[int]) -> list[tuple[int, int]]:
    """Give the (arc, arc) pairs that one restriction bans."""
    if not come or not go:
        return []
    if turn.only:
        if len(come) > 1:
            return []
        return [(come[0], out) for out in all_out if out not in go]
    if turn.from_way == turn.to_way:  # no turning back
        return [(arc, arc ^ 1) for arc in come]
    if len(come) > 1:
        return []
    return [(come[0], out) for out in go]
