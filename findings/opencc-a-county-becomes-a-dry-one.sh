#!/usr/bin/env bash
# OpenCC: turned into simplified signs, the names 乾县 and 乾务镇 become 干县 and 干务镇, places that do not exist.
#
# Expected: t2s leaves a name alone that is simplified already, so that it may run over a list of mixed origin; the
#           names of towns come out as the law has them.
# Seen:     OpenCC 1.4.2: 乾 keeps its form in names (qian), but t2s makes of it the 干 of "dry" unless the phrase is in
#           its list. 乾縣 is (乾县), the simplified 乾县 is not (干县), so a second run spoils the first. Of the
#           traditional 乾務鎮 (Zhuhai) and 乾潭鎮 (Hangzhou) it makes 干务镇 and 干潭镇.
# Why:      t2s over all names is the usual first step before stations of several sources are matched; the county's
#           name on the page is then wrong, and its code is found no more.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile opencc==1.4.2
v/bin/python - <<'PY'
from importlib.metadata import version

from opencc import OpenCC

to_simplified = OpenCC("t2s").convert
names = ("乾縣", "乾县", "乾務鎮", "乾潭鎮", "濉溪縣", "濉溪县")
seen = {name: to_simplified(name) for name in names}
print("OpenCC", version("opencc"), seen, "twice", to_simplified(to_simplified("乾縣")))
assert list(seen.values()) == ["乾县", "干县", "干务镇", "干潭镇", "濉溪县", "濉溪县"]
assert to_simplified(to_simplified("乾縣")) == "干县"
PY
