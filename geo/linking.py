"""Linking: one mode's search graph out of the network, and points on edges tied to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.profiles import check_mode
from geo.search import StateGraph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import RoadNetwork
    from geo.snapping import Snaps

MEASURES = ("seconds", "metres")


class Links(NamedTuple):
    """The search graph of one mode and measure.

    ``arc_cost`` float64[2 * n_edges] is the running cost of every arc, NaN where closed;
    ``arc_end`` int32 the state reached at its end (-1: closed or blocked) and ``end_cost`` what is
    lost on arriving there (a way that must be remembered ends in another state of that node). Arc a
    may be left from ``tail[tail_start[a]:tail_start[a + 1]]``.
    ``edge_ends`` int32[n_edges, 2] are the nodes where an edge begins and ends, -1 where the mode
    is stopped. ``back_through`` gives the network's arc for every arc of ``reverse``.
    """

    graph: StateGraph
    reverse: StateGraph
    state_node: NDArray[np.int32]
    arc_cost: NDArray[np.float64]
    arc_end: NDArray[np.int32]
    end_cost: NDArray[np.float64]
    tail_start: NDArray[np.int64]
    tail: NDArray[np.int32]
    edge_ends: NDArray[np.int32]
    back_through: NDArray[np.int64]


def links_of(network: RoadNetwork, *, mode: str, measure: str = "seconds") -> Links:
    """Give the mode's search graph, made once for a network and kept with it."""
    m = check_mode(mode, network.modes)
    key = ("links", mode, measure)
    if key not in network.memo:
        network.memo[key] = _links(network, m, measure)
    links: Links = network.memo[key]
    return links


def _links(network: RoadNetwork, m: int, measure: str) -> Links:
    n_arcs = 2 * network.n_edges
    arc_tail = np.empty(n_arcs, dtype=np.int32)
    arc_head = np.empty(n_arcs, dtype=np.int32)
    arc_tail[0::2], arc_tail[1::2] = network.edge_from, network.edge_to
    arc_head[0::2], arc_head[1::2] = network.edge_to, network.edge_from
    seconds = network.seconds[m].T.reshape(-1).astype(np.float64)
    is_open = np.isfinite(seconds)
    # cost of an arc, and what is lost at its end
    if measure == "seconds":
        arc_cost, delay = seconds, network.node_delay_s[m].astype(np.float64)
    else:
        arc_cost = np.where(is_open, np.repeat(network.edge_metres, 2), np.nan)
        delay = np.zeros(network.n_nodes)
    # arcs that may be gone through to their end, and the bans between open arcs
    blocked = network.node_blocked[m]
    ends = is_open & ~blocked[arc_head]
    bans = network.turn_bans[network.turn_bans[:, 0] == m, 1:]
    bans = bans[ends[bans[:, 0]] & is_open[bans[:, 1]]]
    paths = _paths(network, m, ends, is_open)
    # every arc into a node with a ban on it gets a state of its own there, and so does every way
    # of several arcs that may not be gone on in some direction
    special = np.unique(np.concatenate([bans[:, 0], _firsts(paths)]))
    place = np.searchsorted(special, bans[:, 0])
    memory = _memories(paths)
    arc_end = np.where(ends, arc_head, -1).astype(np.int32)
    arc_end[special] = network.n_nodes + np.arange(len(special), dtype=np.int32)
    state_node = np.concatenate(
        [
            np.arange(network.n_nodes, dtype=np.int32),
            arc_head[special],
            arc_head[np.array([arcs[-1] for arcs in memory], dtype=np.int64)],
        ]
    ).astype(np.int32)
    # which arcs may be left from which state, without the banned pairs
    leaves = np.flatnonzero(is_open & ~blocked[arc_tail])
    out_arc, out_state = _departures(leaves, arc_tail, state_node, network.n_nodes)
    banned = bans[:, 1].astype(np.int64) * len(state_node) + network.n_nodes + place
    allowed = ~np.isin(out_arc.astype(np.int64) * len(state_node) + out_state, banned)
    out_end = arc_end[out_arc]
    if paths:
        first = {(int(arc),): network.n_nodes + i for i, arc in enumerate(special)}
        number = first | {arcs: network.n_nodes + len(special) + i for i, arcs in enumerate(memory)}
        pairs = {(int(a), int(b)) for a, b in bans}
        _remember(
            number,
            pairs.union(paths),
            out_arc=out_arc,
            out_state=out_state,
            out_end=out_end,
            allowed=allowed,
        )
    out_arc, out_state, out_end = out_arc[allowed], out_state[allowed], out_end[allowed]
    order = np.argsort(out_arc, kind="stable")
    tail_start = np.zeros(n_arcs + 1, dtype=np.int64)
    np.cumsum(np.bincount(out_arc, minlength=n_arcs), out=tail_start[1:])
    end_cost = delay[arc_head]
    graph, through = _state_graph(out_arc, out_state, out_end, arc_cost + end_cost, len(state_node))
    return Links(
        graph=graph,
        reverse=graph.transposed(),
        state_node=state_node,
        arc_cost=arc_cost,
        arc_end=arc_end,
        end_cost=end_cost,
        tail_start=tail_start,
        tail=out_state[order].astype(np.int32),
        edge_ends=np.where(blocked[arc_head], -1, arc_head).reshape(-1, 2)[:, ::-1].copy(),
        back_through=through[np.argsort(graph.head, kind="stable")],
    )


