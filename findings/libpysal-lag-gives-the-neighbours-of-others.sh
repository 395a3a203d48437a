#!/usr/bin/env bash
# libpysal: the lag of a series in another order is that of other districts; one method beside it refuses.
#
# Expected: a graph built from a frame with district codes as its index, and a series with the same codes, meet by
#           code, as everything in pandas does, or the series is refused.
# Seen:     libpysal 4.14.1: Graph.lag() takes the values by position and returns an array without codes, so that the
#           district at the eastern end gets the neighbours of the western one; Graph.describe() beside it raises
#           "index is not aligned" for the same series. esda 2.9.0 follows the first: Moran's I of one map is 0.40
#           or -0.90 by the order of its rows.
# Why:      values come out of a merge or groupby sorted by code, the districts in the order of the file. The map of
#           "few stations here and around" is then of another city, and clustering becomes its contrary.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile libpysal==4.14.1 esda==2.9.0 geopandas==1.2.0 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1 shapely==2.2.0
v/bin/python -W ignore - <<'PY'
from importlib.metadata import version

import geopandas
from esda import Moran
from libpysal.graph import Graph
from shapely.geometry import box

codes = ["west", "middle", "centre", "east"]
districts = geopandas.GeoDataFrame({"stations": [1, 2, 3, 4]}, index=codes,
                                   geometry=[box(at, 0, at + 1, 1) for at in range(4)], crs="EPSG:4549")
graph = Graph.build_contiguity(districts).transform("r")
in_order = districts["stations"]
other_order = in_order.loc[["middle", "east", "west", "centre"]]
lag, other_lag = graph.lag(in_order), graph.lag(other_order)
moran = [round(Moran(values, graph, permutations=0).I, 6) for values in (in_order, other_order)]
try:
    graph.describe(other_order)
    refused = False
except ValueError as error:
    refused = "not aligned" in str(error)
print("libpysal", version("libpysal"), "lag", lag, "of the same values in another order", other_lag,
      "esda", version("esda"), "Moran", moran, "describe refuses", refused)
assert lag.tolist() == [2, 2, 3, 3]
assert other_lag.tolist() == [4, 1.5, 3.5, 1]
assert moran == [0.4, -0.9]
assert refused
PY
