#!/usr/bin/env bash
# pyshp writes a Chinese shapefile in the encoding that it is told, and tells nobody.
#
# Expected: Writer(encoding="gbk") leaves a .cpg file or a code page in the header, as GDAL and QGIS do.
# Seen:     pyshp 3.1.6 writes neither, and geopandas 1.2.0 (pyogrio 0.13.0) reads Latin-1 mojibake for names
#           and columns. pyshp itself then fails to open the file unless it is told again.
# Why:      the district that sent the file sees its names, everybody else sees ÏàÉ½; and as every byte is a
#           valid Latin-1 sign, no reader raises.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile geopandas==1.2.0 pyogrio==0.13.0 shapely==2.2.0 pandas==3.1.1 pyshp==3.1.6
v/bin/python - <<'PY'
from pathlib import Path

import geopandas
import shapefile

with shapefile.Writer("stations", shapeType=shapefile.POINT, encoding="gbk") as writer:
    writer.field("名称", "C", 40)
    writer.point(116.8, 33.96)
    writer.record("相山公园驿站")
code_page = Path("stations.dbf").read_bytes()[29]
read = geopandas.read_file("stations.shp")
print("pyshp", shapefile.__version__, "files", sorted(file.name for file in Path().glob("stations.*")), "code page", code_page)
print("geopandas", geopandas.__version__, list(read.columns), read.iloc[0, 0])
assert not Path("stations.cpg").exists() and code_page == 0
assert read.iloc[0, 0] == "相山公园驿站".encode("gbk").decode("latin-1")
try:
    shapefile.Reader("stations").record(0)
except Exception as error:
    print("pyshp reading without encoding:", type(error).__name__)
else:
    raise AssertionError("pyshp reads its own file without being told")
PY
