#!/usr/bin/env bash
# PostGIS: a number of type numeric is a text in a vector tile, and an array a text in braces.
#
# Expected: ST_AsMVT writes numeric(10,2) as a number, as it does float8, and leaves out what a tile cannot hold.
# Seen:     PostGIS 3.3.2 (PostgreSQL 15) writes "12.50" for the area of a station and "{wc,water}" for a list of
#           facilities; jsonb is not written under its own name but spread into its keys.
# Why:      a style that draws stations of at least 5 m2 compares a text with a number and draws none; the
#           keys of a json column can stand beside the columns of the same name.
set -euo pipefail
t=$(mktemp -d)
bin=$(ls -d /usr/lib/postgresql/15/bin) # apt-get install postgresql-15-postgis-3
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
[ "$(id -u)" != 0 ] || chown postgres "$t"
trap 'as "$bin/pg_ctl" -D "$t/db" -m immediate stop >/dev/null 2>&1; rm -rf "$t"' EXIT
cd "$t"
as "$bin/initdb" -D "$t/db" -A trust -U yizhan -E UTF8 --locale=C.UTF-8 >/dev/null
as "$bin/pg_ctl" -D "$t/db" -l "$t/log" -o "-k $t -c listen_addresses=''" -w start >/dev/null
sql() { as "$bin/psql" -h "$t" -U yizhan -d postgres -v ON_ERROR_STOP=1 -qAt "$@"; }
sql -c 'create extension postgis'
sql -c "select encode(st_asmvt(tile, 'stations'), 'base64') from (select 12.50::numeric(10,2) as area_m2,
  12.5::float8 as spacing_m, array['wc', 'water'] as facilities, '{\"toilet\": true}'::jsonb as more,
  st_asmvtgeom(st_transform('SRID=4326;POINT(116.8 33.96)'::geometry, 3857), st_tileenvelope(10, 844, 409)) as geom) as tile" >tile
version=$(sql -c 'select postgis_lib_version()')
python3 -m venv v && v/bin/pip install -q --no-compile mapbox-vector-tile==2.2.0
v/bin/python - "$version" <<'PY'
import base64
import sys

import mapbox_vector_tile

with open("tile") as file:
    found = mapbox_vector_tile.decode(base64.b64decode(file.read()))["stations"]["features"][0]["properties"]
print("PostGIS", sys.argv[1], found)
assert found == {"area_m2": "12.50", "spacing_m": 12.5, "facilities": "{wc,water}", "toilet": True}
PY
