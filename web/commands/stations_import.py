"""`yizhan stations import`: what a file would change, and then the change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from data.database import Changes, Import
from data.doctor import Severity, datum_finding
from data.record_cells import parse_day
from data.station_files import StationRows, station_rows
from data.stations import FACILITY_COLUMNS, STATION_COLUMNS
from data.tables import read_rows
from geo.errors import DatumError, InputError, NothingYetError
from geo.measure import great_circle_m
from web.commands.common import (
    Figures,
    answer,
    common_options,
    open_workspace,
    stopwatch,
    table,
)
from web.commands.register_words import import_figures, import_words
from web.commands.stations_check import day_of, examine_in, stated_datum

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from data.doctor import Checkup
    from data.stations import Stations
    from data.tables import Table
    from data.workspace import Workspace
    from geo.datum import Datum

#: A list that leaves out more of the register than this share may be of a part of it only.
MOST_MISSING: Final = 0.2
#: A station moved by less stands where it stood, written with other digits.
MOVED_M: Final = 0.5
#: A station that seems to have moved farther is rather another one of the same id: no change of
#: datum comes near.
FAR_M: Final = 5000.0


@click.command("import")
@common_options
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--datum", "datum_word", help="Datum of the coordinates: wgs84, gcj02 or bd09.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--fix", is_flag=True, help="Apply the safe cures of stations check first.")
@click.option("--sure", is_flag=True, help="The datum is right, whatever the roads say.")
@click.option("--moved", is_flag=True, help="Stations did move by more than 5 km.")
@click.option("--observed-at", help="The day of which the file speaks: 2026-11-23. Default: now.")
@click.option(
    "--by",
    type=click.Choice(["register", "inspector", "worker_count"]),
    default="register",
    show_default=True,
    help="Whose word the file is.",
)
@click.option(
    "--missing",
    type=click.Choice(["remove", "keep", "close"]),
    help="What becomes of stations that the file does not name.  [default: remove, where they are "
    "no more than a fifth of the register]",
)
def import_(
    folder: Path,
    file: Path,
    *,
    datum_word: str | None,
    observed_at: str | None,
    by: str,
    missing: str | None,
    dry_run: bool,
    fix: bool,
    sure: bool,
    moved: bool,
    as_json: bool,
) -> None:
    """Lay FILE (CSV, XLSX, GeoJSON or GeoPackage) over the register; all rows or none.

    Id, name, kind, lon and lat are enough; Chinese or English headings. What a file has no column
    for stays as it was. It says what is added, changed, missing.
    """
    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        rows = read_rows(file)
        datum = stated_datum(rows, datum_word)
        checkup = examine_in(workspace, rows, datum=datum)
        cured = checkup.fixable if fix else ()
        figures["fixed"] = [finding.as_dict() for finding in cured]
        rows = checkup.fixed_table() if fix else rows
        read = _read(workspace, rows, datum=datum)
        if not sure:
            refuse_doubtful(checkup)
        how = _how(read, file=file, by=by, observed_at=observed_at)
        done = take(workspace, read, how, missing=missing, moved=moved, dry_run=dry_run)
        figures |= {"stations": len(read), "datum": str(datum), "by_kind": _by_kind(read)}
        figures |= {"dry_run": dry_run, **import_figures(checkup, done.changes, done.moved_m)}
    words: list[object] = [f"row {finding.row}: {finding.cure.en}" for finding in cured]
    taken = "would be taken" if dry_run else "taken"
    words.append(f"{len(read)} stations {taken} from {file.name} ({datum}).")
    words += import_words(checkup, done.changes, done.moved_m, missing=done.missing)
    if dry_run and missing is None and (doubt := doubt_of_missing(done.changes)):
        words.append(f"Without --missing this is refused: the file {doubt}.")
    if dry_run and not moved and (doubt := doubt_of_places(done.moved_m)):
        words.append(f"Without --moved this is refused: the file {doubt}.")
    words.append(table(("kind", "stations"), list(_by_kind(read).items())))
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def import_stations(workspace: Workspace, *, file: Path, datum: Datum) -> Figures:
    """Read a register file and lay it over the workspace's register, with no questions asked."""
    read = _read(workspace, read_rows(file), datum=datum)
    take(workspace, read, _how(read, file=file, by="register", observed_at=None), missing="remove")
    return {"stations": len(read), "datum": str(datum), "by_kind": _by_kind(read)}


def refuse_doubtful(checkup: Checkup) -> None:
    """Stop an import whose datum is not what the file says (DatumError)."""
    fit = checkup.datum_fit
    doubt = None if fit is None else datum_finding(fit)
    if doubt is not None and doubt.severity is Severity.error:
        raise DatumError(
            f"{checkup.file}: {doubt.what.en}: {doubt.cure.en}; if it is right as it is, say --sure"
        )


