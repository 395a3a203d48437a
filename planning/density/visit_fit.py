"""Visit fit: the visits that a model expects at stations, fitted to those that were counted.

Coefficients are ``c[g, k] = rate[g] * b[g, k] / sum b[g]`` >= 0, as `calibration`
has it. The Poisson likelihood is climbed by the multiplicative steps of Richardson (1972) and Lucy
(1974), which never leave c >= 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy.sparse as sp
from scipy.optimize import nnls

from geo.errors import InputError
from geo.messages import say
from planning.density.allocation import group_shares
from planning.density.check_ins import DAYS, HOURS, CheckIns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from planning.density.model import DensityModel

_ROUNDS, _SETTLED = 12, 1e-6
_STEPS, _STILL = 20_000, 1e-10
_MIN_MEAN = 1e-200  # visits over it stay finite


class VisitSums(NamedTuple):
    """What a fit needs of the model: by group, stations' sums of each zone's layers and land."""

    by_layer: tuple[NDArray[np.float64], ...]  # [n_stations, n_zones, n_layers]
    by_land: tuple[NDArray[np.float64], ...]  # [n_stations, n_zones]
    has: tuple[NDArray[np.bool_], ...]
    factor: NDArray[np.float64]  # presence times profile, [n_groups, 2, 24]


def visit_sums(
    model: DensityModel,
    shares: Sequence[sp.csr_array],
    presence: NDArray[np.float64],
    profile: NDArray[np.float64],
) -> VisitSums:
    """Add each zone's layers and land up over the catchment of every station."""
    n_groups, n_zones = len(model.groups), len(model.zone_names)
    factor = np.asarray(presence).reshape(-1, 1, 1) * np.asarray(profile)
    if factor.shape != (n_groups, DAYS, HOURS):
        raise InputError(say("calibration: profiles of shape {shape}", shape=np.shape(profile)))
    by_layer, by_land, has = [], [], []
    for g in range(n_groups):
        own = group_shares(model, g)
        inside = np.flatnonzero(own.zone >= 0)
        to_zone = sp.csr_array(
            (np.ones(len(inside)), (inside, own.zone[inside])), shape=(len(model), n_zones)
        )
        n_layers = own.drawn.shape[1]
        sums = [
            (shares[g] @ (sp.diags_array(amount) @ to_zone)).toarray()
            for amount in (own.land, *own.drawn.T)
        ]
        by_land.append(sums[0] * own.total)
        stacked = np.stack(sums[1:], axis=-1) if n_layers else np.zeros((*sums[0].shape, 0))
        by_layer.append(stacked * own.total[:, None])
        has.append(own.has)
    return VisitSums(tuple(by_layer), tuple(by_land), tuple(has), factor)


