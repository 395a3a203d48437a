"""`yizhan activities`: what happens at the stations, from a table."""

from __future__ import annotations

from pathlib import Path

import click

from web.commands.common import answer, common_options, open_workspace
from web.commands.help_pages import Group
from web.commands.language import spoken


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
