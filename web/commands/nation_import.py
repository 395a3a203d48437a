"""`yizhan nation import`: one list of stations, or a folder of them, into the cities' registers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from geo.messages import say
from web.commands.common import (
    answer,
    crs_option,
    json_option,
    sheet_option,
    steps,
    stopwatch,
    table,
)
from web.commands.help_pages import Command
from web.commands.language import spoken, told
from web.commands.nation_options import nation_option
from web.commands.stations_import import kind_of, read_day

if TYPE_CHECKING:
    from web.languages import Language
    from web.services.nation_import import CityImport, NationalImport

#: How many rows of no city, and how many faults of a city, are told in words.
_TOLD: Final = 10


@click.command("import", cls=Command)
@nation_option
@click.argument("path", metavar="LIST|FOLDER", type=click.Path(path_type=Path))
@click.option("--datum", "datum_word", help="Datum of the coordinates: wgs84, gcj02 or bd09.")
@sheet_option
@crs_option
@click.option("--kind", metavar="KIND", help="Of rows that name none.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--fix", is_flag=True, help="Apply the safe cures of stations check first.")
@click.option("--sure", is_flag=True, help="The datum is right, whatever the roads say.")
@click.option("--moved", is_flag=True, help="Stations did move by more than 5 km.")
@click.option("--observed-at", help="The day of which the lists speak: 2026-11-23. Default: now.")
@click.option(
    "--missing",
    type=click.Choice(["remove", "keep", "close"]),
    help="What becomes of stations of a named city that no list names.  [default: remove, where "
    "they are no more than a fifth of the city's register]",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the rows of no city: .csv, .xlsx or .json.")  # fmt: skip
@json_option
def import_(
    folder: Path,
    path: Path,
    *,
    datum_word: str | None,
    sheet: str | None,
    crs: str | None,
    kind: str | None,
    dry_run: bool,
    fix: bool,
    sure: bool,
    moved: bool,
    observed_at: str | None,
    missing: str | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Split a national list over the cities by where each station lies, and import each part.

    A city takes all of its rows or none, and one that cannot stops no other: it is listed with the
    reason, as is each row that lies in no city; the exit code is 1 then. A city that the list does
    not name stays as it is.
    """
    from data.nation import Nation
    from web.services.nation_import import import_lists, write_stray
    from web.services.stations import ImportAsked

    opened = Nation.open(folder)
    how = ImportAsked(
        kind=None if kind is None else kind_of(kind),
        observed_at=None if observed_at is None else read_day(observed_at),
        missing=missing,
        fix=fix,
        sure=sure,
        moved=moved,
        dry_run=dry_run,
    )
    figures: dict[str, Any] = {}
    with stopwatch(figures), steps() as progress, progress.step(say("cities")) as done:
        made = import_lists(
            opened, path, how=how, datum=datum_word, sheet=sheet, crs=crs, on_city=done
        )
        if output is not None:
            write_stray(made.stray, output, told=told)
    figures |= {"name": opened.name, "dry_run": dry_run, **_figures(made)}
    answer(figures, as_json=as_json, sample=made.sample,
           words=_words(made, spoken(), dry_run=dry_run))  # fmt: skip
    if made.stray or any(one.done is None for one in made.cities):
        raise SystemExit(1)


def _figures(made: NationalImport) -> dict[str, Any]:
    from web.services.nation_import import known

    return {
        "files": list(made.files),
        "cities": [
            {
                "code": one.city.code,
                "province": one.city.province,
                "rows": one.rows,
                "stations": 0 if one.done is None else one.done.n_stations,
                "changes": None if one.done is None else one.done.taken.changes.counts(),
                "why": told(one.why),
                "faults": [told(fault.message()) for fault in one.faults],
            }
            for one in made.cities
        ],
        "stray": [
            {
                "file": row.file,
                "row": str(row.row),
                "id": row.id,
                "name": row.name,
                "lon": known(row.lon),
                "lat": known(row.lat),
                "why": told(row.why),
            }
            for row in made.stray
        ],
        "unnamed": [city.code for city in made.unnamed],
    }


def _words(made: NationalImport, t: Language, *, dry_run: bool) -> list[object]:
    headings = (t("City"), t("Province"), t("Rows"), t("Taken"), t("New"), t("Changed"),
                t("Missing"))  # fmt: skip
    rows = [_row(one) for one in made.cities]
    taken = sum(one.done.n_stations for one in made.cities if one.done is not None)
    words: list[object] = [table(headings, rows, left=2)] if rows else []
    words += [
        t("{city}: nothing is taken: {why}", city=one.city.code, why=told(one.why))
        for one in made.cities
        if one.done is None
    ]
    for one in made.cities:
        words += [
            t("{city}, {fault}", city=one.city.code, fault=told(fault.message()))
            for fault in one.faults[1:_TOLD]
        ]
    words += [
        t("{file}, row {row}, {name}: {why}", file=row.file, row=row.row,
          name=row.name or row.id or "-", why=told(row.why))
        for row in made.stray[:_TOLD]
    ]  # fmt: skip
    if len(made.stray) > _TOLD:
        words.append(
            t("{n} more rows lie in no city: write them all with -o",
              n=f"{len(made.stray) - _TOLD:,}")
        )  # fmt: skip
    if made.unnamed:
        words.append(
            t("Not named by any list, and left as they are: {codes}",
              codes=", ".join(city.code for city in made.unnamed))
        )  # fmt: skip
    told_of: dict[str, Any] = {
        "stations": f"{taken:,}",
        "cities": sum(one.done is not None for one in made.cities),
        "stray": f"{len(made.stray):,}",
    }
    if dry_run:
        words.append(
            t("Would be taken: {stations} stations into {cities} cities; rows of no city: {stray}.",
              **told_of)
        )  # fmt: skip
    else:
        words.append(
            t("Taken: {stations} stations into {cities} cities; rows of no city: {stray}.",
              **told_of)
        )  # fmt: skip
    return words


def _row(one: CityImport) -> tuple[object, ...]:
    if one.done is None:
        return one.city.code, one.city.province, one.rows, 0, "-", "-", "-"
    changes = one.done.taken.changes
    return (
        one.city.code,
        one.city.province,
        one.rows,
        one.done.n_stations,
        len(changes.added),
        len(changes.changed),
        len(changes.missing),
    )
