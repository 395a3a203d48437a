#!/usr/bin/env bash
# geopandas: to_file(mode="a") writes columns by their position, not by their name.
#
# Expected: appended rows go to the columns of the same name, whatever their order; a column that the file
#           does not have is refused.
# Seen:     geopandas 1.2.0 with pyogrio 0.13.0 puts (addr, name) into (name, addr), and a new column
#           "hours" into "phone", in GeoPackage, GeoJSON and shapefile, with no error and no warning. Only a
#           surplus column is refused.
# Why:      districts send their stations one after the other, each with its own order of columns. The
#           register then holds addresses as names, and the phone numbers of one district are its hours.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile geopandas==1.2.0 pyogrio==0.13.0 shapely==2.2.0 pandas==3.1.1
v/bin/python -W error::UserWarning - <<'PY'
import geopandas
import pyogrio
from shapely.geometry import Point


def appended(first, second, file):
    for mode, rows in (("w", first), ("a", second)):
        geopandas.GeoDataFrame(rows, geometry=[Point(116.8, 33.96)], crs=4326).to_file(file, mode=mode)
    return geopandas.read_file(file).drop(columns="geometry").to_dict("list")


print("geopandas", geopandas.__version__, "pyogrio", pyogrio.__version__, "GDAL", pyogrio.__gdal_version__)
for kind in ("gpkg", "geojson", "shp"):
    turned = appended({"name": ["甲站"], "addr": ["甲路"]}, {"addr": ["乙路"], "name": ["乙站"]}, f"turned.{kind}")
    new = appended({"name": ["甲站"], "phone": ["0561"]}, {"name": ["乙站"], "hours": ["08:00-18:00"]}, f"new.{kind}")
    print(kind, turned, new)
    assert turned == {"name": ["甲站", "乙路"], "addr": ["甲路", "乙站"]}
    assert new == {"name": ["甲站", "乙站"], "phone": ["0561", "08:00-18:00"]}
PY
