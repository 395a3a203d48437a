#!/usr/bin/env bash
# AequilibraE: no route may pass a junction that is itself a place of interest, and unreachable has two signs.
#
# Expected: a matrix of travel times between three stations along one road has 10, 20 and 30 s in it.
# Seen:     AequilibraE 1.7.2 blocks flows through centroids by default: 1 to 4 is infinite when 2 is a centroid,
#           30 s when it is none. What cannot be reached for want of a road is NaN instead, on the diagonal too.
# Why:      with every station a centroid the ones behind the first are out of reach; adding a candidate site on a
#           road cuts others off. A test for inf misses the NaN, one for NaN the inf.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile aequilibrae==1.7.2 setuptools==65.5.0
v/bin/python -W ignore - 2>err <<'PY' || { cat err; exit 1; }
from importlib.metadata import version

import numpy
import pandas
from aequilibrae.paths import Graph, NetworkSkimming


def seconds(centroids, direction=0, **flows):
    graph = Graph()
    graph.network = pandas.DataFrame({"link_id": [1, 2, 3], "a_node": [1, 2, 3], "b_node": [2, 3, 4], "direction": [direction] * 3, "s": [10.0, 20.0, 0.0], "id": [1, 2, 3]})
    graph.prepare_graph(numpy.array(centroids))
    graph.set_graph("s")
    graph.set_skimming("s")
    if flows:
        graph.set_blocked_centroid_flows(flows["blocked"])
    skim = NetworkSkimming(graph)
    skim.execute()
    return skim.results.skims.get_matrix("s").tolist()


two, three, told, one_way = seconds([1, 4]), seconds([1, 2, 4]), seconds([1, 2, 4], blocked=False), seconds([1, 4], direction=1, blocked=False)
print("AequilibraE", version("aequilibrae"), two, three, told, "one-way", one_way)
assert two[0][1] == 30 and three[0] == [0, 10, numpy.inf] and told[0] == [0, 10, 30]
assert one_way[0][1] == 30 and all(numpy.isnan(one_way[1]))
PY
