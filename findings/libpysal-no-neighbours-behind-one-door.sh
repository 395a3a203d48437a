#!/usr/bin/env bash
# libpysal: two stations at one place are no neighbours within 500 m, and a third one 300 m away is.
#
# Expected: DistanceBand of 500 m joins each pair of points at most 500 m apart; 0 m is less.
# Seen:     libpysal 4.14.1: weights.DistanceBand keeps its distances in a sparse matrix in which 0 is "nothing", so
#           that points at one place are not joined; the newer Graph.build_distance_band joins them. The seats
#           around the first of three stations (10, 20 at the same door, 40 at 300 m) are 40 by the one, 60 by the
#           other.
# Why:      several stations of one building, and all that a geocoder put at the middle of one street, lie at one
#           place. Counts, Moran's I and hot spots miss just the densest places, or take them for islands.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile libpysal==4.14.1 geopandas==1.2.0 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1 shapely==2.2.0
v/bin/python -W ignore - <<'PY'
from importlib.metadata import version

import geopandas
from libpysal.graph import Graph
from libpysal.weights import DistanceBand, lag_spatial
from shapely.geometry import Point

stations = geopandas.GeoDataFrame({"seats": [10, 20, 40]}, geometry=[Point(0, 0), Point(0, 0), Point(300, 0)], crs="EPSG:4549")
old = DistanceBand.from_dataframe(stations, threshold=500)
new = Graph.build_distance_band(stations, threshold=500)
alone = DistanceBand.from_dataframe(stations.iloc[:2], threshold=500)
print("libpysal", version("libpysal"), old.neighbors, lag_spatial(old, stations["seats"]), "Graph", new.lag(stations["seats"]),
      "two at one door:", alone.neighbors, "islands", alone.islands)
assert old.neighbors == {0: [2], 1: [2], 2: [0, 1]}
assert lag_spatial(old, stations["seats"]).tolist() == [40, 40, 30]
assert new.lag(stations["seats"]).tolist() == [60, 50, 30]
assert alone.islands == [0, 1]
PY
