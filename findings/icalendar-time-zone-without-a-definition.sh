#!/usr/bin/env bash
# icalendar: a time with a fixed offset is written with a time zone that the file does not define.
#
# Expected: 08:00+08:00 (datetime.timezone, as databases and ISO texts give it) is written in UTC, 000000Z.
# Seen:     icalendar 7.3.2 writes DTSTART;TZID="UTC+08:00":20261129T080000, a name that no list of zones
#           holds, and no VTIMEZONE; with zoneinfo the name is Asia/Shanghai, with no VTIMEZONE either until
#           add_missing_timezones() is called. RFC 5545 asks for one; programs that do not know the name take
#           the time as local or as UTC.
# Why:      the same file shows the visit of the doctor at eight on one phone and at four on another.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile icalendar==7.3.2 tzdata==2026.6
v/bin/python - <<'PY'
from datetime import datetime, timedelta, timezone
from importlib.metadata import version
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event


def file_of(zone, complete=False):
    calendar, event = Calendar(), Event()
    event.add("dtstart", datetime(2026, 11, 29, 8, tzinfo=zone))
    calendar.add_component(event)
    if complete:
        calendar.add_missing_timezones()
    return calendar.to_ical().decode()


fixed, shanghai = file_of(timezone(timedelta(hours=8))), file_of(ZoneInfo("Asia/Shanghai"))
print("icalendar", version("icalendar"), [line for line in (fixed + shanghai).splitlines() if line.startswith("DTSTART")])
assert 'DTSTART;TZID="UTC+08:00":20261129T080000' in fixed and "VTIMEZONE" not in fixed
assert "DTSTART;TZID=Asia/Shanghai:20261129T080000" in shanghai and "VTIMEZONE" not in shanghai
assert "VTIMEZONE" in file_of(ZoneInfo("Asia/Shanghai"), complete=True)
PY
