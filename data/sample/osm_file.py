"""The sample city as an OSM extract: its streets, and the places and grounds between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import osmium
import shapely

from data.sample.frame import to_lonlat
from data.sample.graph import StreetGraph, ends_of, graph_of
from data.sample.lines import CODE, HIGHWAYS, Lines
from data.sample.settlements import OLD_TOWN
from data.vocabulary import SAMPLE_NOTICE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from data.sample.cores import Core
    from data.sample.places import Places
    from data.sample.streets import StreetPlan

GENERATOR = "yizhan sample city"
_SIGNAL = {"highway": "traffic_signals", "source": SAMPLE_NOTICE}
_SIGNAL_ARMS = 3
_NO_TAGS: Mapping[str, str] = {}
_MAXSPEED = {
    "motorway": "120", "motorway_link": "60", "trunk": "80", "primary": "60", "secondary": "50",
    "tertiary": "40", "residential": "30", "service": "15",
}  # fmt: skip


def _tags(highway: str, name: str, *, inner: bool, one_way: bool) -> dict[str, str]:
    """Give a way its tags as a mapper would; the notice stands in ``source``."""
    tags = {"highway": highway, "source": SAMPLE_NOTICE}
    if name:
        tags["name"] = name
    if highway in _MAXSPEED:
        tags["maxspeed"] = _MAXSPEED[highway]
    if one_way:
        tags["oneway"] = "yes"
    if highway == "trunk":
        tags["hgv"] = "designated"
    elif inner and highway in {"primary", "secondary", "tertiary", "residential"}:
        tags["hgv"] = "no"
    return tags


def _signals(lines: Lines, graph: StreetGraph, cores: tuple[Core, ...]) -> set[int]:
    """Choose the crossings with traffic lights: where greater streets meet in a built-up place."""
    ends = np.concatenate([graph.start, graph.end])
    kind = np.concatenate([lines.highway, lines.highway])
    n = len(graph.node_xy_m)
    street = (kind >= CODE["trunk"]) & (kind <= CODE["tertiary"])
    streets = np.bincount(ends[street], minlength=n)
    greater = np.bincount(ends[street & (kind <= CODE["secondary"])], minlength=n)
    built = shapely.union_all([core.outline for core in cores])
    shapely.prepare(built)
    here = np.flatnonzero((streets >= _SIGNAL_ARMS) & (greater >= _SIGNAL_ARMS - 1))
    inside = shapely.contains_xy(built, *graph.node_xy_m[here].T)
    return set(here[inside].tolist())


def write_map(path: Path, plan: StreetPlan, names: tuple[str, ...], places: Places) -> None:
    """Write one way per street line, sharing nodes where they meet; then places and grounds.

    Nodes come before ways and ids ascend, as in any extract.
    """
    graph = graph_of(plan.lines)
    xy, first, last = ends_of(plan.lines.geometry)
    node = np.full(len(xy), -1, dtype=np.int64)
    node[first], node[last] = graph.start, graph.end
    between = node < 0
    node[between] = len(graph.node_xy_m) + np.arange(int(between.sum()))
    corner = np.empty((int(node.max()) + 1, 2))
    corner[node] = xy
    lights = _signals(plan.lines, graph, plan.cores)
    path.unlink(missing_ok=True)
    header = osmium.io.Header()
    header.set("generator", GENERATOR)
    writer = osmium.SimpleWriter(str(path), header=header)
    try:
        _write_nodes(writer, corner, dict.fromkeys(lights, _SIGNAL), after=0)
        tags = dict(enumerate(places.point_tags))
        _write_nodes(writer, places.point_xy_m, tags, after=len(corner))
        outlines = len(corner) + len(places.point_xy_m)
        ring_xy = shapely.get_coordinates([ground.exterior for ground, _ in places.grounds])
        _write_nodes(writer, ring_xy, {}, after=outlines)
        nodes = [node[a : b + 1] for a, b in zip(first, last, strict=True)]
        _write_streets(writer, plan, names, nodes)
        _write_grounds(writer, places, node_after=outlines, way_after=len(plan.lines))
    finally:
        writer.close()


def _write_nodes(
    writer: osmium.SimpleWriter,
    xy_m: NDArray[np.float64],
    tags: Mapping[int, Mapping[str, str]],
    *,
    after: int,
) -> None:
    """Write nodes with the ids that come ``after`` those already written."""
    for number, lonlat in enumerate(to_lonlat(xy_m).tolist()):
        writer.add_node(
            osmium.osm.mutable.Node(
                id=after + number + 1, location=lonlat, tags=tags.get(number, _NO_TAGS)
            )
        )


def _write_streets(
    writer: osmium.SimpleWriter,
    plan: StreetPlan,
    names: tuple[str, ...],
    nodes: list[NDArray[np.int64]],
) -> None:
    lines = plan.lines
    old = next(core.outline for core in plan.cores if core.plan is OLD_TOWN)
    inner = shapely.within(shapely.line_interpolate_point(lines.geometry, 0.5), old)
    for number in range(len(lines)):
        tags = _tags(
            HIGHWAYS[lines.highway[number]],
            names[number],
            inner=bool(inner[number]),
            one_way=bool(lines.one_way[number]),
        )
        refs = (nodes[number] + 1).tolist()
        writer.add_way(osmium.osm.mutable.Way(id=number + 1, nodes=refs, tags=tags))


def _write_grounds(
    writer: osmium.SimpleWriter, places: Places, *, node_after: int, way_after: int
) -> None:
    """Write each outline as a closed way; the nodes of its corners are written already."""
    for number, (ground, tags) in enumerate(places.grounds, start=1):
        corners = len(ground.exterior.coords)
        first = node_after + 1
        refs = [*range(first, first + corners - 1), first]  # the last corner is the first node
        writer.add_way(osmium.osm.mutable.Way(id=way_after + number, nodes=refs, tags=tags))
        node_after += corners
