#!/usr/bin/env bash
# osmnx reads maxspeed=DE:urban and RU:urban, but not CN:urban.
#
# Expected: the codes for a country's default limits are read for all countries, or for none.
# Seen:     osmnx 2.1.1 has 50 km/h for DE:urban and 60 for RU:urban; CN:urban, CN:rural and CN:motorway are
#           taken as no speed at all and filled with the mean of other roads of the class.
# Why:      the guess is silent: a class with one signed street gives its speed to all that carry the code, and
#           reach by e-bike and truck follows.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile osmnx==2.1.1 geopandas==1.2.0 shapely==2.2.0 pandas==3.1.1 networkx==3.6.1
v/bin/python -W ignore - <<'PY'
import networkx
import osmnx


def speed(code):
    graph = networkx.MultiDiGraph(crs="epsg:4326")
    graph.add_node(1, x=116.80, y=33.96)
    graph.add_node(2, x=116.81, y=33.96)
    graph.add_edge(1, 2, length=924.0, highway="primary", maxspeed=code)
    return osmnx.routing.add_edge_speeds(graph, fallback=33)[1][2][0]["speed_kph"]


seen = {code: speed(code) for code in ("DE:urban", "RU:urban", "CN:urban", "CN:rural", "CN:motorway")}
print("osmnx", osmnx.__version__, "(33 is the fallback)", seen)
assert list(seen.values()) == [50, 60, 33, 33, 33]
PY
