"""The street graph: lines cut at their crossings, tidied, and reduced to one connected whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data.sample.lines import CODE, Lines, plain_lines, together

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRID_M = 0.5
_HALF_KEY = 32  # bits of a node key for each coordinate, in grid steps
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
    xy, first, last = ends_of(lines.geometry)
    both = np.round(np.concatenate([xy[first], xy[last]]) / GRID_M).astype(np.int64)
    keys, inverse = np.unique((both[:, 0] << _HALF_KEY) + both[:, 1], return_inverse=True)
    nodes = np.column_stack([keys >> _HALF_KEY, keys & ((1 << _HALF_KEY) - 1)])
    n = len(lines)
    return StreetGraph(lines, inverse[:n], inverse[n:], nodes.astype(np.float64) * GRID_M)


def ends_of(
    geometry: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp]]:
    """Give all points of lines, shape [n, 2], and the rows of each line's first and last."""
    xy, row = shapely.get_coordinates(geometry, return_index=True)
    last = np.cumsum(np.bincount(row, minlength=len(geometry))) - 1
    first = np.concatenate([[0], last[:-1] + 1]).astype(np.intp)
    return xy, first, last.astype(np.intp)


def cut_at_crossings(lines: Lines) -> Lines:
    """Cut lines wherever they cross or touch; where lines overlap the most important one stays."""
    whole = shapely.union_all(lines.geometry, grid_size=GRID_M)
    parts = shapely.get_parts(whole)
    parts = parts[shapely.length(parts) > 0.0]
    middle = shapely.line_interpolate_point(parts, 0.5, normalized=True)
    tree = shapely.STRtree(lines.geometry)
    part, source = tree.query(middle, predicate="dwithin", distance=_NEAR_M)
    order = np.lexsort((source, lines.highway[source], part))
    part, source = part[order], source[order]
    first = np.concatenate([[True], np.diff(part) > 0])
    cut = replace(lines[source[first]], geometry=parts[part[first]])
    turned = np.flatnonzero(cut.one_way)
    cut.geometry[turned] = _as_drawn(cut.geometry[turned], lines.geometry[source[first][turned]])
    return cut


def _as_drawn(parts: NDArray[np.object_], sources: NDArray[np.object_]) -> NDArray[np.object_]:
    """Turn parts of one-way lines to run the way their lines run."""
    start = shapely.line_locate_point(sources, shapely.get_point(parts, 0))
    end = shapely.line_locate_point(sources, shapely.get_point(parts, -1))
    return np.where(start > end, shapely.reverse(parts), parts)


def _moved_ends(graph: StreetGraph, node_of: NDArray[np.int64], xy_m: NDArray[np.float64]) -> Lines:
    """Give every line the new places of its end nodes; lines from a node to itself go."""
    start, end = node_of[graph.start], node_of[graph.end]
    geometry = graph.lines.geometry
    xy, first, last = ends_of(geometry)
    row = np.repeat(np.arange(len(geometry)), last - first + 1)
    xy[first], xy[last] = xy_m[start], xy_m[end]
    moved = np.asarray(shapely.linestrings(xy, indices=row))
    keep = start != end
    return replace(graph.lines, geometry=moved)[keep]


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


def without_stubs(
    lines: Lines, *, shorter_m: float, rounds: int = 2, only: str | None = None
) -> Lines:
    """Remove dead ends that are too short to be streets, of one class only where it is given."""
    kind = CODE[only] if only else None
    for _ in range(rounds):
        graph = graph_of(lines)
        degree = graph.degree()
        dead = (degree[graph.start] == 1) | (degree[graph.end] == 1)
        if kind is not None:
            dead &= lines.highway == kind
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


_COLLINEAR = 0.7  # cosine of the greatest turn that still feels like the same street


