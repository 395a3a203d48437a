#!/usr/bin/env bash
# DuckDB and polars: a station that closes at 24:00 has no closing time once one hands it to the other.
#
# Expected: a column of closing times, 18:00 and 24:00, goes from DuckDB to polars as it is, or is refused; polars'
#           own reader, which has no 24:00, leaves the column as text.
# Seen:     DuckDB 2.0.1 takes 24:00 from the CSV as a TIME and keeps it. fetchall() and df() give a mixture, a time
#           for 18:00 and the text '24:00:00' beside it; pl() with polars 2.1.0 gives null for it, without a word.
# Why:      24:00 is how lists write that a station is open until midnight. It becomes a station of unknown hours, as
#           if nobody had ever asked, and drops out of the evening's coverage.
set -euo pipefail
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
python3 -m venv v && v/bin/pip install -q --no-compile duckdb==2.0.1 polars==2.1.0 pyarrow==20.0.0 pandas==2.3.3
v/bin/python -W ignore - <<'PY'
from datetime import time

import duckdb
import polars as pl

with open("stations.csv", "w", encoding="utf-8") as file:
    file.write("id,opens,closes\nA,08:00,18:00\nB,00:00,24:00\n")
stations = duckdb.sql("SELECT * FROM 'stations.csv'")
rows = [row[2] for row in stations.fetchall()]
frame, handed = list(stations.df()["closes"]), stations.pl()["closes"].to_list()
own = pl.read_csv("stations.csv", try_parse_dates=True)["closes"].to_list()
print("DuckDB", duckdb.__version__, stations.types, rows, "df", frame, "polars", pl.__version__, handed, "own", own)
assert str(stations.types[2]) == "TIME"
assert rows == frame == [time(18), "24:00:00"]
assert handed == [time(18), None]
assert own == ["18:00", "24:00"]
PY
