#!/usr/bin/env bash
# esda: once Moran's I has been asked for, the stations around a district are their mean instead of their sum.
#
# Expected: a statistic reads the weights that it is given; the sum of the neighbours' seats is the same before and after.
# Seen:     esda 2.9.0: Moran, Moran_Local and Geary set the transform of the caller's own weights to "R" (each row
#           adds up to 1), and leave it so. lag_spatial(w, seats) is 20, 40, 60, 30 before and 20, 20, 30, 30 after.
#           G beside them gives the weights back as they were.
# Why:      in a notebook the same cell gives other numbers by what ran before it; in a report the seats within reach are
#           divided by the number of neighbours from the chapter on clusters on.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile esda==2.9.0 libpysal==4.14.1 geopandas==1.2.0 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1 shapely==2.2.0
v/bin/python -W ignore - <<'PY'
from importlib.metadata import version

import esda
import geopandas
from libpysal.weights import Queen, lag_spatial
from shapely.geometry import box

districts = geopandas.GeoDataFrame({"seats": [10, 20, 30, 40]}, geometry=[box(at, 0, at + 1, 1) for at in range(4)], crs="EPSG:4549")


def around(statistic):
    weights = Queen.from_dataframe(districts, use_index=False)
    before = lag_spatial(weights, districts["seats"]).tolist()
    statistic(districts["seats"], weights, permutations=0)
    return before, lag_spatial(weights, districts["seats"]).tolist()


seen = {statistic.__name__: around(statistic) for statistic in (esda.Moran, esda.Moran_Local, esda.Geary, esda.G)}
print("esda", version("esda"), "seats around before and after", seen)
assert all(before == [20, 40, 60, 30] for before, _ in seen.values())
assert seen["Moran"][1] == seen["Moran_Local"][1] == seen["Geary"][1] == [20, 20, 30, 30]
assert seen["G"][1] == [20, 40, 60, 30]
PY
