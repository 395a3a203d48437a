"""The organisations in the database: who is there, and which list said so, when and by whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.database import clock
from data.database.changes import Change, Changes
from data.database.contents import forget_contents, read_contents, write_contents
from data.database.history import ImportNote
from data.database.organisation_edits import edit_of, newest_line
from data.database.schema import (
    ORGANISATION_EVENTS,
    ORGANISATION_IMPORTS,
    ORGANISATIONS,
    WITH_ORGANISATIONS,
)
from data.organisations import MEMBERS, ORGANISATION_COLUMNS, Organisations
from geo.errors import InputError, NothingYetError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date, datetime

    from data.database.backend import Backend
    from data.database.organisation_edits import OrganisationEdit

#: An organisation by the names of its columns.
Record = dict[str, Any]
_WHAT: Final = "organisations"
#: The source of what is said in the browser.
_DESK: Final = "desk"
_NO_ORGANISATIONS: Final = say("no organisations yet: run yizhan organisations import FILE")


@dataclass(frozen=True)
class OrganisationImport:
    """Where a list of organisations comes from, and how it is taken.

    ``source`` ("register", …) and ``by`` are words; ``observed_at`` is the day or moment of which
    the list speaks (None: now). ``rows`` are the row numbers in the file, one an organisation, or
    empty. A ``partial`` list does not speak of organisations that it does not name; otherwise
    those leave the table.
    """

    file: str = ""
    source: str = "register"
    by: str = ""
    observed_at: date | datetime | None = None
    rows: tuple[int, ...] = ()
    partial: bool = False


@dataclass(frozen=True)
class OrganisationEvent:
    """One line of the history: "added", "changed" or "removed", and the new values by column."""

    organisation_id: str
    kind: str
    recorded_at: datetime
    observed_at: datetime
    source: str
    by: str
    file: str
    row: int | None
    changes: Mapping[str, Any]


class OrganisationRegister:
    """The organisations of one workspace with their history, the same on both back ends."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def organisations(self) -> Organisations:
        """Return the organisations in their order (NothingYetError when none were imported)."""
        with self._backend.transaction() as connection:
            if read_contents(connection, _WHAT) is None:
                raise self._nothing()
            return Organisations.from_records(list(_read(connection).values()))

    def history(self, organisation_id: str) -> tuple[OrganisationEvent, ...]:
        """Return everything that was said of an organisation, the first event first.

        Raises
        ------
        InputError
            when no organisation ever had this id.
        """
        with self._backend.transaction() as connection:
            there = self._backend.read_revision(connection) >= WITH_ORGANISATIONS
            events = _read_events(connection, organisation_id) if there else ()
        if not events:
            raise InputError(
                say("organisation {id} was never in the table", id=organisation_id[:80])
            )
        return events

    def imports(self) -> tuple[ImportNote, ...]:
        """Return every list that was taken, and every time that they were forgotten, in order."""
        with self._backend.transaction() as connection:
            if self._backend.read_revision(connection) < WITH_ORGANISATIONS:
                return ()
            query = sa.select(ORGANISATION_IMPORTS).order_by(ORGANISATION_IMPORTS.c.id)
            return tuple(_note(row) for row in connection.execute(query))

    def compare(
        self, organisations: Organisations, *, record: OrganisationImport | None = None
    ) -> Changes:
        """Say what `replace` would change, and write nothing."""
        with self._backend.transaction() as connection:
            there = read_contents(connection, _WHAT) is not None
            before = _read(connection) if there else {}
        return _merge(before, organisations, record or OrganisationImport())[1]

    def replace(
        self, organisations: Organisations, *, record: OrganisationImport | None = None
    ) -> Changes:
        """Lay a list over the table as ``record`` says, in one transaction.

        Raises
        ------
        WorkspaceError
            when the database cannot be written; the table is as it was then.
        """
        with self._backend.transaction(write=True) as connection:
            return _lay(connection, organisations, record or OrganisationImport())

    def add(self, organisation: Mapping[str, Any], *, by: str) -> None:
        """Add one organisation (InputError when it cannot be, or its id is there)."""
        listed = Organisations.from_records([organisation])
        with self._backend.transaction(write=True) as connection:
            if listed.ids[0] in _read(connection):
                raise InputError(
                    say("organisation {id} is in the table already", id=listed.ids[0][:80])
                )
            _lay(connection, listed, OrganisationImport(source=_DESK, by=by, partial=True))

    def version(self, organisation_id: str) -> int:
        """Return the number of the newest line that was said of an organisation; 0: none was."""
        with self._backend.transaction() as connection:
            if self._backend.read_revision(connection) < WITH_ORGANISATIONS:
                return 0
            return newest_line(connection, organisation_id)

    def save(
        self,
        organisation: Mapping[str, Any],
        *,
        since: int,
        by: str,
        leave: Collection[str] = (),
    ) -> OrganisationEdit:
        """Give one organisation the values in which a form differs from what it showed.

        Parameters
        ----------
        organisation
            the whole record, as `add` takes it.
        since
            the version that the editor saw (`version`).
        leave
            columns in which the other editor's value is to stay.

        Returns
        -------
        OrganisationEdit
            with clashes nothing was written.

        Raises
        ------
        InputError
            when a value cannot be, or the organisation is not in the table.
        """
        [wanted] = records_of(Organisations.from_records([organisation]))
        with self._backend.transaction(write=True) as connection:
            before = _read(connection)
            _known(before, wanted["id"])
            now = before[wanted["id"]]
            edit = edit_of(
                connection, {**wanted, **{name: now[name] for name in leave}}, now, since=since
            )
            if edit.said and not edit.clashes:
                listed = Organisations.from_records([{**now, **edit.said}])
                _lay(connection, listed, OrganisationImport(source=_DESK, by=by, partial=True))
        return edit

    def remove(self, organisation_id: str, *, by: str) -> None:
        """Take one organisation out of the table; its history stays (InputError: not there)."""
        with self._backend.transaction(write=True) as connection:
            before = _read(connection)
            _known(before, organisation_id)
            rest = [record for key, record in before.items() if key != organisation_id]
            how = OrganisationImport(source=_DESK, by=by)
            _lay(connection, Organisations.from_records(rest), how)

    def clear(self, *, by: str = "") -> int:
        """Forget the organisations, but not their history; return how many there were.

        NothingYetError when there are none.
        """
        with self._backend.transaction(write=True) as connection:
            if read_contents(connection, _WHAT) is None:
                raise self._nothing()
            how = OrganisationImport(source="cleared", by=by)
            none = Organisations.from_records([])
            changes = _merge(_read(connection), none, how)[1]
            _write_history(connection, none, none, changes, how)
            connection.execute(sa.delete(ORGANISATIONS))
            forget_contents(connection, _WHAT)
        return len(changes.missing)

    def _nothing(self) -> NothingYetError:
        return NothingYetError(
            say("{where}: {reason}", where=self._backend.where, reason=_NO_ORGANISATIONS)
        )


