"""One station or many edited by hand: what a form says, what is doubtful in it, what it changes."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from data.database.conflicts import PLACE
from data.database.edits import Edits, refuse_too_many
from data.database.places import station_names
from data.database.records import EMPTY, ID, facts, records_of
from data.database.schema import FIELDS
from data.doctor import Finding, Severity, Words
from data.doctor.places import twin_of
from data.files.columns import Faults, find_columns
from data.files.station_files import STATION_FIELDS, read_fields, station_rows
from data.files.tables import Table
from data.stations import FACILITY_COLUMNS
from data.vocabulary import (
    FACILITIES,
    FACILITIES_BY_ID,
    FACILITY_STATES,
    find_term,
    unknown_word,
)
from geo.datum import parse_datum
from geo.errors import InputError, RowsError
from geo.messages import message_of, say
from web.services.register import examine_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from data.workspace import Workspace
    from geo.datum import Datum

TEXTS: Final = (
    "name",
    "kind",
    "address",
    "hours",
    "status",
    "status_since",
    "phone",
    "contact",
    "host_type",
    "host_name",
    "operator",
    "operator_kind",
    "who_may_enter",
    "sign",
    "seats",
    "area_m2",
    "truck_spaces",
)
"""Fields of a form that hold one text each, as a file has them."""
LISTS: Final = ("groups", "access")
"""Fields of a form that hold several words."""
AT_ONCE: Final = tuple(name for name in TEXTS if name not in {"name", "status_since"}) + LISTS
"""Fields that can be changed at many stations at once; each facility besides."""
_FORM: Final = say("the form")
_JOINT: Final = ","


@dataclass(frozen=True)
class Draft:
    """A station as a form would have it.

    ``facts`` is what it says, by field (`data.database.records.facts`); ``errors`` keep it from
    being saved, ``doubts`` ask whether it is meant, ``notes`` are good to know.
    """

    facts: Mapping[str, Any]
    errors: tuple[Finding, ...]
    doubts: tuple[Finding, ...]
    notes: tuple[Finding, ...]


@dataclass(frozen=True)
class BulkChange:
    """What an edit of many stations changes: values by station, the versions that were seen.

    ``kinds`` counts the changes that are alike: (before, after, stations), the most frequent
    first; ``same`` are the stations that have the value already; ``seen`` is a hash of all of it.
    """

    field: str
    after: Any
    values: Mapping[str, Mapping[str, Any]]
    versions: Mapping[str, int]
    kinds: tuple[tuple[Any, Any, int], ...]
    same: int
    seen: str


def edits_of(workspace: Workspace) -> Edits:
    """Return the edits of a workspace's register."""
    return Edits(workspace.database.backend)


def check_form(
    workspace: Workspace,
    texts: Mapping[str, str],
    lists: Mapping[str, Sequence[str]],
    facilities: Mapping[str, str],
    *,
    station_id: str,
    is_new: bool,
) -> Draft:
    """Read what a form says, and ask the doctor what he thinks of it.

    Parameters
    ----------
    texts
        `TEXTS`, and datum, lon and lat in that datum.
    lists
        the words of `LISTS`.
    facilities
        "yes", "no", "broken" or "unknown" by facility.
    station_id
        that of the station; "" for a new one gets one from its name.
    is_new
        whether it is to be added.

    Raises
    ------
    InputError
        when the datum is none.
    """
    datum = parse_datum(texts.get("datum", ""))
    table = _table_of(texts, lists, facilities, station_id=station_id)
    findings = examine_in(workspace, table, datum=datum, fits_datum=False).findings
    errors = tuple(finding for finding in findings if finding.severity is Severity.error)
    if errors:
        return Draft({}, errors, (), ())
    try:
        record = _read(workspace, table, datum)
    except RowsError as error:
        words = message_of(error)
        fault = Finding("other", Severity.error, Words(words, words), Words("", ""))
        return Draft({}, (fault,), (), ())
    twin = _twin(workspace, record, "" if is_new else station_id)
    doubts = [finding for finding in findings if finding.severity is Severity.warning]
    return Draft(
        {**facts(record), "id": record["id"]},
        (),
        (*doubts, *twin),
        tuple(finding for finding in findings if finding.severity is Severity.note),
    )


def changes_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is to be said to get from some facts to others; the place as a whole.

    A fact that is gone is said as unknown.
    """
    names = [name for name in dict.fromkeys([*before, *after]) if name not in {"id", "checked_at"}]
    said: dict[str, Any] = {}
    for name in names:
        empty = "unknown" if name.startswith("facility.") else EMPTY.get(name)
        if before.get(name, empty) != after.get(name, empty):
            said[name] = after.get(name, empty)
    given = ("datum", "source_lon", "source_lat")
    if all(before.get(name) == after.get(name) for name in given):
        return {name: value for name, value in said.items() if name not in PLACE}
    return {**said, **{name: after[name] for name in PLACE}}


def record_of_facts(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as the columns of a record, the facilities in their lists."""
    record = {name: value for name, value in said.items() if not name.startswith("facility.")}
    for column, state in FACILITY_COLUMNS.items():
        record[column] = tuple(
            term.id for term in FACILITIES if said.get(f"facility.{term.id}") == state
        )
    return record


