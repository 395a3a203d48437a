"""Unions, federations and firms: their list in, out, and forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from data.database import OrganisationImport
from data.database.organisation_links import read_linked_stations, read_organisation_names
from data.database.organisations import records_of
from data.files.columns import LONGEST_NAME
from data.files.organisation_files import read_organisations, write_organisations
from data.organisations import NUMBERS, Organisations
from data.plain_text import plain_text
from data.vocabulary import quote
from geo.errors import InputError, NothingYetError
from geo.messages import say
from web.services.register import MOST_MISSING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from data.database import Changes, ImportNote
    from data.database.organisation_links import LinkedStations, OrganisationNames
    from data.files.spoken_tables import Reader
    from data.workspace import Workspace


_MOST_DIGITS: Final = 9


@dataclass(frozen=True, eq=False)
class Kept:
    """The organisations of a workspace, and the list that they come from."""

    organisations: Organisations
    newest: ImportNote


@dataclass(frozen=True, eq=False)
class TakenOrganisations:
    """What an import does, or would do; ``missing`` is "remove" or "keep"."""

    organisations: Organisations
    changes: Changes
    missing: str


def kept_organisations(workspace: Workspace) -> Kept:
    """Return the organisations with their newest import (NothingYetError when there are none)."""
    register = workspace.organisation_register()
    return Kept(register.organisations(), register.imports()[-1])


def import_organisations(
    workspace: Workspace,
    *,
    file: Path,
    sheet: str | None = None,
    by: str = "",
    observed_at: date | None = None,
    missing: str | None = None,
    dry_run: bool = False,
) -> TakenOrganisations:
    """Lay a list over the table, all or nothing, or only say what that would change.

    ``missing``: "remove" takes organisations out that the file does not name, "keep" leaves them;
    None removes them where they are few. ``by`` is who handed the list in, ``observed_at`` the day
    of which it speaks.

    Raises
    ------
    InputError
        when a row cannot be taken, or ``missing`` is None and more than `MOST_MISSING` of the
        table would go; nothing is changed then.
    """
    read = read_organisations(file, districts=workspace.districts, sheet=sheet)
    record = OrganisationImport(
        file=file.name,
        by=by,
        observed_at=observed_at,
        rows=read.rows,
        partial=missing == "keep",
    )
    register = workspace.organisation_register()
    changes = register.compare(read.organisations, record=record)
    before = len(changes.missing) + len(changes.changed) + changes.unchanged
    if missing is None and len(changes.missing) > MOST_MISSING * before and not dry_run:
        raise InputError(
            say(
                "{file}: leaves out {missing} of the {before} organisations of the table, which "
                "would be removed: say what becomes of them by --missing keep (a list of a part) "
                "or remove",
                file=file.name,
                missing=len(changes.missing),
                before=before,
            )
        )
    if not dry_run:
        register.replace(read.organisations, record=record)
    return TakenOrganisations(read.organisations, changes, missing or "remove")


@dataclass(frozen=True)
class OrganisationQuery:
    """Which organisations are looked for; an empty part lets all through.

    ``district`` "-" are those of the whole city; ``words`` must all stand in id or name, capitals
    aside.
    """

    kind: str = ""
    district: str = ""
    words: str = ""


WHOLE_CITY: Final = "-"


def find_organisations(workspace: Workspace, query: OrganisationQuery) -> list[dict[str, Any]]:
    """Return the organisations that match, as records with all ``members``; none before a list."""
    try:
        found = workspace.organisations()
    except NothingYetError:
        return []
    words = query.words.casefold().split()
    district = "" if query.district == WHOLE_CITY else query.district
    return [
        {**record, "members": int(members)}
        for record, members in zip(records_of(found), found.members, strict=True)
        if query.kind in {"", record["kind"]}
        and (not query.district or record["district"] == district)
        and all(word in f"{record['id']} {record['name']}".casefold() for word in words)
    ]


def organisation_of(workspace: Workspace, organisation_id: str) -> dict[str, Any] | None:
    """Return one organisation as a record; None when it is not in the table."""
    found = find_organisations(workspace, OrganisationQuery())
    return next((record for record in found if record["id"] == organisation_id), None)


def check_organisation(workspace: Workspace, record: Mapping[str, str]) -> dict[str, Any]:
    """Return an organisation as a form sends it, its numbers read; an empty one is 0.

    Raises
    ------
    InputError
        when id, name, district or a number cannot be.
    """
    district = record["district"]
    known = workspace.districts.names
    if district and district not in known:
        raise InputError(
            say(
                "district {district} is none of the city (there are: {known})",
                district=quote(district[:80]),
                known=", ".join(known) or say("none"),
            )
        )
    checked: dict[str, Any] = {"kind": record["kind"], "district": district}
    for name in ("id", "name"):
        checked[name] = plain_text(
            record[name].strip(), what=name, longest=LONGEST_NAME, least=1, lines=False
        )
    for name in NUMBERS:
        digits = record[name].strip() or "0"
        if not (digits.isascii() and digits.isdigit()) or len(digits) > _MOST_DIGITS:
            raise InputError(say("{name} must be a whole number, or empty", name=name))
        checked[name] = int(digits)
    return checked


def add_organisation(workspace: Workspace, record: Mapping[str, Any], *, by: str) -> None:
    """Add one organisation (InputError when it cannot be, or its id is there)."""
    workspace.organisation_register().add(record, by=by)


def linked_stations(workspace: Workspace) -> Mapping[str, LinkedStations]:
    """Return by organisation the stations that it hosts and operates; none where it has none."""
    backend = workspace.database.backend
    return read_linked_stations(backend, read_organisation_names(backend))


def organisation_names(workspace: Workspace) -> OrganisationNames:
    """Return what the organisations are called, to find one by its name; none before a list."""
    return read_organisation_names(workspace.database.backend)


def remove_organisation(workspace: Workspace, organisation_id: str, *, by: str) -> None:
    """Take one organisation out of the table; its history stays (InputError: not there)."""
    workspace.organisation_register().remove(organisation_id, by=by)


def export_organisations(
    workspace: Workspace,
    *,
    file: Path,
    reader: Reader | None = None,
    query: OrganisationQuery | None = None,
) -> Organisations:
    """Write the organisations as CSV, XLSX or JSON (NothingYetError when there are none).

    A ``query`` writes those that match it alone.
    """
    found = workspace.organisations()
    if query is not None:
        wanted = {record["id"] for record in find_organisations(workspace, query)}
        found = Organisations.from_records(
            [record for record in records_of(found) if record["id"] in wanted]
        )
    write_organisations(found, file, sample=workspace.settings.sample, reader=reader)
    return found


def clear_organisations(workspace: Workspace, *, by: str = "", dry_run: bool = False) -> int:
    """Forget the organisations, but not their history; return how many there were.

    With ``dry_run`` they stay. NothingYetError when there are none.
    """
    if dry_run:
        return len(workspace.organisation_register().organisations())
    return workspace.organisation_register().clear(by=by)
