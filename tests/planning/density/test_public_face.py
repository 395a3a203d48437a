from __future__ import annotations

import planning.density

FACE = {
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
}


def test_the_public_face_is_as_pinned() -> None:
    assert set(planning.density.__all__) == FACE
    assert all(hasattr(planning.density, name) for name in FACE)
