#!/usr/bin/env bash
# PostgreSQL's pg_trgm finds no Chinese name in a database of locale C.
#
# Expected: trigrams are of signs; similarity('相山区驿站', '相山驿站') is well above 0 in any UTF-8 database.
# Seen:     in PostgreSQL 15 with locale C (what --no-locale and many containers give) show_trgm of a Chinese
#           text is empty and every similarity 0; with C.UTF-8 it is 0.375. Even there word_similarity('相山',
#           '淮北市相山区驿站') is 0, as Chinese has no spaces and the whole name is one word.
# Why:      the search box and the finding of duplicate stations work on the developer's machine and find
#           nothing on the server; an index on it stays empty without an error.
set -euo pipefail
t=$(mktemp -d)
bin=$(ls -d /usr/lib/postgresql/15/bin) # apt-get install postgresql-15-postgis-3
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
[ "$(id -u)" != 0 ] || chown postgres "$t"
trap 'as "$bin/pg_ctl" -D "$t/db" -m immediate stop >/dev/null 2>&1; rm -rf "$t"' EXIT
cd "$t"
as "$bin/initdb" -D "$t/db" -A trust -U yizhan -E UTF8 --locale=C.UTF-8 >/dev/null
as "$bin/pg_ctl" -D "$t/db" -l "$t/log" -o "-k $t -c listen_addresses=''" -w start >/dev/null
sql() { as "$bin/psql" -h "$t" -U yizhan -v ON_ERROR_STOP=1 -qAt "$@"; }
sql -d postgres -c "create database plain template template0 encoding 'UTF8' locale 'C'"
for base in postgres plain; do
  sql -d $base -c 'create extension pg_trgm'
  seen=$(sql -d $base -c "select similarity('相山区驿站', '相山驿站'), array_length(show_trgm('相山驿站'), 1), word_similarity('相山', '淮北市相山区驿站')")
  echo "$(sql -d $base -c 'show server_version') locale $(sql -d $base -c "select datctype from pg_database where datname = current_database()"): $seen"
  [ "$seen" = "$([ $base = plain ] && echo '0||0' || echo '0.375|5|0')" ]
done
