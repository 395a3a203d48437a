#!/usr/bin/env bash
# opening_hours.js and opening-hours-py: China's public holidays are Women's Day, or a single day of each feast.
#
# Expected: `Mo-Su 08:00-18:00; PH off` in China is shut on the statutory holidays and on no other day: in 2026 on New
#           Year's Day, four days of Spring Festival (16-19 February), Qingming, 1-2 May, Dragon Boat, Mid-Autumn and
#           1-3 October.
# Seen:     opening_hours.js 3.15.0 is shut all day on 8 March, 4 May and 1 June, and open on every day of Spring
#           Festival, at Qingming, Dragon Boat, Mid-Autumn and on 2 May. opening-hours-py 2.1.4 is shut on six days:
#           one of Spring Festival, one of May, one of October, and none at Qingming.
# Why:      workers stay in town over Spring Festival, when stations in offices and banks are shut. Both send them to
#           locked doors on eight days or seven, and one of them hides open stations on three others.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile opening-hours-py==2.1.4
npm i --silent --no-audit --no-fund opening_hours@3.15.0 >/dev/null
cat > see.cjs <<'JS'
const assert = require('assert');
const OpeningHours = require('opening_hours');
const place = { lat: '33.96', lon: '116.8', address: { country_code: 'cn', state: '安徽省' } };
const hours = new OpeningHours('Mo-Su 08:00-18:00; PH off', place);
const shut = [];
for (const day = new Date(2026, 0, 1, 12); day.getFullYear() === 2026; day.setDate(day.getDate() + 1)) {
  if (!hours.getState(day)) shut.push(`${day.getMonth() + 1}-${day.getDate()}`);
}
console.log('opening_hours.js 3.15.0, shut in 2026:', shut.join(' '));
assert.strictEqual(shut.join(' '), '1-1 3-8 5-1 5-4 6-1 10-1 10-2 10-3');
JS
TZ=Asia/Shanghai node see.cjs
v/bin/python - <<'PY'
from datetime import datetime, timedelta
from importlib.metadata import version

from opening_hours import OpeningHours

hours = OpeningHours("Mo-Su 08:00-18:00; PH off", country="CN")
days = [datetime(2026, 1, 1, 12) + timedelta(days=n) for n in range(365)]
shut = " ".join(f"{day.month}-{day.day}" for day in days if not hours.is_open(day))
print("opening-hours-py", version("opening-hours-py"), "shut in 2026:", shut)
assert shut == "1-1 2-17 5-1 6-19 9-25 10-1"
PY
