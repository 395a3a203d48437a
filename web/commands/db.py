"""`yizhan db`: the database of the workspace, where it is and at which step its schema stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.commands.common import answer, common_options, open_workspace, stopwatch, table
from web.commands.help_pages import Group
from web.commands.language import spoken

if TYPE_CHECKING:
    from data.backup import Backup
    from web.services import Figures


@click.group(cls=Group)
def db() -> None:
    """Look after the database: the workspace's file, or PostgreSQL by DATABASE_URL."""


@db.command()
@common_options
def info(folder: Path, *, as_json: bool) -> None:
    """Say where the database is, of which city, and what it holds."""
    from data.database.schema import HEAD

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        figures |= workspace.database.info()
    t = spoken()
    words: list[object] = [
        table((t("database"), ""), [(name, str(figures[name])) for name in figures])
    ]
    if figures["schema"] != HEAD:
        words.append(
            t("This version of Yizhan knows schema {schema}: run yizhan db upgrade.", schema=HEAD)
        )
    elif not figures["city"]:
        words.append(
            t("It does not know its city yet: the next write or yizhan db upgrade tells it.")
        )
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@db.command()
@common_options
@click.option("--create", is_flag=True, help="Make the tables in an empty PostgreSQL database.")
def upgrade(folder: Path, *, create: bool, as_json: bool) -> None:
    """Bring a database of an older Yizhan up to date; all that it holds stays."""
    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        before, after = workspace.database.upgrade(create=create)
        figures |= {"before": before, "after": after}
    t = spoken()
    if before == after:
        words = [t("The database is up to date (schema {schema}).", schema=after)]
    else:
        words = [t("Schema {before} is now {after}.", before=before or t("none"), after=after)]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@db.command()
@common_options
@click.option(
    "--to",
    "where",
    required=True,
    metavar="WHERE",
    envvar="YIZHAN_COPY_TO",
    help="postgresql://USER:PASSWORD@HOST:5432/DATABASE, or the path of a new SQLite file.",
)
def copy(folder: Path, *, where: str, as_json: bool) -> None:
    """Move house: copy everything into an empty database, and check it there table by table."""
    from data.database.copying import table_figures

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        tables, named = workspace.database.copy_to(where)
        figures |= {"from": workspace.database.backend.where, "to": named}
        figures["tables"] = table_figures(tables)
        photos, store = workspace.photos().files(), workspace.photo_store()
        lost = store.faults(photos)
        figures["photos"] = {"there": len(photos) - len(lost), "lost": sorted(lost)}
    t = spoken()
    rows = [(made.name, made.rows, made.content_hash[:12]) for made in tables]
    words = [
        table((t("table"), t("rows"), t("hash")), rows),
        t("{where} now holds all of that, with the same hashes.", where=named),
        *_photo_words(len(photos), len(lost), store.where),
        t("The copied one is as it was: stop the pages, then let DATABASE_URL name the new one."),
    ]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@db.command()
@common_options
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(folder: Path, *, file: Path, as_json: bool) -> None:
    """Write the whole workspace into FILE: database, settings, districts, key, photos."""
    workspace = open_workspace(folder)
    figures: Figures = {"file": str(file)}
    with stopwatch(figures):
        made = workspace.back_up(file)
    figures |= _figures_of(made)
    t = spoken()
    words = [
        t(
            "{file} holds {city} as of {made_at}, in {count} files.",
            file=str(file),
            city=made.name,
            made_at=made.made_at,
            count=len(made.files),
        ),
        t("It holds accounts and the secret key: keep it where only you can read it."),
    ]
    if made.lost_photos:
        words.append(
            t.plural(
                "{n} photo has no whole file and is not in it.",
                "{n} photos have no whole file and are not in it.",
                n=len(made.lost_photos),
            )
        )
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@db.command()
@common_options
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Put it in the place of what the database holds.")
def restore(folder: Path, *, file: Path, replace: bool, as_json: bool) -> None:
    """Make the workspace as it was in the backup FILE; every part is checked by its hash before."""
    from data.workspace import restore_workspace

    figures: Figures = {"file": str(file)}
    with stopwatch(figures):
        made = restore_workspace(file, folder, replace=replace)
        workspace = open_workspace(folder)
    figures |= _figures_of(made)
    t = spoken()
    words: list[object] = [
        t(
            "{folder} is {city} as of {made_at}.",
            folder=folder,
            city=made.name,
            made_at=made.made_at,
        )
    ]
    if not workspace.has_network():
        words.append(t("The roads are not in a backup: run yizhan network build, then demand."))
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _photo_words(named: int, lost: int, where: str) -> list[object]:
    """Say where the photos lie, which no database holds, and what of them is lost."""
    t, words = spoken(), list[object]()
    if named:
        words.append(
            t.plural(
                "{n} photo lies in {where}, where the new one finds it too.",
                "{n} photos lie in {where}, where the new one finds them too.",
                n=named - lost,
                where=where,
            )
        )
    if lost:
        words.append(
            t.plural(
                "{n} photo has no whole file there: put it back from a backup.",
                "{n} photos have no whole file there: put them back from a backup.",
                n=lost,
            )
        )
    return words


def _figures_of(made: Backup) -> Figures:
    return {
        "lost_photos": list(made.lost_photos),
        "city": made.city,
        "name": made.name,
        "made_at": made.made_at,
        "files": len(made.files),
        "bytes": made.size,
    }
