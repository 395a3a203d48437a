#!/usr/bin/env bash
# pyrosm: one-way roads that leave the extract are not in the graph.
#
# Expected: to_graph keeps the largest part of the network that hangs together, as osmnx does by default: a trunk
#           road with two one-way carriageways across a district is in it.
# Seen:     pyrosm 0.25.0 keeps the largest *strongly* connected part: from a carriageway cut off at the border one
#           cannot come back, so both are dropped, with every street that only they join. retain_all=True keeps
#           them, and so does osmnx 2.1.1 by default.
# Why:      district extracts are cut just through trunk roads. Drivers' stops along them have no road, and
#           the next street in town counts as theirs.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile pyrosm==0.25.0 osmium==4.3.2 osmnx==2.1.1 geopandas==1.2.0 shapely==2.2.0 pandas==3.1.1 networkx==3.6.1
v/bin/python -W ignore - <<'PY'
import osmium
import osmnx
import pyrosm
from osmium.osm.mutable import Node, Way

places = {1: (116.80, 33.96), 2: (116.81, 33.96), 3: (116.70, 33.97), 4: (116.90, 33.97), 5: (116.82, 33.96), 6: (116.83, 33.97)}
trunk = {"highway": "trunk", "oneway": "yes"}
ways = [([1, 2, 5], {"highway": "residential"}), ([3, 1], trunk), ([5, 4], trunk), ([6, 5], trunk)]
for file in ("town.osm.pbf", "town.osm"):
    with osmium.SimpleWriter(file) as writer:
        for number, place in places.items():
            writer.add_node(Node(id=number, location=place, version=1, timestamp="2026-01-01T00:00:00Z"))
        for number, (nodes, tags) in enumerate(ways, 10):
            writer.add_way(Way(id=number, nodes=nodes, tags=tags, version=1, timestamp="2026-01-01T00:00:00Z"))


def junctions(**options):
    reader = pyrosm.OSM("town.osm.pbf")
    nodes, edges = reader.get_network("driving", nodes=True)
    return sorted(reader.to_graph(nodes, edges, graph_type="networkx", **options).nodes)


default, whole = junctions(), junctions(retain_all=True)
by_osmnx = sorted(osmnx.graph_from_xml("town.osm", simplify=True).nodes)
print("pyrosm", pyrosm.__version__, default, "retain_all", whole, "osmnx", osmnx.__version__, by_osmnx)
assert default == [1, 5] and whole == by_osmnx == [1, 3, 4, 5, 6]
PY
