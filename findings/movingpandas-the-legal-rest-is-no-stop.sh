#!/usr/bin/env bash
# movingpandas: a rest of the legal twenty minutes is found or not by how often the device speaks.
#
# Expected: TrajectoryStopDetector with min_duration 20 minutes finds a lorry that stands still from 08:30 to 08:50,
#           and says twenty minutes, whether it sends its place every minute or every ten.
# Seen:     movingpandas 0.23.0 finds it with a fix a minute and, of all, with one every 20; with one every 2, 5 or
#           10 minutes there is no stop. At 10 minutes half an hour counts as twenty and 25 minutes as none: a stop
#           begins with the first fix less than min_duration before the one that completes it.
# Why:      four hours at the wheel ask for a rest of twenty minutes at least, and that is what is looked for. Where
#           trackers speak every ten minutes, the drivers who keep the rule look as if they never rested.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile movingpandas==0.23.0 geopandas==1.1.1 pandas==2.3.3
v/bin/python -W ignore - <<'PY'
from datetime import timedelta
from importlib.metadata import version

import geopandas as gpd
import movingpandas as mpd
import pandas as pd

BEGIN = pd.Timestamp("2026-10-01 08:00")


def stops(every, rest):
    """Half an hour of driving, a rest at one spot, half an hour of driving."""
    still = sorted({*range(every, rest + 1, every), rest})
    rows = [(m, 116.80 + m / 100) for m in range(31)]
    rows += [(30 + m, 117.10) for m in still]
    rows += [(30 + rest + m, 117.10 + m / 100) for m in range(1, 31)]
    table = pd.DataFrame(
        {"t": [BEGIN + pd.Timedelta(minutes=m) for m, _ in rows], "id": 1, "x": [x for _, x in rows]}
    )
    places = gpd.points_from_xy(table.x, [33.96] * len(table))
    way = mpd.Trajectory(gpd.GeoDataFrame(table, geometry=places, crs=4326).set_index("t"), 1)
    found = mpd.TrajectoryStopDetector(way).get_stop_points(
        max_diameter=100, min_duration=timedelta(minutes=20)
    )
    return [] if found.empty else [round(s / 60) for s in found.duration_s]


print("movingpandas", version("movingpandas"))
seen = {every: {rest: stops(every, rest) for rest in (20, 25, 30)} for every in (1, 2, 5, 10, 20)}
for every, by_rest in seen.items():
    print(f"a fix every {every} min:", by_rest)
assert seen[1] == {20: [20], 25: [25], 30: [30]}
assert seen[2] == {20: [], 25: [23], 30: [28]}
assert seen[5] == {20: [], 25: [20], 30: [25]}
assert seen[10] == {20: [], 25: [], 30: [20]}
assert seen[20] == {20: [20], 25: [25], 30: [30]}
PY
