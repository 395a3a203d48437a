"""A group of commands whose modules are imported only when they are called."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, cast

from web.commands.help_pages import Group

if TYPE_CHECKING:
    from collections.abc import Mapping

    import click


class LazyGroup(Group):
    """A group that imports a command's module only when that command is called.

    ``lazy`` maps the commands' names, in the order in which a city needs them, to where they stand
    ("module:attribute").
    """

    def __init__(self, *, lazy: Mapping[str, str], **attributes: Any) -> None:  # noqa: ANN401 - what click.Group takes
        super().__init__(**attributes)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in their order."""
        del ctx
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command; None for a name that is not known."""
        del ctx
        if cmd_name not in self._lazy:
            return None
        module, name = self._lazy[cmd_name].split(":")
        return cast("click.Command", getattr(importlib.import_module(module), name))