def renamed_by_strokes(lines: Lines) -> Lines:
    """Renumber streets: a street runs on through a node where it has a straight successor.

    At each node the two line ends of one class that are each other's straightest continuation are
    joined; where only two lines meet they are joined at any angle (strokes, Thomson 2003).
    """
    graph = graph_of(lines)
    n = len(lines)
    xy, first, last = ends_of(lines.geometry)
    away = np.concatenate([xy[first + 1] - xy[first], xy[last - 1] - xy[last]])
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    node = np.concatenate([graph.start, graph.end])
    line = np.concatenate([np.arange(n), np.arange(n)])
    kind = lines.highway[line]
    order = np.lexsort((kind, node))
    pairs = []
    for step in range(1, 5):
        a, b = order[:-step], order[step:]
        same = (node[a] == node[b]) & (kind[a] == kind[b]) & (line[a] != line[b])
        pairs.append(np.column_stack([a[same], b[same]]))
    ends = np.concatenate(pairs)
    fit = -np.einsum("ij,ij->i", away[ends[:, 0]], away[ends[:, 1]])
    fit[graph.degree()[node[ends[:, 0]]] == 2] = 2.0  # noqa: PLR2004 - nowhere else to go
    ends, fit = ends[fit > _COLLINEAR], fit[fit > _COLLINEAR]
    best = np.full(2 * n, -1.0)
    np.maximum.at(best, ends[:, 0], fit)
    np.maximum.at(best, ends[:, 1], fit)
    mutual = (fit == best[ends[:, 0]]) & (fit == best[ends[:, 1]])
    joined = line[ends[mutual]]
    links = coo_array((np.ones(len(joined)), (joined[:, 0], joined[:, 1])), shape=(n, n))
    _, street = connected_components(links, directed=False)
    return replace(lines, street=street.astype(np.int32))


def honest_classes(lines: Lines) -> Lines:
    """Make footways of lanes that no car can reach, as they hang on footways alone."""
    graph = graph_of(lines)
    n = len(graph.node_xy_m)
    driven = lines.highway <= CODE["track"]
    links = coo_array(
        (np.ones(int(driven.sum())), (graph.start[driven], graph.end[driven])), shape=(n, n)
    )
    _, part = connected_components(links, directed=False)
    main = int(np.argmax(np.bincount(part[graph.start[driven]])))
    cut_off = driven & (part[graph.start] != main)
    highway = lines.highway.copy()
    highway[cut_off] = CODE["footway"]
    return replace(lines, highway=highway)


def doubled(lines: Lines, *, apart_m: float) -> Lines:
    """Draw every ``dual`` line as two one-way carriageways, traffic on the right.

    Streets that cross meet both carriageways; streets that end there meet the near one only.
    """
    if not lines.dual.any():
        return lines
    kept = lines[~lines.dual]
    ways, kinds = [], []
    for code in np.unique(lines.highway[lines.dual]):
        chosen = lines.geometry[lines.dual & (lines.highway == code)]
        for chain in shapely.get_parts(shapely.line_merge(shapely.union_all(chosen))):
            ways.extend(_carriageways(chain, apart_m / 2.0))
            kinds.extend([code, code])
    n = len(ways)
    both = plain_lines(
        np.array(ways, dtype=object),
        np.array(kinds, dtype=np.int8),
        np.arange(n, dtype=np.int32),
    )
    both = replace(both, one_way=np.ones(n, dtype=bool))
    # All is cut again, since merged nodes have drawn some streets across others.
    cut = merge_near_nodes(cut_at_crossings(together([kept, both])), near_m=_NEAR_M)
    return without_stubs(cut, shorter_m=0.8 * apart_m)


def _carriageways(chain: shapely.LineString, aside_m: float) -> list[shapely.LineString]:
    """Offset a line to both sides; the ends of an open one run back to its own ends."""
    xy = shapely.get_coordinates(shapely.simplify(chain, 2.0))
    step = np.diff(xy, axis=0)
    step /= np.linalg.norm(step, axis=1, keepdims=True)
    first, last = (step[-1:], step[:1]) if chain.is_closed else (step[:1], step[-1:])
    before, after = np.concatenate([first, step]), np.concatenate([step, last])
    # The mitre: along the bisector, longer the sharper the corner.
    normal = np.column_stack([-(before + after)[:, 1], (before + after)[:, 0]])
    normal *= 2.0 / (normal**2).sum(axis=1, keepdims=True)
    right, left = xy - aside_m * normal, xy + aside_m * normal
    if not chain.is_closed:
        right[[0, -1]] = left[[0, -1]] = xy[[0, -1]]
    return [shapely.LineString(right), shapely.LineString(left[::-1])]
