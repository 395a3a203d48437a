#!/usr/bin/env bash
# dateparser reads 10月1日, China's National Day, as 25 January 2010.
#
# Expected: month and day in Chinese are the commonest date of a notice: 1 October of the current year, or None.
# Seen:     dateparser 1.5.0 on 25 November 2026 gives 2010-01-25 for 10月1日 and 2011-11-29 for 11月29日 (as year and
#           month), but None for both with languages=["zh"]; 9月25日 is right by chance. 下午2:30 is read, 下午2点 is
#           not. search_dates on a notice finds 24 January and 5 February 2026.
# Why:      "closed 10月1日至7日" on a door becomes a date sixteen years old: no error, no closure, and the station is
#           shown open on the holiday.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile dateparser==1.5.0
TZ=Asia/Shanghai v/bin/python -W ignore - <<'PY'
from datetime import datetime

import dateparser
from dateparser.search import search_dates

today = {"RELATIVE_BASE": datetime(2026, 11, 25, 12)}
seen = {text: dateparser.parse(text, settings=today) for text in ("10月1日", "11月29日", "9月25日", "下午2:30", "下午2点")}
in_chinese = [dateparser.parse(text, languages=["zh"], settings=today) for text in ("10月1日", "11月29日")]
found = search_dates("10月1日至7日放假，9月20日（周日）上班", settings=today)
print("dateparser", dateparser.__version__, {text: str(date) for text, date in seen.items()}, "zh:", in_chinese, "in a notice:", [(text, str(date)) for text, date in found])
assert [str(date)[:10] for date in seen.values()] == ["2010-01-25", "2011-11-29", "2026-09-25", "2026-11-25", "None"]
assert in_chinese == [None, None]
assert [str(date)[:10] for text, date in found if "月" in text] == ["2026-01-24", "2026-02-05"]
PY
