from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.layers import Layer
from geo.errors import InputError
from geo.kernels import kernel_sums
from geo.measure import great_circle_m
from planning.density import GroupSpec, LayerTerm, PlainCells, allocate, build_model, group_features

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.network import RoadNetwork


def layer(name: str, n: int, *, unit: str = "places", seed: int = 0) -> Layer:
    rng = np.random.default_rng(seed)
    lonlat = rng.uniform((116.80, 33.96), (116.82, 33.98), (n, 2))
    return Layer(name, lonlat, rng.uniform(0, 3, n), unit=unit, source="s", date="", licence="")


CELLS = PlainCells(
    np.array([f"c{i}" for i in range(30)]),
    np.random.default_rng(5).uniform((116.80, 33.96), (116.82, 33.98), (30, 2)),
    np.random.default_rng(6).uniform(10, 60, 30),
)
LAYERS = {
    "restaurants": layer("restaurants", 40, seed=1),
    "malls": layer("malls", 3, seed=2),
    "roads.trunk": layer("roads.trunk", 20, unit="m", seed=3),
    "roads.primary": layer("roads.primary", 25, unit="m", seed=4),
}
ROADS = {"roads.trunk": 0.7, "roads.primary": 0.4}


def by_loops(names: dict[str, float], h: float) -> np.ndarray:
    sums = np.zeros(30)
    for i in range(30):
        for name, factor in names.items():
            for at, value in zip(LAYERS[name].lonlat, LAYERS[name].value, strict=True):
                d = float(great_circle_m(CELLS.lonlat[i : i + 1], at[None])[0])
                if d <= 2 * h:
                    sums[i] += factor * value * np.exp(-0.5 * (d / h) ** 2)
    return sums * CELLS.area_m2


def test_features_are_kernel_sums_times_land_whatever_shares_a_search() -> None:
    specs = [
        GroupSpec("delivery_rider", (LayerTerm("restaurants", 0.7), LayerTerm("malls", 0.3)), 400.0,
                  over="straight"),
        GroupSpec("truck_driver", (LayerTerm("roads", 1.0, ROADS),), 700.0, over="straight"),
        GroupSpec("courier", (LayerTerm("malls", 1.0), LayerTerm("roads", 1.0, ROADS)), 400.0,
                  over="straight"),
    ]  # fmt: skip
    rider, truck, courier = group_features(None, CELLS, LAYERS, specs)
    assert rider[:, 0] == pytest.approx(by_loops({"restaurants": 1.0}, 400.0))
    assert rider[:, 1] == pytest.approx(by_loops({"malls": 1.0}, 400.0))
    assert truck[:, 0] == pytest.approx(by_loops(ROADS, 700.0))
    assert courier[:, 1] == pytest.approx(by_loops(ROADS, 400.0))
    assert (courier[:, 0] == rider[:, 1]).all()


def test_a_model_over_the_roads_takes_the_kernel_of_its_mode(
    plane_network: Callable[[], RoadNetwork],
) -> None:
    network = plane_network()
    spec = GroupSpec("courier", (LayerTerm("restaurants", 1.0),), 300.0, mode="ebike", eps=0.1)
    model = build_model(
        network, CELLS, LAYERS, [spec], totals=np.array([[50.0]]), zone=np.zeros(30, dtype=int),
        zone_names=["city"], snap_limit_m=2_000.0,
    )  # fmt: skip
    places = LAYERS["restaurants"]
    sums = kernel_sums(
        network, mode="ebike", targets=CELLS.lonlat, sources=places.lonlat,
        values=places.value[:, None], bandwidth_m=300.0, snap_limit_m=2_000.0,
    )  # fmt: skip
    assert sums.any()
    assert model.features[0] == pytest.approx(sums * CELLS.area_m2[:, None])
    assert allocate(model).weights.sum() == pytest.approx(50.0)


def test_a_layer_that_is_not_there_is_empty() -> None:
    spec = GroupSpec("courier", (LayerTerm("depots", 0.5), LayerTerm("malls", 0.5)), 900.0,
                     over="straight")  # fmt: skip
    (made,) = group_features(None, CELLS, LAYERS, [spec])
    assert not made[:, 0].any()
    assert made[:, 1].any()


def test_progress_grows_to_the_end_and_layers_of_two_units_are_refused(
    plane_network: Callable[[], RoadNetwork],
) -> None:
    told: list[float] = []
    specs = [
        GroupSpec("courier", (LayerTerm("malls", 1.0),), 300.0),
        GroupSpec("delivery_rider", (LayerTerm("malls", 1.0),), 500.0),
    ]
    group_features(
        plane_network(), CELLS, LAYERS, specs,
        on_progress=lambda step, share: told.append(share) if step == "kernels" else None,
    )  # fmt: skip
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
    mixed = GroupSpec("x", (LayerTerm("all", 1.0, {"malls": 1.0, "roads.trunk": 1.0}),), 300.0)
    with pytest.raises(InputError, match="units m, places cannot be added up"):
        group_features(None, CELLS, LAYERS, [mixed])


def test_specs_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="courier: needs at least one layer, and each once"):
        GroupSpec("courier", (), 300.0)
    with pytest.raises(InputError, match="no mode boat"):
        GroupSpec("courier", (LayerTerm("malls", 1.0),), 300.0, mode="boat")
    with pytest.raises(InputError, match="layer malls: weight -1 must be 0 or more"):
        LayerTerm("malls", -1)
