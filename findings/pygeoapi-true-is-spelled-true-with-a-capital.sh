#!/usr/bin/env bash
# pygeoapi: ?open=true finds no open station, and a filter with a slip of the pen finds all.
#
# Expected: a boolean property is asked for as in JSON, ?open=true; a parameter that is no property is refused (OGC
#           API - Features: 400); sortby and q are carried out or refused; "next" stands only where more follows.
# Seen:     pygeoapi 0.21.0 on a GeoJSON file: open=true matches none, open=True one, because texts of Python values
#           are compared. ?kinds=base (for kind), ?sortby=-n and ?q=x return everything in the order of the file,
#           status 200. A page that holds all that matched still has a "next", to an empty page.
# Why:      a client that asks for open stations shows none, one that mistypes shows all as open, and both look well.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile pygeoapi==0.21.0 setuptools==65.5.0
cat > config.yml <<'Y'
server: {bind: {host: 127.0.0.1, port: 5000}, url: http://localhost, mimetype: application/json, encoding: utf-8, gzip: false,
  languages: [zh-CN], limits: {default_items: 2, max_items: 2}, map: {url: x, attribution: x}}
logging: {level: ERROR}
metadata:
  identification: {title: t, description: d, keywords: [k], keywords_type: theme, terms_of_service: x, url: x}
  license: {name: x, url: x}
  provider: {name: x, url: x}
  contact: {name: x, position: x, address: x, city: x, stateorprovince: x, postalcode: x, country: x, phone: x, fax: x, email: x, url: x, hours: x, instructions: x, role: x}
resources:
  stations: {type: collection, title: s, description: d, keywords: [k], extents: {spatial: {bbox: [116, 33, 118, 35], crs: 'http://www.opengis.net/def/crs/OGC/1.3/CRS84'}},
    providers: [{type: feature, name: GeoJSON, data: stations.geojson, id_field: id}]}
Y
export PYGEOAPI_CONFIG=config.yml PYGEOAPI_OPENAPI=openapi.yml
cat > see.py <<'PY'
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

rows = [("base", True, 1), ("driver_home", False, 2), ("base", None, 3)]
features = [
    {"type": "Feature", "id": n, "properties": {"kind": kind, "open": is_open, "n": n}, "geometry": {"type": "Point", "coordinates": [116.8, 33.96]}}
    for kind, is_open, n in rows
]
with open("stations.geojson", "w") as file:
    json.dump({"type": "FeatureCollection", "features": features}, file)
subprocess.run([Path(sys.executable).with_name("pygeoapi"), "openapi", "generate", "config.yml", "--output-file", "openapi.yml"], check=True, env=os.environ, capture_output=True)
from pygeoapi.flask_app import APP

client = APP.test_client()


def ask(query):
    answer = client.get(f"/collections/stations/items?f=json&{query}")
    page = answer.get_json()
    return answer.status_code, [one["id"] for one in page["features"]], page["numberMatched"], any(link["rel"] == "next" for link in page["links"])


seen = {query: ask(query) for query in ("open=true", "open=True", "kinds=base", "sortby=-n", "q=x", "kind=base")}
print("pygeoapi", version("pygeoapi"), "(status, ids, matched, has next)", seen)
assert seen["open=true"][1] == [] and seen["open=True"][1] == [1]
assert all(seen[query] == (200, [1, 2], 3, True) for query in ("kinds=base", "sortby=-n", "q=x"))
assert seen["kind=base"] == (200, [1, 3], 2, True)
PY
v/bin/python -W ignore see.py 2>err || { tail -5 err; exit 1; }
