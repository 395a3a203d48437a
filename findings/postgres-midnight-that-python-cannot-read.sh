#!/usr/bin/env bash
# PostgreSQL keeps 24:00 as a time of day; psycopg cannot read the row back.
#
# Expected: a column of type time that accepts '24:00' as a closing time can be selected from Python, as 24:00,
#           as 00:00, or as text.
# Seen:     PostgreSQL 15 keeps it apart from 00:00 (24:00 is after 23:59, and 24:00 - 08:00 is 16 hours). psycopg
#           3.3.9 raises DataError for the whole result; ::text is read.
# Why:      one station that closes at midnight, entered by a colleague with psql, takes the whole list of stations
#           down, weeks after the column was made.
set -euo pipefail
t=$(mktemp -d)
bin=$(ls -d /usr/lib/postgresql/15/bin) # apt-get install postgresql-15-postgis-3
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
[ "$(id -u)" != 0 ] || chown postgres "$t"
trap 'as "$bin/pg_ctl" -D "$t/db" -m immediate stop >/dev/null 2>&1; rm -rf "$t"' EXIT
cd "$t"
as "$bin/initdb" -D "$t/db" -A trust -U yizhan -E UTF8 --locale=C.UTF-8 >/dev/null
as "$bin/pg_ctl" -D "$t/db" -l "$t/log" -o "-k $t -c listen_addresses=''" -w start >/dev/null
as "$bin/psql" -h "$t" -U yizhan -d postgres -qAt -c "create table station (name text, closes time)" \
  -c "insert into station values ('甲站', '18:00'), ('乙站', '24:00')" \
  -c "select closes > '23:59', closes - '08:00' from station where name = '乙站'"
python3 -m venv v && v/bin/pip install -q --no-compile 'psycopg[binary]==3.3.9'
chmod 755 "$t"
v/bin/python - "$t" <<'PY'
import sys

import psycopg

with psycopg.connect(host=sys.argv[1], user="yizhan", dbname="postgres") as database:
    print("psycopg", psycopg.__version__, "PostgreSQL", database.info.server_version)
    try:
        database.execute("select name, closes from station").fetchall()
    except psycopg.DataError as error:
        print("DataError:", error)
    else:
        raise AssertionError("24:00 is read now")
    assert database.execute("select closes::text from station where name = '乙站'").fetchone() == ("24:00:00",)
PY
