"""Contraction: road segments joined into edges at the nodes where nothing can be decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Chains(NamedTuple):
    """Edges as runs of segments.

    The nodes of edge e, in order, are ``node[offset[e]:offset[e + 1]]``; ``segment`` holds one of
    its segments for each edge (all share their attributes); ``first`` and ``last`` are its end
    segments. Edges run in the direction in which their segments are drawn. All segments of edge e
    stand in ``run[offset[e]:offset[e + 1]]``, one of them twice.
    """

    offset: NDArray[np.int64]
    node: NDArray[np.int32]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    run: NDArray[np.int32]


@compiled
def mark_joints(  # noqa: PLR0917 - compiled code takes plain arrays
    keep: NDArray[np.bool_],
    start: NDArray[np.int64],
    incident: NDArray[np.int32],
    seg_from: NDArray[np.int32],
    seg_attribute: NDArray[np.int32],
    symmetric: NDArray[np.bool_],
) -> None:
    """Mark in ``keep`` every node at which an edge must begin or end.

    A node is passed over only if exactly two segments of the same attributes meet there, which,
    where the attributes differ by direction, follow one another.
    """
    for node in range(len(keep)):
        if keep[node]:  # asked for by the caller
            continue
        if start[node + 1] - start[node] != 2:  # noqa: PLR2004 - neither end nor crossing
            keep[node] = True
            continue
        # of two segments: unlike ones, a loop, or one-way ones that meet head to head
        a, b = incident[start[node]], incident[start[node] + 1]
        if (
            seg_attribute[a] != seg_attribute[b]
            or a == b
            or (
                (not symmetric[seg_attribute[a]]) and (seg_from[a] == node) == (seg_from[b] == node)
            )
        ):
            keep[node] = True


@compiled
def _walk(
    keep: NDArray[np.bool_],
    start: NDArray[np.int64],
    incident: NDArray[np.int32],
    seg_from: NDArray[np.int32],
    seg_to: NDArray[np.int32],
) -> tuple[
    NDArray[np.int64],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.int32],
    int,
]:
    # at most an edge and two nodes a segment
    n_segments = len(seg_from)
    used = np.zeros(n_segments, dtype=np.bool_)
    offset = np.zeros(n_segments + 1, dtype=np.int64)
    node = np.empty(2 * n_segments, dtype=np.int32)
    run = np.empty(2 * n_segments, dtype=np.int32)
    first = np.empty(n_segments, dtype=np.int32)
    last = np.empty(n_segments, dtype=np.int32)
    n_edges = 0
    filled = 0
    for turn in range(2):  # second turn: rings without any joint
        for begin in range(len(keep)):
            if not keep[begin] and turn == 0:
                continue
            for slot in range(start[begin], start[begin + 1]):
                segment = incident[slot]
                if used[segment]:
                    continue
                # begin an edge at this joint; a ring gets its joint here
                keep[begin] = True
                low = filled
                first[n_edges] = segment
                along = seg_from[segment] == begin
                node[filled] = begin
                run[filled] = segment
                filled += 1
                # follow segments, over nodes where two meet, to the next joint
                at = begin
                while True:
                    used[segment] = True
                    at = seg_to[segment] if seg_from[segment] == at else seg_from[segment]
                    node[filled] = at
                    run[filled] = segment
                    filled += 1
                    if keep[at]:
                        break
                    follow = incident[start[at]]
                    if follow == segment:
                        follow = incident[start[at] + 1]
                    segment = follow
                last[n_edges] = segment
                # turn the edge round if its first segment is drawn the other way
                if not along:
                    node[low:filled] = node[low:filled][::-1].copy()
                    last[n_edges], first[n_edges] = first[n_edges], last[n_edges]
                n_edges += 1
                offset[n_edges] = filled
    return offset, node, first, last, run, n_edges


def chains(
    *,
    keep: NDArray[np.bool_],
    seg_from: NDArray[np.int32],
    seg_to: NDArray[np.int32],
    seg_attribute: NDArray[np.int32],
    symmetric: NDArray[np.bool_],
) -> Chains:
    """Join segments into edges; ``keep`` names nodes that must stay and gains all other joints.

    ``symmetric`` tells, for each attribute row, that both directions are alike.
    """
    # the segments at every node, in CSR form
    n_nodes = len(keep)
    ends = np.concatenate([seg_from, seg_to])
    order = np.argsort(ends, kind="stable")
    incident = (order % max(len(seg_from), 1)).astype(np.int32)
    start = np.zeros(n_nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(ends, minlength=n_nodes), out=start[1:])
    # joints first, then the walks between them
    mark_joints(keep, start, incident, seg_from, seg_attribute, symmetric)
    offset, node, first, last, run, n_edges = _walk(keep, start, incident, seg_from, seg_to)
    return Chains(
        offset[: n_edges + 1].copy(),
        node[: offset[n_edges]].copy(),
        first[:n_edges].copy(),
        last[:n_edges].copy(),
        run[: offset[n_edges]].copy(),
    )


def hilbert_order(lonlat: NDArray[np.float64], *, bits: int = 16) -> NDArray[np.int64]:
    """Order points along a Hilbert curve over their box, so that neighbours lie together.

    Skilling 2004, "Programming the Hilbert curve", in two dimensions, over all points at once.
    """
    if not len(lonlat):
        return np.zeros(0, dtype=np.int64)
    # whole numbers of `bits` bits over the box
    low = lonlat.min(axis=0)
    span = np.maximum(lonlat.max(axis=0) - low, 1e-12)
    grid = ((lonlat - low) / span * (2**bits - 1)).astype(np.int64)
    x, y = grid[:, 0].copy(), grid[:, 1].copy()
    key = np.zeros(len(lonlat), dtype=np.int64)
    side = 1 << (bits - 1)
    while side:
        # which quarter, and how many cells of the curve come before it
        right = (x & side) > 0
        upper = (y & side) > 0
        key += side * side * ((3 * right) ^ upper)
        # turn the quarter as the curve runs in it: mirrored in the lower right, swapped below
        flip = ~upper & right
        x[flip], y[flip] = side - 1 - (x[flip] & (side - 1)), side - 1 - (y[flip] & (side - 1))
        swap = ~upper
        x[swap], y[swap] = y[swap], x[swap].copy()
        # go on inside the quarter
        x &= side - 1
        y &= side - 1
        side >>= 1
    return np.argsort(key, kind="stable")
