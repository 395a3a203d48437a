"""`yizhan db`: the database of the workspace, where it is and at which step its schema stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from web.commands.common import answer, common_options, open_workspace, stopwatch, table
from web.commands.help_pages import Group
from web.commands.language import spoken

if TYPE_CHECKING:
    from pathlib import Path

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
    t = spoken()
    rows = [(made.name, made.rows, made.content_hash[:12]) for made in tables]
    words = [
        table((t("table"), t("rows"), t("hash")), rows),
        t("{where} now holds all of that, with the same hashes.", where=named),
        t("The copied one is as it was: stop the pages, then let DATABASE_URL name the new one."),
    ]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)
