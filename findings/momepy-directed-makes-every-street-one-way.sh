#!/usr/bin/env bash
# momepy: directed=True makes every street one-way, in the direction in which somebody drew it.
#
# Expected: gdf_to_nx(directed=True) without a column of one-way streets has two edges per street.
# Seen:     momepy 0.11.0 makes one, from the first point to the last. Of two ordinary streets digitised
#           towards each other neither end can reach the other.
# Why:      half of all trips become detours or impossible, at random: by the hand that drew the line. The
#           picture of the network looks right.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile momepy==0.11.0 geopandas==1.2.0 shapely==2.2.0 pandas==3.1.1 networkx==3.6.1
v/bin/python -W ignore - <<'PY'
import geopandas
import momepy
import networkx
from shapely.geometry import LineString

streets = geopandas.GeoDataFrame(geometry=[LineString([(0, 0), (100, 0)]), LineString([(200, 0), (100, 0)])], crs=32650)
directed = momepy.gdf_to_nx(streets, directed=True)
reach = {node: sorted(networkx.descendants(directed, node)) for node in directed}
print("momepy", momepy.__version__, "edges", directed.number_of_edges(), "reach", reach)
assert directed.number_of_edges() == 2
assert reach == {(0.0, 0.0): [(100.0, 0.0)], (100.0, 0.0): [], (200.0, 0.0): [(100.0, 0.0)]}
PY
