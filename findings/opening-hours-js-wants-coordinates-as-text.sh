#!/usr/bin/env bash
# opening_hours.js takes coordinates only as text; numbers are ignored, and null means a town in Germany.
#
# Expected: new opening_hours("sunrise-sunset", {lat: 33.96, lon: 116.8}) computes the sun at Huaibei, and
#           without a place (null or left out) it either refuses or says that it does not know.
# Seen:     with numbers it silently falls back to 06:00-18:00; the same numbers as strings give
#           07:13-17:07 on the shortest day. Left out it is 06:00-18:00 as well, but null stands for a
#           built-in place in Germany: 15:14-23:23 by Huaibei's clock.
# Why:      JSON and GeoJSON hold coordinates as numbers. A station "open in daylight" is then shown open
#           for an hour before dawn and after dark, and with null it is shut at noon.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
npm i --silent --no-audit --no-fund opening_hours@3.15.0 suncalc@2.0.2 >/dev/null
cat > see.cjs <<'JS'
const assert = require('assert');
const OpeningHours = require('opening_hours');
const clock = (d) => d.toTimeString().slice(0, 5);
const day = (...place) => new OpeningHours('sunrise-sunset', ...place)
  .getOpenIntervals(new Date(2026, 11, 21), new Date(2026, 11, 22))
  .map(([from, to]) => `${clock(from)}-${clock(to)}`).join();
const seen = {
  numbers: day({ lat: 33.96, lon: 116.8, address: { country_code: 'cn', state: '安徽省' } }),
  strings: day({ lat: '33.96', lon: '116.8', address: { country_code: 'cn', state: '安徽省' } }),
  left_out: day(),
  null: day(null),
};
console.log('opening_hours', require('opening_hours/package.json').version, seen);
assert.deepStrictEqual([seen.numbers, seen.left_out], ['06:00-18:00', '06:00-18:00']);
assert.match(seen.strings, /^07:1\d-17:0\d$/);
assert.match(seen.null, /^15:\d\d-23:\d\d$/);
JS
TZ=Asia/Shanghai node see.cjs
