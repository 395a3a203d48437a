#!/usr/bin/env bash
# Frictionless takes Huaibei's telephone code 0561 for a number, and 08:00 for no time.
#
# Expected: a column whose values begin with 0 is described as text; a field of type time reads 08:00.
# Seen:     frictionless 5.21.0 infers integer for 0561, and rows come out as 561; of ["08:00", "08:00:00"] in a
#           time field extract() gives None for the first without a word (only validate() reports it).
# Why:      a register's description made by describe() then drops the zero of every phone number, and opening
#           times without seconds, as people write them, vanish on reading.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile "frictionless==5.21.0"
v/bin/python - <<'PY'
import frictionless
from frictionless import Resource, Schema, fields

with open("stations.csv", "w", encoding="utf-8") as file:
    file.write("name,phone\n相山站,0561\n濉溪站,0562\n")
described = frictionless.describe("stations.csv")
kinds = {field.name: field.type for field in described.schema.fields}
rows = frictionless.extract("stations.csv")
print("frictionless", frictionless.__version__, kinds, rows)
assert kinds["phone"] == "integer" and [row["phone"] for row in rows["stations"]] == [561, 562]
times = Resource(data=[["opens"], ["08:00"], ["08:00:00"]], schema=Schema(fields=[fields.TimeField(name="opens")]))
read = [str(row["opens"]) for row in frictionless.extract(times)["memory"]]
print(read)
assert read == ["None", "08:00:00"]
PY
