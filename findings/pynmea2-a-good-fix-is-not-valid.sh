#!/usr/bin/env bash
# pynmea2: each fix of a common receiver is "not valid", as it says V in a field that is about something else.
#
# Expected: an RMC sentence with status A (active) and mode A (autonomous) is valid, as the GGA of the same second is.
# Seen:     pynmea2 1.19.0 asks of sentences of NMEA 4.1 that the last field be S, C or U. Receivers that do not judge
#           the safety of navigation, u-blox's among them, always write V there: is_valid is False for each
#           fix. The same sentence without the field, from an older receiver, is valid. Where there is truly no fix,
#           latitude and longitude are 0.0, not None.
# Why:      whoever records where stations or workers are keeps the fixes with is_valid; from a new receiver nothing
#           is kept, and whoever leaves the question out gets a station in the Gulf of Guinea.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile pynmea2==1.19.0
v/bin/python - <<'PY'
from functools import reduce
from importlib.metadata import version

import pynmea2


def read(body):
    return pynmea2.parse(f"${body}*{reduce(lambda sum_, sign: sum_ ^ ord(sign), body, 0):02X}")


place = "3357.6000,N,11648.0000,E"
old = read(f"GNRMC,003000.00,A,{place},0.1,,291126,,,A")
new = read(f"GNRMC,003000.00,A,{place},0.1,,291126,,,A,V")
same_second = read(f"GNGGA,003000.00,{place},1,08,1.0,30.0,M,0.0,M,,")
without_fix = read("GNRMC,003000.00,V,,,,,,,291126,,,N,V")
print("pynmea2", version("pynmea2"), "valid: old", old.is_valid, "new", new.is_valid, "GGA", same_second.is_valid)
print("without a fix", without_fix.latitude, without_fix.longitude)
assert (new.latitude, new.longitude) == (old.latitude, old.longitude) == (33.96, 116.8)
assert (old.is_valid, new.is_valid, same_second.is_valid) == (True, False, True)
assert (without_fix.latitude, without_fix.longitude) == (0.0, 0.0)
PY
