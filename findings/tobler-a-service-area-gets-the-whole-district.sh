#!/usr/bin/env bash
# tobler: a service area over a quarter of a district gets all of its workers, and two equal ones half of them each.
#
# Expected: area_interpolate of 100 workers of a district onto a service area that covers a quarter of it gives 25, and
#           onto two stations' areas over the same ground 25 each.
# Seen:     tobler 0.13.0 shares all that a district has among the targets that touch it (allocate_total=True, the
#           default): 100 for the one, 50 each for the two. With allocate_total=False it is 25 and 25. A density
#           (intensive) is 0, not unknown, where no district lies.
# Why:      the default fits targets that tile the same city. Service areas, corridors and catchments do not, and the
#           workers reached by a new station are four times too many.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile tobler==0.13.0 geopandas==1.2.0 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1 shapely==2.2.0
v/bin/python -W ignore - <<'PY'
from importlib.metadata import version

import geopandas
from shapely.geometry import box
from tobler.area_weighted import area_interpolate

district = geopandas.GeoDataFrame({"workers": [100.0], "per_ha": [2.0]}, geometry=[box(0, 0, 1000, 1000)], crs="EPSG:4549")
area, elsewhere = box(0, 0, 500, 500), box(5000, 5000, 6000, 6000)


def reached(areas, **options):
    targets = geopandas.GeoDataFrame(geometry=areas, crs="EPSG:4549")
    table = area_interpolate(district, targets, extensive_variables=["workers"], intensive_variables=["per_ha"], **options)
    return table["workers"].round(3).tolist(), table["per_ha"].round(3).tolist()


one, two, apart = reached([area]), reached([area, area]), reached([area, elsewhere])
share = reached([area], allocate_total=False), reached([area, area], allocate_total=False)
print("tobler", version("tobler"), "one", one, "two", two, "and one elsewhere", apart, "allocate_total=False", share)
assert (one[0], two[0]) == ([100], [50, 50])
assert (share[0][0], share[1][0]) == ([25], [25, 25])
assert apart[1] == [2, 0]
PY
