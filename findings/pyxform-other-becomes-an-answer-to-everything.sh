#!/usr/bin/env bash
# pyxform: "or_other" at one question gives every question with the same list an answer "Other".
#
# Expected: select_one yn or_other adds an answer and a text field to the one question that asks for it.
# Seen:     pyxform 4.5.0 adds "other" to the list itself: a second question "select_one yn" offers Other too, without
#           a field to say what, and the codes of its answers have one that the form's table of choices does
#           not name. The answer is labelled "Other" in a form that is otherwise Chinese.
# Why:      surveys of stations ask thirty questions with one list of yes and no. Has it a toilet: Other, says the
#           export of Kobo or ODK Central, and nobody knows what that means.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile pyxform==4.5.0
v/bin/python - <<'PY'
import re
from importlib.metadata import version

from pyxform.xls2xform import convert

form = convert(xlsform="""
| survey  |
|         | type                   | name  | label    |
|         | select_one yn or_other | lease | 有租约吗 |
|         | select_one yn          | wc    | 有厕所吗 |
| choices |
|         | list_name              | name  | label    |
|         | yn                     | yes   | 有       |
|         | yn                     | no    | 没有     |
""")
lists = dict(re.findall(r'<instance id="(\w+)"><root>(.*?)</root>', form.xform))
answers = {name: re.findall(r"<name>(\w+)</name><label>(\S+?)</label>", body) for name, body in lists.items()}
asked = re.findall(r"<select1 ref=\"/data/(\w+)\">.*?instance\('(\w+)'\)", form.xform)
fields = re.findall(r'<input ref="/data/(\w+)"', form.xform)
print("pyxform", version("pyxform"), answers, asked, fields, form.warnings)
assert answers == {"yn": [("yes", "有"), ("no", "没有"), ("other", "Other")]}
assert asked == [("lease", "yn"), ("wc", "yn")]
assert fields == ["lease_other"]
assert form.warnings == []
PY
