#!/usr/bin/env bash
# arrow: in Chinese 8 in the morning and 8 in the evening are both written " 8:00".
#
# Expected: the token A gives 上午 and 下午 in the locale zh-cn, as AM and PM in English.
# Seen:     arrow 1.4.0 has empty texts for them: "A h:mm" is " 8:00" at 08:00 and at 20:00; parsing with the token
#           fails. In English it is right. pendulum 3.3.0 writes 上午 8:00 and 下午 8:00.
# Why:      the line "opens at 8:00" under a night station sends the worker there twelve hours early.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile arrow==1.4.0 pendulum==3.3.0
v/bin/python -W ignore - <<'PY'
import arrow
import pendulum

times = [arrow.Arrow(2026, 11, 29, hour) for hour in (8, 20)]
chinese = [time.format("A h:mm", locale="zh-cn") for time in times]
english = [time.format("A h:mm", locale="en") for time in times]
other = [pendulum.datetime(2026, 11, 29, hour).format("A h:mm", locale="zh") for hour in (8, 20)]
print("arrow", arrow.__version__, chinese, english, "pendulum", pendulum.__version__, other)
assert chinese == [" 8:00", " 8:00"] and english == ["AM 8:00", "PM 8:00"] and other[0] != other[1]
PY
