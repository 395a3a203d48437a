#!/usr/bin/env bash
# A shapefile's "unknown" in a logical field is False for geopandas.
#
# Expected: dBASE's logical has three values (T, F, unknown); unknown comes back as None, as dbfread and
#           pyshp give it.
# Seen:     pyshp 3.1.6 writes None as a blank, and geopandas 1.2.0 (pyogrio 0.13.0) reads True, False, False.
# Why:      "toilet: nobody has looked yet" turns into "no toilet". The station drops out of every plan that
#           asks for a toilet, and nobody is sent to look.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile geopandas==1.2.0 pyogrio==0.13.0 shapely==2.2.0 pandas==3.1.1 pyshp==3.1.6 dbfread==2.0.7
v/bin/python - <<'PY'
import dbfread
import geopandas
import shapefile

with shapefile.Writer("stations", shapeType=shapefile.POINT) as writer:
    writer.field("toilet", "L")
    for number, toilet in enumerate((True, False, None)):
        writer.point(116.8 + number / 100, 33.96)
        writer.record(toilet)
seen = {
    "pyshp 3.1.6": [record["toilet"] for record in shapefile.Reader("stations").records()],
    "dbfread 2.0.7": [record["toilet"] for record in dbfread.DBF("stations.dbf")],
    f"geopandas {geopandas.__version__}": geopandas.read_file("stations.shp").toilet.tolist(),
}
print(seen)
assert list(seen.values()) == [[True, False, None], [True, False, None], [True, False, False]]
PY
