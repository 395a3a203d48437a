#!/usr/bin/env bash
# geojson-vt and vt-pbf: a station numbered "st-7" has no id in the tile, and its facilities are a text.
#
# Expected: the id of a GeoJSON feature survives in a vector tile, or a warning says that only numbers do; a
#           list and an unknown survive as such.
# Seen:     with geojson-vt 5.0.3, vt-pbf 3.1.3 and @mapbox/vector-tile 3.0.0 "st-7" is gone while 7 stays; the
#           list comes back as the text '["toilet"]', null as no property at all.
# Why:      a tap on the map asks for station "undefined", and `facilities.includes("toilet")` is true for a
#           station with "toilet_broken", because it now searches in a text.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
npm i --silent --no-audit --no-fund geojson-vt@5.0.3 vt-pbf@3.1.3 @mapbox/vector-tile@3.0.0 pbf@5.1.2 >/dev/null
cat > see.mjs <<'JS'
import assert from 'node:assert';
import GeoJSONVT from 'geojson-vt';
import vtpbf from 'vt-pbf';
import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
const station = (id) => ({ type: 'Feature', id, properties: { facilities: ['toilet'], wifi: null }, geometry: { type: 'Point', coordinates: [116.8, 33.96] } });
const tile = new GeoJSONVT({ type: 'FeatureCollection', features: [station('st-7'), station(7)] }).getTile(5, 26, 12);
const layer = new VectorTile(new PbfReader(vtpbf.fromGeojsonVt({ stations: tile }))).layers.stations;
const seen = [0, 1].map((n) => [layer.feature(n).id, layer.feature(n).properties]);
console.log(JSON.stringify(tile.features.map((f) => f.id)), 'become', seen);
assert.deepStrictEqual(seen.map(([id]) => id), [undefined, 7]);
assert.deepStrictEqual({ ...seen[0][1] }, { facilities: '["toilet"]' });
JS
node see.mjs
