#!/usr/bin/env bash
# SQLite: over a table of trigrams LIKE '%驿站%' finds nothing in Debian 12's version, though '%ab%' does.
#
# Expected: the manual says that LIKE on a trigram table reads all rows when the pattern is shorter than three signs;
#           MATCH finds what LIKE finds.
# Seen:     SQLite 3.40.1 looks at bytes there: two Chinese signs are six, so the index is asked and has nothing,
#           while two Latin letters are found. 3.54.1 finds both. MATCH finds no word of two signs in either.
# Why:      驿站, 厕所, 相山: most Chinese words have two signs. Search works in English and in the tests of a
#           newer SQLite, and on the server finds no toilet at all.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
cat > see.py <<'PY'
import sys

import apsw

rows = apsw.Connection(":memory:").cursor()
rows.execute("create virtual table station using fts5(name, tokenize = 'trigram')")
rows.executemany("insert into station values (?)", [("淮北市相山区驿站",), ("abcdef",)])
seen = {
    pattern: len(rows.execute("select name from station where name like ?", (f"%{pattern}%",)).fetchall())
    for pattern in ("驿站", "ab", "区驿站")
}
matched = len(rows.execute("select name from station where station match ?", ('"驿站"',)).fetchall())
print("SQLite", rows.execute("select sqlite_version()").fetchone()[0], "LIKE", seen, "MATCH 驿站", matched)
assert seen == {"驿站": int(sys.argv[1]), "ab": 1, "区驿站": 1} and matched == 0
PY
python3 -m venv v
for version in 3.40.1.0:0 3.54.1.0:1; do
  v/bin/pip install -q --no-compile "apsw==${version%:*}"
  v/bin/python see.py "${version#*:}"
done
