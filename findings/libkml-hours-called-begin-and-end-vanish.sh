#!/usr/bin/env bash
# GDAL's LIBKML driver: opening times in columns called begin and end are gone, and so is the icon.
#
# Expected: a table with the columns begin "08:00", end "18:00", icon "tea" goes into a KML as data of the placemark
#           and comes back as it was, as columns called opens and closes do.
# Seen:     GDAL 3.12.4 (pyogrio 0.13.0) writes begin and end into the TimeSpan of the placemark, where an hour is no
#           valid value, and reads them back as nothing for every station; icon is in no file at all, and visibility
#           comes back as -1. opens and closes are kept. No warning.
# Why:      begin and end are what columns of hours are called. In a text editor the hours still stand there; and the map
#           programme with a time slider shows or hides stations by it.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile pyogrio==0.13.0 geopandas==1.1.1 pandas==2.3.3
v/bin/python -W ignore - <<'PY'
import geopandas as gpd
import pyogrio

places = gpd.points_from_xy([116.8, 116.9], [33.9, 33.9])
hours = {"begin": ["08:00", "09:00"], "end": ["18:00", "24:00"]}
others = {"opens": hours["begin"], "closes": hours["end"]}
more = {"icon": ["tea", "bed"], "visibility": [1, 0]}
table = gpd.GeoDataFrame({"name": ["甲站", "乙站"], **hours, **others, **more}, geometry=places, crs=4326)
table.to_file("stations.kml", driver="LIBKML", engine="pyogrio")
text = open("stations.kml", encoding="utf-8").read()
back = gpd.read_file("stations.kml", engine="pyogrio")
print("GDAL", pyogrio.__gdal_version_string__)
print(back[["begin", "end", "opens", "closes", "icon", "visibility"]].to_string())
assert "<begin>08:00</begin>" in text and "tea" not in text
assert back.begin.isna().all() and back.end.isna().all() and back.icon.isna().all()
assert list(back.visibility) == [-1, -1]
assert list(back.opens) == hours["begin"] and list(back.closes) == hours["end"]
PY
