#!/usr/bin/env bash
# Asked for a district whose name several cities share, each parser of Chinese addresses picks another one.
#
# Expected: 朝阳区人民路 without a city is refused or left open: Beijing and Changchun both have a 朝阳区.
# Seen:     cpca 0.5.5 says 长春市, addressparser 0.2.4 says 北京市, both without a sign of doubt; jionlp 1.5.31
#           leaves the city open. addressparser goes further: 淮北市朝阳中路 is put into 朝阳县, which lies in
#           Liaoning, and 淮北市鼓楼区, which does not exist, is accepted, because a district is looked up by
#           name alone.
# Why:      registers leave the city out, as everybody in it knows it. The station moves 850 km, or the report
#           by district grows a district that the city does not have.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile cpca==0.5.5 addressparser==0.2.4 jionlp==1.5.31 six==1.17.0 setuptools==65.5.0
v/bin/python -W ignore - <<'PY'
import addressparser
import cpca
import jionlp

text = "朝阳区人民路"
seen = {
    "cpca 0.5.5": cpca.transform([text]).iloc[0, 1],
    "addressparser 0.2.4": addressparser.transform([text]).iloc[0, 1],
    "jionlp 1.5.31": jionlp.parse_location(text)["city"],
}
print(text, seen)
assert list(seen.values()) == ["长春市", "北京市", None]
rows = addressparser.transform(["淮北市朝阳中路", "安徽省淮北市鼓楼区人民路"]).values.tolist()
print("addressparser", rows)
assert [row[:3] for row in rows] == [["安徽省", "淮北市", "朝阳县"], ["安徽省", "淮北市", "鼓楼区"]]
codes = cpca.transform(["淮北市朝阳中路", "安徽省淮北市鼓楼区人民路"]).adcode.tolist()
assert codes == ["340600", "340600"]
PY
