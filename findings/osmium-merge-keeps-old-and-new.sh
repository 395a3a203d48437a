#!/usr/bin/env bash
# osmium merge of an older and a newer extract keeps both versions of every object that changed.
#
# Expected: merging last month's extract of a city with this month's of a district leaves the newest version.
# Seen:     osmium-tool 1.15.0 drops only exact copies: a bank that moved is in the result with version 1 and
#           version 2, in that order, with exit code 0 and no warning. (osmium apply-changes, or a change file
#           for the second, keeps one.)
# Why:      readers take the first, the last or both: a station's host stands at two places, and a street that
#           was closed is open in one of its versions.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
osmium --version | head -1 # Debian 12: apt-get install osmium-tool
for version in 1 2; do
  echo "<osm version=\"0.6\" generator=\"x\"><node id=\"1\" lat=\"33.9$version\" lon=\"116.80\" version=\"$version\" timestamp=\"2026-0$version-01T00:00:00Z\"><tag k=\"amenity\" v=\"bank\"/></node></osm>" > v$version.osm
done
osmium merge v1.osm v2.osm -o both.osm
grep '<node' both.osm
[ "$(grep -c '<node id="1"' both.osm)" = 2 ]
