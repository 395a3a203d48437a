"""The register with its history: imports, events, and what finds stations by place and word."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_OLD = (
    *("id", "name", "kind", "address", "hours", "facilities", "groups", "status", "phone"),
    *("datum", "source_lon", "source_lat", "lon", "lat"),
)
_NEW_TEXTS = {
    **dict.fromkeys(("host_type", "operator", "operator_kind"), ""),
    "access": "[]",
    **dict.fromkeys(("who_may_enter", "status_since", "sign", "contact", "checked_at"), ""),
    "facilities_absent": "[]",
    "facilities_broken": "[]",
}


def upgrade() -> None:
    """Keep the stations that are there: they become the first import of the history."""
    connection = op.get_bind()
    postgres = connection.dialect.name == "postgresql"
    op.rename_table("stations", "old_stations")
    _make_tables()
    for statement in _postgres() if postgres else _sqlite():
        op.execute(statement)
    if postgres:
        _trigrams_where_possible(connection)
    _take_over(connection)
    op.drop_table("old_stations")


def _make_tables() -> None:
    op.create_table(
        "stations",
        sa.Column("key", sa.Integer, primary_key=True),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        *_texts("name", "kind", "address", "hours", "facilities", "groups", "status", "phone"),
        *_texts("datum"),
        *_numbers("source_lon", "source_lat", nullable=False),
        *_texts("host_type", "operator", "operator_kind", "access", "who_may_enter"),
        *_numbers("seats", "area_m2", "truck_spaces", nullable=True),
        *_texts("status_since", "sign", "contact", "facilities_absent", "facilities_broken"),
        *_texts("checked_at"),
        *_numbers("lon", "lat", nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("stations_by_row", "stations", ["row"])
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("recorded_at", "observed_at", "file", "source", "by_whom"),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("rows", "added", "changed", "missing", "refused")
        ),
        sa.Column("fields", sa.Text, nullable=True),
        sa.Column("partial", sa.Integer, nullable=False),
        sa.Column("station_order", sa.LargeBinary, nullable=True),
        *_texts("content_hash"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("station_id", "kind", "recorded_at", "observed_at", "source", "by_whom"),
        *_numbers("weight", nullable=False),
        sa.Column("import_id", sa.Integer, sa.ForeignKey("imports.id"), nullable=True),
        sa.Column("file_row", sa.Integer, nullable=True),
        *_texts("changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("events_of_station", "events", ["station_id", "id"])


def _sqlite() -> list[str]:
    """Return what makes the R*Tree and the trigrams, and keeps the history as it was written."""
    statements = [_BOXES, _WORDS]
    for table in ("events", "imports"):
        refuse = "BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"
        again = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = new.id)"  # noqa: S608 - two names
        statements += [
            f"CREATE TRIGGER {table}_keep_their_rows BEFORE DELETE ON {table} {refuse}",
            f"CREATE TRIGGER {table}_keep_their_words BEFORE UPDATE ON {table} {refuse}",
            f"CREATE TRIGGER {table}_come_once BEFORE INSERT ON {table} {again} {refuse}",
        ]
    return statements


_BOXES = """
    CREATE VIRTUAL TABLE station_boxes
    USING rtree (key, west, east, south, north, +id TEXT, +lon REAL, +lat REAL)
"""
_WORDS = """
    CREATE VIRTUAL TABLE station_words
    USING fts5 (name, address, id, content='stations', content_rowid='key', tokenize='trigram')
"""


_FILL = (
    "INSERT INTO station_boxes SELECT key, lon, lon, lat, lat, id, lon, lat FROM stations",
    "INSERT INTO station_words (station_words) VALUES ('rebuild')",
)


def _postgres() -> list[str]:
    """Return what makes the geometry with its indexes, and keeps the history as it was written."""
    statements = [_PLACE, *_BY_PLACE, _REFUSE]
    for table in ("events", "imports"):
        refuse = "EXECUTE FUNCTION refuse_to_rewrite_history()"
        statements.append(
            f"CREATE TRIGGER {table}_keep_their_rows BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {table} FOR EACH STATEMENT {refuse}"
        )
    return statements


_PLACE = """
    ALTER TABLE stations ADD COLUMN place geometry(Point, 4326) NOT NULL
    GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lon, lat), 4326)) STORED
"""
_BY_PLACE = (
    "CREATE INDEX stations_by_place ON stations USING gist (place)",
    "CREATE INDEX stations_by_globe ON stations USING gist ((place::geography))",
)
_REFUSE = """
    CREATE FUNCTION refuse_to_rewrite_history() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the history is append-only'; END $$
"""


def _trigrams_where_possible(connection: sa.Connection) -> None:
    """Index words by pg_trgm where the server has it; without it they are found by reading all."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            for column in ("name", "address", "id"):
                connection.exec_driver_sql(
                    f"CREATE INDEX stations_by_{column}_words "
                    f"ON stations USING gin ({column} gin_trgm_ops)"
                )
    except sa.exc.DBAPIError:
        return


def _take_over(connection: sa.Connection) -> None:
    """Write the stations of the first version as an import of the day on which they came."""
    there = sa.text("SELECT replaced_at, rows, content_hash FROM contents WHERE what = 'stations'")
    contents = connection.execute(there).one_or_none()
    if contents is None:
        return
    columns = ", ".join(f'"{name}"' for name in _OLD)
    old = connection.exec_driver_sql(f'SELECT {columns} FROM old_stations ORDER BY "row"').all()  # noqa: S608 - names from above
    moment = f"{contents.replaced_at.rstrip('Z')}.000000Z"
    came = {"recorded_at": moment, "observed_at": moment, "source": "register", "by_whom": ""}
    imports = sa.table("imports", *map(sa.column, (*came, *_COUNTS, "file", "content_hash")))
    counts = dict.fromkeys(_COUNTS, 0) | {"rows": len(old), "added": len(old)}
    connection.execute(
        sa.insert(imports).values(**came, **counts, file="", content_hash=contents.content_hash)
    )
    number = connection.exec_driver_sql("SELECT max(id) FROM imports").scalar_one()
    if not old:
        return
    rows = [dict(zip(_OLD, values, strict=True)) for values in old]
    names = ("row", *_OLD, *_NEW_TEXTS)
    connection.execute(
        sa.insert(sa.table("stations", *map(sa.column, names))),
        [{"row": place, **row, **_NEW_TEXTS} for place, row in enumerate(rows)],
    )
    if connection.dialect.name == "sqlite":
        for statement in _FILL:
            connection.exec_driver_sql(statement)
    event = {**came, "kind": "added", "weight": 1.0, "import_id": number}
    columns_of_events = ("station_id", *event, "changes")
    connection.execute(
        sa.insert(sa.table("events", *map(sa.column, columns_of_events))),
        [{**event, "station_id": row["id"], "changes": _changes(row)} for row in rows],
    )


_COUNTS = ("rows", "added", "changed", "missing", "refused", "partial")


def _changes(row: dict[str, str]) -> str:
    """Return what an event says of a station: its columns but the id, lists as lists."""
    lists = {name: json.loads(row[name]) for name in ("facilities", "groups")}
    told = {name: value for name, value in (row | lists).items() if name != "id"}
    return json.dumps(told, ensure_ascii=False)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _numbers(*names: str, nullable: bool) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Double, nullable=nullable) for name in names]
