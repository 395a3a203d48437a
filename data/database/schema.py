"""The tables of the workspace's database, the same in SQLite and PostgreSQL.

What only one of them has (the R*Tree and the trigrams of SQLite, the geometry of PostGIS, the
triggers that keep the history) is made by the migrations. Lists are JSON in text columns, moments
are UTC in ISO 8601 as text: both back ends then hold and sort the same.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from data.stations import STATION_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Every step of the schema in order; one more for each file in `migrations/versions`.
REVISIONS: Final = (
    *("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009"),
    *("0010", "0011", "0012", "0013"),
)
HEAD: Final = REVISIONS[-1]
#: The step from which on a database knows its city.
WITH_CITY: Final = REVISIONS[3]
#: The step from which on a database has organisations.
WITH_ORGANISATIONS: Final = REVISIONS[4]
#: The step from which on there are scenarios.
WITH_SCENARIOS: Final = REVISIONS[5]
#: The step from which on there are sign-ups and rounds.
WITH_DESK_TABLES: Final = REVISIONS[7]
#: The step from which on there is a queue of runs.
WITH_RUNS: Final = REVISIONS[8]
#: The step from which on there are kept reports.
WITH_REPORTS: Final = REVISIONS[9]
#: The step from which on a station names its host.
WITH_HOST_NAMES: Final = REVISIONS[10]
#: The step from which on attempts of every sort are counted.
WITH_ATTEMPTS: Final = REVISIONS[12]
#: What columns that a later step added hold in a database that has not got there yet.
LATER_COLUMNS: Final[Mapping[tuple[str, str], tuple[str, str | int | None]]] = MappingProxyType(
    {
        ("accounts", "districts"): ("0008", None),
        ("accounts", "disabled_at"): ("0008", ""),
        ("activities", "places"): ("0008", None),
        ("activities", "attended"): ("0008", None),
        ("proposals", "level"): ("0008", ""),
        ("proposals", "due_on"): ("0008", ""),
        ("proposals", "award"): ("0008", ""),
        ("proposals", "published"): ("0008", 0),
        ("worker_reports", "said"): ("0008", ""),
    }
)
#: The columns of a station as the register holds them: those of its frame, the point as numbers.
FIELDS: Final = (*STATION_COLUMNS[:-1], "lon", "lat")
#: The columns that hold a JSON list.
LISTS: Final = frozenset(
    {"facilities", "facilities_absent", "facilities_broken", "groups", "access"}
)
#: The columns of a station that a workspace of the first version has.
FIRST_FIELDS: Final = (*STATION_COLUMNS[:12], "lon", "lat")


def fields_at(step: str) -> tuple[str, ...]:
    """Return the columns of a station that a database at a step has."""
    if step < REVISIONS[1]:
        return FIRST_FIELDS
    later = () if step >= WITH_HOST_NAMES else ("host_name",)
    return tuple(name for name in FIELDS if name not in later)


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
    sa.Column("host_name", sa.Text, nullable=False),
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
    sa.Column("host_type", sa.Text, nullable=False),
    sa.Column("datum", sa.Text, nullable=False),
    sa.Column("source_lon", sa.Double, nullable=False),
    sa.Column("source_lat", sa.Double, nullable=False),
    sa.Column("lon", sa.Double, nullable=False),
    sa.Column("lat", sa.Double, nullable=False),
)
ORGANISATIONS: Final = sa.Table(
    "organisations",
    METADATA,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("members", sa.Text, nullable=False),
    sa.Column("posts", sa.Integer, nullable=False),
)
ORGANISATION_IMPORTS: Final = sa.Table(
    "organisation_imports",
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
    sa.Column("partial", sa.Integer, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
ORGANISATION_EVENTS: Final = sa.Table(
    "organisation_events",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("organisation_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("import_id", sa.Integer, sa.ForeignKey("organisation_imports.id"), nullable=False),
    sa.Column("file_row", sa.Integer, nullable=True),
    sa.Column("changes", sa.Text, nullable=False),
    sa.Index("events_of_organisation", "organisation_id", "id"),
    sqlite_autoincrement=True,
)
# To which city it belongs: one row at most.
CITY: Final = sa.Table(
    "city",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("identity", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("named_at", sa.Text, nullable=False),
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
WORKER_REPORTS: Final = sa.Table(
    "worker_reports",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("ticket", sa.Text, nullable=False),
    sa.Column("station_id", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("facility", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("seen_at", sa.Text, nullable=False),
    sa.Column("received_at", sa.Text, nullable=False),
    sa.Column("device", sa.Text, nullable=True),
    sa.Column("nonce", sa.Text, nullable=True),
    sa.Column("counts", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.UniqueConstraint("device", "nonce", name="worker_reports_once"),
    sa.Index("worker_reports_of_station", "station_id", "what"),
    sa.Index("worker_reports_of_ticket", "ticket"),
    sqlite_autoincrement=True,
)
TICKETS: Final = sa.Table(
    "tickets",
    METADATA,
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("station_id", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("facility", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_at", sa.Text, nullable=False),
    sa.Column("amber_at", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("answered_at", sa.Text, nullable=False),
    sa.Column("answered_by", sa.Text, nullable=False),
    sa.Column("public", sa.Integer, nullable=False),
    sa.Column("closed_at", sa.Text, nullable=False),
    sa.Column("told", sa.Integer, nullable=False),
    sa.Index("tickets_of_station", "station_id", "what"),
    sa.Index("tickets_by_state", "state"),
)
PROPOSALS: Final = sa.Table(
    "proposals",
    METADATA,
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("lon", sa.Double, nullable=True),
    sa.Column("lat", sa.Double, nullable=True),
    sa.Column("received_at", sa.Text, nullable=False),
    sa.Column("device", sa.Text, nullable=True),
    sa.Column("nonce", sa.Text, nullable=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("answered_at", sa.Text, nullable=False),
    sa.Column("answered_by", sa.Text, nullable=False),
    sa.Column("site_id", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("due_on", sa.Text, nullable=False),
    sa.Column("award", sa.Text, nullable=False),
    sa.Column("published", sa.Integer, nullable=False),
    sa.UniqueConstraint("device", "nonce", name="proposals_once"),
    sa.Index("proposals_by_state", "state"),
)
ACTIVITIES: Final = sa.Table(
    "activities",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("station_id", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("starts_at", sa.Text, nullable=False),
    sa.Column("ends_at", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("places", sa.Integer, nullable=True),
    sa.Column("attended", sa.Integer, nullable=True),
    sa.Index("activities_of_station", "station_id", "ends_at"),
    sqlite_autoincrement=True,
)
ACCOUNTS: Final = sa.Table(
    "accounts",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("station_ids", sa.Text, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("districts", sa.Text, nullable=False),
    sa.Column("disabled_at", sa.Text, nullable=False),
)
ATTEMPTS: Final = sa.Table(
    "attempts",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sort", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Index("attempts_of", "sort", "who", "at"),
    sqlite_autoincrement=True,
)
SIGN_UPS: Final = sa.Table(
    "sign_ups",
    METADATA,
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("activity_id", sa.Integer, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("device", sa.Text, nullable=True),
    sa.Column("nonce", sa.Text, nullable=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.UniqueConstraint("device", "nonce", name="sign_ups_once"),
    sa.Index("sign_ups_of_activity", "activity_id", "state"),
)
COMING_CHANGES: Final = sa.Table(
    "coming_changes",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("station_id", sa.Text, nullable=False),
    sa.Column("from_day", sa.Text, nullable=False),
    sa.Column("to_day", sa.Text, nullable=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("withdrawn_at", sa.Text, nullable=False),
    sa.Column("withdrawn_by", sa.Text, nullable=False),
    sa.Index("coming_changes_of_station", "station_id", "from_day"),
    sqlite_autoincrement=True,
)
ROUNDS: Final = sa.Table(
    "rounds",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("due_on", sa.Text, nullable=False),
    sa.Column("inspector", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("closed_at", sa.Text, nullable=False),
    sa.Index("rounds_of_inspector", "inspector", "closed_at"),
    sqlite_autoincrement=True,
)
ROUND_STOPS: Final = sa.Table(
    "round_stops",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("round_id", sa.Integer, sa.ForeignKey("rounds.id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("station_id", sa.Text, nullable=False),
    sa.UniqueConstraint("round_id", "station_id", name="round_stops_once"),
    sqlite_autoincrement=True,
)
VISITS: Final = sa.Table(
    "visits",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("round_id", sa.Integer, sa.ForeignKey("rounds.id"), nullable=True),
    sa.Column("station_id", sa.Text, nullable=False),
    sa.Column("seen_at", sa.Text, nullable=False),
    sa.Column("received_at", sa.Text, nullable=False),
    sa.Column("by_whom", sa.Text, nullable=False),
    sa.Column("nonce", sa.Text, nullable=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("conflicts", sa.Text, nullable=False),
    sa.UniqueConstraint("by_whom", "nonce", name="visits_once"),
    sa.Index("visits_of_station", "station_id", "seen_at"),
    sa.Index("visits_of_round", "round_id"),
    sqlite_autoincrement=True,
)
PHOTOS: Final = sa.Table(
    "photos",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("station_id", sa.Text, nullable=False),
    sa.Column("visit_id", sa.Integer, sa.ForeignKey("visits.id"), nullable=True),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("taken_at", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("caption", sa.Text, nullable=False),
    sa.Column("public", sa.Integer, nullable=False),
    sa.Column("removed_at", sa.Text, nullable=False),
    sa.Column("changed_at", sa.Text, nullable=False),
    sa.UniqueConstraint("station_id", "content_hash", name="photos_once"),
    sa.Index("photos_by_change", "changed_at"),
    sa.Index("photos_of_station", "station_id", "made_at"),
)
AUDIT: Final = sa.Table(
    "audit",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
SCENARIOS: Final = sa.Table(
    "scenarios",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("city", sa.Text, nullable=False),
    sa.Column("sample", sa.Integer, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("inputs", sa.Text, nullable=False),
    sa.Column("locked_at", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
SCENARIO_LOG: Final = sa.Table(
    "scenario_log",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("scenario_id", sa.Integer, sa.ForeignKey("scenarios.id"), nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Index("scenario_log_of_scenario", "scenario_id", "id"),
    sqlite_autoincrement=True,
)
RUNS: Final = sa.Table(
    "runs",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("scenario", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("begun_at", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text, nullable=False),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("beat_at", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("changes", sa.Integer, nullable=False),
    sa.Column("progress", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Index("runs_by_state", "state", "id"),
    sa.Index("runs_by_content", "content_hash", "state"),
    sqlite_autoincrement=True,
)
REPORTS: Final = sa.Table(
    "reports",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("city", sa.Text, nullable=False),
    sa.Column("sample", sa.Integer, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("figures", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("inputs", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
REPORT_STEPS: Final = sa.Table(
    "report_steps",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("report_id", sa.Integer, sa.ForeignKey("reports.id"), nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("by_whom", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.UniqueConstraint("report_id", "act", name="report_steps_once"),
    sqlite_autoincrement=True,
)
