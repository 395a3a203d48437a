#!/usr/bin/env bash
# flatgeobuf (npm): what the first station does not have no station has, and what it does not know is text for all.
#
# Expected: serialize() makes a column of every property that occurs, as geopandas does for the same features, and
#           takes the type from the values that are there; a value that does not fit is refused.
# Seen:     flatgeobuf 4.5.0 makes the columns of the first feature alone. One property more in the second is gone;
#           null in the first makes "true", "false" and "12.5" of the others; and where the first says true,
#           "unknown" becomes false. No error, no warning.
# Why:      a station list starts with any station. In the browser every station whose toilet is "false" has one (a
#           text that is not empty is true), and the unknown ones have none.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
npm i --silent --no-audit --no-fund flatgeobuf@4.5.0 >/dev/null
cat > see.mjs <<'JS'
import assert from 'node:assert';
import { deserialize, serialize } from 'flatgeobuf/lib/mjs/geojson.js';
async function readBack(...rows) {
  const features = rows.map((properties, at) => (
    { type: 'Feature', properties, geometry: { type: 'Point', coordinates: [116.8 + at / 100, 33.96] } }));
  const seen = [];
  for await (const feature of deserialize(serialize({ type: 'FeatureCollection', features }))) seen.push(feature.properties);
  return seen;
}
const missing = await readBack({ name: 'A' }, { name: 'B', toilet: true });
const unknown = await readBack({ toilet: null, area: null }, { toilet: true, area: 12.5 }, { toilet: false, area: 0 });
const said = await readBack({ toilet: true }, { toilet: 'unknown' });
console.log('flatgeobuf 4.5.0', JSON.stringify({ missing, unknown, said }));
assert.deepStrictEqual(missing, [{ name: 'A' }, { name: 'B' }]);
assert.deepStrictEqual(unknown, [{}, { toilet: 'true', area: '12.5' }, { toilet: 'false', area: '0' }]);
assert.deepStrictEqual(said, [{ toilet: true }, { toilet: false }]);
JS
node see.mjs
