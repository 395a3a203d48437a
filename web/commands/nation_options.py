"""What the commands of a nation share."""

from __future__ import annotations

from pathlib import Path

import click

nation_option = click.option(
    "-w",
    "--workspace",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    show_default="the current folder",
    help="The nation's folder.",
)
