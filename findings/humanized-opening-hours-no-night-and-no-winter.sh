#!/usr/bin/env bash
# humanized-opening-hours: a night is never open, and a winter that passes New Year is never there.
#
# Expected: `22:00-06:00` is open at 23:00 and at 03:00, and `Nov-Feb 08:00-17:00; Mar-Oct 08:00-20:00` is open at
#           noon in December, as opening_hours.js answers; what cannot be read is refused.
# Seen:     osm-humanized-opening-hours 0.6.2 takes both and answers False each time; the first says that it opens at
#           22:00 all the same, and the second that nothing happens until 1 March.
# Why:      night stations and winter hours are the two that a worker outdoors needs most. Both look shut, and both
#           fall out of coverage by the hour.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile osm-humanized-opening-hours==0.6.2 lark-parser==0.12.0
npm i --silent --no-audit --no-fund opening_hours@3.15.0 >/dev/null
v/bin/python -W ignore - <<'PY'
from datetime import datetime
from importlib.metadata import version

import humanized_opening_hours as hoh

print("osm-humanized-opening-hours", version("osm-humanized-opening-hours"))
night = hoh.OHParser("22:00-06:00")
seen = [night.is_open(datetime(2026, 12, 1, hour)) for hour in (3, 23)]
print("night at 3 and 23:", seen, "opens", night.next_change(datetime(2026, 12, 1, 4)))
assert seen == [False, False] and night.next_change(datetime(2026, 12, 1, 4)).hour == 22
winter = hoh.OHParser("Nov-Feb 08:00-17:00; Mar-Oct 08:00-20:00")
change = winter.next_change(datetime(2026, 12, 1, 4))
print("winter at noon:", winter.is_open(datetime(2026, 12, 1, 12)), "next", change)
assert not winter.is_open(datetime(2026, 12, 1, 12)) and (change.month, change.day) == (3, 1)
assert winter.is_open(datetime(2026, 6, 1, 12))
PY
cat > see.cjs <<'JS'
const assert = require('assert');
const OpeningHours = require('opening_hours');
const open = (text, hour) => new OpeningHours(text).getState(new Date(2026, 11, 1, hour));
assert(open('22:00-06:00', 3) && open('22:00-06:00', 23));
assert(open('Nov-Feb 08:00-17:00; Mar-Oct 08:00-20:00', 12));
console.log('opening_hours.js 3.15.0: all three open');
JS
TZ=Asia/Shanghai node see.cjs
