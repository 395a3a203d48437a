"""`yizhan stations import`: what a file would change, and then the change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.vocabulary import KINDS, find_term, unknown_word
from geo.errors import InputError
from geo.messages import say
from web.commands.common import (
    answer,
    common_options,
    crs_option,
    open_workspace,
    sheet_option,
    stopwatch,
    table,
)
from web.commands.help_pages import Command
from web.commands.language import shown, spoken, told
from web.commands.numbers import n_stations
from web.commands.register_words import change_figures, change_words, import_figures, import_words
from web.commands.stations_check import cure_words, day_of

if TYPE_CHECKING:
    from datetime import date

    from data.database.conflicts import Take
    from web.services import Figures


_take_option = click.option(
    "--take",
    type=click.Choice(["file", "register"]),
    help="Whose word holds where both changed the same since the file was exported.",
)


@click.command("import", cls=Command)
@common_options
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--datum", "datum_word", help="Datum of the coordinates: wgs84, gcj02 or bd09.")
@sheet_option
@crs_option
@click.option("--kind", metavar="KIND", help="Of rows that name none.")
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
@_take_option
def import_(
    folder: Path,
    file: Path,
    *,
    datum_word: str | None,
    sheet: str | None,
    crs: str | None,
    kind: str | None,
    observed_at: str | None,
    by: str,
    missing: str | None,
    take: Take | None,
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
    from web.services.register import doubt_of_missing, doubt_of_places
    from web.services.stations import import_stations

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        done = import_stations(
            workspace,
            file=file,
            datum=datum_word,
            sheet=sheet,
            crs=crs,
            kind=None if kind is None else kind_of(kind),
            by=by,
            observed_at=None if observed_at is None else read_day(observed_at),
            missing=missing,
            take=take,
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
    t = spoken()
    words: list[object] = [cure_words(finding, t) for finding in done.cured]
    n, name, datum = n_stations(done.n_stations, t), file.name, done.datum
    if dry_run:
        said = t(
            "{stations} would be taken from {file} ({datum}).", stations=n, file=name, datum=datum
        )
    else:
        said = t("{stations} taken from {file} ({datum}).", stations=n, file=name, datum=datum)
    words.append(said)
    words += import_words(checkup, changes, moved_m, missing=done.taken.missing)
    if dry_run and missing is None and (doubt := doubt_of_missing(changes)):
        words.append(t("Without --missing this is refused: the file {doubt}.", doubt=told(doubt)))
    if dry_run and take is None and changes.conflicts:
        words.append(t("Without --take file or --take register this is refused."))
    if dry_run and not moved and (doubt := doubt_of_places(moved_m)):
        words.append(t("Without --moved this is refused: the file {doubt}.", doubt=told(doubt)))
    words.append(
        table(
            (t("kind"), t("stations")),
            [(shown(kind, t.kind), of) for kind, of in done.by_kind.items()],
        )
    )
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def read_day(text: str) -> date:
    """Read the day of ``--observed-at``, in any of the forms of a register (InputError)."""
    from data.files.record_cells import parse_day

    return day_of(parse_day(text) or text, option="--observed-at")


def kind_of(word: str) -> str:
    """Return the id of a kind that a person wrote (InputError when it is none)."""
    term = find_term(word, KINDS)
    if term is None:
        raise InputError(say("--kind {reason}", reason=unknown_word(word, KINDS, what=say("kind"))))
    return term.id


@click.command(cls=Command)
@common_options
@click.argument("file", type=click.Path(path_type=Path))
@sheet_option
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--observed-at", help="The day of which the file speaks: 2026-11-23. Default: now.")
@click.option(
    "--by",
    type=click.Choice(["register", "inspector", "worker_count"]),
    default="register",
    show_default=True,
    help="Whose word the file is.",
)
@_take_option
def update(
    folder: Path,
    file: Path,
    *,
    sheet: str | None,
    observed_at: str | None,
    by: str,
    take: Take | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take some columns of FILE for the stations that it names by id; all others stay.

    A sheet with 编号 and any other columns, such as check dates or hours; no coordinates, and no
    datum needed. An empty cell changes nothing.
    """
    from web.services.stations import update_stations

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        day = None if observed_at is None else read_day(observed_at)
        done = update_stations(
            workspace,
            file=file,
            sheet=sheet,
            by=by,
            observed_at=day,
            take=take,
            dry_run=dry_run,
        )
        figures |= {"dry_run": dry_run, **change_figures(done.changes, done.moved_m)}
    t = spoken()
    if dry_run:
        words: list[object] = [t("Would be taken from {file}:", file=file.name)]
    else:
        words = [t("Taken from {file}:", file=file.name)]
    words += change_words(done.changes, done.moved_m, missing=done.missing)
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)
