#!/usr/bin/env bash
# DuckDB spatial: in China two stations 924 m apart are not within a kilometre, and no error says why.
#
# Expected: a function of distances on the earth takes points as every file holds them, longitude first, or refuses
#           116.8 as a latitude.
# Seen:     duckdb 1.5.5 with spatial wants latitude first. With longitude first ST_Distance_Spheroid and
#           ST_Area_Spheroid are NaN, ST_DWithin_Spheroid is plainly false, and ST_Distance_Sphere says 1,112 m
#           instead of 922 m. In Europe the swapped axes still look like places; east of 90 degrees they are none.
# Why:      "which stations have another one within 1 km" answers: none, for a whole nation, in a second.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile duckdb==1.5.5 duckdb-extension-spatial==1.5.5
v/bin/python - <<'PY'
import math
from pathlib import Path

import duckdb
import duckdb_extension_spatial

print("duckdb", duckdb.__version__)
[extension] = Path(duckdb_extension_spatial.__file__).parent.rglob("spatial.duckdb_extension")
base = duckdb.connect()
base.load_extension(str(extension))


def ask(call: str) -> object:
    [[told]] = base.sql(f"SELECT {call}").fetchall()
    print(call, "=", told)
    return told


lon_first = "ST_Point(116.80, 33.96), ST_Point(116.81, 33.96)"
lat_first = "ST_Point(33.96, 116.80), ST_Point(33.96, 116.81)"
assert round(ask(f"ST_Distance_Spheroid({lat_first})")) == 924
assert ask(f"ST_DWithin_Spheroid({lat_first}, 1000)") is True
assert math.isnan(ask(f"ST_Distance_Spheroid({lon_first})"))
assert ask(f"ST_DWithin_Spheroid({lon_first}, 1000)") is False
assert (round(ask(f"ST_Distance_Sphere({lat_first})")), round(ask(f"ST_Distance_Sphere({lon_first})"))) == (922, 1112)
PY
