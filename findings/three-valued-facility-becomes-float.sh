#!/usr/bin/env bash
# A facility that is yes, no or unknown comes back from GeoJSON, GeoPackage and FlatGeobuf as a float.
#
# Expected: true / false / null in a GeoJSON is read as booleans with a gap, and pandas' "boolean" column
#           survives a round trip.
# Seen:     geopandas 1.2.0 (pyogrio 0.13.0) gives 1.0, 0.0, NaN of type float64; `is True` and `== "true"`
#           fail, bool(NaN) is True, and the next file written from it holds 1.0. Without the null the same
#           column is bool. GeoParquet alone keeps it.
# Why:      facilities are three-valued by nature. A filter `rows[rows.toilet.astype(bool)]` counts every
#           toilet that nobody has looked at.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile geopandas==1.2.0 pyogrio==0.13.0 shapely==2.2.0 pandas==3.1.1 pyarrow==26.0.1
v/bin/python -W error::UserWarning - <<'PY'
import json

import geopandas
import pandas
from shapely.geometry import Point

rows = geopandas.GeoDataFrame(
    {"toilet": pandas.array([True, False, None], dtype="boolean")}, geometry=[Point(116.8, 33.96)] * 3, crs=4326
)
for kind in ("geojson", "gpkg", "fgb"):
    rows.to_file(f"a.{kind}")
    back = geopandas.read_file(f"a.{kind}").toilet
    print("geopandas", geopandas.__version__, kind, back.dtype, back.tolist(), "as bool:", int(back.astype(bool).sum()), "toilets")
    assert back.dtype == "float64" and back.astype(bool).sum() == 2
assert [f["properties"]["toilet"] for f in json.load(open("a.geojson"))["features"]] == [True, False, None]
rows.to_parquet("a.parquet")
assert geopandas.read_parquet("a.parquet").toilet.dtype == "boolean"
PY
