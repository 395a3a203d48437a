#!/usr/bin/env bash
# Recognizers-Text: of "周一至周五 8:00-18:00" only the Friday is left.
#
# Expected: a recogniser of dates and times made for Chinese finds Monday to Friday from 8 to 18, or says that it
#           did not understand all of it.
# Seen:     recognizers-text-suite 1.0.2a2 finds one thing, "周五 8:00-18:00"; of "周六、周日9点到17点" the Saturday
#           has no hours; 工作日 and 全天 are nothing; 10月1日至10月7日 ends before the 7th begins. No confidence, no rest.
# Why:      these are the commonest hours in station lists. Read this way a station is shut on Monday to Thursday,
#           and a notice "shut 1-7 October" lets people walk to a locked door on the 7th.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile recognizers-text-suite==1.0.2a2 emoji==1.7.0
v/bin/python -W ignore - <<'PY'
from importlib.metadata import version

from recognizers_date_time import Culture, recognize_datetime

print("recognizers-text-suite", version("recognizers-text-suite"))


def read(text: str) -> list[tuple[str, str]]:
    found = [(one.text, one.resolution["values"][0]["timex"]) for one in recognize_datetime(text, Culture.Chinese)]
    print(text, "->", found)
    return found


assert read("早8点至晚10点") == [("早8点至晚10点", "(T08,T22,PT14H)")]
assert read("周一至周五 8:00-18:00") == [("周五 8:00-18:00", "(XXXX-WXX-5T08:00,XXXX-WXX-5T18:00,PT10H)")]
assert read("周六、周日9点到17点") == [
    ("周六", "XXXX-WXX-6"),
    ("周日9点到17点", "(XXXX-WXX-7T09,XXXX-WXX-7T17,PT8H)"),
]
assert [text for text, _ in read("工作日8:30-17:30")] == ["8:30-17:30"]
assert read("全天") == []
assert read("10月1日至10月7日闭站") == [("10月1日至10月7日", "(XXXX-10-01,XXXX-10-07,P6D)")]
PY
