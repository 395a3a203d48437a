"""`yizhan activities`: what happens at the stations, from a table."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from web.commands.common import answer, common_options, open_workspace, table
from web.commands.help_pages import Group
from web.commands.language import spoken

if TYPE_CHECKING:
    from datetime import datetime

_DAY: Final = click.DateTime(formats=["%Y-%m-%d"])


@click.group(cls=Group)
def activities() -> None:
    """Enter activities at stations."""


@activities.command("import")
@common_options
@click.argument("file", type=click.Path(path_type=Path))
def import_(folder: Path, file: Path, *, as_json: bool) -> None:
    """Add the activities of FILE (CSV or XLSX: station, title, kind, starts_at, ends_at, text)."""
    from web.services.activities import import_activities

    workspace = open_workspace(folder)
    numbers = import_activities(workspace, file=file)
    words = [
        spoken().plural(
            "{n} activity taken from {file}.",
            "{n} activities taken from {file}.",
            n=len(numbers),
            file=file.name,
        )
    ]
    figures = {"activities": len(numbers)}
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


@activities.command()
@common_options
@click.option("--since", type=_DAY, required=True, help="First day of the period.")
@click.option("--until", type=_DAY, required=True, help="Last day of the period.")
def figures(folder: Path, since: datetime, until: datetime, *, as_json: bool) -> None:
    """Count the activities that ended in a period, their places, who signed up and who came."""
    from web.services.activities import activity_figures

    workspace, t = open_workspace(folder), spoken()
    counted = activity_figures(workspace, since=since.date(), until=until.date())
    rows = [
        (t("held"), str(counted.held)),
        (t("places"), str(counted.places)),
        (t("signed up"), str(counted.signed_up)),
        (t("came (of {n} counted)", n=counted.counted), str(counted.attended)),
    ]
    told = {**asdict(counted), "since": since.date().isoformat(), "until": until.date().isoformat()}
    words = [table((t("Activities"), t("Number")), rows, left=1)]
    answer(told, as_json=as_json, sample=workspace.settings.sample, words=words)
