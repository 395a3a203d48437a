from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning.density import DensityModel, PlainCells, allocate

if TYPE_CHECKING:
    from pathlib import Path

MakeModel = Callable[..., DensityModel]


def by_the_formula(model: DensityModel, g: int) -> np.ndarray:
    """DOMAIN's formula in plain loops, each sum taken on its own."""
    workers = np.zeros(len(model))
    area, features = model.cells.area_m2, model.features[g]
    for d in range(len(model.zone_names)):
        inside = [i for i in range(len(model)) if model.zone[g, i] == d]
        if not inside or model.totals[g, d] == 0:
            continue
        has = [sum(features[i, k] for i in inside) > 0 for k in range(features.shape[1])]
        all_b = sum(model.weights[g])
        present = sum(b for b, there in zip(model.weights[g], has, strict=True) if there)
        land = sum(area[i] for i in inside)
        for i in inside:
            s = model.eps[g] * area[i] / land
            for k, there in enumerate(has):
                if there and present > 0:
                    whole = sum(features[j, k] for j in inside)
                    s += model.weights[g][k] * all_b / present * features[i, k] / whole
            workers[i] = model.totals[g, d] * (
                s / (model.eps[g] + all_b) if present > 0 else area[i] / land
            )
    return workers


def test_a_zone_of_three_cells_comes_out_as_by_hand(make_model: MakeModel) -> None:
    made = allocate(make_model()).weights[:, 0]
    # north: 75 by homes 3:1:0, 25 by depots 0:1:1; south has no depots: all 40 by homes 1:0:4
    assert made == pytest.approx([56.25, 18.75 + 12.5, 12.5, 8.0, 0.0, 32.0])


def test_land_gets_its_share_beside_the_layers(make_model: MakeModel) -> None:
    made = allocate(make_model(eps=0.25)).weights[:, 0]
    assert made[4] == pytest.approx(40 * 0.25 * (1 / 8) / 1.25)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_workers_equal_the_formula_and_keep_every_total(any_model: MakeModel, seed: int) -> None:
    model = any_model(seed)
    made = allocate(model).weights
    assert (made >= 0).all()
    for g in range(len(model.groups)):
        assert made[:, g] == pytest.approx(by_the_formula(model, g), rel=1e-9, abs=1e-9)
        assert model.sum_by_zone(made[:, g], g) == pytest.approx(model.totals[g], abs=1e-6)
        assert not made[model.zone[g] < 0, g].any()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), unit=st.sampled_from([1e-200, 1e-6, 1e6, 1e200]))
def test_neither_the_unit_of_a_layer_nor_that_of_land_matters(
    any_model: MakeModel, seed: int, unit: float
) -> None:
    model = any_model(seed)
    square_km = PlainCells(
        model.cells.ids, model.cells.lonlat, np.asarray(model.cells.area_m2) * 1e-6
    )
    other = replace(model, features=tuple(unit * some for some in model.features), cells=square_km)
    assert allocate(other).weights == pytest.approx(allocate(model).weights, rel=1e-9, abs=1e-9)


def test_a_zone_without_any_layer_is_spread_by_land_and_says_so(make_model: MakeModel) -> None:
    features = make_model().features[0].copy()
    features[3:] = 0.0
    made = allocate(make_model(features=(features,)))
    assert made.weights[3:, 0] == pytest.approx(40 * np.array([4, 1, 3]) / 8)
    assert made.by_area.tolist() == [[False, True]]
    assert made.notes == (
        "courier: no layer has anything in south: 40 workers are spread over the land there",
    )


def test_a_layer_missing_in_a_zone_is_told(make_model: MakeModel) -> None:
    assert allocate(make_model()).notes == (
        (
            "courier: layer depots has nothing in south:"
            " its weight of 0.25 goes to the other layers there"
        ),
    )


