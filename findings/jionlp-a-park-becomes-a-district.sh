#!/usr/bin/env bash
# jionlp takes a landmark for a district and cuts its name off the address.
#
# Expected: 相山公园 (a park) and 濉溪路287号 (a road, in Hefei) stay whole; 雄安新区 is no county.
# Seen:     jionlp 1.5.31 makes of 相山公园东门 the district 相山区 and the rest 公园东门, and of 河北省雄安新区 the
#           county 安新县 and the rest 区. The road is left alone.
# Why:      the detail is what the sign at the door says and what a map search needs; 公园东门 finds every park
#           in the country, and the district was guessed from a name, not from where the park lies.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile jionlp==1.5.31 setuptools==65.5.0
v/bin/python -W ignore - <<'PY'
import jionlp

seen = [(found["county"], found["detail"]) for found in map(jionlp.parse_location, ["相山公园东门", "河北省雄安新区", "合肥市濉溪路287号"])]
print("jionlp 1.5.31", seen)
assert seen == [("相山区", "公园东门"), ("安新县", "区"), (None, "濉溪路287号")]
PY
