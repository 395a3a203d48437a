#!/usr/bin/env bash
# osm2pgrouting: by its column "cost" a station 1,109 m away is nearer than one at 970 m.
#
# Expected: the columns cost and reverse_cost, made for pgRouting's functions, are metres or seconds.
# Seen:     osm2pgrouting 2.3.8 writes degrees into them: at Huaibei a road to the north costs a sixth less than an
#           equally long one to the east. Metres and seconds stand beside as length_m and cost_s. A road with
#           access=no is in the graph, and one that changes its direction (reversible) is open both ways.
# Why:      every first example of pgRouting reads cost. The nearest station and the area around each come out
#           stretched to the north and south, everywhere, and look plausible.
set -euo pipefail
t=$(mktemp -d); chmod 755 "$t"
bin=$(ls -d /usr/lib/postgresql/15/bin) # apt-get install postgresql-15-pgrouting osm2pgrouting
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
[ "$(id -u)" != 0 ] || chown postgres "$t"
trap 'as "$bin/pg_ctl" -D "$t/db" -m immediate stop >/dev/null 2>&1; rm -rf "$t"' EXIT
cd "$t"
cat > city.osm <<'XML'
<osm version="0.6">
<bounds minlat="33.9" minlon="116.7" maxlat="34.0" maxlon="116.9"/>
<node id="1" version="1" lat="33.9600" lon="116.8000"/>
<node id="2" version="1" lat="33.9600" lon="116.8105"/>
<node id="3" version="1" lat="33.9700" lon="116.8000"/>
<node id="4" version="1" lat="33.9700" lon="116.8105"/>
<way id="10" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
<way id="11" version="1"><nd ref="1"/><nd ref="3"/><tag k="highway" v="residential"/></way>
<way id="12" version="1"><nd ref="3"/><nd ref="4"/><tag k="highway" v="residential"/><tag k="access" v="no"/></way>
<way id="13" version="1"><nd ref="2"/><nd ref="4"/><tag k="highway" v="residential"/><tag k="oneway" v="reversible"/></way>
</osm>
XML
as "$bin/initdb" -D "$t/db" -A trust -U yizhan -E UTF8 --locale=C.UTF-8 >/dev/null
as "$bin/pg_ctl" -D "$t/db" -l "$t/log" -o "-k $t -p 54917 -c listen_addresses=''" -w start >/dev/null
sql() { as "$bin/psql" -h "$t" -p 54917 -U yizhan -d postgres -v ON_ERROR_STOP=1 -qAt "$@"; }
sql -c 'create extension postgis' -c 'create extension pgrouting'
osm2pgrouting -f city.osm -c /usr/share/osm2pgrouting/mapconfig_for_cars.xml -d postgres -U yizhan -h "$t" -p 54917 -W none >made 2>&1
echo "$(dpkg-query -W -f '${Package} ${Version}' osm2pgrouting), pgRouting $(sql -c 'select pgr_version()')"
sql -F ' | ' -c "select osm_id, round(length_m::numeric), round(cost::numeric, 4), oneway from ways order by osm_id" | tee ways
nearest() { sql -c "select v.osm_id from pgr_dijkstraCost('select gid as id, source, target, $1 as cost from ways',
  (select id from ways_vertices_pgr where osm_id = 1), array(select id from ways_vertices_pgr where osm_id in (2, 3)), false) d
  join ways_vertices_pgr v on v.id = d.end_vid order by d.agg_cost limit 1"; }
echo "nearest of the two by cost: node $(nearest cost), by length_m: node $(nearest length_m)"
[ "$(nearest cost)" = 3 ] && [ "$(nearest length_m)" = 2 ]
[ "$(wc -l <ways)" = 4 ] && grep -q '^13 .* REVERSIBLE$' ways
[ "$(sql -c 'select count(*) from ways where osm_id = 13 and cost > 0 and reverse_cost > 0')" = 1 ]
