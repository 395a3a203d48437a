#!/usr/bin/env bash
# exactextract: a district of which the raster knows nothing has 0 inhabitants.
#
# Expected: districts in another CRS than the raster's are brought into it or refused (both say theirs), and the sum
#           where no pixel with a value lies is not known: NaN, as the mean is.
# Seen:     exactextract 0.3.0 lays metres over degrees, warns, and gives every district the sum 0; so it does, without
#           a warning, for a district beside the raster and for one that lies within a single pixel of no data.
# Why:      zonal sums of WorldPop feed demand. 0 is a figure that goes on into shares and plans: a district "without
#           workers" gets no station, and nobody sees that the file ended there.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile exactextract==0.3.0 rasterio==1.4.4 geopandas==1.1.1
v/bin/python -W ignore - <<'PY'
from importlib.metadata import version

import geopandas as gpd
import numpy as np
import rasterio
from exactextract import exact_extract
from rasterio.transform import from_origin
from shapely.geometry import box

print("exactextract", version("exactextract"))
people = np.full((10, 10), 3.0, dtype="float32")
people[0, 0] = -99999
kind = {"driver": "GTiff", "height": 10, "width": 10, "count": 1, "dtype": "float32", "nodata": -99999.0}
with rasterio.open("p.tif", "w", crs="EPSG:4326", transform=from_origin(116, 34, 0.01, 0.01), **kind) as file:
    file.write(people, 1)


def sums(districts: gpd.GeoDataFrame) -> list[tuple[float, float, bool]]:
    told = exact_extract("p.tif", districts, ["sum", "count", "mean"], output="pandas")
    print(told.to_dict("list"))
    return [(s, c, bool(np.isnan(m))) for s, c, m in zip(told["sum"], told["count"], told["mean"])]


half = gpd.GeoDataFrame(geometry=[box(116.05, 33.9, 116.1, 34.0)], crs="EPSG:4326")
assert sums(half) == [(150.0, 50.0, False)]
assert sums(half.to_crs("EPSG:32650")) == [(0.0, 0.0, True)]
beside, empty = box(120, 33, 121, 34), box(116.001, 33.991, 116.002, 33.992)
assert sums(gpd.GeoDataFrame(geometry=[beside, empty], crs="EPSG:4326")) == [(0.0, 0.0, True)] * 2
PY
