#!/usr/bin/env bash
# PROJ: in China's own grids X is the northing, and the same metre has two eastings.
#
# Expected: like UTM, EPSG:4548 (CGCS2000, 3 degrees, meridian 117 E) gives (east, north), and EPSG:4527, the same
#           meridian, the same numbers.
# Seen:     pyproj 3.7.2 without always_xy gives (3759243, 481514), north first, where EPSG:32650 gives
#           (481522, 3757739); EPSG:4527 writes the number of the zone in front of the easting: 39481514. Both
#           axes are named X and Y. CRS("EPSG:4490") == CRS("EPSG:4326") is False, though nothing shifts.
# Why:      a surveyor's list "X, Y" read as east and north puts the station at 3,759 km east. One that mixes
#           both forms of easting, as lists of several offices do, has half its stations 39,000 km away.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile pyproj==3.7.2
v/bin/python - <<'PY'
import pyproj

seen = {}
for code in (4548, 4527, 32650):
    crs = pyproj.CRS(code)
    point = pyproj.Transformer.from_crs(4490, code).transform(33.96, 116.8)
    seen[code] = tuple(round(value) for value in point)
    print("pyproj", pyproj.__version__, crs.name, [(axis.abbrev, axis.direction) for axis in crs.axis_info], seen[code])
assert seen[4548] == (3759243, 481514) and seen[4527] == (3759243, 39481514)
assert seen[32650][0] < 500_000 < seen[32650][1]
assert [axis.direction for axis in pyproj.CRS(4548).axis_info] == ["north", "east"]
assert pyproj.CRS(4490) != pyproj.CRS(4326)
PY
