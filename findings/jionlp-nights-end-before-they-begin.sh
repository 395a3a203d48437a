#!/usr/bin/env bash
# jionlp reads Chinese hours of a night as ending before they begin, and a working week as one long span.
#
# Expected: parse_time of 晚10点到早6点 ends on the next morning; 每周一至周五上午8点 is five mornings; 国庆节 in a
#           notice is the holiday; 11月29号星期一, a Sunday in 2026, is refused.
# Seen:     jionlp 1.5.31: 22:00 to 06:00 of the same day, "accurate"; with 次日 written it is right. The week is
#           one span from Monday 00:00 to Friday 08:00, and 每周一到周五8:00-18:00 is [None, None]. 国庆节 and
#           春节期间 are one day each, 周末 is Sunday, the wrong weekday is passed over.
# Why:      hours of hosts are written just so. A night shelter has a length of minus sixteen hours, and a station
#           is open from Monday to Friday without a break.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile jionlp==1.5.31 setuptools==65.5.0
TZ=Asia/Shanghai v/bin/python -W ignore - <<'PY'
from datetime import datetime

import jionlp

now = datetime(2026, 11, 25, 12).timestamp()


def read(text):
    found = jionlp.parse_time(text, time_base=now)
    times = found["time"]["point"]["time"] if isinstance(found["time"], dict) else found["time"]
    return [time and time[5:16] for time in times]


seen = {text: read(text) for text in ("晚10点到早6点", "晚10点到次日早6点", "每周一至周五上午8点", "每周一到周五8:00-18:00", "国庆节", "春节期间", "周末", "11月29号星期一")}
print("jionlp 1.5.31", seen)
assert list(seen.values()) == [
    ["11-25 22:00", "11-25 06:00"], ["11-25 22:00", "11-26 06:00"], ["11-23 00:00", "11-27 08:00"], [None, None],
    ["10-01 00:00", "10-01 23:59"], ["02-17 00:00", "02-17 23:59"], ["11-29 00:00", "11-29 23:59"], ["11-29 00:00", "11-29 23:59"],
]
PY
