#!/usr/bin/env bash
# ics: a local time in a calendar file becomes UTC, eight hours late in China.
#
# Expected: DTSTART:20261129T080000 (floating: eight by the clock on the wall) stays eight by the wall.
# Seen:     ics 0.7.3 reads it as 08:00+00:00 and writes it back as 20261129T080000Z, which a phone in China
#           shows as 16:00. A naive `begin="2026-11-29 08:00:00"` is written with Z too. icalendar 7.3.2
#           keeps it as it is.
# Why:      legal-advice mornings, health visits and opening days at a station are sent as such files; the
#           workers come at four in the afternoon.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile ics==0.7.3 icalendar==7.3.2
v/bin/python -W ignore - <<'PY'
from importlib.metadata import version

import ics
from icalendar import Calendar

lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:1", "DTSTAMP:20261101T000000Z",
         "DTSTART:20261129T080000", "SUMMARY:法律咨询", "END:VEVENT", "END:VCALENDAR", ""]
text = "\r\n".join(lines)
event = next(iter(ics.Calendar(text).events))
written = [line for line in event.serialize().splitlines() if line.startswith("DTSTART")] if hasattr(event, "serialize") else [
    line for line in str(event).splitlines() if line.startswith("DTSTART")]
named = [line for line in str(ics.Event(name="x", begin="2026-11-29 08:00:00")).splitlines() if line.startswith("DTSTART")]
kept = Calendar.from_ical(text).walk("VEVENT")[0]["DTSTART"].dt
print("ics", version("ics"), event.begin.isoformat(), written, named, "; icalendar", version("icalendar"), kept.isoformat())
assert event.begin.isoformat() == "2026-11-29T08:00:00+00:00"
assert written == named == ["DTSTART:20261129T080000Z"]
assert kept.isoformat() == "2026-11-29T08:00:00"
PY
