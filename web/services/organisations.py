"""Unions, federations and firms: their list in, out, and forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.database import OrganisationImport
from data.files.organisation_files import read_organisations, write_organisations
from geo.errors import InputError
from geo.messages import say
from web.services.register import MOST_MISSING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from data.database import Changes, ImportNote
    from data.files.spoken_tables import Reader
    from data.organisations import Organisations
    from data.workspace import Workspace


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


def export_organisations(
    workspace: Workspace, *, file: Path, reader: Reader | None = None
) -> Organisations:
    """Write the organisations as CSV, XLSX or JSON (NothingYetError when there are none)."""
    found = workspace.organisations()
    write_organisations(found, file, sample=workspace.settings.sample, reader=reader)
    return found


def clear_organisations(workspace: Workspace, *, by: str = "") -> int:
    """Forget the organisations, but not their history; return how many there were.

    NothingYetError when there are none.
    """
    return workspace.organisation_register().clear(by=by)
