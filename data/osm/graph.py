"""Road graphs of OSMnx (and its GraphML files), turned into raw roads and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import osmnx
import shapely

from data.atomic import replacing
from geo.access import HIGHWAY_CLASSES, NODE_KEYS, WAY_KEYS
from geo.errors import FileFormatError
from geo.messages import say
from geo.profiles import check_mode
from geo.roads import RawRoads

if TYPE_CHECKING:
    from pathlib import Path

    from geo.network import RoadNetwork


def roads_of_graph(graph: nx.MultiDiGraph[Any]) -> RawRoads:
    """Raw roads out of an OSMnx graph in WGS-84, simplified or not.

    Every street becomes a way, drawn once: an edge and its opposite (``reversed``) are one street.
    The points of an edge's ``geometry`` become nodes of their own, with negative ids.
    """
    ids = list(graph.nodes)
    row = {node: i for i, node in enumerate(ids)}
    lonlat = [(float(data["x"]), float(data["y"])) for _, data in graph.nodes(data=True)]
    sets: dict[tuple[tuple[str, str], ...], int] = {(): 0}
    names: dict[str, int] = {}
    node_tags = [_row(sets, data, NODE_KEYS) for _, data in graph.nodes(data=True)]
    offset = [0]
    way_id: list[int] = []
    way_node: list[int] = []
    way_tags: list[int] = []
    way_name: list[int] = []
    for u, v, data in _streets(graph):
        way_node.append(row[u])
        for x, y in _inner_points(data):
            way_node.append(len(lonlat))
            lonlat.append((x, y))
            node_tags.append(0)
        way_node.append(row[v])
        offset.append(len(way_node))
        way_id.append(_number(data.get("osmid"), len(way_id)))
        way_tags.append(_row(sets, _way_tags(data), WAY_KEYS))
        name = _word(data.get("name")) or _word(data.get("ref"))
        way_name.append(names.setdefault(name, len(names)) if name else -1)
    made_up = range(-1, len(ids) - len(lonlat) - 1, -1)
    return RawRoads(
        node_id=np.array([*(_number(n, i) for i, n in enumerate(ids)), *made_up], dtype=np.int64),
        node_lonlat=np.array(lonlat, dtype=np.float64).reshape(-1, 2),
        node_tags=np.array(node_tags, dtype=np.int32),
        way_id=np.array(way_id, dtype=np.int64),
        way_offset=np.array(offset, dtype=np.int64),
        way_node=np.array(way_node, dtype=np.int32),
        way_tags=np.array(way_tags, dtype=np.int32),
        way_name=np.array(way_name, dtype=np.int32),
        tag_sets=tuple(dict(items) for items in sets),
        names=tuple(names),
    )


def _streets(graph: nx.MultiDiGraph[Any]) -> list[tuple[Any, Any, dict[str, Any]]]:
    """Every edge but those whose opposite stands for the same street."""
    streets, seen = [], set()
    for u, v, data in graph.edges(data=True):
        one_way = _word(data.get("oneway")).lower() in {"true", "yes", "1"}
        if not one_way:
            key = (
                str(data.get("osmid")),
                frozenset((u, v)),
                round(float(data.get("length", 0)), 3),
            )
            if key in seen:
                continue
            seen.add(key)
        streets.append((u, v, data))
    return streets


def _way_tags(data: dict[str, Any]) -> dict[str, Any]:
    one_way = _word(data.get("oneway")).lower() in {"true", "yes", "1"}
    # said in so many words: a slip road without a word of it would be taken for one-way
    return {**data, "oneway": "yes" if one_way else "no"}


def _inner_points(data: dict[str, Any]) -> list[tuple[float, float]]:
    line = data.get("geometry")
    return [(float(x), float(y)) for x, y, *_ in line.coords[1:-1]] if line is not None else []


def _word(value: object) -> str:
    """Give a tag's value as text; of a list (merged ways) the first."""
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return str(value)


def _row(
    sets: dict[tuple[tuple[str, str], ...], int], data: dict[str, Any], keys: frozenset[str]
) -> int:
    items = ((key, _word(value)) for key, value in data.items() if key in keys)
    return sets.setdefault(tuple(sorted(item for item in items if item[1])), len(sets))


def _number(value: object, otherwise: int) -> int:
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    try:
        return int(str(value))
    except ValueError:
        return otherwise


def read_graphml(path: Path) -> RawRoads:
    """Raw roads out of a GraphML file as OSMnx saves it.

    FileFormatError when the file is missing or no such graph.
    """
    if not path.exists():
        raise FileFormatError(say("{path}: no such file", path=path))
    try:
        return roads_of_graph(osmnx.load_graphml(path))
    except (SyntaxError, KeyError, ValueError, TypeError, nx.NetworkXError) as error:
        raise FileFormatError(
            say("{path}: is no GraphML road graph of OSMnx ({error})", path=path, error=error)
        ) from error


def graph_of(network: RoadNetwork, *, mode: str) -> nx.MultiDiGraph[Any]:
    """Give the network of one mode as an OSMnx graph: length in m, travel_time in s, geometry.

    Delays at nodes are part of the travel time of every edge that arrives there.
    """
    m = check_mode(mode, network.modes)
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(
        crs="EPSG:4326", created_with="yizhan", simplified=True
    )
    for node, (x, y) in enumerate(network.node_lonlat.tolist()):
        graph.add_node(node, x=x, y=y, street_count=0)
    passable = network.passable(mode)
    for e in range(network.n_edges):
        shape = network.shape_lonlat[network.shape_offset[e] : network.shape_offset[e + 1]]
        ends = (int(network.edge_from[e]), int(network.edge_to[e]))
        name = network.names[network.edge_name[e]] if network.edge_name[e] >= 0 else ""
        both = bool(passable[:, e].all())
        for direction in (0, 1):
            if not passable[direction, e]:
                continue
            u, v = ends if direction == 0 else ends[::-1]
            seconds = float(network.seconds[m, direction, e] + network.node_delay_s[m, v])
            graph.add_edge(
                u,
                v,
                osmid=e,
                highway=HIGHWAY_CLASSES[network.edge_class[e]],
                name=name,
                oneway=not both,
                reversed=direction == 1,
                length=float(network.edge_metres[e]),
                travel_time=seconds,
                geometry=shapely.LineString(shape if direction == 0 else shape[::-1]),
            )
    return graph


def write_graphml(network: RoadNetwork, path: Path, *, mode: str) -> None:
    """Write the network of one mode as a GraphML file that OSMnx opens, whole or not at all.

    WorkspaceError when it cannot be written.
    """
    graph = graph_of(network, mode=mode)
    with replacing(path) as draft:
        osmnx.save_graphml(graph, draft)