def _departures(
    leaves: NDArray[np.int64],
    arc_tail: NDArray[np.int32],
    state_node: NDArray[np.int32],
    n_nodes: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """All (arc, state) with the arc leaving the state's node, before any ban."""
    arcs, states = [leaves], [arc_tail[leaves]]
    if len(state_node) > n_nodes:
        order = leaves[np.argsort(arc_tail[leaves], kind="stable")]
        sorted_tail = arc_tail[order]
        for state in range(n_nodes, len(state_node)):
            low, high = np.searchsorted(sorted_tail, [state_node[state], state_node[state] + 1])
            arcs.append(order[low:high])
            states.append(np.full(high - low, state, dtype=np.int32))
    return np.concatenate(arcs), np.concatenate(states)


def _paths(
    network: RoadNetwork, m: int, ends: NDArray[np.bool_], is_open: NDArray[np.bool_]
) -> tuple[tuple[int, ...], ...]:
    """Give the mode's bans of more than two arcs, without those that nobody can come by."""
    rows = network.path_bans[network.path_bans[:, 0] == m, 1:].tolist()
    paths = (tuple(arc for arc in row if arc >= 0) for row in rows)
    return tuple(path for path in paths if ends[list(path[:-1])].all() and is_open[path[-1]])


def _firsts(paths: tuple[tuple[int, ...], ...]) -> NDArray[np.int32]:
    return np.array([path[0] for path in paths], dtype=np.int32)


def _memories(paths: tuple[tuple[int, ...], ...]) -> list[tuple[int, ...]]:
    """Give all that must be remembered of a way beyond its last arc: beginnings of the bans."""
    return sorted({path[:i] for path in paths for i in range(2, len(path))})


def _remember(
    number: dict[tuple[int, ...], int],
    bans: set[tuple[int, ...]],
    *,
    out_arc: NDArray[np.int64],
    out_state: NDArray[np.int32],
    out_end: NDArray[np.int32],
    allowed: NDArray[np.bool_],
) -> None:
    """Lead ways that follow the beginning of a ban to the state that remembers it.

    ``number`` gives the state of each such beginning. ``out_end`` (the state at the end of an arc,
    by the state in which it is entered) and ``allowed`` are filled in. As in the automaton of Aho
    and Corasick (1975), a way is in the state of the longest of its ends that begins a ban.
    """
    arcs_of = {state: arcs for arcs, state in number.items()}
    rows = np.flatnonzero(np.isin(out_state, np.fromiter(arcs_of, dtype=np.int64)))
    for row in rows.tolist():
        way = (*arcs_of[int(out_state[row])], int(out_arc[row]))
        ends = [way[i:] for i in range(len(way) - 1)]
        if any(end in bans for end in ends):
            allowed[row] = False
        known = next((number[end] for end in ends if end in number), None)
        if known is not None and out_end[row] >= 0:
            out_end[row] = known


def _state_graph(
    out_arc: NDArray[np.int64],
    out_state: NDArray[np.int32],
    out_end: NDArray[np.int32],
    arc_cost: NDArray[np.float64],
    n_states: int,
) -> tuple[StateGraph, NDArray[np.int64]]:
    through = out_end >= 0
    arc, state, end = out_arc[through], out_state[through], out_end[through]
    order = np.argsort(state, kind="stable")
    start = np.zeros(n_states + 1, dtype=np.int64)
    np.cumsum(np.bincount(state, minlength=n_states), out=start[1:])
    arc = arc[order]
    return StateGraph(start, end[order], arc_cost[arc].astype(np.float32)), arc


class Pairs(NamedTuple):
    """Points tied to states: ``point`` and ``state`` with the cost between them, over ``arc``.

    The arc is -1 for a point that lies at the state's own node.
    """

    point: NDArray[np.int64]
    state: NDArray[np.int32]
    cost: NDArray[np.float64]
    arc: NDArray[np.int64]


def leaving(links: Links, snaps: Snaps, access: NDArray[np.float64]) -> Pairs:
    """From each point to the states at which it joins the graph; ``access`` comes on top."""
    found = np.flatnonzero(snaps.found)
    parts = []
    for direction in (0, 1):
        # the rest of the edge ahead, both ways
        arc = 2 * snaps.edge[found].astype(np.int64) + direction
        rest = snaps.fraction[found] if direction else 1.0 - snaps.fraction[found]
        cost = rest * links.arc_cost[arc] + links.end_cost[arc] + access[found]
        good = np.isfinite(cost) & (links.arc_end[arc] >= 0)
        parts.append((found[good], links.arc_end[arc[good]], cost[good], arc[good]))
    point, node = _at_nodes(links, snaps)
    parts.append((point, node, access[point], np.full(len(point), -1)))
    return Pairs(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def arriving(links: Links, snaps: Snaps, access: NDArray[np.float64]) -> Pairs:
    """From the states at which each point is reached to the point; ``access`` comes on top."""
    found = np.flatnonzero(snaps.found)
    parts = []
    for direction in (0, 1):
        # the part of the edge before the point, from every state that may enter it
        arc = 2 * snaps.edge[found].astype(np.int64) + direction
        share = 1.0 - snaps.fraction[found] if direction else snaps.fraction[found]
        cost = share * links.arc_cost[arc] + access[found]
        good = np.isfinite(cost)
        arc, point, cost = arc[good], found[good], cost[good]
        sizes = links.tail_start[arc + 1] - links.tail_start[arc]
        slot = np.repeat(links.tail_start[arc] - np.cumsum(sizes) + sizes, sizes)
        slot += np.arange(len(slot))
        here = np.repeat(point, sizes), links.tail[slot], np.repeat(cost, sizes)
        parts.append((*here, np.repeat(arc, sizes)))
    point, node = _at_nodes(links, snaps)
    order = np.argsort(links.state_node, kind="stable")
    states_of = links.state_node[order]
    low = np.searchsorted(states_of, node, side="left")
    sizes = np.searchsorted(states_of, node, side="right") - low
    slot = np.repeat(low - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    here = np.repeat(point, sizes), order[slot].astype(np.int32), np.repeat(access[point], sizes)
    parts.append((*here, np.full(len(slot), -1)))
    return Pairs(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _at_nodes(links: Links, snaps: Snaps) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Points whose place is the very end of an edge, and the node there.

    Such a point stands at a junction: it joins every road there, not only the edge to which it
    happens to be tied, which may be one-way.
    """
    at = [np.flatnonzero(snaps.found & (snaps.fraction == end)) for end in (0.0, 1.0)]
    node = np.concatenate(
        [links.edge_ends[snaps.edge[points], end] for end, points in enumerate(at)]
    )
    point = np.concatenate(at)
    return point[node >= 0], node[node >= 0]


class DirectPairs(NamedTuple):
    """Pairs of points on the same edge, with the cost of going straight along it."""

    origin: NDArray[np.int64]
    destination: NDArray[np.int64]
    cost: NDArray[np.float64]


def direct(
    links: Links,
    origins: Snaps,
    destinations: Snaps,
    origin_access: NDArray[np.float64],
    destination_access: NDArray[np.float64],
) -> DirectPairs:
    """Origin and destination on one edge, in an order in which the edge may be travelled."""
    a = np.flatnonzero(origins.found)
    b = np.flatnonzero(destinations.found)
    b = b[np.argsort(destinations.edge[b], kind="stable")]
    edges = destinations.edge[b]
    low = np.searchsorted(edges, origins.edge[a], side="left")
    sizes = np.searchsorted(edges, origins.edge[a], side="right") - low
    slot = np.repeat(low - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    o, d = np.repeat(a, sizes), b[slot]
    edge = origins.edge[o].astype(np.int64)
    # ahead along the edge, or back against it, where it is open that way
    step = destinations.fraction[d] - origins.fraction[o]
    along = np.where(step >= 0, step * links.arc_cost[2 * edge], np.nan)
    against = np.where(step <= 0, -step * links.arc_cost[2 * edge + 1], np.nan)
    cost = np.fmin(along, against) + origin_access[o] + destination_access[d]
    good = np.isfinite(cost)
    return DirectPairs(o[good], d[good], cost[good])
