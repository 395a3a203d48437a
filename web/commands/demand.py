"""`yizhan demand`: how many workers are where, and at which hour."""

from __future__ import annotations

import click

from web.commands.lazy_group import LazyGroup

_COMMANDS = {
    "import": "web.commands.demand_import:import_",
    "layers": "web.commands.demand_layers:layers",
    "build": "web.commands.demand_build:build",
    "calibrate": "web.commands.demand_calibrate:calibrate",
    "show": "web.commands.demand_show:show",
    "compare": "web.commands.demand_compare:compare",
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def demand() -> None:
    """Bring in the workers to be reached, or spread a city's totals over it."""
