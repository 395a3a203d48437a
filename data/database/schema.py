"""The tables of the workspace's database, the same in SQLite and PostgreSQL.

What only one of them has (the R*Tree and the trigrams of SQLite, the geometry of PostGIS, the
triggers that keep the history) is made by the migrations. Lists are JSON in text columns, moments
are UTC in ISO 8601 as text: both back ends then hold and sort the same.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from data.stations import STATION_COLUMNS

#: Every step of the schema in order; one more for each file in `migrations/versions`.
REVISIONS: Final = ("0001", "0002")
HEAD: Final = REVISIONS[-1]
#: The columns of a station as the register holds them: those of its frame, the point as numbers.
FIELDS: Final = (*STATION_COLUMNS[:-1], "lon", "lat")
#: The columns that hold a JSON list.
LISTS: Final = frozenset(
    {"facilities", "facilities_absent", "facilities_broken", "groups", "access"}
)
#: The columns of a station that a workspace of the first version has.
FIRST_FIELDS: Final = (*STATION_COLUMNS[:12], "lon", "lat")

METADATA: Final = sa.MetaData()

STATIONS: Final = sa.Table(
    "stations",
    METADATA,
    sa.Column("key", sa.Integer, primary_key=True),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("hours", sa.Text, nullable=False),
    sa.Column("facilities", sa.Text, nullable=False),
    sa.Column("groups", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("datum", sa.Text, nullable=False),
    sa.Column("source_lon", sa.Double, nullable=False),
    sa.Column("source_lat", sa.Double, nullable=False),
    sa.Column("host_type", sa.Text, nullable=False),
    sa.Column("operator", sa.Text, nullable=False),
    sa.Column("operator_kind", sa.Text, nullable=False),
    sa.Column("access", sa.Text, nullable=False),
    sa.Column("who_may_enter", sa.Text, nullable=False),
    sa.Column("seats", sa.Double, nullable=True),
    sa.Column("area_m2", sa.Double, nullable=True),
    sa.Column("truck_spaces", sa.Double, nullable=True),
    sa.Column("status_since", sa.Text, nullable=False),
    sa.Column("sign", sa.Text, nullable=False),
    sa.Column("contact", sa.Text, nullable=False),
    sa.Column("facilities_absent", sa.Text, nullable=False),
    sa.Column("facilities_broken", sa.Text, nullable=False),
    sa.Column("checked_at", sa.Text, nullable=False),
    sa.Column("lon", sa.Double, nullable=False),
    sa.Column("lat", sa.Double, nullable=False),
    sa.Index("stations_by_row", "row"),
    sqlite_autoincrement=True,
)
IMPORTS: Final = sa.Table(
    "imports",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("observed_at", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("by_whom", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("added", sa.Integer, nullable=False),
    sa.Column("changed", sa.Integer, nullable=False),
    sa.Column("missing", sa.Integer, nullable=False),
    sa.Column("refused", sa.Integer, nullable=False),
    sa.Column("fields", sa.Text, nullable=True),
    sa.Column("partial", sa.Integer, nullable=False),
    sa.Column("station_order", sa.LargeBinary, nullable=True),
    sa.Column("content_hash", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
EVENTS: Final = sa.Table(
    "events",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("station_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("observed_at", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("by_whom", sa.Text, nullable=False),
    sa.Column("weight", sa.Double, nullable=False),
    sa.Column("import_id", sa.Integer, sa.ForeignKey("imports.id"), nullable=True),
    sa.Column("file_row", sa.Integer, nullable=True),
    sa.Column("changes", sa.Text, nullable=False),
    sa.Index("events_of_station", "station_id", "id"),
    sqlite_autoincrement=True,
)
SITES: Final = sa.Table(
    "sites",
    METADATA,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("cost_yuan", sa.Double, nullable=True),
    sa.Column("datum", sa.Text, nullable=False),
    sa.Column("source_lon", sa.Double, nullable=False),
    sa.Column("source_lat", sa.Double, nullable=False),
    sa.Column("lon", sa.Double, nullable=False),
    sa.Column("lat", sa.Double, nullable=False),
)
# What the database holds: a register that was replaced by an empty one is not "nothing yet".
CONTENTS: Final = sa.Table(
    "contents",
    METADATA,
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("replaced_at", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
)
RESULTS: Final = sa.Table(
    "results",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False, index=True),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("inputs", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
