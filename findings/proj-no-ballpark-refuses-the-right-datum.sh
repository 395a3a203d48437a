#!/usr/bin/env bash
# PROJ: forbidding ballpark shifts refuses China's own datum and moves Beijing 1954 by another region's shift.
#
# Expected: CGCS2000 agrees with WGS 84 to a metre, so allow_ballpark=False takes it, as it takes ETRS89; Beijing 1954,
#           for which no shift is known around Huaibei, it refuses.
# Seen:     pyproj 3.7.2 (PROJ 9.5.1) the other way round: EPSG:4490 and its grids raise "Error creating Transformer",
#           their only way to WGS 84 is a ballpark of unknown accuracy; EPSG:4214 is shifted by 58 m, by a
#           transformation whose area does not hold the point (with ballparks allowed: by nothing at all).
# Why:      the guard that the documentation offers against silent shifts turns away every right file of a Chinese
#           survey office and lets the wrong ones pass with an invented shift.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile pyproj==3.7.2
v/bin/python - <<'PY'
import pyproj
from pyproj.aoi import AreaOfInterest
from pyproj.transformer import TransformerGroup

lon, lat = 116.80, 33.96


def strict(code):
    try:
        way = pyproj.Transformer.from_crs(code, 4326, always_xy=True, allow_ballpark=False)
    except pyproj.exceptions.ProjError as error:
        return str(error)
    return way.transform(lon, lat)


print("pyproj", pyproj.__version__, "PROJ", pyproj.proj_version_str)
for code in (4490, 4258, 4214):
    print(pyproj.CRS(code).name, "without ballparks:", strict(code))
assert "Error creating Transformer" in strict(4490)
assert strict(4258) == (lon, lat)
ways = TransformerGroup(4490, 4326, always_xy=True).transformers
assert len(ways) == 1 and ways[0].accuracy == -1 and "Ballpark" in ways[0].description
plain = pyproj.Transformer.from_crs(4214, 4326, always_xy=True).transform(lon, lat)
moved = strict(4214)
metres = pyproj.Geod(ellps="WGS84").inv(*plain, *moved)[2]
print(f"Beijing 1954: {metres:.0f} m apart with and without ballparks")
assert plain == (lon, lat) and 50 < metres < 65
here = AreaOfInterest(lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1)
near = TransformerGroup(4214, 4326, always_xy=True, area_of_interest=here).transformers
assert all("Ballpark" in way.description for way in near), "no shift is known to hold there"
PY
