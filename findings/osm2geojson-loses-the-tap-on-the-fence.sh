#!/usr/bin/env bash
# osm2geojson: a drinking fountain that is a corner of a fence or a path is not in the GeoJSON.
#
# Expected: nodes that only carry the course of a way are left out; a node with tags of its own is a feature,
#           as osmtogeojson (npm) and GDAL have it.
# Seen:     osm2geojson 0.3.2 leaves out every node that a way uses, whatever its tags: of two fountains, one beside
#           and one on the path, one is left, from XML as from Overpass's JSON; osmtogeojson 2.2.12 has both.
#           filter_used_refs=False brings it back, with every corner of every way as a point.
# Why:      fountains, toilets' doors, barriers and crossings are mapped on ways. They vanish without a word, and just
#           those that a worker passes.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile osm2geojson==0.3.2 shapely==2.2.0 requests==2.34.2
npm i --silent --no-audit --no-fund osmtogeojson@2.2.12 >/dev/null
cat > data.json <<'JSON'
{"elements": [
  {"type": "node", "id": 1, "lat": 33.96, "lon": 116.80},
  {"type": "node", "id": 2, "lat": 33.96, "lon": 116.81, "tags": {"amenity": "drinking_water"}},
  {"type": "node", "id": 3, "lat": 33.97, "lon": 116.81},
  {"type": "node", "id": 4, "lat": 33.98, "lon": 116.82, "tags": {"amenity": "drinking_water"}},
  {"type": "way", "id": 10, "nodes": [1, 2, 3], "tags": {"highway": "footway"}}]}
JSON
cat > other.cjs <<'JS'
const seen = require('osmtogeojson')(JSON.parse(require('fs').readFileSync('data.json')));
console.log(JSON.stringify(seen.features.map((feature) => feature.id).sort()));
JS
other=$(node other.cjs) v/bin/python - <<'PY'
import json
import os
from importlib.metadata import version
from pathlib import Path

from osm2geojson import json2geojson, xml2geojson

data = json.loads(Path("data.json").read_text())


def as_xml(element):
    tags = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in element.get("tags", {}).items())
    nodes = "".join(f'<nd ref="{ref}"/>' for ref in element.get("nodes", ()))
    at = f'lat="{element["lat"]}" lon="{element["lon"]}"' if "lat" in element else ""
    return f'<{element["type"]} id="{element["id"]}" version="1" {at}>{nodes}{tags}</{element["type"]}>'


def ids(collection):
    return sorted(f'{one["properties"]["type"]}/{one["properties"]["id"]}' for one in collection["features"])


xml = f'<osm version="0.6">{"".join(map(as_xml, data["elements"]))}</osm>'
seen, from_xml, all_of_them = ids(json2geojson(data)), ids(xml2geojson(xml)), ids(json2geojson(data, filter_used_refs=False))
other = json.loads(os.environ["other"])
print("osm2geojson", version("osm2geojson"), seen, "unfiltered", all_of_them, "osmtogeojson", other)
assert seen == from_xml == ["node/4", "way/10"]
assert all_of_them == ["node/1", "node/2", "node/3", "node/4", "way/10"]
assert other == ["node/2", "node/4", "way/10"]
PY
