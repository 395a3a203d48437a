#!/usr/bin/env bash
# cn2an: a station with 五六个座位 (five or six seats) has 56.
#
# Expected: transform() rewrites exact numbers, 五十六 as 56, and leaves alone the usual "five or six" (五六) or gives
#           a range; "the first and second floor" are two.
# Seen:     cn2an 0.5.24 makes of 五六个座位 "56个座位", of 三四公里 "34公里", of 八九点开门 "89点开门" (opens at 89 o'clock), of
#           一二楼 "12楼"; 三点一刻 (a quarter past three) becomes "3.1刻". Of 五六十人 (fifty or sixty) it warns and leaves it.
# Why:      descriptions of stations in notices and reports are full of such ranges; run through the usual converter a
#           corner with five chairs is the largest station of the district, silently.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile cn2an==0.5.24
v/bin/python - <<'PY'
import warnings
from importlib.metadata import version

import cn2an

silent = ("五十六个座位", "五六个座位", "三四公里", "每天八九点开门", "一二楼", "三点一刻")
with warnings.catch_warnings():
    warnings.simplefilter("error")
    seen = {text: cn2an.transform(text) for text in silent}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    tens = cn2an.transform("五六十人")
print("cn2an", version("cn2an"), seen, tens, "warned" if told else "silent")
assert list(seen.values()) == ["56个座位", "56个座位", "34公里", "每天89点开门", "12楼", "3.1刻"]
assert (tens, len(told)) == ("五六十人", 1)
PY
