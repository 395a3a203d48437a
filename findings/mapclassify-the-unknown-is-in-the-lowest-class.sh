#!/usr/bin/env bash
# mapclassify: a district whose value is unknown is counted in the lowest class, and one unknown moves the rest there.
#
# Expected: NaN is left out of the classes, or refused; the others are classed as without it.
# Seen:     mapclassify 2.10.0 without a word: UserDefined and EqualInterval count the unknown one in class 0 (four
#           districts with 1, 4, 9, NaN and the bins 2, 5, 10 are 2, 1, 1). Quantiles in two halves has the bins 6.5 and
#           NaN, and all four, the one with 9 too, are in the lowest class.
# Why:      geopandas takes NaN out before it calls; whoever makes classes for a web map, a legend or a table calls
#           mapclassify itself, and paints districts without an answer as those without stations.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile mapclassify==2.10.0 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1
v/bin/python -W ignore - <<'PY'
from importlib.metadata import version

import mapclassify
import numpy

stations = numpy.array([1, 4, 9, numpy.nan])
by_hand = mapclassify.UserDefined(stations, bins=[2, 5, 10])
equal = mapclassify.EqualInterval(stations, k=2)
halves = mapclassify.Quantiles(stations, k=2)
known = mapclassify.Quantiles(stations[:3], k=2)
print("mapclassify", version("mapclassify"), "by hand", by_hand.yb, by_hand.counts, "equal", equal.yb, equal.counts,
      "halves", halves.yb, halves.bins, "without the unknown", known.yb, known.bins)
assert (by_hand.yb.tolist(), by_hand.counts.tolist()) == ([0, 1, 2, 0], [2, 1, 1])
assert equal.yb.tolist() == [0, 0, 1, 0]
assert halves.yb.tolist() == [0, 0, 0, 0]
assert known.yb.tolist() == [0, 0, 1]
PY
