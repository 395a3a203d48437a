#!/usr/bin/env bash
# PostGIS: a point with swapped axes becomes a point in Karelia, not an error.
#
# Expected: (33.96, 116.8) as longitude and latitude is refused by the type geography: no latitude is 116.8.
# Seen:     PostGIS 3.3.2 (PostgreSQL 15) folds it over the pole to latitude 63.2 and says so in a NOTICE, which
#           drivers do not show; the row is in the table. Over a geometry column ST_Transform raises, so the same
#           mistake is found in one schema and kept in the other.
# Why:      Tencent and Baidu give latitude first, Amap longitude. The station is saved, counted, and 6,300 km
#           away; no check on "valid coordinates" in the database ever fires.
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
sql -c 'create extension postgis' -c 'create table station (place geography(point, 4326))'
sql -c 'insert into station values (st_setsrid(st_makepoint(33.96, 116.8), 4326))' 2>notice
saved=$(sql -c 'select st_astext(place) from station')
echo "PostGIS $(sql -c 'select postgis_lib_version()') saved: $saved; $(cat notice)"
[ "$saved" = 'POINT(33.96 63.2)' ] && grep -q 'coerced into range' notice
! sql -c "select st_transform('SRID=4326;POINT(33.96 116.8)'::geometry, 3857)" 2>/dev/null
