#!/usr/bin/env bash
# opening-hours-py: hours that are only a comment are open round the clock.
#
# Expected: `Mo-Fr 08:00-18:00; Sa "ring the bell"` is unknown on Saturday, as the specification of
#           opening_hours has it and opening_hours.js answers.
# Seen:     opening-hours-py 2.1.4 says open, from midnight to midnight; opening_hours.js 3.15.0 unknown.
# Why:      hosts write what they cannot put into hours as a comment ("by appointment"). A worker who comes
#           at three in the morning finds the door shut, and effective coverage counts the night.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile opening-hours-py==2.1.4
npm i --silent --no-audit --no-fund opening_hours@3.15.0 >/dev/null
v/bin/python - <<'PY'
from datetime import datetime
from importlib.metadata import version
from opening_hours import OpeningHours

saturday = datetime(2026, 11, 28, 3)
for text in ('Mo-Fr 08:00-18:00; Sa "按门铃"', '"预约"'):
    hours = OpeningHours(text)
    print("opening-hours-py", version("opening-hours-py"), text, hours.state(saturday))
    assert hours.is_open(saturday) and not hours.is_unknown(saturday)
PY
cat > see.cjs <<'JS'
const assert = require('assert');
const OpeningHours = require('opening_hours');
for (const text of ['Mo-Fr 08:00-18:00; Sa "按门铃"', '"预约"']) {
  const hours = new OpeningHours(text, { lat: '33.96', lon: '116.8', address: { country_code: 'cn', state: '安徽省' } });
  const at = new Date(2026, 10, 28, 3);
  console.log('opening_hours.js', text, 'open', hours.getState(at), 'unknown', hours.getUnknown(at));
  assert(!hours.getState(at) && hours.getUnknown(at));
}
JS
TZ=Asia/Shanghai node see.cjs