@dataclass(frozen=True)
class Taken:
    """What an import does, or would do.

    ``missing`` is what becomes of the stations that the file does not name; ``moved_m`` are metres
    by id of stations that stand elsewhere.
    """

    changes: Changes
    missing: str
    moved_m: Mapping[str, float]


def take(
    workspace: Workspace,
    read: StationRows,
    how: Import,
    *,
    missing: str | None,
    moved: bool = False,
    dry_run: bool = False,
) -> Taken:
    """Lay a file over the register, or only say what that would change.

    ``missing``: "remove" takes stations out that the file does not name, "keep" leaves them as they
    are, "close" closes those that are not closed yet; None removes them, where they are few. A file
    without stations removes none. ``moved`` takes stations also more than `FAR_M` from where they
    were.

    Raises
    ------
    InputError
        when ``missing`` is None and more than `MOST_MISSING` of the register would go, or ``moved``
        is not set and a station would.
    """
    register = workspace.register()
    stations = read.stations()
    changes = register.compare(stations, record=how)
    moved_m = _moved_m(workspace, stations)
    if not len(stations):
        return Taken(replace(changes, missing=()), "keep", moved_m)
    doubt = "" if moved else doubt_of_places(moved_m)
    if not doubt and missing is None:
        doubt = doubt_of_missing(changes)
    if doubt and not dry_run:
        raise InputError(f"{how.file}: {doubt}")
    missing = missing or "remove"
    if not dry_run:
        how = replace(how, partial=missing != "remove")
        done = register.replace(stations, record=how, close_others=missing == "close")
        changes = replace(done, missing=changes.missing)
    return Taken(changes, missing, moved_m)


def doubt_of_missing(changes: Changes) -> str:
    """Say that a file leaves out so much that it may be of a part only; nothing where not."""
    missing = len(changes.missing)
    before = missing + len(changes.changed) + changes.unchanged
    if missing <= MOST_MISSING * before:
        return ""
    return (
        f"leaves out {missing} of the {before} stations of the register, which would be removed: "
        "say what becomes of them by --missing keep (a list of a part), close or remove"
    )


def doubt_of_places(moved_m: Mapping[str, float]) -> str:
    """Say that stations would stand so far off that their ids may mean others; nothing if none."""
    far = {station: metres for station, metres in moved_m.items() if metres > FAR_M}
    if not far:
        return ""
    farthest = max(far, key=far.__getitem__)
    return (
        f"puts {len(far)} of the stations of the register more than {FAR_M / 1000:.0f} km from "
        f"where they were, {farthest} by {far[farthest] / 1000:,.1f} km: look whether their ids "
        "are those of other stations, and say --moved if they did move"
    )


def _moved_m(workspace: Workspace, stations: Stations) -> dict[str, float]:
    """Metres by id of the stations that the file puts elsewhere, from `MOVED_M` on."""
    try:
        before = workspace.stations()
    except NothingYetError:
        return {}
    place = {station: at for at, station in enumerate(before.ids)}
    known = [(station, at) for at, station in enumerate(stations.ids) if station in place]
    if not known:
        return {}
    there, here = [place[station] for station, _ in known], [at for _, at in known]
    apart = great_circle_m(before.lonlat[there], stations.lonlat[here])
    pairs = zip(known, apart.tolist(), strict=True)
    return {station: metres for (station, _), metres in pairs if metres >= MOVED_M}


def _read(workspace: Workspace, rows: Table, *, datum: Datum) -> StationRows:
    """Read the rows, refusing the file when one of them cannot be taken."""
    settings = workspace.settings
    read = station_rows(rows, datum=datum, box=settings.box, sample=settings.sample)
    read.stations()
    return read


def _how(read: StationRows, *, file: Path, by: str, observed_at: str | None) -> Import:
    """Say where the stations come from and which columns the file speaks of."""
    columns = read.columns
    fields = {name for name in columns.index if name in STATION_COLUMNS} | {"geometry"}
    if columns.wide:
        fields |= set(FACILITY_COLUMNS)
    fields |= {name for name in FACILITY_COLUMNS if any(read.frame[name])}
    if "all_day" in columns.index:
        fields.add("hours")
    return Import(
        file=file.name,
        source=by,
        observed_at=None if observed_at is None else _day(observed_at),
        rows=tuple(columns.table.numbers),
        fields=frozenset(fields),
        keep_newer=True,
    )


def _day(text: str) -> date:
    return day_of(parse_day(text) or text, option="--observed-at")


def _by_kind(read: StationRows) -> dict[str, int]:
    return dict(Counter(read.frame["kind"]).most_common())
