"""One street of nine places, of the tests of this folder."""

from __future__ import annotations

import numpy as np

from geo.network import RoadNetwork, build_network
from geo.roads import RawRoads

N_PLACES = 9
STEP_DEGREES = 0.0011  # about 102 m east
PLACES = np.column_stack([116.8 + STEP_DEGREES * np.arange(N_PLACES), np.full(N_PLACES, 33.96)])


def street_network() -> RoadNetwork:
    """The street as one way with a node at every place."""
    return build_network(
        RawRoads(
            node_id=np.arange(N_PLACES, dtype=np.int64),
            node_lonlat=PLACES,
            node_tags=np.zeros(N_PLACES, dtype=np.int32),
            way_id=np.array([1], dtype=np.int64),
            way_offset=np.array([0, N_PLACES], dtype=np.int64),
            way_node=np.arange(N_PLACES, dtype=np.int32),
            way_tags=np.array([1], dtype=np.int32),
            way_name=np.array([-1], dtype=np.int32),
            tag_sets=({}, {"highway": "residential"}),
            names=(),
        )
    )
