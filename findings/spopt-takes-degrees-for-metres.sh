#!/usr/bin/env bash
# spopt: with points in degrees a service radius of 1,000 covers everybody.
#
# Expected: MCLP.from_geodataframe refuses or warns when the points are in EPSG:4326 and the radius is 1,000.
# Seen:     spopt 0.7.0 compares degrees with it: one station in Huaibei covers a worker in Guangzhou, 100 %,
#           status optimal, no warning.
# Why:      the plan says that one station is enough for the country; with a radius of 1 it is enough for the
#           county, which looks believable.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile spopt==0.7.0 geopandas==1.2.0 shapely==2.2.0 pandas==3.1.1 PuLP==3.3.2
v/bin/python -W ignore - <<'PY'
import warnings

import geopandas
import pulp
import spopt
from shapely.geometry import Point
from spopt.locate import MCLP

workers = geopandas.GeoDataFrame({"w": [1, 1]}, geometry=[Point(116.8, 33.96), Point(113.3, 23.1)], crs=4326)
sites = geopandas.GeoDataFrame(geometry=[Point(116.8, 33.96), Point(104.0, 30.6)], crs=4326)
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    model = MCLP.from_geodataframe(workers, sites, "geometry", "geometry", "w", 1000, p_facilities=1)
    model.solve(pulp.PULP_CBC_CMD(msg=False))
about_crs = [str(one.message) for one in seen if "CRS" in str(one.message) or "geographic" in str(one.message)]
print("spopt", spopt.__version__, pulp.LpStatus[model.problem.status], "covered", model.perc_cov, "% warnings:", about_crs)
assert model.perc_cov == 100 and not about_crs
PY
