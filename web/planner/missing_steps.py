"""What a city still lacks before a plan can be made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.errors import NothingYetError

if TYPE_CHECKING:
    from data.workspace import Workspace


def missing_steps(workspace: Workspace) -> list[str]:
    """Return the commands that a plan still needs, in their order."""
    steps = (
        (workspace.network, "yizhan network build --osm ROADS.osm.pbf"),
        (workspace.stations, "yizhan stations import FILE --datum wgs84"),
        (workspace.demand, "yizhan demand import FILE"),
    )
    commands = []
    for read, command in steps:
        try:
            read()
        except NothingYetError:
            commands.append(command)
    return [*commands, "yizhan plan --new 12"]
