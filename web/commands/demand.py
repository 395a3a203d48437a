"""`yizhan demand`: how many workers are where, and at which hour."""

from __future__ import annotations

import importlib
from typing import cast

import click

_COMMANDS = {
    "import": "web.commands.demand_import:import_",
    "layers": "web.commands.demand_layers:layers",
    "build": "web.commands.demand_build:build",
    "calibrate": "web.commands.demand_calibrate:calibrate",
    "show": "web.commands.demand_show:show",
    "compare": "web.commands.demand_compare:compare",
}


class _DemandGroup(click.Group):
    """A group that imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which a city needs them."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command; None for a name that is not known."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name].split(":")
        return cast("click.Command", getattr(importlib.import_module(module), name))


@click.group(cls=_DemandGroup)
def demand() -> None:
    """Bring in the workers to be reached, or spread a city's totals over it."""
