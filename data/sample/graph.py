"""The street graph: lines cut at their crossings, tidied, and reduced to one connected whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data.sample.lines import Lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRID_M = 0.5
_NEAR_M = 1.5
_SAME_WAY_M = 30.0


@dataclass(frozen=True, eq=False)
class StreetGraph:
    """Lines that meet only at their ends, and the node number of both ends."""

    lines: Lines
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    node_xy_m: NDArray[np.float64]

    def degree(self) -> NDArray[np.int64]:
        """Count the line ends at every node."""
        return np.bincount(np.concatenate([self.start, self.end]), minlength=len(self.node_xy_m))


def graph_of(lines: Lines) -> StreetGraph:
    """Find the nodes of lines that already meet only at their ends."""
    first = shapely.get_coordinates(shapely.get_point(lines.geometry, 0))
    last = shapely.get_coordinates(shapely.get_point(lines.geometry, -1))
    both = np.round(np.concatenate([first, last]) / GRID_M).astype(np.int64)
    nodes, inverse = np.unique(both, axis=0, return_inverse=True)
    n = len(lines)
    return StreetGraph(lines, inverse[:n], inverse[n:], nodes.astype(np.float64) * GRID_M)


def cut_at_crossings(lines: Lines) -> Lines:
    """Cut lines wherever they cross or touch; where lines overlap the most important one stays."""
    whole = shapely.union_all(lines.geometry, grid_size=GRID_M)
    parts = shapely.get_parts(whole)
    parts = parts[shapely.length(parts) > GRID_M]
    middle = shapely.line_interpolate_point(parts, 0.5, normalized=True)
    tree = shapely.STRtree(lines.geometry)
    part, source = tree.query(middle, predicate="dwithin", distance=_NEAR_M)
    order = np.lexsort((source, lines.highway[source], part))
    part, source = part[order], source[order]
    first = np.concatenate([[True], np.diff(part) > 0])
    return Lines(parts[part[first]], lines.highway[source[first]], lines.street[source[first]])


def _moved_ends(graph: StreetGraph, node_of: NDArray[np.int64], xy_m: NDArray[np.float64]) -> Lines:
    """Give every line the new places of its end nodes; lines from a node to itself go."""
    start, end = node_of[graph.start], node_of[graph.end]
    geometry = graph.lines.geometry
    xy, row = shapely.get_coordinates(geometry, return_index=True)
    first = np.searchsorted(row, np.arange(len(geometry)))
    last = np.searchsorted(row, np.arange(len(geometry)), side="right") - 1
    xy[first], xy[last] = xy_m[start], xy_m[end]
    moved = np.asarray(shapely.linestrings(xy, indices=row))
    keep = start != end
    return Lines(moved[keep], graph.lines.highway[keep], graph.lines.street[keep])


def merge_near_nodes(lines: Lines, *, near_m: float) -> Lines:
    """Draw together crossings that lie so near that a city would have built one."""
    graph = graph_of(lines)
    short = shapely.length(graph.lines.geometry) < near_m
    n = len(graph.node_xy_m)
    links = coo_array(
        (np.ones(int(short.sum())), (graph.start[short], graph.end[short])), shape=(n, n)
    )
    _, group = connected_components(links, directed=False)
    size = np.bincount(group)
    total = np.column_stack([np.bincount(group, graph.node_xy_m[:, i]) for i in range(2)])
    xy = np.asarray(np.round(total / size[:, None] / GRID_M) * GRID_M, dtype=np.float64)
    merged = _moved_ends(graph, group.astype(np.int64), xy)
    return without_doubles(merged)


def without_doubles(lines: Lines) -> Lines:
    """Keep the most important of lines that join the same two nodes by nearly the same way."""
    graph = graph_of(lines)
    low, high = np.minimum(graph.start, graph.end), np.maximum(graph.start, graph.end)
    middle = shapely.get_coordinates(
        shapely.line_interpolate_point(lines.geometry, 0.5, normalized=True)
    )
    length = shapely.length(lines.geometry)
    order = np.lexsort((length, lines.highway, high, low))
    same = (np.diff(low[order]) == 0) & (np.diff(high[order]) == 0)
    near = np.linalg.norm(np.diff(middle[order], axis=0), axis=1) < _SAME_WAY_M
    keep = np.ones(len(lines), dtype=bool)
    keep[order[1:][same & near]] = False
    return lines[keep]


def without_stubs(lines: Lines, *, shorter_m: float, rounds: int = 2) -> Lines:
    """Remove dead ends that are too short to be streets."""
    for _ in range(rounds):
        graph = graph_of(lines)
        degree = graph.degree()
        dead = (degree[graph.start] == 1) | (degree[graph.end] == 1)
        keep = ~(dead & (shapely.length(lines.geometry) < shorter_m))
        if keep.all():
            break
        lines = lines[keep]
    return lines


def largest_part(lines: Lines) -> Lines:
    """Keep the lines of the largest connected part."""
    graph = graph_of(lines)
    n = len(graph.node_xy_m)
    links = coo_array((np.ones(len(lines)), (graph.start, graph.end)), shape=(n, n))
    _, part = connected_components(links, directed=False)
    sizes = np.bincount(part[graph.start])
    return lines[part[graph.start] == int(np.argmax(sizes))]


def count_junctions(lines: Lines) -> int:
    """Count the nodes that stay when nodes of degree two are contracted."""
    degree = graph_of(lines).degree()
    return int((degree != 2).sum())  # noqa: PLR2004 - degree two is what contraction removes
