#!/usr/bin/env bash
# trackintel: a rest that the tracker did not see through to its end never happened, even the minutes that it did see.
#
# Expected: staypoints of at least five minutes: a courier who stands at one spot from 8:10 on and is seen there until
#           8:20, when the phone sleeps until 8:50, has rested for ten minutes or for forty; so has one whose record
#           ends with the rest.
# Seen:     trackintel 1.4.2 finds no rest in either: a gap of more than 15 minutes throws away what came before it at
#           that spot, and the last stay of a record is left out unless include_last=True. With a fix each minute
#           it finds the rest, until 8:51, the first fix somewhere else.
# Why:      phones sleep just when their owners rest. Where stations are planned by where couriers rest, the long
#           rests are missing, and so is the last place of each day.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile trackintel==1.4.2 geopandas==1.2.0 numpy==2.4.6 pandas==3.1.1 shapely==2.2.0
v/bin/python -W ignore - <<'PY'
from importlib.metadata import version

import geopandas
import pandas
import trackintel
from shapely.geometry import Point

START = pandas.Timestamp("2026-11-29T08:00:00+08:00")


def rests(minutes, **options):
    """Rides until 8:10 (200 m a minute), stands until 8:50, rides on; seen in these minutes after 8:00."""
    steps = [min(at, 10) + max(at - 50, 0) for at in minutes]
    fixes = geopandas.GeoDataFrame({"user_id": 0, "tracked_at": [START + pandas.Timedelta(minutes=at) for at in minutes]},
                                   geometry=[Point(116.8 + 0.0022 * step, 33.96) for step in steps], crs="EPSG:4326")
    _, found = trackintel.Positionfixes(fixes).generate_staypoints(time_threshold=5.0, dist_threshold=100, **options)
    return [(f"{one.started_at:%H:%M}", f"{one.finished_at:%H:%M}") for one in found.itertuples()]


whole, gap, end = range(61), [*range(21), *range(50, 61)], range(50)
seen = rests(whole), rests(gap), rests(end)
told = rests(gap, gap_threshold=60), rests(end, include_last=True)
print("trackintel", version("trackintel"), "whole, gap, end:", seen, "with gap_threshold=60, with include_last:", told)
assert seen == ([("08:10", "08:51")], [], [])
assert told == ([("08:10", "08:51")], [("08:10", "08:49")])
PY
