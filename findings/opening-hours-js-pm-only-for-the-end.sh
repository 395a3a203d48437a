#!/usr/bin/env bash
# opening_hours.js reads `2:00-6:00pm` as two at night to six in the evening.
#
# Expected: 14:00-18:00, as every person reads it, or a refusal.
# Seen:     3.15.0 applies "pm" to the end alone: 02:00-18:00, sixteen hours; the day
#           `8:00-12:00 2:00-6:00pm` comes out as 16 hours instead of eight. `2:00pm-6:00pm` is right.
# Why:      bilingual signs at service counters are written so. The afternoon becomes a night opening, and
#           night is the scarcest hour in a plan.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
npm i --silent --no-audit --no-fund opening_hours@3.15.0 >/dev/null
cat > see.cjs <<'JS'
const assert = require('assert');
const OpeningHours = require('opening_hours');
const hours = (text) => new OpeningHours(text).getOpenDuration(new Date(2026, 10, 25), new Date(2026, 10, 26))[0] / 3600e3;
const seen = Object.fromEntries(['2:00-6:00pm', '2:00pm-6:00pm', '8:00-12:00 2:00-6:00pm'].map((text) => [text, hours(text)]));
console.log('opening_hours.js', require('opening_hours/package.json').version, 'hours a day', seen);
assert.deepStrictEqual(Object.values(seen), [16, 4, 16]);
assert(new OpeningHours('2:00-6:00pm').getState(new Date(2026, 10, 25, 3)));
JS
TZ=Asia/Shanghai node see.cjs
