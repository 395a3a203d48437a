"""`yizhan report`: the figures for those who decide."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.messages import say
from web.commands.common import (
    answer,
    common_options,
    open_workspace,
    outdated_words,
    steps,
    stopwatch,
)
from web.commands.help_pages import Command
from web.commands.language import spoken

if TYPE_CHECKING:
    from web.services import Figures


@click.command(cls=Command)
@common_options
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder of the report."
)
def report(folder: Path, output: Path, *, as_json: bool) -> None:
    """Write report.html and CSV files: coverage before and after the newest plan."""
    from web.reports.pages import write_report

    workspace = open_workspace(folder)
    figures: Figures = {}
    with steps() as progress, stopwatch(figures), progress.step(say("writing the report")):
        files = write_report(workspace, output)
    figures["files"] = [str(file) for file in files]
    words = [
        *(spoken()("written: {file}", file=file) for file in files),
        *outdated_words(workspace),
    ]
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)
