#!/usr/bin/env bash
# osm2pgsql's default tables hold no opening hours, no water, no speed, and areas 46 % too large.
#
# Expected: an import of an OSM extract keeps the tags of its objects; a service area along a motorway, mapped as a
#           closed way, is a polygon; way_area is in square metres on the ground.
# Seen:     osm2pgsql 1.8.0 with its default style has no column for opening_hours, drinking_water, toilets, phone,
#           maxspeed, and drops them without a word; highway=services and rest_area land among the lines;
#           way_area is measured in Mercator: 747,067 for a car park of 512,614 m2.
# Why:      everything that makes a place a rest station is gone, truck parking is half as large again, and the
#           service areas are missing from every query for areas.
set -euo pipefail
t=$(mktemp -d)
bin=$(ls -d /usr/lib/postgresql/15/bin) # apt-get install postgresql-15-postgis-3 osm2pgsql
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
[ "$(id -u)" != 0 ] || chown postgres "$t"
trap 'as "$bin/pg_ctl" -D "$t/db" -m immediate stop >/dev/null 2>&1; rm -rf "$t"' EXIT
cd "$t"
chmod 755 "$t"
as "$bin/initdb" -D "$t/db" -A trust -U yizhan -E UTF8 --locale=C.UTF-8 >/dev/null
as "$bin/pg_ctl" -D "$t/db" -l "$t/log" -o "-k $t -c listen_addresses=''" -w start >/dev/null
sql() { as "$bin/psql" -h "$t" -U yizhan -d postgres -v ON_ERROR_STOP=1 -qAt "$@"; }
sql -c 'create extension postgis'
ring='<nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/>'
cat > town.osm <<X
<osm version="0.6" generator="x"><node id="1" lat="33.96" lon="116.80"><tag k="amenity" v="shelter"/>
<tag k="opening_hours" v="24/7"/><tag k="drinking_water" v="yes"/><tag k="toilets" v="yes"/><tag k="phone" v="1"/></node>
<node id="2" lat="33.96" lon="116.81"/><node id="3" lat="33.97" lon="116.80"/>
<way id="9">$ring<tag k="highway" v="services"/></way><way id="10">$ring<tag k="highway" v="rest_area"/></way>
<way id="11">$ring<tag k="amenity" v="parking"/></way>
<way id="12"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="maxspeed" v="40"/></way></osm>
X
osm2pgsql -d postgres -H "$t" -U yizhan town.osm 2>import.log
lost=$(sql -c "select count(*) from information_schema.columns where table_name like 'planet_osm_%' and column_name in ('opening_hours', 'drinking_water', 'toilets', 'phone', 'maxspeed', 'tags')")
lines=$(sql -c 'select string_agg(highway, $$ $$ order by osm_id) from planet_osm_line')
areas=$(sql -c 'select osm_id, round(way_area), round(st_area(st_transform(way, 4326)::geography)) from planet_osm_polygon')
echo "$(osm2pgsql --version 2>&1 | grep -o 'version [0-9.]*'): columns for them: $lost; lines: $lines; areas: $areas"
[ "$lost" = 0 ] && [ "$lines" = 'services rest_area residential' ] && [ "$areas" = '11|747067|512614' ]
! grep -qi opening_hours import.log
