#!/usr/bin/env bash
# networkx: the matrix of a street network adds the seconds of parallel roads.
#
# Expected: to_scipy_sparse_array of an osmnx graph (a MultiDiGraph) holds the travel time between two
#           junctions, the least where two roads join them, as networkx's own Dijkstra takes it.
# Seen:     networkx 3.6.1 sums: roads of 3 s and 4 s make 7 s, and scipy's dijkstra on the matrix says 7
#           where networkx says 3.
# Why:      this matrix is the usual way to fast travel times for a whole city. Loops around a block and dual
#           carriageways get slower the more roads they have, and the stations behind them lose workers.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile networkx==3.6.1 scipy==1.17.1 numpy==2.4.6
v/bin/python - <<'PY'
import networkx
from scipy.sparse.csgraph import dijkstra

roads = networkx.MultiDiGraph()
roads.add_edge("甲", "乙", travel_time=3.0)
roads.add_edge("甲", "乙", travel_time=4.0)
direct = networkx.dijkstra_path_length(roads, "甲", "乙", weight="travel_time")
by_matrix = dijkstra(networkx.to_scipy_sparse_array(roads, weight="travel_time"), indices=0)[1]
print("networkx", networkx.__version__, direct, "by matrix", by_matrix)
assert (direct, by_matrix) == (3.0, 7.0)
PY
