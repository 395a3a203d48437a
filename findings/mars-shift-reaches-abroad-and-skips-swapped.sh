#!/usr/bin/env bash
# The usual GCJ-02 converters shift Seoul and Ulaanbaatar, and leave a point with swapped axes as it is.
#
# Expected: outside China nothing is shifted; (lat, lon) given for (lon, lat) raises: longitude 34, latitude
#           117 is no place on earth.
# Seen:     "China" is a box (72-138 E, 1-56 N or so) in gcoord 1.0.7, coordtransform 2.1.2 (npm),
#           eviltransform 0.1.1 and coord-convert 0.2.1: Seoul moves by 456 m, Ulaanbaatar by 449 m. Swapped
#           axes fall outside the box, so the point comes back unchanged and no one raises.
# Why:      half a kilometre is half the service radius. A swapped register passes the conversion without a
#           trace, and after the axes are put right it is still in GCJ-02, now believed to be WGS-84.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
npm i --silent --no-audit --no-fund gcoord@1.0.7 coordtransform@2.1.2 >/dev/null
python3 -m venv v && v/bin/pip install -q --no-compile eviltransform==0.1.1 coord-convert==0.2.1 setuptools==65.5.0
cat > see.cjs <<'JS'
const assert = require('assert');
const gcoord = require('gcoord');
const coordtransform = require('coordtransform');
const metres = (a, b) => Math.round(Math.hypot((a[1] - b[1]) * 111320, (a[0] - b[0]) * 111320 * Math.cos(b[1] * Math.PI / 180)));
const g = gcoord.default ?? gcoord;
const shifts = (p) => [metres(g.transform([...p], g.WGS84, g.GCJ02), p), metres(coordtransform.wgs84togcj02(...p), p)];
const seen = { seoul: shifts([126.97, 37.56]), ulaanbaatar: shifts([106.9, 47.9]), swapped: shifts([33.96, 116.8]) };
console.log('gcoord 1.0.7, coordtransform 2.1.2, metres', seen);
assert(Object.values({ ...seen, swapped: [999] }).flat().every((shift) => shift > 400));
assert.deepStrictEqual(seen.swapped, [0, 0]);
JS
node see.cjs
v/bin/python -W ignore - <<'PY'
import eviltransform
from coord_convert.transform import wgs2gcj

for name, (lat, lon), moved in (("Seoul", (37.56, 126.97), True), ("swapped", (116.8, 33.96), False)):
    by_evil, by_convert = eviltransform.wgs2gcj(lat, lon), wgs2gcj(lon, lat)
    print("eviltransform 0.1.1, coord-convert 0.2.1", name, by_evil, by_convert)
    assert ((by_evil != (lat, lon)), (tuple(by_convert) != (lon, lat))) == (moved, moved)
PY
