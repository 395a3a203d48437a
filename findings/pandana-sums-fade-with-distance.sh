#!/usr/bin/env bash
# pandana: the sum within a distance is not the sum.
#
# Expected: network.aggregate(1000, type="sum") adds up the workers within 1,000 m.
# Seen:     pandana 0.8 weighs them by 1 - distance/1000 unless decay="flat" is given: ten workers at 500 m
#           count as five, those at exactly 1,000 m as none, while type="count" does not fade.
# Why:      "workers within the service radius" is the first figure of every report; here it is about half,
#           looks plausible, and rewards sites beside one dense block.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile pandana==0.8 pandas==3.1.1
v/bin/python -W ignore - <<'PY' | grep -a "^pandana"
from importlib.metadata import version

import pandana
import pandas

nodes = pandas.DataFrame({"x": [0.0, 500, 1000], "y": [0.0, 0, 0]})
roads = pandas.DataFrame({"a": [0, 1], "b": [1, 2], "metres": [500.0, 500.0]})
network = pandana.Network(nodes.x, nodes.y, roads.a, roads.b, roads[["metres"]])
network.set(pandas.Series([1, 2]), pandas.Series([10.0, 10.0]), name="workers")
faded = network.aggregate(1000, type="sum", name="workers")[0]
counted = network.aggregate(1000, type="count", name="workers")[0]
flat = network.aggregate(1000, type="sum", decay="flat", name="workers")[0]
print("\npandana", version("pandana"), "within 1 km of 20 workers:", faded, "count", counted, "flat", flat)
assert (faded, counted, flat) == (5.0, 2.0, 20.0)
PY
