#!/usr/bin/env bash
# simple-opening-hours (npm): a night shelter is never open, nor is a station that names no days.
#
# Expected: the small reader leaves out rare syntax and says so; `22:00-06:00` over midnight, hours without days, and
#           months are common.
# Seen:     version 0.1.1 is closed at 23:00 and at 03:00 on `Mo-Su 22:00-06:00` and closed all day on `08:00-18:00`;
#           `May-Sep Mo-Su 06:00-20:00` is open in November, and `Mo-Su 08:00-18:00+` at 23:00. It raises nothing.
# Why:      it is taken for pages because it is small. The map at night shows no station at all, which is what people
#           expect to see, so nobody asks.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
npm i --silent --no-audit --no-fund simple-opening-hours@0.1.1 >/dev/null
cat > see.cjs <<'JS'
const assert = require('assert');
const loaded = require('simple-opening-hours');
const Hours = loaded.SimpleOpeningHours ?? loaded.default;
const open = (text) => [3, 12, 23].map((hour) => new Hours(text).isOpenOn(new Date(2026, 10, 25, hour)));
const seen = Object.fromEntries(['Mo-Su 08:00-18:00', 'Mo-Su 22:00-06:00', '08:00-18:00', 'May-Sep Mo-Su 06:00-20:00', 'Mo-Su 08:00-18:00+'].map((text) => [text, open(text)]));
console.log('simple-opening-hours 0.1.1 on 25 November at 3, 12 and 23:', seen);
assert.deepStrictEqual(Object.values(seen), [[false, true, false], [false, false, false], [false, false, false], [false, true, false], [false, true, true]]);
JS
TZ=Asia/Shanghai node see.cjs