def read_bulk_value(field: str, text: str) -> Any:  # noqa: ANN401 - a value of any column
    """Read the word or text that many stations are to get in one field; nothing is not known.

    Raises
    ------
    InputError
        when the field is none of `AT_ONCE`, or the word is not known in it.
    """
    facility = field.removeprefix("facility.")
    if facility != field and facility in FACILITIES_BY_ID:
        term = find_term(text, FACILITY_STATES) if text else None
        if text and term is None:
            raise InputError(unknown_word(text, FACILITY_STATES, what=say("facility")))
        return term.id if term else "unknown"
    if field not in AT_ONCE:
        raise InputError(say("{field} cannot be changed at many stations", field=field[:40]))
    if not text and field in {"kind", "status"}:
        raise InputError(say("{field} cannot be empty", field=field))
    table = Table("", (field,), ((text,),), (1,))
    faults = Faults("")
    columns = find_columns(table, STATION_FIELDS, faults, wide=FACILITIES)
    value = read_fields(columns, [""], faults, kind="station", named=False)[field][0]
    if faults.found:
        reason = faults.found[0].reason
        raise InputError(say("{where}: {reason}", where=field, reason=reason))
    return None if _is_nan(value) else value


def bulk_change(workspace: Workspace, ids: Iterable[str], *, field: str, text: str) -> BulkChange:
    """Say what giving stations one value would change; nothing is written.

    Raises
    ------
    InputError
        when they are more than can be changed at once, or the value cannot be.
    """
    chosen = tuple(dict.fromkeys(ids))
    refuse_too_many(len(chosen))
    after = read_bulk_value(field, text)
    edits = edits_of(workspace)
    versions = edits.versions(chosen)
    wanted = set(chosen)
    records = [
        record for record in records_of(workspace.register().stations()) if record[ID] in wanted
    ]
    empty = "unknown" if field.startswith("facility.") else EMPTY.get(field)
    before = {
        record[ID]: facts(dict(zip(FIELDS, record, strict=True))).get(field, empty)
        for record in records
    }
    values = {station: {field: after} for station, value in before.items() if value != after}
    counted = Counter((before[station], after) for station in values)
    told = repr([(station, versions.get(station), after) for station in sorted(values)])
    return BulkChange(
        field=field,
        after=after,
        values=values,
        versions=versions,
        kinds=tuple((old, new, count) for (old, new), count in counted.most_common()),
        same=len(before) - len(values),
        seen=hashlib.sha256(told.encode()).hexdigest(),
    )


def station_name(workspace: Workspace, station_id: str) -> str:
    """Return a station's name as the register has it now; its id where it is gone."""
    return station_names(workspace.database.backend, [station_id]).get(station_id, station_id)


def _table_of(
    texts: Mapping[str, str],
    lists: Mapping[str, Sequence[str]],
    facilities: Mapping[str, str],
    *,
    station_id: str,
) -> Table:
    """Lay a form out as a file of one row, so that it is read and doubted as one."""
    cells = {"id": station_id} if station_id else {}
    cells |= {name: texts.get(name, "").strip() for name in (*TEXTS, "lon", "lat")}
    cells |= {name: _JOINT.join(lists.get(name, ())) for name in LISTS}
    for column, state in FACILITY_COLUMNS.items():
        words = [one for one in FACILITIES_BY_ID if facilities.get(one) == state]
        cells[column] = _JOINT.join(words)
    return Table(_FORM, tuple(cells), (tuple(cells.values()),), (1,))


def _read(workspace: Workspace, table: Table, datum: Datum) -> dict[str, Any]:
    """Return the one row of a table as a record, by field (RowsError with its faults)."""
    settings = workspace.settings
    rows = station_rows(table, datum=datum, box=settings.box, sample=settings.sample)
    lon, lat = rows.places.lonlat[0].tolist()
    cells = {name: column[0] for name, column in rows.sound_columns().items()}
    return {name: None if _is_nan(value) else value for name, value in cells.items()} | {
        "lon": lon,
        "lat": lat,
    }


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and value != value  # noqa: PLR0124 - NaN


def _twin(workspace: Workspace, record: Mapping[str, Any], own: str) -> list[Finding]:
    """Find another station of the register that stands there and is named alike."""
    near = workspace.register().nearest(record["lon"], record["lat"], 6)
    names = station_names(workspace.database.backend, [one.id for one in near])
    others = ((one.id, names[one.id], one.distance_m) for one in near if one.id in names)
    found = twin_of(record["name"], (other for other in others if other[0] != own))
    return [] if found is None else [found]
