#!/usr/bin/env bash
# Babel writes 31,500 as 3万; a browser writes 3.2万.
#
# Expected: the compact form of CLDR keeps two digits below 100 and agrees with Intl in the browser.
# Seen:     Babel 2.19.0 rounds to whole 万 unless told otherwise: 31,500 is 3万 and 14,900 is 1万, 5 % and a
#           third away; Node 20's Intl.NumberFormat gives 3.2万 and 1.5万 for the same numbers and locale.
# Why:      a report made on the server and a page drawn in the browser show different numbers of the same
#           truck drivers, and differences between districts round away.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile babel==2.19.0
v/bin/python - <<'PY'
from importlib.metadata import version

from babel.numbers import format_compact_decimal

seen = [format_compact_decimal(number, locale="zh_CN") for number in (31500, 14900, 186100)]
print("Babel", version("babel"), seen)
assert seen == ["3万", "1万", "19万"]
PY
node -e '
const seen = [31500, 14900, 186100].map((n) => new Intl.NumberFormat("zh-CN", { notation: "compact" }).format(n));
console.log("Node", process.version, "ICU", process.versions.icu, seen);
require("assert").deepStrictEqual(seen, ["3.2万", "1.5万", "19万"]);'
