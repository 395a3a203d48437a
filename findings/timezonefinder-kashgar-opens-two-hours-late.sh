#!/usr/bin/env bash
# timezonefinder: stations in Xinjiang get a clock that the hours on their doors do not follow.
#
# Expected: all of China keeps one official time, so that a station anywhere in it gets Asia/Shanghai.
# Seen:     timezonefinder 9.0.0 gives Asia/Urumqi for Kashgar and Urumqi, two hours behind; the other cities tried,
#           Lhasa among them, get Asia/Shanghai. Signs, lists and offices of the state use Beijing time everywhere.
# Why:      a national finder that takes the zone from the place says "open, 09:00-18:00" from 11:00 to 20:00 by
#           the clock on the wall, in one region only, where nobody tests.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile timezonefinder==9.0.0 tzdata
v/bin/python - <<'PY'
from datetime import datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

from timezonefinder import TimezoneFinder

print("timezonefinder", version("timezonefinder"))
finder = TimezoneFinder()
places = {"淮北": (116.80, 33.96), "拉萨": (91.13, 29.65), "喀什": (75.99, 39.47), "乌鲁木齐": (87.62, 43.83)}
zones = {name: finder.timezone_at(lng=lon, lat=lat) for name, (lon, lat) in places.items()}
noon = datetime(2026, 11, 30, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
print({name: (zone, noon.astimezone(ZoneInfo(zone)).strftime("%H:%M")) for name, zone in zones.items()})
assert zones["淮北"] == zones["拉萨"] == "Asia/Shanghai"
assert zones["喀什"] == zones["乌鲁木齐"] == "Asia/Urumqi"
assert noon.astimezone(ZoneInfo(zones["喀什"])).hour == 10
PY
