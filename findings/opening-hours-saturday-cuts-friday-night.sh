#!/usr/bin/env bash
# A rule for Saturday noon takes away the Friday night that runs into Saturday morning.
#
# Expected: `Mo-Fr 22:00-06:00; Sa 10:00-12:00` has five nights of eight hours and two hours on Saturday.
# Seen:     both opening_hours.js 3.15.0 and opening-hours-py 2.1.4 shut at midnight on Friday: the later
#           rule replaces all of Saturday, the tail of the night too. With a comma for the semicolon the
#           night is whole. `Mo-Su 22:00-06:00; We 12:00-13:00` loses two half nights in the same way.
# Why:      night shelters with one odd day are just the stations that matter: 78 % of riders asked in one
#           district had nowhere to go late. Six hours of the night before the weekend vanish without a word.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile opening-hours-py==2.1.4
npm i --silent --no-audit --no-fund opening_hours@3.15.0 >/dev/null
v/bin/python - <<'PY'
from datetime import datetime
from opening_hours import OpeningHours, State

for text, wanted in (("Mo-Fr 22:00-06:00; Sa 10:00-12:00", 36), ("Mo-Fr 22:00-06:00, Sa 10:00-12:00", 42)):
    spans = OpeningHours(text).intervals(datetime(2026, 11, 23), datetime(2026, 11, 30))
    seen = sum((end - start).total_seconds() for start, end, state, _ in spans if state == State.OPEN) / 3600
    print("opening-hours-py 2.1.4", text, seen, "hours a week")
    assert seen == wanted
PY
cat > see.cjs <<'JS'
const assert = require('assert');
const OpeningHours = require('opening_hours');
for (const [text, wanted] of [['Mo-Fr 22:00-06:00; Sa 10:00-12:00', 36], ['Mo-Fr 22:00-06:00, Sa 10:00-12:00', 42]]) {
  const seen = new OpeningHours(text).getOpenDuration(new Date(2026, 10, 23), new Date(2026, 10, 30))[0] / 3600e3;
  console.log('opening_hours.js 3.15.0', text, seen, 'hours a week');
  assert.strictEqual(seen, wanted);
}
JS
TZ=Asia/Shanghai node see.cjs
