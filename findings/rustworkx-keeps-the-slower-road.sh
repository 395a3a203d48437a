#!/usr/bin/env bash
# rustworkx: a graph without parallel edges keeps the road that came last, and a removed junction's number
# is given away again.
#
# Expected: PyGraph(multigraph=False) refuses a second edge or keeps the faster; node numbers are never reused.
# Seen:     rustworkx 0.18.1 overwrites the edge: of roads of 3 s and 9 s between two junctions the 9 s stay.
#           After remove_node(1) the next add_node returns 1.
# Why:      dual carriageways and service roads make parallel edges everywhere. Stations kept by node number
#           are at the new junction after an edit of the network, wherever that is.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile rustworkx==0.18.1
v/bin/python - <<'PY'
import rustworkx

roads = rustworkx.PyGraph(multigraph=False)
junctions = roads.add_nodes_from(["甲", "乙", "丙"])
roads.add_edge(0, 1, 3.0)
roads.add_edge(0, 1, 9.0)
kept = [tuple(edge) for edge in roads.weighted_edge_list()]
roads.remove_node(1)
reused = roads.add_node("丁")
print("rustworkx", rustworkx.__version__, "kept", kept, "new junction has number", reused)
assert kept == [(0, 1, 9.0)] and reused == 1
PY
