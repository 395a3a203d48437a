#!/usr/bin/env bash
# transbigdata: the nearest station is the nearest in degrees, which is another one.
#
# Expected: ckdnearest_point of frames in EPSG:4326 measures metres, as the package's getdistance does, or
#           warns.
# Seen:     transbigdata 0.5.3 takes a station 0.009 degrees north (1,001 m) for nearer than one 0.0095 degrees
#           east (876 m), and gives the distance as 0.009. At Huaibei a degree of longitude is 17 % shorter
#           than one of latitude, at Mohe 41 %.
# Why:      workers on an east-west road are sent to the wrong station, and "dist" below a radius in metres is
#           always true.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile transbigdata==0.5.3 geopandas==1.2.0 shapely==2.2.0 pandas==3.1.1
v/bin/python -W ignore - <<'PY'
from importlib.metadata import version

import geopandas
import transbigdata
from shapely.geometry import Point

worker = geopandas.GeoDataFrame({"worker": ["甲"]}, geometry=[Point(116.8, 33.96)], crs=4326)
places = {"north": (116.8, 33.969), "east": (116.8095, 33.96)}
stations = geopandas.GeoDataFrame({"station": list(places)}, geometry=[Point(place) for place in places.values()], crs=4326)
found = transbigdata.ckdnearest_point(worker, stations).iloc[0]
metres = {name: round(float(transbigdata.getdistance(116.8, 33.96, *place))) for name, place in places.items()}
print("transbigdata", version("transbigdata"), "nearest:", found.station, "dist", found.dist, "metres", metres)
assert found.station == "north" and abs(found.dist - 0.009) < 1e-9
assert metres["east"] < metres["north"] - 100
PY
