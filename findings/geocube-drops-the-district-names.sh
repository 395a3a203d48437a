#!/usr/bin/env bash
# geocube rasterises districts by name to nothing, and by code to floats.
#
# Expected: make_geocube(districts, measurements=["name"]) makes a grid of names or of classes, or raises;
#           whole-number codes stay whole.
# Seen:     geocube 0.7.1 returns a dataset without a variable, with no warning, unless categorical_enums is
#           given; adcode 340603 is a float64 grid.
# Why:      joining cells to totals by the name of the district then joins nothing; the loop over an empty
#           dataset sums no workers and raises nothing.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile geocube==0.7.1 geopandas==1.2.0 shapely==2.2.0 pandas==3.1.1 rasterio==1.4.4 rioxarray==0.19.0 xarray==2026.9.0
v/bin/python -W error::UserWarning -W error::RuntimeWarning - <<'PY'
import geocube
import geopandas
from geocube.api.core import make_geocube
from shapely.geometry import box

districts = geopandas.GeoDataFrame(
    {"name": ["杜集区", "相山区"], "adcode": [340602, 340603]},
    geometry=[box(500000, 3760000, 501000, 3762000), box(501000, 3760000, 502000, 3762000)],
    crs=32650,
)
by_name = make_geocube(districts, measurements=["name"], resolution=(-1000, 1000))
by_code = make_geocube(districts, measurements=["adcode"], resolution=(-1000, 1000))
told = make_geocube(districts, measurements=["name"], resolution=(-1000, 1000), categorical_enums={"name": ["杜集区", "相山区"]})
print("geocube", geocube.__version__, "by name:", list(by_name.data_vars), "told:", list(told.data_vars), "codes:", by_code.adcode.dtype)
assert list(by_name.data_vars) == [] and "name" in told.data_vars
assert by_code.adcode.dtype == "float64"
PY
