#!/usr/bin/env bash
# osmnx: where a slow and a fast street are merged, the travel time is 44 % too short.
#
# Expected: simplify_graph joins two streets in a row; add_edge_travel_times then gives the sum of their
#           times, or weighs their speeds by length and time.
# Seen:     osmnx 2.1.1 takes the plain mean of the speeds: 922 m at 100 and 922 m at 20 km/h become 1,845 m at
#           60 km/h, 111 s instead of 199 s. A stretch without a speed gets the mean of its neighbours' too,
#           whatever its class.
# Why:      the change of speed is just where a trunk road enters the town. Coverage within ten minutes by
#           truck reaches far beyond what is driven.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile osmnx==2.1.1 geopandas==1.2.0 shapely==2.2.0 pandas==3.1.1 networkx==3.6.1
v/bin/python -W ignore - <<'PY'
import osmnx

nodes = "".join(f'<node id="{n}" lat="33.96" lon="{116.8 + n / 100:.2f}" version="1"/>' for n in (1, 2, 3))
ways = "".join(
    f'<way id="{a}" version="1"><nd ref="{a}"/><nd ref="{a + 1}"/><tag k="highway" v="primary"/><tag k="maxspeed" v="{speed}"/></way>'
    for a, speed in ((1, 100), (2, 20))
)
with open("roads.osm", "w", encoding="utf-8") as file:
    file.write(f'<osm version="0.6" generator="x">{nodes}{ways}</osm>')


def seconds(simplify):
    graph = osmnx.graph_from_xml("roads.osm", simplify=simplify, retain_all=True)
    graph = osmnx.routing.add_edge_travel_times(osmnx.routing.add_edge_speeds(graph))
    return sum(data["travel_time"] for a, b, data in graph.edges(data=True) if a < b)


plain, merged = seconds(simplify=False), seconds(simplify=True)
print("osmnx", osmnx.__version__, f"street by street {plain:.0f} s, merged {merged:.0f} s")
assert 198 < plain < 200 and 110 < merged < 112
PY
