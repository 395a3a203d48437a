#!/usr/bin/env bash
# Two packages for opening hours install the same module, and pip lets the second overwrite the first.
#
# Expected: opening-hours-py (OSM's syntax) and jsonify-opening-hours (English texts to JSON) can be used side by side,
#           or pip refuses the second.
# Seen:     both bring a folder opening_hours with a class OpeningHours. After installing 2.1.4 and then 0.4.0 the
#           import gives the second, without is_open; pip check is content. Removing the second then takes the first's
#           folder apart as well.
# Why:      the evaluator of a station page is gone after somebody adds a reader for English hours, in whatever order
#           the requirements happen to be installed.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v
v/bin/pip install -q --no-compile opening-hours-py==2.1.4
has_is_open() { v/bin/python -c 'from opening_hours import OpeningHours; print(hasattr(OpeningHours, "is_open"))' 2>&1 | tail -1 || true; }
first=$(has_is_open)
v/bin/pip install -q --no-compile jsonify-opening-hours==0.4.0 setuptools==65.5.0
second=$(has_is_open)
check=$(v/bin/pip check)
v/bin/pip uninstall -qy jsonify-opening-hours
third=$(has_is_open)
echo "is_open there: first $first, after the second package $second ($check), after its removal $third"
[ "$first" = True ] && [ "$second" = False ] && [ "$check" = 'No broken requirements found.' ] && [ "$third" != True ]
