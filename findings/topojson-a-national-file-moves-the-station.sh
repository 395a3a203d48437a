#!/usr/bin/env bash
# topojson (Python): a file of the whole country moves a station across the road and lays two onto one spot.
#
# Expected: Topology(features).to_geojson() gives points back as they went in; rounding, if any, is asked for.
# Seen:     topojson 2.2 lays all onto a grid of 1e5 by 1e5 over the extent before anything else (prequantize is on
#           unless one says False): of five points over China one moves 21 m, and two that stand 2 m apart are one.
#           The same station in a file of its city alone moves less than a metre. No warning.
# Why:      the error grows with what else is in the file. A nation's register leads the worker to the other side of
#           a dual carriageway, and the home and the station in its yard have one mark.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile topojson==2.2 shapely==2.1.2 'numpy<2.4'
v/bin/python -W ignore - <<'PY'
import json
from importlib.metadata import version
from math import cos, hypot, radians

from topojson import Topology


def back(points, **how):
    features = [
        {"type": "Feature", "properties": {"n": n}, "geometry": {"type": "Point", "coordinates": p}}
        for n, p in enumerate(points)
    ]
    topology = Topology({"type": "FeatureCollection", "features": features}, **how)
    return [f["geometry"]["coordinates"] for f in json.loads(topology.to_geojson())["features"]]


def metres(a, b):
    return hypot((a[0] - b[0]) * 111_320 * cos(radians(a[1])), (a[1] - b[1]) * 110_900)


home, yard = [116.797123, 33.955478], [116.797145, 33.955478]
nation = [[73.6, 39.4], [134.7, 48.3], [110.3, 18.2], home, yard]
city = [[116.4, 33.3], [117.0, 34.2], home, yard]
wide, near, asked = back(nation), back(city), back(nation, prequantize=False)
print("topojson", version("topojson"), "nation", wide[3], wide[4], f"{metres(wide[3], home):.1f} m")
print("city", near[2], near[3], f"{metres(near[2], home):.2f} m", "prequantize=False", asked[3])
assert 15 < metres(wide[3], home) < 30 and wide[3] == wide[4]
assert metres(near[2], home) < 1 and near[2] != near[3]
assert asked == nation
PY
