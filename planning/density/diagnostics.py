"""Diagnostics: what came out of a density model, so that a planner can disbelieve it.

Which layer drew how many workers, which layers drew nobody, whether workers stand together (Moran's
I), and where most of them are.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from geo.errors import InputError
from geo.kernels import on_sphere
from geo.messages import say
from planning.density.allocation import allocate, group_shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planning.density.allocation import Allocation
    from planning.density.model import DensityModel

LAND = "land"
NEIGHBOURS = 8


@dataclass(frozen=True)
class LayerShare:
    """How many of a group's workers one layer drew; the layer "land" is bare area.

    ``weight`` is what it was given, ``share`` what it came to: more where other layers handed
    theirs over. ``empty`` layers have nothing in any zone of the group.
    """

    group: str
    layer: str
    weight: float
    workers: float
    share: float
    empty: bool


@dataclass(frozen=True)
class MoranI:
    """How much a group's workers per km2 resemble those of neighbouring cells (Moran 1950).

    ``i`` is near ``expected`` (-1 / (n - 1)) when they stand at random and 1 when alike; ``z`` is
    its distance from there in standard deviations under normality (Cliff & Ord 1981). NaN where all
    cells are equal.
    """

    group: str
    i: float
    expected: float
    z: float


@dataclass(frozen=True)
class TopCell:
    """One of the cells where most of a group are; ``row`` is its place among the cells."""

    group: str
    row: int
    id: str
    zone: str
    lon: float
    lat: float
    workers: float
    per_km2: float


@dataclass(frozen=True)
class Diagnosis:
    """What `diagnose` found; ``notes`` are those of the allocation."""

    shares: tuple[LayerShare, ...]
    morans: tuple[MoranI, ...]
    top: tuple[TopCell, ...]
    notes: tuple[str, ...]

    @property
    def empty(self) -> tuple[LayerShare, ...]:
        """Layers with a weight that have nothing anywhere."""
        return tuple(one for one in self.shares if one.empty and one.weight > 0)

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain data for JSON; a Moran's I that is none is None."""
        return {
            "layers": [asdict(one) for one in self.shares],
            "moran": [
                {k: None if v != v else v for k, v in asdict(one).items()}  # noqa: PLR0124 - NaN
                for one in self.morans
            ],
            "top_cells": [asdict(one) for one in self.top],
            "notes": list(self.notes),
        }


def diagnose(
    model: DensityModel, allocation: Allocation | None = None, *, top: int = 10
) -> Diagnosis:
    """Look at a model and what `allocate` made of it (made here when not given)."""
    allocated = allocate(model) if allocation is None else allocation
    land = np.asarray(model.cells.area_m2) > 0
    density = np.zeros_like(allocated.weights)
    density[land] = allocated.weights[land] / (np.asarray(model.cells.area_m2)[land, None] / 1e6)
    morans: list[MoranI] = []
    if land.sum() > NEIGHBOURS:
        near = neighbour_table(np.asarray(model.cells.lonlat)[land])
        morans = [
            moran_i(density[land, g], near, group=group) for g, group in enumerate(model.groups)
        ]
    return Diagnosis(
        shares=tuple(one for g in range(len(model.groups)) for one in _layer_shares(model, g)),
        morans=tuple(morans),
        top=tuple(
            one
            for g in range(len(model.groups))
            for one in _top_cells(model, g, allocated.weights[:, g], density[:, g], top)
        ),
        notes=allocated.notes,
    )


def _layer_shares(model: DensityModel, g: int) -> list[LayerShare]:
    own = group_shares(model, g)
    of_land, of_layers = own.parts(model.weights[g])
    land = model.sum_by_zone(own.land, g) @ of_land
    whole = max(float(model.totals[g].sum()), np.finfo(np.float64).tiny)
    group = model.groups[g]
    made = [
        LayerShare(
            group=group,
            layer=layer,
            weight=float(model.weights[g][k]),
            workers=(drawn := float(of_layers @ own.has[:, k] * model.weights[g][k])),
            share=drawn / whole,
            empty=not own.has[:, k].any(),
        )
        for k, layer in enumerate(model.layers[g])
    ]
    bare = LayerShare(
        group, LAND, float(model.eps[g]), float(land), float(land) / whole, empty=False
    )
    return [*made, bare]


def _top_cells(
    model: DensityModel,
    g: int,
    workers: NDArray[np.float64],
    density: NDArray[np.float64],
    top: int,
) -> list[TopCell]:
    rows = np.argsort(-workers, kind="stable")[:top]
    return [
        TopCell(
            group=model.groups[g],
            row=int(row),
            id=str(model.cells.ids[row]),
            zone=model.zone_names[model.zone[g, row]],
            lon=float(model.cells.lonlat[row, 0]),
            lat=float(model.cells.lonlat[row, 1]),
            workers=float(workers[row]),
            per_km2=float(density[row]),
        )
        for row in rows
        if workers[row] > 0
    ]


def neighbour_table(lonlat: NDArray[np.float64], *, k: int = NEIGHBOURS) -> sp.csr_array:
    """Tie each point to its ``k`` nearest, rows adding up to 1: csr [n, n] without diagonal.

    InputError when there are not more than ``k`` points.
    """
    n = len(lonlat)
    if n <= k:
        raise InputError(say("neighbours: {k} for each of {n} points cannot be", k=k, n=n))
    points = on_sphere(np.asarray(lonlat, dtype=np.float64))
    _, near = cKDTree(points).query(points, k=k + 1)
    near = np.asarray(near, dtype=np.int64)
    own = near == np.arange(n)[:, None]
    own[~own.any(axis=1), -1] = True  # points at one place: the last of them makes room
    table: sp.csr_array = sp.csr_array(
        (np.full(n * k, 1.0 / k), near[~own], np.arange(0, n * k + 1, k)), shape=(n, n)
    )
    return table


def moran_i(values: NDArray[np.float64], near: sp.csr_array, *, group: str = "") -> MoranI:
    """Moran's I of values float64[n] over a table of neighbours csr [n, n].

    ``I = n / S0 * sum_ij w_ij x_i x_j / sum_i x_i^2`` with x the values less their mean.
    """
    n = len(values)
    away = np.asarray(values, dtype=np.float64) - np.mean(values)
    square = float(away @ away)
    expected = -1.0 / (n - 1)
    s0 = float(near.sum())
    if square <= 0 or s0 <= 0:
        return MoranI(group, np.nan, expected, np.nan)
    i = n / s0 * float(away @ (near @ away)) / square
    both = near + near.T
    s1 = 0.5 * float(both.multiply(both).sum())
    ends = np.asarray(near.sum(axis=1)).ravel() + np.asarray(near.sum(axis=0)).ravel()
    s2 = float(ends @ ends)
    spread = (n * n * s1 - n * s2 + 3 * s0 * s0) / ((n * n - 1) * s0 * s0) - expected**2
    return MoranI(group, i, expected, (i - expected) / float(np.sqrt(spread)))
