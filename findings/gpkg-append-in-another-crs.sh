#!/usr/bin/env bash
# geopandas appends rows in metres to a GeoPackage layer in degrees.
#
# Expected: to_file(mode="a") reprojects, refuses, or at least warns when the coordinate systems differ.
# Seen:     geopandas 1.2.0 with pyogrio 0.13.0 writes the numbers as they are: a layer in EPSG:4326 then
#           holds POINT (481500 3758000), and no warning is given. read_file(bbox=...) does not find it.
# Why:      one district works in UTM, the next in degrees. Its stations are in the file, are counted, and
#           lie nowhere on the map.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile geopandas==1.2.0 pyogrio==0.13.0 shapely==2.2.0 pandas==3.1.1
v/bin/python -W error::UserWarning - <<'PY'
import geopandas
from shapely.geometry import Point

geopandas.GeoDataFrame({"name": ["甲站"]}, geometry=[Point(116.8, 33.96)], crs=4326).to_file("register.gpkg")
geopandas.GeoDataFrame({"name": ["乙站"]}, geometry=[Point(481500, 3758000)], crs=32650).to_file("register.gpkg", mode="a")
all_rows = geopandas.read_file("register.gpkg")
in_town = geopandas.read_file("register.gpkg", bbox=(116.3, 33.2, 117.1, 34.3))
print("geopandas", geopandas.__version__, all_rows.crs, [str(point) for point in all_rows.geometry], "found in town:", len(in_town))
assert all_rows.crs == "EPSG:4326" and all_rows.geometry[1].x == 481500
assert len(all_rows) == 2 and len(in_town) == 1
PY
