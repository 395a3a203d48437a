#!/usr/bin/env bash
# workalendar: from 2024 on, China answers for weekends and raises for weekdays.
#
# Expected: a calendar without the notice of a year refuses every day of it, or answers for all.
# Seen:     workalendar 17.0.0 knows 2018 to 2023. is_working_day(Saturday 10 October 2026), which is worked
#           for National Day, is False without a word; Monday 12 October raises CalendarError. (And 31 January
#           2020, in the holiday prolonged for the epidemic, is a working day.)
# Why:      a check that asks only about weekends, "is this Saturday a make-up day?", gets "no" for ever: the
#           six or so days a year on which offices open on a weekend are all lost.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile workalendar==17.0.0
v/bin/python -W ignore - <<'PY'
from datetime import date
from importlib.metadata import version

from workalendar.asia import China
from workalendar.exceptions import CalendarError

china = China()
print("workalendar", version("workalendar"), "worked Saturday 2023-10-07:", china.is_working_day(date(2023, 10, 7)))
assert china.is_working_day(date(2023, 10, 7)) and china.is_working_day(date(2020, 1, 31))
made_up = china.is_working_day(date(2026, 10, 10))
print("worked Saturday 2026-10-10:", made_up)
assert made_up is False
try:
    china.is_working_day(date(2026, 10, 12))
except CalendarError as error:
    print("Monday 2026-10-12:", error)
else:
    raise AssertionError("a weekday of 2026 is answered now")
PY