def _known(before: Mapping[str, Record], organisation_id: str) -> None:
    if organisation_id not in before:
        raise InputError(say("organisation {id} is not in the table", id=organisation_id[:80]))


def _lay(
    connection: sa.Connection, organisations: Organisations, how: OrganisationImport
) -> Changes:
    """Lay a list over the table, with its history."""
    after, changes = _merge(_read(connection), organisations, how)
    made = Organisations.from_records(list(after.values()))
    moment = _write_history(connection, organisations, made, changes, how)
    connection.execute(sa.delete(ORGANISATIONS))
    if after:
        connection.execute(sa.insert(ORGANISATIONS), [_row(r) for r in after.values()])
    write_contents(
        connection, _WHAT, moment=moment, rows=len(after), content_hash=made.content_hash
    )
    return changes


def _merge(
    before: Mapping[str, Record], organisations: Organisations, how: OrganisationImport
) -> tuple[dict[str, Record], Changes]:
    """Return the table after a list, in its order, and what that changes."""
    listed = {record["id"]: record for record in records_of(organisations)}
    missing = () if how.partial else tuple(key for key in before if key not in listed)
    after = {**before, **listed} if how.partial else listed
    changed = tuple(
        Change(
            id=key,
            name=new["name"],
            before={name: before[key][name] for name in differing},
            after={name: new[name] for name in differing},
        )
        for key, new in listed.items()
        if key in before and (differing := [name for name in new if new[name] != before[key][name]])
    )
    added = tuple(key for key in listed if key not in before)
    unchanged = len(listed) - len(added) - len(changed)
    return after, Changes(added=added, changed=changed, missing=missing, unchanged=unchanged)


def records_of(organisations: Organisations) -> list[Record]:
    """Return the organisations as plain values, numbers as int."""
    columns = [organisations.frame[name].tolist() for name in ORGANISATION_COLUMNS]
    rows = zip(*columns, strict=True)
    return [dict(zip(ORGANISATION_COLUMNS, row, strict=True)) for row in rows]


