"""What draws workers: layers read and kept beside those that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.layers import LayerArea, load_layers, save_layers
from data.road_layers import with_roads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.layers import LayerReader, Layers
    from data.workspace import Workspace
    from web.services import Step


def read_layers(
    workspace: Workspace, readers: Sequence[tuple[str, LayerReader]], *, step: Step
) -> Layers:
    """Read layers and keep them beside those that are there, all or nothing."""
    settings = workspace.settings
    area = LayerArea(settings.box, settings.metric_crs)
    made = load_layers(workspace.layers_folder())
    if not readers and not workspace.has_network():
        return made
    for words, reader in readers:
        with step(words):
            made = made.updated(reader.read(area))
    if workspace.has_network():
        made = with_roads(made, workspace.network(), area, sample=settings.sample)
    save_layers(made, workspace.layers_folder())
    return made
