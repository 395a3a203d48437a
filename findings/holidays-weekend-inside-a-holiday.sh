#!/usr/bin/env bash
# holidays: the Saturdays and Sundays inside a Chinese holiday are no holidays.
#
# Expected: the notice of the State Council for 2026 names 15 to 23 February for Spring Festival and 1 to 7
#           October for National Day; `day in holidays.China()` is true on each of the sixteen days.
# Seen:     holidays 0.109 leaves out 15, 21, 22 February and 4 October, while chinesecalendar 1.11.0 counts
#           them to the festival. The weekends that are worked are in a list of their own.
# Why:      hours such as "PH off" or 法定节假日休息 looked up with `in` open the station on the Sunday in the
#           middle of the National Day week.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile holidays==0.109 chinesecalendar==1.11.0
v/bin/python - <<'PY'
from datetime import date, timedelta
from importlib.metadata import version

import chinese_calendar
import holidays

china = holidays.China(years=2026)
named = [date(2026, 2, 15) + timedelta(n) for n in range(9)] + [date(2026, 10, 1) + timedelta(n) for n in range(7)]
left_out = [str(day) for day in named if day not in china]
print("holidays", version("holidays"), "leaves out", left_out)
assert left_out == ["2026-02-15", "2026-02-21", "2026-02-22", "2026-10-04"]
festivals = {str(chinese_calendar.get_holiday_detail(day)[1]) for day in named}
print("chinesecalendar", version("chinesecalendar"), festivals)
assert festivals == {"Spring Festival", "National Day"}
PY
