"""The roads of a question: those of the city, as the question closes and opens them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.errors import NetworkError, ProblemError
from geo.messages import message_of, say
from geo.road_changes import edges_crossed, edges_of_ways, with_closed, with_opened

if TYPE_CHECKING:
    import numpy.typing as npt

    from data.questions.question import Question
    from data.questions.road_change import RoadChange
    from data.settings import Settings
    from geo.network import RoadNetwork


def changed_roads(network: RoadNetwork, question: Question, *, settings: Settings) -> RoadNetwork:
    """Return the network as a question changes it, in the order in which the changes stand.

    Raises
    ------
    ProblemError
        when a change speaks of no road, of a way that is not there, or of an area whose ring
        crosses itself.
    """
    for change in question.world.roads:
        try:
            edges = _edges(network, change)
            network = (
                with_closed(network, edges, modes=change.modes)
                if change.rule == "close"
                else with_opened(network, edges, profiles=settings.profiles, modes=change.modes)
            )
        except NetworkError as error:
            raise ProblemError(
                say("world.roads {name}: {reason}", name=change.name, reason=message_of(error))
            ) from None
    return network


def _edges(network: RoadNetwork, change: RoadChange) -> npt.NDArray[np.bool_]:
    edges = np.zeros(network.n_edges, dtype=np.bool_)
    if change.ways:
        edges |= edges_of_ways(network, change.ways)
    for line in change.lines:
        edges |= edges_crossed(network, shapely.LineString(line))
    for ring in change.rings:
        area = shapely.Polygon(ring)
        if not area.is_valid:
            raise NetworkError(say("its ring crosses itself"))
        edges |= edges_crossed(network, area)
    if not edges.any():
        raise NetworkError(say("there is no road of the network: look at the coordinates"))
    return edges
