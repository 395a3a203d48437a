#!/usr/bin/env bash
# Two readers of OSM hours have opposite ideas of an open end (`08:00+`, `08:00-18:00+`).
#
# Expected: `08:00+` is surely open at noon, and at 20:00 `08:00-18:00+` is unknown to both.
# Seen:     opening_hours.js 3.15.0 is never open on `08:00+`: unknown from 08:00 on; of `08:00-18:00+` it
#           says at 20:00 closed by getState and unknown by getOpenIntervals. opening-hours-py 2.1.4 is
#           open until midnight on the first and closed at 18:00 on the second: the plus is dropped
#           without a warning.
# Why:      "from eight until the shift ends" is how small hosts put it. One library gives the planner no
#           open hour at all, the other 16 sure ones, and neither can check the other.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile opening-hours-py==2.1.4
npm i --silent --no-audit --no-fund opening_hours@3.15.0 >/dev/null
v/bin/python - <<'PY'
from datetime import datetime
from opening_hours import OpeningHours

noon, evening = datetime(2026, 11, 25, 12), datetime(2026, 11, 25, 20)
for text, wanted in (("08:00+", ("OPEN", "OPEN")), ("08:00-18:00+", ("OPEN", "CLOSED"))):
    hours = OpeningHours(text)
    seen = tuple(str(hours.state(at)[0]).upper().split(".")[-1] for at in (noon, evening))
    print("opening-hours-py 2.1.4", text, "noon and 20:00:", seen, "warnings:", hours.warnings)
    assert seen == wanted and not hours.warnings
PY
cat > see.cjs <<'JS'
const assert = require('assert');
const OpeningHours = require('opening_hours');
const [morning, noon, evening, night] = [5, 12, 20, 24].map((hour) => new Date(2026, 10, 25, hour));
const word = (h, at) => (h.getUnknown(at) ? 'UNKNOWN' : h.getState(at) ? 'OPEN' : 'CLOSED');
for (const [text, wanted] of [['08:00+', ['UNKNOWN', 'UNKNOWN', true]], ['08:00-18:00+', ['OPEN', 'CLOSED', true]]]) {
  const hours = new OpeningHours(text);
  const seen = [word(hours, noon), word(hours, evening), hours.getOpenIntervals(morning, night).at(-1)[2]];
  console.log('opening_hours.js 3.15.0', text, 'noon, 20:00, and whether the last interval of the day is unknown:', seen);
  assert.deepStrictEqual(seen, wanted);
}
JS
TZ=Asia/Shanghai node see.cjs
