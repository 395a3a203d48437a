#!/usr/bin/env bash
# H3: summing fine cells to their parents puts 7 % of the people into another coarse cell than their own.
#
# Expected: counts by cell of resolution 10, summed to parents of resolution 9, equal counts made at 9.
# Seen:     h3 4.5.0: children stick out of their parent. Of 10,000 points spread evenly over Huaibei 7 %
#           lie in a cell of resolution 9 that is not the parent of their cell of resolution 10.
# Why:      a station in the neighbouring cell gains or loses workers by the order of the two steps, and a
#           coverage kept at 10 and shown at 9 contradicts one computed at 9.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile h3==4.5.0
v/bin/python - <<'PY'
import h3

points = [(33.9 + i * 7e-4, 116.8 + j * 7e-4) for i in range(100) for j in range(100)]
moved = sum(h3.cell_to_parent(h3.latlng_to_cell(lat, lon, 10), 9) != h3.latlng_to_cell(lat, lon, 9) for lat, lon in points)
print("h3", h3.__version__, f"{moved} of {len(points)} points change their cell of resolution 9")
assert moved == 727
PY
