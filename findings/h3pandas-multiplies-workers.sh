#!/usr/bin/env bash
# h3pandas: 100 workers of a district become 4,900 when put into cells, and metres are taken for degrees.
#
# Expected: polyfill_resample, "resample the polygons to cells", shares the value of a district among its cells or
#           leaves that to the user by name; geo_to_h3 reprojects or refuses a frame in UTM.
# Seen:     h3pandas 0.3.0 writes 100 into each of the 49 cells; a frame in EPSG:32650 gets cells computed from
#           metres as degrees, somewhere else on earth, and two stations 1 km apart are thousands of km apart.
#           Neither warns.
# Why:      the sum over all cells is the first check of a density, and here it depends on the resolution.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile h3pandas==0.3.0 h3==4.5.0 geopandas==1.2.0 shapely==2.2.0 pandas==3.1.1
v/bin/python -W error::UserWarning - <<'PY'
from importlib.metadata import version

import geopandas
import h3
import h3pandas  # noqa: F401
from shapely.geometry import Point, box

district = geopandas.GeoDataFrame({"workers": [100]}, geometry=[box(116.8, 33.96, 116.82, 33.98)], crs=4326)
totals = {level: int(district.h3.polyfill_resample(level).workers.sum()) for level in (8, 9)}
stations = geopandas.GeoDataFrame(geometry=[Point(481500, 3758000), Point(482500, 3758000)], crs=32650)
right = stations.to_crs(4326).h3.geo_to_h3(9).index.tolist()
found = stations.h3.geo_to_h3(9).index.tolist()
apart = [h3.great_circle_distance(*map(h3.cell_to_latlng, cells), unit="km") for cells in (right, found)]
print("h3pandas", version("h3pandas"), "100 workers become", totals, "stations apart, in degrees and in UTM:", [round(km, 1) for km in apart])
assert totals[9] == 4900 and totals[8] != totals[9]
assert not set(right) & set(found) and apart[0] < 1.5 and apart[1] > 1000
PY
