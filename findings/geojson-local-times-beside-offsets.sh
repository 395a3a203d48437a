#!/usr/bin/env bash
# geopandas reads a time without an offset as UTC when another row of the column has an offset.
#
# Expected: a GeoJSON with "2026-11-29T08:00:00+08:00" and "2026-11-29T08:00:00" (local, from another source)
#           keeps the second as it is, or as text, or warns.
# Seen:     geopandas 1.2.0 (pyogrio 0.13.0) turns the column into UTC: the first is 00:00Z, which is right,
#           the second 08:00Z, eight hours late in China. Alone in its file the second stays a local time.
# Why:      check-in times of two apps merged in one file: the morning rest of one app's riders moves to
#           16:00, into the very hours (14-17) in which a plan looks for rest.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile geopandas==1.2.0 pyogrio==0.13.0 shapely==2.2.0 pandas==3.1.1
v/bin/python -W error::UserWarning - <<'PY'
import io
import json

import geopandas


def read(*times):
    features = [
        {"type": "Feature", "properties": {"seen_at": time}, "geometry": {"type": "Point", "coordinates": [116.8, 33.96]}}
        for time in times
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    return geopandas.read_file(io.BytesIO(text.encode())).seen_at.astype(str).tolist()


alone, beside = read("2026-11-29T08:00:00"), read("2026-11-29T08:00:00+08:00", "2026-11-29T08:00:00")
print("geopandas", geopandas.__version__, "alone:", alone, "beside an offset:", beside)
assert alone[0].startswith("2026-11-29 08:00:00") or alone == ["2026-11-29"]
assert "+" not in alone[0]
assert beside == ["2026-11-29 00:00:00+00:00", "2026-11-29 08:00:00+00:00"]
PY
