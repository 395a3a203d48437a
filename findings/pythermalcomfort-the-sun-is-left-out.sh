#!/usr/bin/env bash
# pythermalcomfort: the heat of a street in the sun is worked out as that of a hall, though the air was given too.
#
# Expected: wbgt(twb, tg, tdb) with the temperature of the air uses it: outdoors 0.7 twb + 0.2 tg + 0.1 tdb (ISO
#           7243); without it, indoors 0.7 twb + 0.3 tg.
# Seen:     pythermalcomfort 4.8.1 answers the indoor value whether tdb is there or not, without a word; only
#           with_solar_load=True makes use of it.
# Why:      heat rules for outdoor workers (rest, water, hours off) go by this number. At noon it comes out 1.2
#           degrees too high, enough to shift a day by a class of work and rest.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile pythermalcomfort==4.8.1
v/bin/python -W error::UserWarning - <<'PY'
from importlib.metadata import version

from pythermalcomfort.models import wbgt

hall = float(wbgt(twb=25, tg=45).wbgt)
given = float(wbgt(twb=25, tg=45, tdb=33).wbgt)
sun = float(wbgt(twb=25, tg=45, tdb=33, with_solar_load=True).wbgt)
print("pythermalcomfort", version("pythermalcomfort"), "hall", hall, "with the air", given, "asked", sun)
assert given == hall == 31.0
assert sun == 29.8
PY
