#!/usr/bin/env bash
# NetworKit: a station that cannot be reached is 1.8e308 seconds away, which is a finite number.
#
# Expected: as in igraph and SciPy the distance to what cannot be reached is infinite or left out, so
#           that isinf, isfinite and the tools for gaps find it.
# Seen:     NetworKit 11.3 gives the largest float there is, from Dijkstra and APSP: math.isinf is False,
#           numpy.isfinite True, and the mean over four places, one behind a river, is 4.5e307 seconds. And
#           Graph(4).addEdge(0, 1, 30.0) drops the 30 without a word, as a graph is unweighted unless made with
#           weighted=True: the road takes 1 second.
# Why:      whoever filters by isfinite counts those behind the river as served; and the times of a whole city become
#           numbers of roads.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile networkit==11.3 numpy==2.4.6 scipy==1.17.1
v/bin/python -W ignore - <<'PY'
import math
import sys
from importlib.metadata import version

import networkit
import numpy

roads = networkit.Graph(4, weighted=True)
roads.addEdge(0, 1, 30.0)
roads.addEdge(1, 2, 20.0)
by_dijkstra = networkit.distance.Dijkstra(roads, 0).run().getDistances()
by_apsp = networkit.distance.APSP(roads).run().getDistances()[0]
plain = networkit.Graph(4)
plain.addEdge(0, 1, 30.0)
print("NetworKit", version("networkit"), by_dijkstra, "isinf", math.isinf(by_dijkstra[3]),
      "isfinite", numpy.isfinite(by_dijkstra).all(), "mean", numpy.mean(by_dijkstra), "unweighted", plain.weight(0, 1))
assert by_dijkstra == by_apsp == [0, 30, 50, sys.float_info.max]
assert numpy.isfinite(by_dijkstra).all()
assert plain.weight(0, 1) == 1
PY
