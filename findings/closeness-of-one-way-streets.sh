#!/usr/bin/env bash
# Closeness of a one-way street: networkx looks inwards, igraph in both directions at once.
#
# Expected: on a directed graph closeness says how near the rest of the city is from a junction, in every
#           library, and weights are used when edges carry them.
# Seen:     on 甲->乙->丙 networkx 3.6.1 gives 0, 0.5, 0.67 (who can come here), igraph 1.0.0 by default 0.67,
#           1, 0.67 (one-way signs ignored; mode="out" is 0.67, 1, nan). rustworkx 0.18.1 agrees with
#           networkx.
# Why:      ranking candidate sites by closeness, the end of a one-way street is the best site of all for one
#           library and no better than its start for the other.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile networkx==3.6.1 igraph==1.0.0 rustworkx==0.18.1
v/bin/python - <<'PY'
import igraph
import networkx
import rustworkx

edges = [(0, 1), (1, 2)]
directed = rustworkx.PyDiGraph()
directed.add_nodes_from(range(3))
directed.add_edges_from_no_data(edges)
seen = {
    "networkx": networkx.closeness_centrality(networkx.DiGraph(edges)),
    "rustworkx": dict(rustworkx.closeness_centrality(directed)),
    "igraph": dict(enumerate(igraph.Graph(3, edges, directed=True).closeness())),
    "igraph out": dict(enumerate(igraph.Graph(3, edges, directed=True).closeness(mode="out"))),
}
rounded = {name: [round(value, 2) for _, value in sorted(values.items())] for name, values in seen.items()}
print(rounded)
assert rounded["networkx"] == rounded["rustworkx"] == [0, 0.5, 0.67]
assert rounded["igraph"] == [0.67, 1, 0.67]
assert rounded["igraph out"][:2] == [0.67, 1] and rounded["igraph out"][2] != rounded["igraph out"][2]
PY
