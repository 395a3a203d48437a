#!/usr/bin/env bash
# cpca, a parser of Chinese addresses, works with the districts of before 2019.
#
# Expected: 济南市莱芜区 (a district of Jinan since January 2019) has a district and a code of its own.
# Seen:     the district is None and the code that of all Jinan (370100), while 莱芜市, which is dissolved, is
#           still found as 371200; the same for 杭州市临平区 and 钱塘区 (2021) and 水富市 (2018). jionlp 1.5.31
#           knows all four.
# Why:      joined to today's totals of workers by code, these stations belong to no district and fall out of
#           coverage by district without an error.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile cpca==0.5.5 jionlp==1.5.31 setuptools==65.5.0
v/bin/python -W ignore - <<'PY'
import cpca
import jionlp

texts = ["山东省济南市莱芜区", "浙江省杭州市临平区", "浙江省杭州市钱塘区", "云南省昭通市水富市"]
table = cpca.transform([*texts, "山东省莱芜市"])
print("cpca 0.5.5", table[["市", "区", "adcode"]].values.tolist())
assert table.adcode.tolist() == ["370100", "330100", "330100", "530600", "371200"] and table["区"].isna().all()
counties = [jionlp.parse_location(text)["county"] for text in texts]
print("jionlp 1.5.31", counties)
assert counties == ["莱芜区", "临平区", "钱塘区", "水富市"]
PY
