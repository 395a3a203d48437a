"""`yizhan stations import`: what a file would change, and then the change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.files.record_cells import parse_day
from web.commands.common import (
    answer,
    common_options,
    crs_option,
    open_workspace,
    sheet_option,
    stopwatch,
    table,
)
from web.commands.register_words import import_figures, import_words
from web.commands.stations_check import day_of
from web.services.register import doubt_of_missing, doubt_of_places
from web.services.stations import import_stations

if TYPE_CHECKING:
    from datetime import date

    from web.services import Figures


@click.command("import")
@common_options
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--datum", "datum_word", help="Datum of the coordinates: wgs84, gcj02 or bd09.")
@sheet_option
@crs_option
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
    sheet: str | None,
    crs: str | None,
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
        done = import_stations(
            workspace,
            file=file,
            datum=datum_word,
            sheet=sheet,
            crs=crs,
            by=by,
            observed_at=None if observed_at is None else _day(observed_at),
            missing=missing,
            fix=fix,
            sure=sure,
            moved=moved,
            dry_run=dry_run,
        )
        checkup, changes, moved_m = done.checkup, done.taken.changes, done.taken.moved_m
        figures["fixed"] = [finding.as_dict() for finding in done.cured]
        figures |= {"stations": done.n_stations, "datum": str(done.datum)}
        figures |= {"by_kind": dict(done.by_kind), "dry_run": dry_run}
        figures |= import_figures(checkup, changes, moved_m)
    words: list[object] = [f"row {finding.row}: {finding.cure.en}" for finding in done.cured]
    taken = "would be taken" if dry_run else "taken"
    words.append(f"{done.n_stations} stations {taken} from {file.name} ({done.datum}).")
    words += import_words(checkup, changes, moved_m, missing=done.taken.missing)
    if dry_run and missing is None and (doubt := doubt_of_missing(changes)):
        words.append(f"Without --missing this is refused: the file {doubt}.")
    if dry_run and not moved and (doubt := doubt_of_places(moved_m)):
        words.append(f"Without --moved this is refused: the file {doubt}.")
    words.append(table(("kind", "stations"), list(done.by_kind.items())))
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _day(text: str) -> date:
    return day_of(parse_day(text) or text, option="--observed-at")