def test_groups_may_be_counted_by_different_zones(make_model: MakeModel) -> None:
    one = make_model()
    model = make_model(
        groups=("courier", "truck_driver"),
        layers=one.layers * 2,
        features=one.features * 2,
        weights=one.weights * 2,
        totals=np.array([[100.0, 40.0, 0.0], [0.0, 0.0, 90.0]]),
        zone=np.array([[0, 0, 0, 1, 1, 1], [2, 2, 2, 2, 2, 2]]),
        zone_names=("north", "south", "city"),
    )
    made = allocate(model).weights
    assert made[:, 0] == pytest.approx(allocate(one).weights[:, 0])
    homes, depots = np.array([3, 1, 0, 1, 0, 4]) / 9, np.array([0, 1, 1, 0, 0, 0]) / 2
    assert made[:, 1] == pytest.approx(90 * (0.75 * homes + 0.25 * depots))


@pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")
@pytest.mark.filterwarnings("ignore:`keep_geom_type=True` in overlay:UserWarning")
def test_one_yes_or_no_layer_gives_what_tobler_gives(tmp_path: Path) -> None:
    """Masked area interpolation is the model with one layer of 0 and 1, no kernel and eps 0."""
    rasterio = pytest.importorskip("rasterio")
    dasymetric = pytest.importorskip("tobler.dasymetric")
    rng = np.random.default_rng(9)
    side, n = 100.0, 20
    east, north = 400_000.0, 3_750_000.0
    mask = (rng.random((n, n)) < 0.35).astype(np.uint8)
    path = tmp_path / "mask.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=n, height=n, count=1, dtype="uint8", crs="EPSG:32650",
        transform=rasterio.Affine(side, 0, east, 0, -side, north + n * side), nodata=255,
    ) as file:  # fmt: skip
        file.write(mask, 1)
    cut = shapely.LineString(
        [(east, north + 530), (east + 900, north + 1130), (east + 2000, north + 400)]
    )
    zones = shapely.get_parts(
        shapely.ops.split(shapely.box(east, north, east + 2000, north + 2000), cut)
    )
    workers = np.array([700.0, 1_300.0])
    column, row = np.meshgrid(np.arange(n), np.arange(n))
    squares = shapely.box(
        east + column.ravel() * side, north + row.ravel() * side,
        east + (column.ravel() + 1) * side, north + (row.ravel() + 1) * side,
    )  # fmt: skip
    cells, zone = [], []
    for number, area in enumerate(zones):
        pieces = shapely.intersection(squares, area)
        kept = shapely.area(pieces) > 1e-6
        cells += pieces[kept].tolist()
        zone += [number] * int(kept.sum())
    middle = shapely.get_coordinates(shapely.point_on_surface(np.array(cells)))
    place = ((middle - (east, north)) // side).astype(int)
    built = mask[n - 1 - place[:, 1], place[:, 0]] == 1
    area_m2 = shapely.area(np.array(cells))
    model = DensityModel(
        cells=PlainCells(np.arange(len(cells)).astype(np.str_), middle * 0.0, area_m2),
        groups=("courier",),
        layers=(("built",),),
        features=((area_m2 * built)[:, None],),
        weights=(np.ones(1),),
        totals=workers[None],
        zone=np.array(zone),
        zone_names=("one", "two"),
        eps=np.zeros(1),
    )
    theirs = dasymetric.masked_area_interpolate(
        gpd.GeoDataFrame({"workers": workers}, geometry=list(zones), crs="EPSG:32650"),
        gpd.GeoDataFrame(geometry=cells, crs="EPSG:32650"),
        raster=str(path),
        pixel_values=[1],
        extensive_variables=["workers"],
        n_jobs=1,
    )
    ours = allocate(model).weights[:, 0]
    assert ours == pytest.approx(theirs["workers"].to_numpy(), rel=1e-6, abs=1e-6)
    assert ours.sum() == pytest.approx(2_000.0)


def test_layers_missing_in_the_same_zones_are_told_in_one_line(make_model: MakeModel) -> None:
    one = make_model()
    three = np.c_[one.features[0], one.features[0][:, 1]]
    made = allocate(
        make_model(
            layers=(("homes", "depots", "shops"),),
            features=(three,),
            weights=(np.array([0.5, 0.2, 0.3]),),
        )
    )
    assert made.notes == (
        (
            "courier: layers depots, shops have nothing in south:"
            " their weight of 0.5 goes to the other layers there"
        ),
    )
