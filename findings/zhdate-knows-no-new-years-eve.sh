#!/usr/bin/env bash
# zhdate: on New Year's Eve, and on no other day of the year, "today" is no date.
#
# Expected: ZhDate.today() and ZhDate.from_datetime(now) work on every day of the year, as the time of day does not matter.
# Seen:     zhdate 0.1 takes 16 February 2026 at 0:00 as the 29th of the twelfth month, and refuses the same day from the
#           first second after midnight on, "no such date". Of 3,652 mornings at nine, ten years, it refuses ten, and
#           they are the ten eves.
# Why:      tests run on other days. The page that shows today's lunar date beside the holiday hours fails on the
#           evening on which most people look whether anything is still open.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile zhdate==0.1
v/bin/python - <<'PY'
from datetime import datetime, timedelta
from importlib.metadata import version

from zhdate import ZhDate


def refused(moment):
    try:
        ZhDate.from_datetime(moment)
    except TypeError:
        return True
    return False


mornings = [datetime(2024, 1, 1, 9) + timedelta(days=day) for day in range(3652)]
bad = [f"{moment:%Y-%m-%d}" for moment in mornings if refused(moment)]
eves = [f"{ZhDate(year, 1, 1).to_datetime() - timedelta(days=1):%Y-%m-%d}" for year in range(2024, 2034)]
at_midnight = ZhDate.from_datetime(datetime(2026, 2, 16))
print("zhdate", version("zhdate"), at_midnight, "refused at nine:", bad)
assert bad == eves
assert (at_midnight.lunar_month, at_midnight.lunar_day) == (12, 29)
assert refused(datetime(2026, 2, 16, 0, 0, 1))
PY
