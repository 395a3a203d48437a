#!/usr/bin/env bash
# osmnx: a motorway without a oneway tag can be driven against the traffic.
#
# Expected: OSM's rule that highway=motorway is one-way unless tagged otherwise is kept, as it is for
#           junction=roundabout.
# Seen:     osmnx 2.1.1 makes edges in both directions of a motorway and of a motorway_link without the tag;
#           the roundabout is one-way.
# Why:      where the tag was left out a truck turns on the carriageway, the
#           service area on the other side is two minutes away, and a driver home there is said to serve both
#           directions.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile osmnx==2.1.1 geopandas==1.2.0 shapely==2.2.0 pandas==3.1.1 networkx==3.6.1
v/bin/python -W ignore - <<'PY'
import osmnx


def edges(**tags):
    nodes = "".join(f'<node id="{n}" lat="33.96" lon="{116.8 + n / 100:.2f}" version="1"/>' for n in (1, 2))
    text = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
    with open("roads.osm", "w", encoding="utf-8") as file:
        file.write(f'<osm version="0.6" generator="x">{nodes}<way id="9" version="1"><nd ref="1"/><nd ref="2"/>{text}</way></osm>')
    return sorted((a, b) for a, b, _ in osmnx.graph_from_xml("roads.osm", simplify=False, retain_all=True).edges)


seen = {
    "motorway": edges(highway="motorway"),
    "motorway_link": edges(highway="motorway_link"),
    "roundabout": edges(highway="primary", junction="roundabout"),
}
print("osmnx", osmnx.__version__, seen)
assert seen == {"motorway": [(1, 2), (2, 1)], "motorway_link": [(1, 2), (2, 1)], "roundabout": [(1, 2)]}
PY
