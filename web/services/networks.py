"""The city's roads: build the network, and take it as it is at a time."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from data.osm.roads import READING
from geo.factors import TIME_FACTORS, with_factors
from geo.network import build_network
from geo.profiles import profile_table

if TYPE_CHECKING:
    from data.osm import RoadSource
    from data.workspace import Workspace
    from geo.network import RoadNetwork
    from web.services import Done, Figures


def build_network_of(
    workspace: Workspace, source: RoadSource, *, anew: bool = False, done: Done
) -> Figures:
    """Build the network and keep it, unless the same file was built with the same profiles."""
    profiles = workspace.settings.profiles
    file_hash = source.content_hash()
    inputs = {
        "source": str(source),
        "file": file_hash,
        "profiles": [list(row) for row in profile_table(profiles)],
        "box": list(workspace.settings.box),
        "version": version("yizhan"),
        "reading": READING,
    }
    newest = workspace.newest_result("network")
    same = newest is not None and dict(newest.inputs) == inputs and workspace.has_network()
    if newest is not None and same and file_hash and not anew:
        return {"source": str(source), "built": False, **newest.body}
    roads = source.read(box=workspace.settings.box, on_progress=done)
    made = build_network(roads, profiles=profiles, on_progress=done)
    workspace.replace_network(made)
    workspace.save_result("network", inputs=inputs, body=made.summary())
    return {"source": str(source), "built": True, **made.summary()}


def network_when(workspace: Workspace, when: str) -> RoadNetwork:
    """Return the workspace's network as it is at a time: usual, night, rush, winter."""
    network = workspace.network()
    return network if when == "usual" else with_factors(network, TIME_FACTORS[when])