def normal(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Make weights add up to 1 (those that are all 0 stay so)."""
    whole = weights.sum()
    return np.asarray(weights / whole) if whole > 0 else np.asarray(weights)


def _columns(
    model: DensityModel, sums: VisitSums, g: int, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Workers round each station if all weight lay on one layer: [n_stations, n_layers].

    Where a zone lacks a layer, those present stand for it in proportion to ``weights``.
    """
    has, layered, land = sums.has[g], sums.by_layer[g], sums.by_land[g]
    size = float(model.weights[g].sum())
    present = has @ weights
    some = present > 0
    stand_in = np.einsum("szk,zk->sz", layered, has * weights)
    stand_in = np.divide(stand_in, present, out=np.zeros_like(stand_in), where=some[None, :])
    eps = float(model.eps[g])
    drawn = np.where(has[None], layered, stand_in[:, :, None])
    mixed = (eps * land[:, :, None] + size * drawn) / (eps + size)
    alone = np.where(some[None, :, None] | has[None], mixed, land[:, :, None])
    return np.asarray(alone.sum(axis=1))


class VisitFit(NamedTuple):
    """A fit: the weights (adding up to 1) and the rate of each group, and the design at them."""

    model: DensityModel
    sums: VisitSums
    weights: list[NDArray[np.float64]]
    rates: NDArray[np.float64]
    design: NDArray[np.float64]
    method: str

    @classmethod
    def made(
        cls,
        model: DensityModel,
        sums: VisitSums,
        counts: CheckIns,
        start: list[NDArray[np.float64]],
        method: str,
    ) -> VisitFit:
        """Fit ``method``: poisson or nnls for weights and rates, rates for the rates alone."""
        weights, rates = start, np.full(len(start), np.nan)
        design = np.zeros((len(counts.count), 0))
        for _ in range(_ROUNDS):
            blocks = _blocks(model, sums, counts, weights)
            design = np.hstack(blocks)
            if method == "rates":
                merged = [block @ own for block, own in zip(blocks, weights, strict=True)]
                found = most_likely(np.stack(merged, axis=1), counts.count)
                rates = np.where(np.stack(merged).any(axis=1), found, np.nan)
                break
            solve = most_likely if method == "poisson" else least_squares
            found = solve(design, counts.count)
            last = weights
            weights, rates = split(found, blocks, start)
            if all(np.abs(a - b).max() < _SETTLED for a, b in zip(weights, last, strict=True)):
                break
        return cls(model, sums, weights, rates, design, method)

    def expected(self, counts: CheckIns) -> NDArray[np.float64]:
        """Visits expected in each row of ``counts``."""
        blocks = _blocks(self.model, self.sums, counts, self.weights)
        parts = [
            np.nan_to_num(rate) * (block @ own)
            for block, own, rate in zip(blocks, self.weights, self.rates, strict=True)
        ]
        return np.asarray(np.sum(parts, axis=0))


def _blocks(
    model: DensityModel, sums: VisitSums, counts: CheckIns, weights: Iterable[NDArray[np.float64]]
) -> list[NDArray[np.float64]]:
    """Give the columns of each group: float64[n_rows, n_layers_g]."""
    blocks = []
    for g, own in enumerate(weights):
        columns = _columns(model, sums, g, own)
        factor = sums.factor[g, counts.day, counts.hour] * counts.days
        factor = np.where((counts.group == g) | (counts.group < 0), factor, 0.0)
        blocks.append(factor[:, None] * columns[counts.station])
    return blocks


def split(
    found: NDArray[np.float64],
    blocks: list[NDArray[np.float64]],
    start: list[NDArray[np.float64]],
) -> tuple[list[NDArray[np.float64]], NDArray[np.float64]]:
    """Take coefficients apart into weights adding up to 1 and a rate for each group."""
    ends = np.cumsum([block.shape[1] for block in blocks])[:-1]
    weights, rates = [], []
    for own, block, before in zip(np.split(found, ends), blocks, start, strict=True):
        rate = float(own.sum())
        known = rate > 0 and bool(block.any())
        weights.append(own / rate if known else before)
        rates.append(rate if known else np.nan)
    return weights, np.array(rates)


def most_likely(
    design: NDArray[np.float64],
    count: NDArray[np.float64],
    begin: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Maximise the Poisson likelihood of ``design @ c`` over c >= 0.

    Columns of nothing get 0, and rows that no column reaches tell nothing. ``begin`` is a guess to
    start near; a 0 in it may still grow.
    """
    whole = design.sum(axis=0)
    live = whole > 0
    weights = np.zeros(design.shape[1])
    if not live.any() or not count.any():
        return weights
    columns = design[:, live] / whole[live]
    value = np.full(int(live.sum()), count.sum() / live.sum())
    if begin is not None:
        value = 0.99 * begin[live] * whole[live] + 0.01 * value
    counted = (count > 0) & columns.any(axis=1)
    if not counted.any():
        return weights
    share, seen = columns[counted], count[counted]
    for _ in range(_STEPS):
        mean = np.maximum(share @ value, _MIN_MEAN)
        new = value * (share.T @ (seen / mean))
        moved = np.abs(new - value).max()
        value = new
        if moved <= _STILL * count.sum():
            break
    weights[live] = value / whole[live]
    return weights


def least_squares(design: NDArray[np.float64], count: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares of ``design @ c`` against the counts over c >= 0; columns of nothing get 0."""
    size = np.linalg.norm(design, axis=0)
    live = size > 0
    weights = np.zeros(design.shape[1])
    if live.any():
        value, _ = nnls(design[:, live] / size[live], count)
        weights[live] = value / size[live]
    return weights
