#!/usr/bin/env bash
# SQLite: a station without coordinates lies at 0, 0 in the R*Tree, and one with them is not inside its own box.
#
# Expected: NULL or a text as a coordinate is refused, or the row is found by no box; the box of a point contains it.
# Seen:     SQLite 3.54.1 stores NULL and 'abc' as 0.0 without an error. Coordinates are kept as 32-bit floats,
#           rounded outwards: 116.8 becomes 116.799995 to 116.800003 (up to 0.7 m), so "inside the box of the point
#           itself" finds nothing and "meets the box" does.
# Why:      half-filled registers make an island in the Gulf of Guinea that "nearest" and "extent" take for real;
#           and boxes of districts must be asked with "meets" and checked again.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile apsw==3.54.1.0
v/bin/python - <<'PY'
import apsw

rows = apsw.Connection(":memory:").cursor()
rows.execute("create virtual table place using rtree(id, west, east, south, north)")
rows.execute("insert into place values (1, 116.8, 116.8, 33.96, 33.96), (2, null, null, null, null), (3, 'abc', 'abc', 0, 0)")
kept = rows.execute("select west, east, south, north from place order by id").fetchall()
inside = rows.execute("select count(*) from place where west >= 116.8 and east <= 116.8 and south >= 33.96 and north <= 33.96").fetchone()[0]
meets = rows.execute("select count(*) from place where east >= 116.8 and west <= 116.8 and north >= 33.96 and south <= 33.96").fetchone()[0]
print("SQLite", apsw.sqlite_lib_version(), kept, "inside", inside, "meets", meets)
assert kept[1:] == [(0, 0, 0, 0)] * 2 and (inside, meets) == (0, 1)
assert 1e-7 < 116.8 - kept[0][0] < 1e-5
PY
