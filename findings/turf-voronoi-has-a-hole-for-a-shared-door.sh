#!/usr/bin/env bash
# Turf: two stations behind one door make an entry of null among the service areas.
#
# Expected: voronoi() gives each station an area, or the two at one point a shared one, or raises.
# Seen:     @turf/turf 7.4.0 leaves a hole in the list of features for one of two stations at the same place, and
#           for every station outside the box. As JSON the holes are null, which is no valid GeoJSON; turf's
#           own area() of it raises.
# Why:      a driver home and a micro station in one building are common. The map of areas stays blank in the
#           one city that has such a pair.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
npm i --silent --no-audit --no-fund @turf/turf@7.4.0 >/dev/null
cat > see.mjs <<'JS'
import assert from 'node:assert';
import * as turf from '@turf/turf';
const stations = turf.featureCollection([
  turf.point([116.80, 33.96], { name: '甲' }), turf.point([116.82, 33.96], { name: '乙' }),
  turf.point([116.82, 33.96], { name: '丙' }), turf.point([117.9, 33.96], { name: '丁' }),
]);
const areas = turf.voronoi(stations, { bbox: [116.7, 33.9, 116.9, 34.0] });
const sent = JSON.parse(JSON.stringify(areas));
const seen = sent.features.map((area) => area && area.properties.name);
console.log('areas of', seen, 'length', areas.features.length, 'own keys', Object.keys(areas.features));
assert.deepStrictEqual(seen, ['甲', null, '丙', null]);
assert.throws(() => turf.area(sent), TypeError);
JS
node see.mjs
