#!/usr/bin/env bash
# gpxpy: a rest in which the tracker was silent is neither moving nor stopped.
#
# Expected: moving_time + stopped_time is the length of the track; 50 minutes at one spot are stopped time.
# Seen:     gpxpy 1.6.2 leaves a gap out of both: of 4,140 seconds 540 are moving and 0 stopped. Phones and
#           trackers pause when the rider stands, so rests are just such gaps.
# Why:      stopped time is the obvious measure of how long riders rest and where; it is 0 for those whose
#           app saves its battery, and the demand of a rest place reads as none.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile gpxpy==1.6.2
v/bin/python - <<'PY'
from importlib.metadata import version

import gpxpy

riding = [(116.8 + minute * 0.001, f"00:{minute:02d}") for minute in range(10)]
after_rest = [(116.809, f"01:{minute:02d}") for minute in range(10)]
points = "".join(f'<trkpt lat="33.96" lon="{lon:.4f}"><time>2026-11-29T{at}:00Z</time></trkpt>' for lon, at in riding + after_rest)
track = gpxpy.parse(
    f'<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{points}</trkseg></trk></gpx>'
)
moving = track.get_moving_data()
print("gpxpy", version("gpxpy"), "duration", track.get_duration(), "moving", moving.moving_time, "stopped", moving.stopped_time)
assert (track.get_duration(), moving.moving_time, moving.stopped_time) == (4140, 540, 0)
PY
