"""Models small enough to be worked out by hand, or by loops in a test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from geo.network import RoadNetwork, build_network
from geo.roads import RawRoads
from planning.density import DensityModel, PlainCells

MakeModel = Callable[..., DensityModel]


def plain_model(**changed: Any) -> DensityModel:  # noqa: ANN401 - any part of a model
    """Six cells in two zones, one group with two layers; ``changed`` parts take their place."""
    area = changed.pop("area_m2", np.array([1.0, 2.0, 1.0, 4.0, 1.0, 3.0]))
    lonlat = changed.pop("lonlat", np.c_[116.80 + 0.003 * np.arange(len(area)), area * 0 + 33.96])
    parts: dict[str, Any] = {
        "cells": PlainCells(np.array([f"c{i}" for i in range(len(area))]), lonlat, area),
        "groups": ("courier",),
        "layers": (("homes", "depots"),),
        "features": (
            np.array([[3.0, 0.0], [1.0, 2.0], [0.0, 2.0], [1.0, 0.0], [0.0, 0.0], [4.0, 0.0]]),
        ),
        "weights": (np.array([0.75, 0.25]),),
        "totals": np.array([[100.0, 40.0]]),
        "zone": np.array([0, 0, 0, 1, 1, 1]),
        "zone_names": ("north", "south"),
        "eps": np.array([0.0]),
    }
    return DensityModel(**parts | changed)


def random_model(
    seed: int, *, n: int = 60, n_groups: int = 2, n_layers: int = 3, n_zones: int = 4
) -> DensityModel:
    """Any model: layers that are missing in zones, cells without land, weights of 0."""
    rng = np.random.default_rng(seed)
    zone = rng.integers(-1, n_zones, n)
    area = rng.uniform(0.1, 5.0, n) * (rng.random(n) < 0.9)
    area[[int(np.argmax(zone == d)) for d in range(n_zones) if (zone == d).any()]] = 1.0
    features = tuple(
        rng.lognormal(0, 3, (n, n_layers)) * (rng.random((n, n_layers)) < 0.4)
        * (rng.random((n_zones + 1, n_layers)) < 0.7)[zone]
        for _ in range(n_groups)
    )  # fmt: skip
    totals = rng.uniform(0, 5_000, (n_groups, n_zones))
    totals[:, [not (zone == d).any() for d in range(n_zones)]] = 0.0
    return DensityModel(
        cells=PlainCells(np.arange(n).astype(np.str_), rng.uniform(33, 34, (n, 2)), area),
        groups=tuple(f"g{i}" for i in range(n_groups)),
        layers=(tuple(f"l{k}" for k in range(n_layers)),) * n_groups,
        features=features,
        weights=tuple(
            rng.random(n_layers) * (rng.random(n_layers) < 0.8) + 1e-3 for _ in range(n_groups)
        ),
        totals=totals,
        zone=zone,
        zone_names=tuple(f"z{d}" for d in range(n_zones)),
        eps=rng.uniform(0, 0.1, n_groups) * (rng.random(n_groups) < 0.5),
    )


@pytest.fixture
def make_model() -> MakeModel:
    return plain_model


@pytest.fixture
def any_model() -> MakeModel:
    return random_model


def town_network() -> RoadNetwork:
    """Two km2 of streets 250 m apart, a trunk road through the middle and a primary across it."""
    side, step = 9, 0.0025
    row, column = np.mgrid[:side, :side]
    node = np.arange(side * side).reshape(side, side)
    sets: list[dict[str, str]] = [{}]
    sets += [{"highway": name} for name in ("residential", "trunk", "primary")]
    ways = [*node, *node.T]
    tags = np.ones(2 * side, dtype=np.int32)
    tags[side // 2], tags[side + side // 2] = 2, 3
    return build_network(
        RawRoads(
            node_id=np.arange(side * side, dtype=np.int64),
            node_lonlat=np.c_[116.80 + step * column.ravel(), 33.96 + step * row.ravel()],
            node_tags=np.zeros(side * side, dtype=np.int32),
            way_id=np.arange(2 * side, dtype=np.int64),
            way_offset=side * np.arange(2 * side + 1, dtype=np.int64),
            way_node=np.concatenate(ways).astype(np.int32),
            way_tags=tags,
            way_name=np.full(2 * side, -1, dtype=np.int32),
            tag_sets=tuple(sets),
            names=(),
        )
    )


@pytest.fixture
def plane_network() -> Callable[[], RoadNetwork]:
    return town_network
