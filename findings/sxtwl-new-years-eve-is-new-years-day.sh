#!/usr/bin/env bash
# sxtwl: New Year's Eve, the 30th of the twelfth month, is New Year's Day in the years whose month has 29 days.
#
# Expected: fromLunar(2025, 12, 30), a day that the lunar year 2025 does not have, is refused, as lunardate refuses it; so
#           is a leap sixth month in a year without one.
# Seen:     sxtwl 2.0.7 counts on: 17 February 2026, the first day of the new year; the eve is the 16th. So it goes for
#           the lunar years 2024 to 2028 and 2030. A leap sixth month of 2026, which has none, is the plain sixth.
# Why:      the eve is "12-30" in most tables of holidays, and stations shut early on it. The rule shuts them on the
#           wrong day, and leaves them open on the right one.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile sxtwl==2.0.7 lunardate==0.3.0
v/bin/python - <<'PY'
import datetime
from importlib.metadata import version

import sxtwl
from lunardate import LunarDate


def solar(year, month, day, leap=False):
    seen = sxtwl.fromLunar(year, month, day, leap)
    return datetime.date(seen.getSolarYear(), seen.getSolarMonth(), seen.getSolarDay())


def refused(year):
    try:
        LunarDate(year, 12, 30).to_solar_date()
    except ValueError:
        return True
    return False


years = range(2024, 2031)
late = [year for year in years if solar(year, 12, 30) == solar(year + 1, 1, 1)]
leap, sixth = solar(2026, 6, 1, True), solar(2026, 6, 1)
print("sxtwl", version("sxtwl"), solar(2025, 12, 30), "new year", solar(2026, 1, 1), "so in", late, "leap sixth", leap, "sixth", sixth)
print("lunardate", version("lunardate"), "refuses", [year for year in years if refused(year)])
assert solar(2025, 12, 30) == solar(2026, 1, 1) == datetime.date(2026, 2, 17)
assert late == [year for year in years if refused(year)] == [2024, 2025, 2026, 2027, 2028, 2030]
assert leap == sixth == datetime.date(2026, 7, 14)
PY
