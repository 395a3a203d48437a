"""The register: examine a station list, say what it would change, and take it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from data.china_time import today_here
from data.database import Changes, Import
from data.doctor import City, Severity, datum_finding, examine
from data.files.station_files import StationRows, read_version, station_rows
from data.layers import load_layers
from data.stations import FACILITY_COLUMNS, STATION_COLUMNS
from geo.errors import DatumError, InputError, NothingYetError
from geo.measure import great_circle_m
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from data.database.conflicts import Take
    from data.doctor import Checkup
    from data.files.tables import Table
    from data.stations import Stations
    from data.workspace import Workspace
    from geo.datum import Datum

#: A list that leaves out more of the register than this share may be of a part of it only.
MOST_MISSING: Final = 0.2
#: A station moved by less stands where it stood, written with other digits.
MOVED_M: Final = 0.5
#: A station that seems to have moved farther is rather another one of the same id: no change of
#: datum comes near.
FAR_M: Final = 5000.0


def examine_in(
    workspace: Workspace,
    rows: Table,
    *,
    datum: Datum,
    kind: str | None = None,
    fits_datum: bool = True,
) -> Checkup:
    """Examine a table with everything that the workspace knows of the city; see `examine`."""
    settings = workspace.settings
    water = load_layers(workspace.layers_folder()).get("water")
    city = City(
        box=settings.box,
        districts=workspace.districts,
        network=workspace.network() if workspace.has_network() else None,
        water_points=None if water is None else water.lonlat,
        snap_limit_m=settings.snap_limit_m,
        sample=settings.sample,
    )
    return examine(
        rows, datum=datum, city=city, today=today_here(), kind=kind, fits_datum=fits_datum
    )


def refuse_doubtful(checkup: Checkup) -> None:
    """Stop an import whose datum is not what the file says (DatumError)."""
    fit = checkup.datum_fit
    doubt = None if fit is None else datum_finding(fit)
    if doubt is not None and doubt.severity is Severity.error:
        raise DatumError(
            say(
                "{file}: {what}: {cure}; if it is right as it is, say --sure",
                file=checkup.file,
                what=doubt.what.en,
                cure=doubt.cure.en,
            )
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


def lay_over(
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
        raise InputError(say("{file}: {doubt}", file=how.file, doubt=doubt))
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
    return say(
        "leaves out {missing} of the {before} stations of the register, which would be removed: "
        "say what becomes of them by --missing keep (a list of a part), close or remove",
        missing=missing,
        before=before,
    )


def doubt_of_places(moved_m: Mapping[str, float]) -> str:
    """Say that stations would stand so far off that their ids may mean others; nothing if none."""
    far = {station: metres for station, metres in moved_m.items() if metres > FAR_M}
    if not far:
        return ""
    farthest = max(far, key=far.__getitem__)
    return say(
        "puts {n_far} of the stations of the register more than {far_km:.0f} km from "
        "where they were, {farthest} by {farthest_km:,.1f} km: look whether their ids "
        "are those of other stations, and say --moved if they did move",
        n_far=len(far),
        far_km=FAR_M / 1000,
        farthest=farthest,
        farthest_km=far[farthest] / 1000,
    )


def _moved_m(workspace: Workspace, stations: Stations) -> dict[str, float]:
    """Metres by id of the stations that the file puts elsewhere, from `MOVED_M` on."""
    try:
        before = workspace.register().stations()
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


def read_stations(
    workspace: Workspace, rows: Table, *, datum: Datum, kind: str | None = None
) -> StationRows:
    """Read the rows, refusing the file when one of them cannot be taken."""
    settings = workspace.settings
    read = station_rows(rows, datum=datum, box=settings.box, sample=settings.sample, kind=kind)
    read.stations()
    return read


def import_of(
    read: StationRows, *, file: str, by: str, observed_at: date | None, take: Take | None = None
) -> Import:
    """Say where the stations come from and which columns the file speaks of."""
    columns = read.columns
    fields = {name for name in columns.index if name in STATION_COLUMNS} | {"geometry"}
    if columns.wide:
        fields |= set(FACILITY_COLUMNS)
    fields |= {name for name in FACILITY_COLUMNS if any(read.frame[name])}
    if "all_day" in columns.index:
        fields.add("hours")
    return Import(
        file=file,
        source=by,
        observed_at=observed_at,
        rows=tuple(columns.table.numbers),
        fields=frozenset(fields),
        keep_newer=True,
        version=read_version(columns),
        take=take,
    )


def count_by_kind(read: StationRows) -> dict[str, int]:
    """Count the stations that were read by kind, the most frequent first."""
    return dict(Counter(read.frame["kind"]).most_common())
