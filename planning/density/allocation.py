"""Allocation: the workers of every zone put into its cells, to the last worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.messages import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planning.density.model import DensityModel


@dataclass(frozen=True, eq=False)
class Allocation:
    """Workers of each group in each cell, float64[n_cells, n_groups], and what to know of them.

    ``by_area`` bool[n_groups, n_zones] marks zones that have workers and no layer: there they are
    spread over the land. ``notes`` says so in words, and which layers are missing where.
    """

    weights: NDArray[np.float64]
    by_area: NDArray[np.bool_]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class GroupShares:
    """One group's model with everything normalised: what a draw of weights is laid over.

    ``land`` float64[n_cells] is each cell's share of its zone's land, ``drawn``
    float64[n_cells, n_layers] its share of each layer there, ``has`` bool[n_zones, n_layers] which
    layers a zone has, ``zone`` int32[n_cells] (-1: nowhere), ``total`` float64[n_zones], ``eps``
    the weight of land.
    """

    land: NDArray[np.float64]
    drawn: NDArray[np.float64]
    has: NDArray[np.bool_]
    zone: NDArray[np.int32]
    total: NDArray[np.float64]
    eps: float

    def workers(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Workers in each cell under the weights b float64[n_layers]: float64[n_cells]."""
        of_land, of_layers = self.parts(weights)
        inside = np.maximum(self.zone, 0)
        made = of_land[inside] * self.land + of_layers[inside] * (self.drawn @ weights)
        return np.asarray(np.where(self.zone >= 0, made, 0.0))

    def parts(
        self, weights: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Workers of each zone, by land and for a unit of weight of the layers it has.

        Both float64[n_zones]; a layer that is not there hands its weight to the others.
        """
        whole = float(weights.sum())
        present = self.has @ weights
        drawn = present > 1e-12 * whole
        share = self.total / (self.eps + whole) if self.eps + whole > 0 else self.total * 0.0
        of_land = np.where(drawn, share * self.eps, self.total)
        of_layers = np.where(drawn, share * whole / np.where(drawn, present, 1.0), 0.0)
        return of_land, of_layers


def group_shares(model: DensityModel, g: int) -> GroupShares:
    """Normalise the features and the land of group ``g`` within each of its zones."""
    zone = model.zone[g]
    inside = np.maximum(zone, 0)
    land = _share(np.asarray(model.cells.area_m2), zone, inside, len(model.zone_names))
    features = model.features[g]
    drawn = np.empty_like(features)
    has = np.zeros((len(model.zone_names), features.shape[1]), dtype=np.bool_)
    for k in range(features.shape[1]):
        drawn[:, k] = _share(features[:, k], zone, inside, len(model.zone_names))
        has[:, k] = model.sum_by_zone(drawn[:, k], g) > 0
    return GroupShares(land, drawn, has, zone, model.totals[g], float(model.eps[g]))


def _share(
    amount: NDArray[np.float64],
    zone: NDArray[np.int32],
    inside: NDArray[np.int32],
    n_zones: int,
) -> NDArray[np.float64]:
    """Each cell's share of its zone's amount; 0 where the zone has none."""
    largest = float(amount.max(initial=0.0))
    if largest <= 0:
        return np.zeros(len(amount))
    scaled = np.where(zone >= 0, amount / largest, 0.0)  # no sum runs over, whatever the unit
    whole = np.bincount(inside, weights=scaled, minlength=n_zones)[inside]
    return np.asarray(np.divide(scaled, whole, out=np.zeros(len(amount)), where=whole > 0))


def allocate(model: DensityModel) -> Allocation:
    """Put the workers of every zone and group into cells; totals are kept to rounding.

    The sum over the cells of a zone is its total to well under 1e-6 of a worker.
    """
    made = np.empty((len(model), len(model.groups)))
    by_area = np.zeros(model.totals.shape, dtype=np.bool_)
    notes: list[str] = []
    for g, group in enumerate(model.groups):
        shares = group_shares(model, g)
        weights = model.weights[g]
        made[:, g] = shares.workers(weights)
        wanted = model.totals[g] > 0
        by_area[g] = wanted & ~(shares.has & (weights > 0)).any(axis=1)
        notes += _notes(model, g, group, shares, by_area[g])
    made.flags.writeable = by_area.flags.writeable = False
    return Allocation(made, by_area, tuple(notes))


def _notes(
    model: DensityModel,
    g: int,
    group: str,
    shares: GroupShares,
    by_area: NDArray[np.bool_],
) -> list[str]:
    notes: list[str] = []
    if by_area.any():
        names = [name for name, bare in zip(model.zone_names, by_area, strict=True) if bare]
        notes.append(
            say(
                "{group}: no layer has anything in {zones}:"
                " {workers:,.0f} workers are spread over the land there",
                group=group,
                zones=_some(names),
                workers=model.totals[g][by_area].sum(),
            )
        )
    live = (model.totals[g] > 0) & ~by_area
    lacking: dict[tuple[str, ...], list[int]] = {}
    for k in np.flatnonzero(model.weights[g] > 0):
        without = tuple(np.array(model.zone_names)[live & ~shares.has[:, k]].tolist())
        if without:
            lacking.setdefault(without, []).append(int(k))
    for zones, layers in lacking.items():
        notes.append(_lacking(model, g, group, zones, layers))
    return notes


def _lacking(
    model: DensityModel, g: int, group: str, zones: tuple[str, ...], layers: list[int]
) -> str:
    words = ", ".join(model.layers[g][k] for k in layers)
    there, weight = _some(list(zones)), model.weights[g][layers].sum()
    if len(layers) == 1:
        return say(
            "{group}: layer {layer} has nothing in {zones}: its weight of"
            " {weight:g} goes to the other layers there",
            group=group,
            layer=words,
            zones=there,
            weight=weight,
        )
    return say(
        "{group}: layers {layers} have nothing in {zones}: their weight of"
        " {weight:g} goes to the other layers there",
        group=group,
        layers=words,
        zones=there,
        weight=weight,
    )


def _some(names: list[str]) -> str:
    told = ", ".join(names[:_TOLD])
    if len(names) <= _TOLD:
        return told
    return say("{names} and {n_more} more zones", names=told, n_more=len(names) - _TOLD)


_TOLD = 3
