"""`yizhan organisations`: unions, federations and firms with their members and posts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.china_time import CHINA_TIME
from web.commands.common import (
    answer,
    common_options,
    open_workspace,
    sheet_option,
    stopwatch,
    table,
)
from web.commands.help_pages import Group
from web.commands.history_words import event_figures, event_words
from web.commands.language import reader, shown, spoken
from web.commands.register_words import by_field, change_words
from web.commands.stations_import import read_day
from web.languages import message
from web.site.number_words import count

if TYPE_CHECKING:
    from data.database import Changes, ImportNote
    from data.organisations import Organisations
    from web.services import Figures

_MOST_NAMED = 20


@click.group(cls=Group)
def organisations() -> None:
    """Keep the unions, federations and firms with their members and posts."""


@organisations.command("import")
@common_options
@click.argument("file", type=click.Path(path_type=Path))
@sheet_option
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--observed-at", help="The day of which the file speaks: 2026-11-23. Default: now.")
@click.option("--by", default="", metavar="NAME", help="Who handed the list in.")
@click.option(
    "--missing",
    type=click.Choice(["remove", "keep"]),
    help="What becomes of organisations that the file does not name.  [default: remove, where "
    "they are no more than a fifth of the table]",
)
def import_(
    folder: Path,
    file: Path,
    *,
    sheet: str | None,
    dry_run: bool,
    observed_at: str | None,
    by: str,
    missing: str | None,
    as_json: bool,
) -> None:
    """Lay FILE (CSV, XLSX or JSON with id, name, kind) over the organisations; all rows or none.

    Columns of groups count their members; 区县, 其他会员, 会员总数 and 岗位数 are read too.
    """
    from web.services.organisations import import_organisations

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        done = import_organisations(
            workspace,
            file=file,
            sheet=sheet,
            by=by,
            observed_at=None if observed_at is None else read_day(observed_at),
            missing=missing,
            dry_run=dry_run,
        )
        figures |= {"dry_run": dry_run, **_totals(done.organisations), **_changes(done.changes)}
    t = spoken()
    n = _n(done.organisations)
    if dry_run:
        said = t("{organisations} would be taken from {file}.", organisations=n, file=file.name)
    else:
        said = t("{organisations} taken from {file}.", organisations=n, file=file.name)
    words: list[object] = [said]
    words += change_words(done.changes, {}, missing=done.missing, whose=message("organisations"))
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@organisations.command("list")
@common_options
@click.option("--find", default="", metavar="TEXT", help="Only those whose id or name holds TEXT.")
@click.option(
    "--most",
    type=click.IntRange(min=1),
    default=40,
    show_default=True,
    help="How many are printed; --json tells all.",
)
def list_(folder: Path, find: str, most: int, *, as_json: bool) -> None:
    """Show the organisations with their members and posts, and of which list they are."""
    from web.services.organisations import kept_organisations

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        kept = kept_organisations(workspace)
        rows = _rows(kept.organisations, find)
        figures |= {**_totals(kept.organisations), "from": _source(kept.newest)}
        figures["organisations_found"] = rows
    t = spoken()
    told = [
        (
            *(row["id"], row["name"], shown(row["kind"], t.organisation_kind)),
            *(row["district"] or "–", count(row["members"]), row["posts"]),
        )
        for row in rows[:most]
    ]
    headings = (t("id"), t("name"), t("kind"), t("district"), t("members"), t("posts"))
    words: list[object] = [
        t(
            "{organisations} with {members} members and {posts} posts.",
            organisations=_n(kept.organisations),
            members=count(figures["members"]),
            posts=count(figures["posts"]),
        ),
        _whence(kept.newest),
        table(headings, told, left=4),
    ]
    if len(rows) > most:
        words.append(
            t(
                "… and {n} more: narrow them with --find, or --most {all}",
                n=len(rows) - most,
                all=len(rows),
            )
        )
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@organisations.command()
@common_options
@click.argument("organisation")
def history(folder: Path, organisation: str, *, as_json: bool) -> None:
    """Tell all that was ever said of ORGANISATION (its id): when, by whom, from which file."""
    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        events = workspace.organisation_register().history(organisation)
        figures |= {"organisation": organisation, "events": event_figures(events)}
    words = event_words(events, whose=organisation)
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@organisations.command()
@common_options
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="The ending tells the format: .csv, .xlsx or .json.",
)
def export(folder: Path, output: Path, *, as_json: bool) -> None:
    """Write the organisations: a list to edit and import again."""
    from web.services.organisations import export_organisations

    workspace = open_workspace(folder)
    figures: Figures = {}
    with stopwatch(figures):
        found = export_organisations(workspace, file=output, reader=reader())
        figures |= {"organisations": len(found), "file": str(output)}
    words = [spoken()("{organisations} written to {file}.", organisations=_n(found), file=output)]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@organisations.command()
@common_options
@click.option("--by", default="", metavar="NAME", help="Who has them forgotten.")
@click.option("--dry-run", is_flag=True, help="Only say how many would be forgotten.")
def clear(folder: Path, by: str, *, dry_run: bool, as_json: bool) -> None:
    """Forget the organisations; their history stays."""
    from web.services.organisations import clear_organisations

    workspace = open_workspace(folder)
    figures: Figures = {"dry_run": dry_run}
    with stopwatch(figures):
        figures["forgotten"] = clear_organisations(workspace, by=by, dry_run=dry_run)
    t, n = spoken(), figures["forgotten"]
    if dry_run:
        told = t.plural(
            "{n} organisation would be forgotten; nothing was written.",
            "{n} organisations would be forgotten; nothing was written.",
            n=n,
        )
    else:
        told = t.plural(
            "{n} organisation forgotten; its history stays.",
            "{n} organisations forgotten; their history stays.",
            n=n,
        )
    words = [told]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _n(found: Organisations) -> str:
    n = len(found)
    return spoken().plural("{number} organisation", "{number} organisations", n=n, number=count(n))


def _totals(found: Organisations) -> Figures:
    from data.organisations import MEMBERS

    by_group = {name: int(found.frame[name].sum()) for name in MEMBERS}
    return {
        "organisations": len(found),
        "members": int(found.members.sum()),
        "members_by_group": {name: n for name, n in by_group.items() if n},
        "posts": int(found.posts.sum()),
    }


def _changes(changes: Changes) -> Figures:
    return {
        **{name: n for name, n in changes.counts().items() if name not in {"refused", "kept"}},
        "fields": {name: len(found) for name, found in by_field(changes).items()},
        "added_ids": list(changes.added[:_MOST_NAMED]),
        "missing_ids": list(changes.missing[:_MOST_NAMED]),
    }


def _rows(found: Organisations, find: str) -> list[Figures]:
    """Return the organisations whose id or name holds ``find``, with all columns and members."""
    records = found.frame.to_dict("records")
    rows = [
        {**{str(name): value for name, value in record.items()}, "members": members}
        for record, members in zip(records, found.members.tolist(), strict=True)
    ]
    return [row for row in rows if find.casefold() in f"{row['id']}\n{row['name']}".casefold()]


def _source(note: ImportNote) -> Figures:
    return {
        "file": note.file,
        "observed_at": note.observed_at.isoformat(),
        "recorded_at": note.recorded_at.isoformat(),
        "by": note.by,
    }


def _whence(note: ImportNote) -> str:
    """Say of which list the table is, of which day, and by whom."""
    t = spoken()
    day = note.observed_at.astimezone(CHINA_TIME).date()
    if note.by:
        return t("Newest list: {file}, of {day}, from {by}.", by=note.by, file=note.file, day=day)
    return t("Newest list: {file}, of {day}.", file=note.file, day=day)
