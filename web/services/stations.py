"""A station list: examined as it would be imported, cured where safe, imported, and exported."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data.database import Import
from data.doctor import Severity
from data.doctor.reports import write_table
from data.files.place_columns import datum_of_table
from data.files.register_template import write_template
from data.files.station_files import STATION_FIELDS, station_table, write_stations
from data.files.station_updates import read_updates
from web.services.register import (
    Taken,
    count_by_kind,
    examine_in,
    import_of,
    lay_over,
    read_stations,
    refuse_doubtful,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from data.database import Event
    from data.database.conflicts import Take
    from data.doctor import Checkup, Finding
    from data.files.spoken_tables import Reader
    from data.files.tables import Table
    from data.workspace import Workspace
    from geo.datum import Datum


@dataclass(frozen=True, eq=False)
class Checked:
    """A list as it was examined, and as it is after the safe cures; the same without any."""

    checkup: Checkup
    remaining: Checkup

    @property
    def is_sound(self) -> bool:
        """Whether no error remains, so that the list can be imported."""
        return not self.remaining.count(Severity.error)


@dataclass(frozen=True, eq=False)
class Imported:
    """What an import did, or would do.

    ``cured`` are the findings whose cures were applied first, ``by_kind`` counts the stations that
    were read, the most frequent kind first.
    """

    checkup: Checkup
    cured: tuple[Finding, ...]
    datum: Datum
    by_kind: Mapping[str, int]
    taken: Taken

    @property
    def n_stations(self) -> int:
        """How many stations were read."""
        return sum(self.by_kind.values())


@dataclass(frozen=True, kw_only=True)
class ImportAsked:
    """How a list is to be taken; see the parameters of `import_stations`."""

    kind: str | None = None
    by: str = "register"
    observed_at: date | None = None
    missing: str | None = None
    take: Take | None = None
    fix: bool = False
    sure: bool = False
    moved: bool = False
    dry_run: bool = False


def check_stations(
    workspace: Workspace,
    *,
    file: Path,
    datum: str | None = None,
    sheet: str | None = None,
    crs: str | None = None,
    cured_file: Path | None = None,
) -> Checked:
    """Examine a list with everything that the workspace knows of the city; nothing is imported.

    Parameters
    ----------
    workspace
        whose box, districts, roads and water the stations are held against.
    file
        CSV, XLSX, GeoJSON or GeoPackage.
    datum
        the word for the datum of its coordinates; None asks its own column.
    sheet
        the name of a workbook's sheet; None takes the one that holds the table.
    crs
        of coordinates in metres, such as "EPSG:4547", where the file does not say it.
    cured_file
        where the list goes with the safe cures applied, ``.xlsx`` or ``.csv``; None cures nothing.

    Raises
    ------
    DatumError
        when neither word nor column says the datum, or the column says several.
    FileFormatError, InputError
        when the file cannot be read as a table, or the cured one not be written.
    """
    rows = station_table(file, sheet=sheet, crs=crs)
    stated = datum_of_table(rows, STATION_FIELDS, datum)
    checkup = examine_in(workspace, rows, datum=stated)
    if cured_file is None:
        return Checked(checkup, checkup)
    cured = checkup.fixed_table()
    write_table(cured, cured_file)
    return Checked(checkup, examine_in(workspace, cured, datum=stated))


def update_stations(
    workspace: Workspace,
    *,
    file: Path,
    sheet: str | None = None,
    by: str = "register",
    observed_at: date | None = None,
    take: Take | None = None,
    dry_run: bool = False,
) -> Taken:
    """Take the columns of a sheet for the stations that it names by id; all others stay.

    Parameters
    ----------
    workspace
        the city.
    file
        CSV, XLSX or another table with ids and whichever columns a register has, but no
        coordinates; an empty cell changes nothing.
    sheet, by, observed_at, take, dry_run
        as `import_stations` has them.

    Raises
    ------
    InputError
        when a row cannot be taken; nothing is changed then.
    """
    updates = read_updates(station_table(file, sheet=sheet), workspace.register().stations())
    record = Import(
        file=file.name,
        source=by,
        observed_at=observed_at,
        rows=updates.rows,
        fields=updates.fields,
        partial=True,
        keep_newer=True,
        version=updates.version,
        take=take,
    )
    register = workspace.register()
    if dry_run:
        changes = register.compare(updates.stations, record=record)
    else:
        changes = register.replace(updates.stations, record=record)
    return Taken(replace(changes, missing=()), "keep", {})


def import_stations(
    workspace: Workspace,
    *,
    file: Path,
    datum: str | None = None,
    sheet: str | None = None,
    crs: str | None = None,
    kind: str | None = None,
    by: str = "register",
    observed_at: date | None = None,
    missing: str | None = None,
    take: Take | None = None,
    fix: bool = False,
    sure: bool = False,
    moved: bool = False,
    dry_run: bool = False,
) -> Imported:
    """Lay a list over the register, all rows or none.

    Parameters
    ----------
    workspace
        the city.
    file
        CSV, XLSX, GeoJSON or GeoPackage.
    datum
        the word for the datum of its coordinates; None asks its own column.
    sheet
        the name of a workbook's sheet; None takes the one that holds the table.
    crs
        of coordinates in metres, such as "EPSG:4547", where the file does not say it.
    kind
        of rows that name none; None refuses them.
    by
        whose word the list is: "register", "inspector" or "worker_count".
    observed_at
        the day of which it speaks; None: now.
    missing, moved
        what becomes of stations that it leaves out, and whether stations did move far; see
        `web.services.register.take`.
    take
        whose word holds, "file" or "register", where both changed the same since the list was
        exported; None refuses such a list.
    fix
        apply the safe cures first.
    sure
        take the datum as it is said, whatever the roads say.
    dry_run
        say what would change, and change nothing.

    Raises
    ------
    DatumError
        when the datum is not said, or is not what the roads say and nobody is ``sure``.
    InputError
        when a row cannot be taken, or so much is missing or moved that the list may be another.
    """
    rows = station_table(file, sheet=sheet, crs=crs)
    stated = datum_of_table(rows, STATION_FIELDS, datum)
    how = ImportAsked(
        kind=kind,
        by=by,
        observed_at=observed_at,
        missing=missing,
        take=take,
        fix=fix,
        sure=sure,
        moved=moved,
        dry_run=dry_run,
    )
    return import_rows(workspace, rows, stated, how)


def import_rows(workspace: Workspace, rows: Table, datum: Datum, how: ImportAsked) -> Imported:
    """Lay a table over the register, all rows or none; errors as of `import_stations`."""
    checkup = examine_in(workspace, rows, datum=datum, kind=how.kind)
    cured_rows = checkup.fixed_table() if how.fix else rows
    read = read_stations(workspace, cured_rows, datum=datum, kind=how.kind)
    if not how.sure:
        refuse_doubtful(checkup)
    record = import_of(read, file=rows.file, by=how.by, observed_at=how.observed_at, take=how.take)
    taken = lay_over(
        workspace, read, record, missing=how.missing, moved=how.moved, dry_run=how.dry_run
    )
    cured = tuple(checkup.fixable) if how.fix else ()
    return Imported(checkup, cured, datum, count_by_kind(read), taken)


def export_stations(
    workspace: Workspace,
    *,
    file: Path,
    as_of: date | None = None,
    reader: Reader | None = None,
) -> int:
    """Write the register, or what it was at the end of a day; returns how many stations.

    Each row says from which version of the register it comes, so that an import of the file finds
    what changed since. A workbook for a ``reader`` speaks that language.

    Raises
    ------
    NothingYetError
        when none was imported, or not by then.
    InputError
        when the ending of ``file`` is none that is written.
    WorkspaceError
        when the file cannot be written; one that was there stays.
    """
    register = workspace.register()
    version = register.version(as_of=as_of)  # before the rows: never newer than they are
    stations = register.stations(as_of=as_of)
    write_stations(stations, file, sample=workspace.settings.sample, version=version, reader=reader)
    return len(stations)


def history_of(workspace: Workspace, station: str) -> tuple[Event, ...]:
    """Return all that was ever said of a station, by its id (InputError when it never was)."""
    return workspace.register().history(station)


def write_register_template(file: Path) -> None:
    """Write the workbook that a city fills in (WorkspaceError when it cannot be written)."""
    write_template(file)
