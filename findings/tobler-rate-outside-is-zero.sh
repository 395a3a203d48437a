#!/usr/bin/env bash
# tobler: a cell outside every district has a rate of 0, and a half-covered district gives all its workers.
#
# Expected: area_interpolate gives NaN for an intensive variable where no source lies, and 50 of 100 workers
#           where only half of a district is covered by target cells.
# Seen:     tobler 0.13.0: the rate is 0.0, and all 100 workers are pressed into the half (allocate_total=True
#           is the default; False gives 50).
# Why:      beyond the border "no data" and "nobody has a station" look alike on the map of coverage. With cells
#           along roads only, the density on them is doubled.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile tobler==0.13.0 geopandas==1.2.0 shapely==2.2.0 pandas==3.1.1
v/bin/python -W ignore - <<'PY'
from importlib.metadata import version

import geopandas
from shapely.geometry import box
from tobler.area_weighted import area_interpolate

district = geopandas.GeoDataFrame({"workers": [100.0], "covered": [0.5]}, geometry=[box(0, 0, 10, 10)], crs=32650)
cells = geopandas.GeoDataFrame(geometry=[box(0, 0, 5, 10), box(20, 0, 30, 10)], crs=32650)
rate = area_interpolate(district, cells, intensive_variables=["covered"]).covered.tolist()
workers = area_interpolate(district, cells, extensive_variables=["workers"]).workers.tolist()
kept = area_interpolate(district, cells, extensive_variables=["workers"], allocate_total=False).workers.tolist()
print("tobler", version("tobler"), "rate", rate, "workers", workers, "allocate_total=False", kept)
assert rate == [0.5, 0.0] and workers == [100.0, 0.0] and kept == [50.0, 0.0]
PY
