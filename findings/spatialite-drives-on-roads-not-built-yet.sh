#!/usr/bin/env bash
# spatialite_osm_net: cars drive on roads under construction and through what is closed to all.
#
# Expected: a tool that makes a road graph of an OSM file leaves highway=construction and access=no out, and takes a
#           posted maxspeed.
# Seen:     spatialite-bin 5.0.1 makes arcs of both, with a cost at 30 km/h; the residential road posted at 60 costs
#           as much as one without a sign.
# Why:      the ring road that opens in two years is today's shortest way to a driver home, and the gate of the works
#           yard stands open: more workers are "within 10 minutes" than are.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
command -v spatialite_osm_net >/dev/null || { echo 'needs spatialite_osm_net: apt-get install spatialite-bin'; exit 3; }
python3 - <<'PY'
nodes = {1: (116.80, 33.96), 2: (116.81, 33.96), 3: (116.81, 33.97), 4: (116.80, 33.97)}
ways = [
    (10, 1, 2, {"highway": "residential"}), (11, 3, 4, {"highway": "residential", "maxspeed": "60"}),
    (12, 2, 3, {"highway": "construction", "construction": "trunk"}),
    (13, 4, 1, {"highway": "residential", "access": "no"}),
]
with open("city.osm", "w", encoding="utf-8") as file:
    file.write('<osm version="0.6">\n')
    for key, (lon, lat) in nodes.items():
        file.write(f'<node id="{key}" version="1" lat="{lat}" lon="{lon}"/>\n')
    for key, start, end, tags in ways:
        told = "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        file.write(f'<way id="{key}" version="1"><nd ref="{start}"/><nd ref="{end}"/>{told}</way>\n')
    file.write("</osm>\n")
PY
spatialite_osm_net -o city.osm -d city.sqlite -T roads -m >log 2>&1
dpkg-query -W -f 'spatialite-bin ${Version}\n' spatialite-bin
python3 - <<'PY'
import sqlite3

query = "SELECT osm_id, class, length, cost, oneway_fromto, oneway_tofrom FROM roads ORDER BY osm_id"
roads = {key: rest for key, *rest in sqlite3.connect("city.sqlite").execute(query)}
for key, (kind, metres, seconds, there, back) in roads.items():
    print(key, kind, f"{metres:.0f} m, {seconds:.1f} s, {metres / seconds * 3.6:.1f} km/h, open {there}{back}")
assert sorted(roads) == [10, 11, 12, 13]
assert all((there, back) == (1, 1) for *_, there, back in roads.values())
assert all(round(metres / seconds * 3.6) == 30 for _, metres, seconds, *_ in roads.values())
PY
