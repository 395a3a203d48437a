#!/usr/bin/env bash
# esda: one district without a number, and every district of the city is a significant cluster.
#
# Expected: local Moran with NaN in one district raises, leaves that one out, or has NaN for the p-values too.
# Seen:     esda 2.9.0: all statistics are NaN, and all p-values (p_sim, 99 permutations) are 0.01, the smallest there
#           is, with the quadrant 3, "low among low". With all nine numbers one district is below 0.05.
# Why:      maps of clusters colour what has p_sim < 0.05 by its quadrant, and look at nothing else. One gap in the table
#           makes the whole city a cold spot, at the 1 % level, where money would go.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile esda==2.9.0 libpysal==4.14.1 geopandas==1.2.0 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1 shapely==2.2.0
v/bin/python -W ignore - <<'PY'
from importlib.metadata import version

import esda
import geopandas
import numpy
from libpysal.weights import Queen
from shapely.geometry import box

stations = [5.0, 3, 8, 4, 6, 7, 2, 5, 4]
cells = [box(at % 3, at // 3, at % 3 + 1, at // 3 + 1) for at in range(9)]
districts = geopandas.GeoDataFrame({"known": stations, "gap": [*stations[:4], numpy.nan, *stations[5:]]}, geometry=cells, crs="EPSG:4549")


def local(column):
    return esda.Moran_Local(districts[column], Queen.from_dataframe(districts, use_index=False), permutations=99, seed=1)


known, gap = local("known"), local("gap")
print("esda", version("esda"), "known", known.p_sim, "with a gap", gap.p_sim, gap.Is, gap.q)
assert (known.p_sim < 0.05).sum() == 1
assert numpy.isnan(gap.Is).all()
assert (gap.p_sim == 0.01).all()
assert (gap.q == 3).all()
PY
