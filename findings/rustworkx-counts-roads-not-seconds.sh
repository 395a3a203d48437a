#!/usr/bin/env bash
# rustworkx: shortest paths ignore the seconds on the edges until asked, and the origin is not in reach.
#
# Expected: edges added with add_edge(a, b, 10.0) are weighed by that 10.0, as weighted_edge_list shows it;
#           the lengths from a node hold the node itself with 0; distance_matrix marks what cannot be reached.
# Seen:     rustworkx 0.18.1: dijkstra_shortest_paths counts edges (default_weight 1) and takes the direct
#           road of 10 s for two of 1 s; dijkstra_shortest_path_lengths leaves the origin out; distance_matrix
#           gives 0.0 for unreachable, the same as for the node itself.
# Why:      a worker at the station's door is out of its reach, an island without a bridge is at its door, and
#           the drawn route is not the one that was timed.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile rustworkx==0.18.1
v/bin/python - <<'PY'
import rustworkx

roads = rustworkx.PyDiGraph()
roads.add_nodes_from(range(4))
roads.add_edges_from([(0, 1, 10.0), (0, 2, 1.0), (2, 1, 1.0)])
drawn = list(rustworkx.dijkstra_shortest_paths(roads, 0, target=1)[1])
timed = dict(rustworkx.dijkstra_shortest_path_lengths(roads, 0, float))
hops = rustworkx.digraph_distance_matrix(roads)[0].tolist()
print("rustworkx", rustworkx.__version__, "drawn", drawn, "timed", timed, "hops from 0", hops)
assert drawn == [0, 1] and timed[1] == 2.0
assert 0 not in timed and 3 not in timed
assert hops == [0.0, 1.0, 1.0, 0.0]
PY
