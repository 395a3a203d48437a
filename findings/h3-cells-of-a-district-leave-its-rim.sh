#!/usr/bin/env bash
# H3 and tobler: the cells of an area do not cover it.
#
# Expected: tobler's h3fy and h3.geo_to_cells fill a district with hexagons, so each point in it has one.
# Seen:     both keep cells whose centre is inside (h3 4.5.0, tobler 0.13.0): of a square of 2 km at
#           resolution 9 an eighth stays uncovered; a square of 50 m has no cell at all. h3fy(buffer=True)
#           covers it.
# Why:      workers near a district's border have no cell and vanish, on both sides of every border; a
#           logistics park can vanish whole.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile h3==4.5.0 tobler==0.13.0 geopandas==1.2.0 shapely==2.2.0 pandas==3.1.1
v/bin/python -W ignore - <<'PY'
import geopandas
import h3
from shapely.geometry import box
from tobler.util import h3fy

square = geopandas.GeoDataFrame(geometry=[box(500000, 3757000, 502000, 3759000)], crs=32650)


def missing(**options):
    cells = h3fy(square, resolution=9, **options).to_crs(32650).union_all()
    return square.geometry[0].difference(cells).area / square.geometry[0].area


plain, buffered = missing(), missing(buffer=True)
small = h3.geo_to_cells(square.to_crs(4326).geometry[0].centroid.buffer(0.00025, cap_style="square"), 9)
print(f"h3 {h3.__version__}: uncovered {plain:.1%}, with buffer {buffered:.1%}; cells of a small yard: {len(small)}")
assert 0.10 < plain < 0.15 and buffered < 1e-9 and len(small) == 0
PY
