"""One statement about one station, laid over what is known of it within a transaction."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.database import clock
from data.database.conflicts import PLACE
from data.database.history import evidence_of, read_events, read_imports
from data.database.records import (
    ID,
    Record,
    apply_changes,
    batches,
    changes_text,
    check_records,
    record_of,
)
from data.database.schema import FIELDS, LISTS, STATIONS
from data.database.writing import write_observations
from data.stations import FACILITY_COLUMNS
from data.vocabulary import FACILITIES_BY_ID
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from data.database.backend import Backend

FACILITY_WORDS: Final = ("yes", "no", "broken", "unknown")
_NOT_OBSERVED: Final = frozenset({"id", *FACILITY_COLUMNS})


def checked_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was observed by field; refuses fields and facilities that are none."""
    if not values:
        raise InputError(say("an observation needs a value"))
    said: dict[str, Any] = {}
    for name, value in values.items():
        facility = name.removeprefix("facility.")
        if facility != name:
            if facility not in FACILITIES_BY_ID:
                raise InputError(
                    say(
                        "observation: facility {facility} is not in the vocabulary",
                        facility=facility,
                    )
                )
            if value not in FACILITY_WORDS:
                raise InputError(
                    say(
                        "observation: facility {facility} is {value}: use {known}",
                        facility=facility,
                        value=value,
                        known=", ".join(FACILITY_WORDS),
                    )
                )
            said[name] = value
        elif name in FIELDS and name not in _NOT_OBSERVED:
            missing = isinstance(value, float) and math.isnan(value)
            said[name] = None if missing else tuple(value) if name in LISTS else value
        else:
            raise InputError(
                say("observation: {name} is no column that can be observed", name=name)
            )
    if ("lon" in said) != ("lat" in said):
        raise InputError(say("observation: a place needs both lon and lat"))
    if "lon" in said:
        own = {"datum": "wgs84", "source_lon": said["lon"], "source_lat": said["lat"]}
        said = {**own, **said}
    return said


def observe_in(
    backend: Backend,
    connection: sa.Connection,
    head: Mapping[str, Any],
    said: Mapping[str, Any],
    *,
    moment: datetime,
    checks: bool = True,
) -> frozenset[str]:
    """Let what was said take effect, but for what is known from a later moment.

    ``head`` has the columns of the event beside its kind and its changes, ``said`` is what
    `checked_values` gave. With ``checks`` somebody stood there: the day goes into checked_at.
    Returns the fields that were only noted.
    """
    station_id, seen = head["station_id"], clock.read_moment(head["observed_at"])
    key, place, record = read_station(connection, station_id)
    known = evidence_of(
        read_events(connection, station_id), read_imports(connection), moment=moment
    )
    late = {name for name in said if name in known and known[name].observed_at > seen}
    day = clock.china_day(seen).isoformat() if checks else ""
    kept, noted = _split(said, late, record, day=day)
    after = dict(zip(FIELDS, record, strict=True))
    apply_changes(after, kept)
    new = tuple(after[name] for name in FIELDS)
    check_records([new])  # refuses what cannot be
    write_observations(
        backend,
        connection,
        [(key, place, new)],
        events=[
            {**head, "kind": kind, "changes": changes_text(changes)}
            for kind, changes in (("noted", noted), ("observed", kept))
            if changes
        ],
        moment=moment,
    )
    return frozenset(noted)


def _split(
    said: Mapping[str, Any], late: set[str], record: Record, *, day: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what takes effect, with the day of the check, and what is only noted."""
    if late & set(PLACE):
        late = late | set(PLACE)
    kept = {name: value for name, value in said.items() if name not in late}
    noted = {name: value for name, value in said.items() if name in late}
    if kept and day:
        checked = record[FIELDS.index("checked_at")]
        kept = {"checked_at": max(day, checked)} | kept
    return kept, noted


def read_station(connection: sa.Connection, station_id: str) -> tuple[int, int, Record]:
    """Return key, place and record of one station (InputError when it is not there)."""
    return read_stations(connection, [station_id])[station_id]


def read_stations(
    connection: sa.Connection, ids: Sequence[str]
) -> dict[str, tuple[int, int, Record]]:
    """Return key, place and record of some stations by id (InputError when one is not there)."""
    found = read_places(connection, ids)
    for station_id in ids:
        if station_id not in found:
            raise InputError(
                say("station {station_id} is not in the register", station_id=station_id[:80])
            )
    return found


def read_places(
    connection: sa.Connection, ids: Sequence[str]
) -> dict[str, tuple[int, int, Record]]:
    """Return key, place and record of those stations that are there, by id."""
    columns = [STATIONS.c.key, STATIONS.c.row, *(STATIONS.c[name] for name in FIELDS)]
    found: dict[str, tuple[int, int, Record]] = {}
    for some in batches(ids):
        query = sa.select(*columns).where(STATIONS.c.id.in_(some))
        for row in connection.execute(query):
            record = record_of(row[2:])
            found[record[ID]] = (int(row[0]), int(row[1]), record)
    return found
