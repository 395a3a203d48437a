#!/usr/bin/env bash
# fastkml finds nothing in a KML of Google Earth's older namespaces, and says nothing.
#
# Expected: KML.from_string reads xmlns="http://earth.google.com/kml/2.1" or 2.2, which Google Earth wrote for
#           years, or raises.
# Seen:     fastkml 1.4.0 returns an empty document; the same text in the OGC namespace has its placemark.
#           geopandas 1.2.0 (pyogrio 0.13.0) reads all three.
# Why:      a city's list of stations, drawn once in Google Earth, imports as "0 stations, no errors".
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile fastkml==1.4.0 lxml==6.1.3 geopandas==1.2.0 pyogrio==0.13.0 shapely==2.2.0 pandas==3.1.1
v/bin/python - <<'PY'
from importlib.metadata import version

import geopandas
from fastkml import KML, Placemark
from fastkml.utils import find_all

seen = {}
for space in ("http://www.opengis.net/kml/2.2", "http://earth.google.com/kml/2.2", "http://earth.google.com/kml/2.1"):
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><kml xmlns="{space}"><Document><Placemark><name>相山站</name>'
        "<Point><coordinates>116.8,33.96,0</coordinates></Point></Placemark></Document></kml>"
    )
    with open("stations.kml", "w", encoding="utf-8") as file:
        file.write(text)
    by_fastkml = len(list(find_all(KML.from_string(text.encode()), of_type=Placemark)))
    seen[space] = by_fastkml, len(geopandas.read_file("stations.kml"))
print("fastkml", version("fastkml"), "and geopandas", geopandas.__version__, "find", seen)
assert list(seen.values()) == [(1, 1), (0, 1), (0, 1)]
PY
