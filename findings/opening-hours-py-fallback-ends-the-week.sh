#!/usr/bin/env bash
# opening-hours-py: after a fallback rule, intervals() and next_change() lose the rest of the week.
#
# Expected: the intervals of a week and the state at each moment of it agree.
# Seen:     with `Mo-Fr 08:00-18:00 || "by appointment"` intervals() goes closed on Monday 18:00 and stays
#           so until the week ends, and next_change() then is None (never). state() meanwhile says open on
#           Tuesday at nine. The same with `|| off "..."`.
# Why:      weekly hours summed from intervals() are 10 instead of 50, a timetable shows four shut days,
#           and "opens again at" says never.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile opening-hours-py==2.1.4
v/bin/python - <<'PY'
from datetime import datetime
from importlib.metadata import version
from opening_hours import OpeningHours, State

monday, sunday = datetime(2026, 11, 23), datetime(2026, 11, 30)


def hours_open(text):
    spans = OpeningHours(text).intervals(monday, sunday)
    return sum((end - start).total_seconds() for start, end, state, _ in spans if state == State.OPEN) / 3600


print("opening-hours-py", version("opening-hours-py"))
for text in ('Mo-Fr 08:00-18:00', 'Mo-Fr 08:00-18:00 || unknown "预约"', 'Mo-Fr 08:00-18:00 || off "预约"'):
    hours = OpeningHours(text)
    seen = hours_open(text), hours.next_change(datetime(2026, 11, 23, 18)), hours.is_open(datetime(2026, 11, 24, 9))
    print(f"{text:40} hours a week {seen[0]:4.0f}, next change after Monday 18:00 {seen[1]}, open Tuesday 09:00 {seen[2]}")
    whole = "||" not in text
    assert seen == ((50, datetime(2026, 11, 24, 8), True) if whole else (10, None, True))
PY