def _write_history(
    connection: sa.Connection,
    listed: Organisations,
    made: Organisations,
    changes: Changes,
    how: OrganisationImport,
) -> datetime:
    """Write an import and its lines; returns its moment, later than every earlier one."""
    newest = sa.select(sa.func.max(ORGANISATION_IMPORTS.c.recorded_at))
    last = connection.execute(newest).scalar()
    moment = clock.now()
    if last is not None:
        moment = max(moment, clock.read_moment(last) + timedelta(microseconds=1))
    counts = changes.counts()
    values = {
        "recorded_at": clock.moment_text(moment),
        "observed_at": clock.observed_text(how.observed_at, recorded=moment),
        "file": how.file,
        "source": how.source,
        "by_whom": how.by,
        "rows": len(listed),
        **{name: counts[name] for name in ("added", "changed", "missing")},
        "partial": int(how.partial),
        "content_hash": made.content_hash,
    }
    written = connection.execute(sa.insert(ORGANISATION_IMPORTS).values(values))
    key = written.inserted_primary_key
    number = 0 if key is None else int(key[0])
    rows = dict(zip(listed.ids, how.rows, strict=True)) if how.rows else {}
    lines = [
        {**line, "import_id": number, "file_row": rows.get(line["organisation_id"])}
        for line in _lines(made, changes)
    ]
    if lines:
        connection.execute(sa.insert(ORGANISATION_EVENTS), lines)
    return moment


def _lines(made: Organisations, changes: Changes) -> Iterator[Record]:
    """Return the lines of the history: organisations that go, that change, and that come."""
    records = {record["id"]: record for record in records_of(made)}

    def line(key: str, kind: str, said: Mapping[str, Any]) -> Record:
        text = json.dumps(dict(said), ensure_ascii=False)
        return {"organisation_id": key, "kind": kind, "changes": text}

    for key in changes.missing:
        yield line(key, "removed", {})
    for change in changes.changed:
        yield line(change.id, "changed", change.after)
    for key in changes.added:
        said = {name: value for name, value in records[key].items() if name != "id" and value}
        yield line(key, "added", said)


def _row(record: Record) -> Record:
    members = {name: record[name] for name in MEMBERS if record[name]}
    plain = {name: record[name] for name in ("id", "name", "kind", "district", "posts")}
    return {**plain, "members": json.dumps(members)}


def _read(connection: sa.Connection) -> dict[str, Record]:
    """Read the table in its order, by id."""
    rows = connection.execute(sa.select(ORGANISATIONS).order_by(ORGANISATIONS.c.row)).all()
    found: dict[str, Record] = {}
    for row in rows:
        members = json.loads(row.members)
        values = {name: getattr(row, name, 0) for name in ORGANISATION_COLUMNS}
        found[row.id] = {**values, **{name: members.get(name, 0) for name in MEMBERS}}
    return found


def _read_events(connection: sa.Connection, organisation_id: str) -> tuple[OrganisationEvent, ...]:
    lines, lists = ORGANISATION_EVENTS.c, ORGANISATION_IMPORTS.c
    query = (
        sa.select(
            *(lines.organisation_id, lines.kind, lines.file_row, lines.changes),
            *(lists.recorded_at, lists.observed_at, lists.source, lists.by_whom, lists.file),
        )
        .join(ORGANISATION_IMPORTS, lines.import_id == lists.id)
        .where(lines.organisation_id == organisation_id)
        .order_by(lines.id)
    )
    return tuple(
        OrganisationEvent(
            organisation_id=row.organisation_id,
            kind=row.kind,
            recorded_at=clock.read_moment(row.recorded_at),
            observed_at=clock.read_moment(row.observed_at),
            source=row.source,
            by=row.by_whom,
            file=row.file,
            row=row.file_row,
            changes=json.loads(row.changes),
        )
        for row in connection.execute(query)
    )


def _note(row: sa.Row[Any]) -> ImportNote:
    return ImportNote(
        id=row.id,
        recorded_at=clock.read_moment(row.recorded_at),
        observed_at=clock.read_moment(row.observed_at),
        file=row.file,
        source=row.source,
        by=row.by_whom,
        fields=None,
        partial=bool(row.partial),
        rows=row.rows,
        counts={name: getattr(row, name) for name in ("added", "changed", "missing")},
    )
