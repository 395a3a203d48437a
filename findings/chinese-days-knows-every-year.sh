#!/usr/bin/env bash
# chinese-days (npm) answers for years whose holidays nobody has announced yet.
#
# Expected: for 2027, with no notice in its data, it refuses, as chinesecalendar for Python does, or at least
#           takes 1 October, which the law itself names, for a holiday.
# Seen:     chinese-days 1.5.7 says that Friday 1 October 2027 is a working day and no holiday, and so is
#           New Year's Day; nothing tells these answers from those of 2026, which are right.
# Why:      a station page that looks a week ahead over New Year, or a plan for next year, shows office hours
#           on days when every office is shut. "Holiday hours unconfirmed" cannot be shown.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
npm i --silent --no-audit --no-fund chinese-days@1.5.7 >/dev/null
python3 -m venv v && v/bin/pip install -q --no-compile chinesecalendar==1.11.0
cat > see.cjs <<'JS'
const assert = require('assert');
const { isWorkday, isHoliday, getDayDetail } = require('chinese-days');
const seen = ['2026-10-01', '2026-10-10', '2027-01-01', '2027-10-01'].map((day) => [day, isWorkday(day), isHoliday(day), getDayDetail(day).name]);
console.log('chinese-days', require('chinese-days/package.json').version, '[day, worked, holiday, name]', seen);
assert.deepStrictEqual(seen.map((row) => row.slice(1, 3)), [[false, true], [true, false], [true, false], [true, false]]);
JS
node see.cjs
v/bin/python - <<'PY'
from datetime import date

import chinese_calendar

try:
    chinese_calendar.is_workday(date(2027, 10, 1))
except NotImplementedError as error:
    print("chinesecalendar 1.11.0:", error)
else:
    raise AssertionError("chinesecalendar knows 2027 now")
PY
