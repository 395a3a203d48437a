#!/usr/bin/env bash
# osmium export writes a closed way twice, as a line and as an area.
#
# Expected: amenity=parking on a closed way is one feature in the GeoJSON, a polygon.
# Seen:     osmium-tool 1.15.0 without a configuration gives a LineString and a MultiPolygon with the same
#           tags and, as ids are off by default, nothing to tell that they are one. With area_tags and
#           linear_tags in a configuration file it is one.
# Why:      candidate sites and truck parking count double, and the kernel density of car parks with them;
#           counting distinct ids is not possible.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
osmium --version | head -1 # Debian 12: apt-get install osmium-tool
cat > yard.osm <<'X'
<osm version="0.6" generator="x"><node id="1" lat="33.96" lon="116.80"/><node id="2" lat="33.96" lon="116.81"/>
<node id="3" lat="33.97" lon="116.80"/><way id="9"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/>
<tag k="amenity" v="parking"/></way></osm>
X
kinds() { osmium export yard.osm -f geojson "$@" | grep -o '"type":"\(Point\|LineString\|MultiPolygon\)"' | sort | tr '\n' ' '; }
echo '{"linear_tags": ["highway"], "area_tags": ["amenity"]}' > tags.json
plain=$(kinds) told=$(kinds -c tags.json)
echo "by default: $plain; told: $told"
[ "$plain" = '"type":"LineString" "type":"MultiPolygon" ' ] && [ "$told" = '"type":"MultiPolygon" ' ]
