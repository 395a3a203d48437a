"""A national station list, or a folder of lists, brought into the registers of a nation's cities.

Each city takes all of its rows or none, and one that cannot stops no other. A list that cannot be
read as a whole stops everything, as nobody could tell then which stations are missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.files.table_files import write_rows
from data.files.tables import joined_rows
from data.nation.national_list import CityGround, read_list, split_list
from data.workspace import Workspace
from geo.errors import FileFormatError, InputError, NothingYetError, YizhanError
from geo.messages import listed, message_of, say
from web.services.stations import import_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from data.files.tables import Table
    from data.nation.nation_file import Nation, NationCity
    from data.nation.national_list import StrayRow
    from geo.datum import Datum
    from geo.errors import RowFault
    from web.services.stations import ImportAsked, Imported


@dataclass(frozen=True, eq=False)
class CityImport:
    """What a city took, or would: None where it takes nothing, for the reason ``why``.

    ``rows`` of the lists are of this city; ``faults`` are all that is wrong with them.
    """

    city: NationCity
    rows: int
    done: Imported | None
    why: str
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True, eq=False)
class NationalImport:
    """What came of a list: the cities it names, the rows of no city, the cities without a row."""

    files: tuple[str, ...]
    cities: tuple[CityImport, ...]
    stray: tuple[StrayRow, ...]
    unnamed: tuple[NationCity, ...]
    sample: bool


@dataclass(frozen=True, eq=False)
class _Opened:
    city: NationCity
    workspace: Workspace


def import_lists(
    nation: Nation,
    path: Path,
    *,
    how: ImportAsked,
    datum: str | None = None,
    sheet: str | None = None,
    crs: str | None = None,
    on_city: Callable[[str, float], None] = lambda _code, _share: None,
) -> NationalImport:
    """Split a list, or each list of a folder, over the cities and lay each part over its register.

    Parameters
    ----------
    nation
        the nation; a city that cannot be opened takes nothing, with the reason.
    path
        a list as `stations import` reads it, or a folder of such; a name that begins with a dot or
        with ~$ is none.
    how
        how each city takes its rows.
    datum, sheet, crs
        of all lists; see `import_stations`.
    on_city
        is told of each city and of the share that is done.

    Raises
    ------
    InputError
        when a list cannot be read as a whole, or its datum is not said; nothing is taken then.
    NothingYetError
        when the nation has no city that can be opened.
    """
    files = _files(path)
    tables = [read_list(file, sheet=sheet, crs=crs) for file in files]
    opened, shut = _open_cities(nation)
    if not opened:
        raise NothingYetError(say("{folder} has no city to take stations in", folder=nation.folder))
    grounds = [
        CityGround(one.city.code, one.workspace.districts, one.workspace.settings.box)
        for one in opened
    ]
    splits = [split_list(table, grounds, datum=datum, kind=how.kind) for table in tables]
    parts: dict[str, list[tuple[Datum, Table]]] = {}
    for split in splits:
        for code, table in split.parts.items():
            parts.setdefault(code, []).append((split.datum, table))
    taken = []
    for number, one in enumerate(opened):
        if own := parts.get(one.city.code):
            taken.append(_take(one, own, how))
        on_city(one.city.code, (number + 1) / len(opened))
    return NationalImport(
        files=tuple(file.name for file in files),
        cities=(*taken, *shut),
        stray=tuple(row for split in splits for row in split.stray),
        unnamed=tuple(one.city for one in opened if one.city.code not in parts),
        sample=any(one.workspace.settings.sample for one in opened),
    )


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(
        file for file in path.iterdir() if file.is_file() and not file.name.startswith((".", "~$"))
    )
    if not found:
        raise FileFormatError(say("{folder}: holds no list", folder=path))
    return found


def _open_cities(nation: Nation) -> tuple[list[_Opened], list[CityImport]]:
    """Open each city; those that cannot be opened are told with the reason."""
    opened, shut = [], []
    for city in nation.cities():
        try:
            opened.append(_Opened(city, Workspace.open(city.folder)))
        except YizhanError as error:
            shut.append(CityImport(city, 0, None, message_of(error)))
    return opened, shut


def _take(one: _Opened, parts: Sequence[tuple[Datum, Table]], how: ImportAsked) -> CityImport:
    """Lay a city's rows of all lists over its register."""
    n_rows = sum(len(table) for _, table in parts)
    try:
        datum, rows = _joined(parts)
        return CityImport(one.city, n_rows, import_rows(one.workspace, rows, datum, how), "")
    except YizhanError as error:
        faults = getattr(error, "faults", ())
        return CityImport(one.city, n_rows, None, message_of(error), tuple(faults))


def _joined(parts: Sequence[tuple[Datum, Table]]) -> tuple[Datum, Table]:
    datums, tables = {datum for datum, _ in parts}, [table for _, table in parts]
    joined = joined_rows([(table.file, table) for table in tables])
    if joined is None or len(datums) > 1:
        raise InputError(
            say(
                "its stations stand in lists of several forms or datums ({files}): import one"
                " after the other with --missing keep",
                files=listed(table.file for table in tables),
            )
        )
    return datums.pop(), joined


def write_stray(stray: Sequence[StrayRow], file: Path, *, told: Callable[[str], str]) -> None:
    """Write the rows of no city as .csv, .xlsx or .json, each with its reason as ``told`` has it.

    Raises
    ------
    InputError
        for another ending.
    WorkspaceError
        when it cannot be written.
    """
    columns: Mapping[str, Sequence[object]] = {
        "file": [row.file for row in stray],
        "row": [str(row.row) for row in stray],
        "id": [row.id for row in stray],
        "name": [row.name for row in stray],
        "lon": [known(row.lon) for row in stray],
        "lat": [known(row.lat) for row in stray],
        "why": [told(row.why) for row in stray],
    }
    write_rows(columns, file, layer="stray", sample=False)


def known(degrees: float) -> float | None:
    """Return degrees; None where there are none."""
    return None if degrees != degrees else degrees  # noqa: PLR0124 - NaN
