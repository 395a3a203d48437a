#!/usr/bin/env bash
# spaghetti: the distance between two points on a network leaves out the way to the network.
#
# Expected: a worker 500 m off the road is 500 m further from a station than one at the roadside.
# Seen:     spaghetti 1.7.6 snaps both to the road and gives 180 m for a straight line of 528 m; the 500 m
#           stand in another table (dist_snapped) that no distance function adds.
# Why:      fields, works and large yards are far from the road. Distances come out shorter than the crow flies,
#           and coverage by 1 km is too good just where workers are worst off.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile spaghetti==1.7.6 geopandas==1.2.0 shapely==2.2.0 pandas==3.1.1
v/bin/python -W ignore - <<'PY'
import geopandas
import spaghetti
from shapely.geometry import LineString, Point

road = geopandas.GeoDataFrame(geometry=[LineString([(0, 0), (100, 0)]), LineString([(100, 0), (200, 0)])], crs=32650)
places = geopandas.GeoDataFrame(geometry=[Point(10, 500), Point(190, 3)], crs=32650)
network = spaghetti.Network(in_data=road)
network.snapobservations(places, "places")
by_network = network.allneighbordistances("places")[0, 1]
straight = places.geometry[0].distance(places.geometry[1])
print("spaghetti", spaghetti.__version__, "by network", by_network, "straight", round(straight), "snapped", network.pointpatterns["places"].dist_snapped)
assert by_network == 180 and straight > 500
PY
