from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from planning.density import DensityModel, allocate, diagnose
from planning.density.diagnostics import moran_i, neighbour_table

MakeModel = Callable[..., DensityModel]


def test_layer_shares_add_up_to_the_group(any_model: MakeModel) -> None:
    model = any_model(21)
    shares = diagnose(model).shares
    for g, group in enumerate(model.groups):
        mine = [one for one in shares if one.group == group]
        assert sum(one.workers for one in mine) == pytest.approx(model.totals[g].sum())
        assert sum(one.share for one in mine) == pytest.approx(1.0)


def test_a_layers_share_is_what_is_lost_to_it_when_it_stands_alone(make_model: MakeModel) -> None:
    """In a zone with all layers the share is the weight; where one is missing, the others'."""
    found = {one.layer: one for one in diagnose(make_model()).shares}
    assert found["homes"].workers == pytest.approx(75 + 40)
    assert found["depots"].workers == pytest.approx(25)
    assert found["land"].workers == 0
    assert not found["depots"].empty


def test_an_empty_layer_is_named(make_model: MakeModel) -> None:
    features = make_model().features[0].copy()
    features[:, 1] = 0.0
    found = diagnose(make_model(features=(features,)))
    assert [one.layer for one in found.empty] == ["depots"]
    assert found.empty[0].workers == 0
    assert any("depots has nothing in north, south" in note for note in found.notes)


def test_top_cells_are_those_with_most_workers(make_model: MakeModel) -> None:
    model = make_model()
    top = diagnose(model, top=3).top
    assert [(one.id, one.zone) for one in top] == [
        ("c0", "north"),
        ("c5", "south"),
        ("c1", "north"),
    ]
    assert top[0].workers == pytest.approx(56.25)
    assert top[0].per_km2 == pytest.approx(56.25e6)
    assert top[1].per_km2 == pytest.approx(32e6 / 3)


@pytest.mark.parametrize("seed", [0, 1])
def test_morans_i_equals_that_of_esda(seed: int) -> None:
    esda = pytest.importorskip("esda")
    libpysal = pytest.importorskip("libpysal")
    rng = np.random.default_rng(seed)
    lonlat = rng.uniform((116.80, 33.96), (116.81, 33.97), (300, 2))
    values = rng.random(300) + (lonlat[:, 0] - 116.80) * 100
    near = neighbour_table(lonlat, k=6)
    graph = libpysal.weights.W(
        {i: near.indices[near.indptr[i] : near.indptr[i + 1]].tolist() for i in range(300)},
        silence_warnings=True,
    )
    theirs = esda.Moran(values, graph, transformation="r", permutations=0)
    ours = moran_i(values, near)
    assert (ours.i, ours.expected, ours.z) == pytest.approx((theirs.I, theirs.EI, theirs.z_norm))
    assert ours.i > 0.2


def test_neighbours_are_the_nearest_and_never_oneself() -> None:
    rng = np.random.default_rng(3)
    lonlat = rng.uniform((116.80, 33.96), (116.81, 33.97), (50, 2))
    lonlat[:12] = lonlat[0]  # more at one place than there are neighbours
    near = neighbour_table(lonlat, k=4)
    assert not near.diagonal().any()
    assert near.sum(axis=1) == pytest.approx(np.ones(50))
    plane = lonlat * [np.cos(np.radians(33.965)), 1.0]
    away = np.linalg.norm(plane[20] - plane, axis=1)
    away[20] = np.inf
    assert set(near[[20]].indices) == set(np.argsort(away)[:4])


def test_morans_i_of_equal_cells_is_none(make_model: MakeModel) -> None:
    n = 12
    model = make_model(
        area_m2=np.ones(n), features=(np.ones((n, 2)),), zone=np.arange(n) % 2,
        totals=np.array([[60.0, 60.0]]),
    )  # fmt: skip
    found = diagnose(model, allocate(model))
    assert np.isnan(found.morans[0].i)
    assert json.loads(json.dumps(found.as_dict(), allow_nan=False))["moran"][0]["i"] is None
