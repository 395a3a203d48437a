"""Building: a model out of cells, layers, roads and totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planning.density.features import group_features
from planning.density.model import DensityModel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from data.layers import Layer
    from geo.network import RoadNetwork
    from planning.density.features import GroupSpec, Lost
    from planning.density.model import CellTable


def build_model(
    network: RoadNetwork | None,
    cells: CellTable,
    layers: Mapping[str, Layer],
    specs: Sequence[GroupSpec],
    *,
    totals: NDArray[np.float64],
    zone: NDArray[np.int32],
    zone_names: Sequence[str],
    snap_limit_m: float = 500.0,
    on_progress: Callable[[str, float], None] | None = None,
    on_lost: Lost | None = None,
) -> DensityModel:
    """Sum the layers round each cell and put the model of all groups together.

    ``totals`` float64[n_groups, n_zones] workers, groups as in ``specs``; ``zone`` int32[n_cells],
    or [n_groups, n_cells] where groups are counted by different zones, -1 in none. The network is
    needed unless every kernel is straight. ``on_lost`` is as in `group_features`. Errors are those
    of `group_features` and `DensityModel`.
    """
    return DensityModel(
        cells=cells,
        groups=tuple(spec.group for spec in specs),
        layers=tuple(spec.names for spec in specs),
        features=group_features(
            network,
            cells,
            layers,
            specs,
            snap_limit_m=snap_limit_m,
            on_progress=on_progress,
            on_lost=on_lost,
        ),
        weights=tuple(spec.weights for spec in specs),
        totals=totals,
        zone=zone,
        zone_names=tuple(zone_names),
        eps=np.array([spec.eps for spec in specs], dtype=np.float64),
    )
