"""Density: who is where. Cells, layers and totals in; workers by cell and group out, and how sure.

``features`` sums layers round cells, ``model`` holds what spreads the workers, ``allocation``
spreads them, ``draws`` says how far the weights matter, ``calibration`` fits them to counts,
``diagnostics`` and ``comparison`` look at what came out, ``corridors`` makes a layer of lorries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from planning.density.allocation import Allocation, allocate
    from planning.density.build import build_model
    from planning.density.calibration import Calibration, FitFigures, fit_weights
    from planning.density.check_ins import CheckIns, catchment_shares
    from planning.density.comparison import DemandComparison, compare
    from planning.density.corridors import (
        corridor_layer,
        corridor_layer_of_counts,
        volumes_of_classes,
        volumes_of_counts,
    )
    from planning.density.diagnostics import Diagnosis, diagnose
    from planning.density.draws import (
        DrawnWorkers,
        FigureRange,
        draw_allocations,
        draw_weights,
        range_of,
        undrawn_groups,
    )
    from planning.density.features import GroupSpec, LayerTerm, group_features
    from planning.density.model import DensityModel, PlainCells

__all__ = [
    "Allocation",
    "Calibration",
    "CheckIns",
    "DemandComparison",
    "DensityModel",
    "Diagnosis",
    "DrawnWorkers",
    "FigureRange",
    "FitFigures",
    "GroupSpec",
    "LayerTerm",
    "PlainCells",
    "allocate",
    "build_model",
    "catchment_shares",
    "compare",
    "corridor_layer",
    "corridor_layer_of_counts",
    "diagnose",
    "draw_allocations",
    "draw_weights",
    "fit_weights",
    "group_features",
    "range_of",
    "undrawn_groups",
    "volumes_of_classes",
    "volumes_of_counts",
]

__getattr__, __dir__ = lazy_face(__name__)
