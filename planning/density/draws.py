"""Draws: how much of a figure hangs on weights that are judgement.

Weights are drawn from a Dirichlet distribution round those of the model, and any figure is taken
over all draws: the range from the 5th to the 95th percentile is what an honest report prints where
no count has fitted the weights. It tells what the weights leave open, not what the layers, the
totals or the kernel do.

``CONCENTRATION`` 20 is itself judgement: a weight of .50 then comes out between .32 and .68 in nine
draws of ten, which is about how far experts asked apart would differ; 100 would narrow that to
.42 to .58.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import InputError
from geo.messages import say
from planning.density.allocation import group_shares

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from planning.density.allocation import GroupShares
    from planning.density.model import DensityModel

DRAWS: Final = 200
CONCENTRATION: Final = 20.0
RANGE: Final = (5.0, 95.0)
"""Percentiles between which a figure is given."""

Figure = Callable[["NDArray[np.float32]"], Any]


@dataclass(frozen=True, eq=False)
class FigureRange:
    """A figure over all draws, each array of the figure's own shape.

    ``low`` and ``high`` are the 5th and 95th percentile, ``middle`` the median, ``point`` the
    figure at the model's own weights.
    """

    low: NDArray[np.float64]
    middle: NDArray[np.float64]
    high: NDArray[np.float64]
    point: NDArray[np.float64]
    n: int
    seed: int
    concentration: float


def draw_weights(
    model: DensityModel,
    *,
    n: int = DRAWS,
    seed: int = 0,
    concentration: float = CONCENTRATION,
) -> tuple[NDArray[np.float64], ...]:
    """Draw ``n`` sets of weights for each group: float64[n, n_layers], rows adding up to b's sum.

    The mean of the draws is b; weights of 0 stay 0. A group's draws depend on the seed and its own
    place and weights alone. InputError when n is below 1 or the concentration not above 0.
    """
    if n < 1 or not 0 < concentration < np.inf:
        raise InputError(
            say(
                "draws: n = {n} must be 1 or more, concentration = {concentration} more than 0",
                n=n,
                concentration=concentration,
            )
        )
    drawn = []
    for g, weights in enumerate(model.weights):
        rng = np.random.default_rng([seed, g])
        drawn_weights = np.zeros((n, len(weights)))
        weighted = np.flatnonzero(weights)
        if len(weighted):
            whole = float(weights.sum())
            gammas = rng.standard_gamma(
                concentration * weights[weighted] / whole, (n, len(weighted))
            )
            gammas = np.maximum(gammas, np.finfo(np.float64).tiny)
            drawn_weights[:, weighted] = whole * gammas / gammas.sum(axis=1, keepdims=True)
        drawn_weights.flags.writeable = False
        drawn.append(drawn_weights)
    return tuple(drawn)


class DrawnWorkers:
    """Workers under each draw of the weights: float32[n_cells, n_groups] when one is asked for.

    ``factor`` float64[n_groups] is the share of each group that counts; None: all of each.
    """

    def __init__(
        self,
        model: DensityModel,
        draws: tuple[NDArray[np.float64], ...],
        *,
        factor: NDArray[np.float64] | None = None,
    ) -> None:
        self._draws, self._n_cells, self._factor = draws, len(model), factor
        self._shares = [group_shares(model, g) for g in range(len(model.groups))]

    def __len__(self) -> int:
        return len(self._draws[0])

    def __getitem__(self, number: int, /) -> NDArray[np.float32]:
        """Allocate under one draw (IndexError beyond the last)."""
        workers = np.empty((self._n_cells, len(self._shares)), dtype=np.float32)
        for g, group in enumerate(self._shares):
            workers[:, g] = group.workers(self._draws[g][number])
        return workers if self._factor is None else workers * self._factor.astype(np.float32)


def draw_allocations(
    model: DensityModel, draws: tuple[NDArray[np.float64], ...]
) -> Iterator[NDArray[np.float32]]:
    """Allocate under each draw in turn: float32[n_cells, n_groups], one held at a time."""
    drawn = DrawnWorkers(model, draws)
    for number in range(len(drawn)):
        yield drawn[number]


def undrawn_groups(model: DensityModel) -> tuple[str, ...]:
    """Name the groups with workers that no draw moves: one layer alone, or none, in every zone.

    Their ranges have no width, which says nothing of how sure their figures are.
    """
    undrawn = []
    for g, group in enumerate(model.groups):
        drawing = group_shares(model, g).has & (model.weights[g] > 0)
        wanted = model.totals[g] > 0
        if wanted.any() and not (drawing[wanted].sum(axis=1) > 1).any():
            undrawn.append(group)
    return tuple(undrawn)


def range_of(
    model: DensityModel,
    figure: Figure | NDArray[np.float64],
    *,
    n: int = DRAWS,
    seed: int = 0,
    concentration: float = CONCENTRATION,
) -> FigureRange:
    """Give the range of a figure over draws of the weights.

    ``figure`` takes the workers float32[n_cells, n_groups] and gives a number or an array; or it is
    the map of a linear figure, float64[n_cells, n_groups] (a sum over cells and groups) or
    [n_figures, n_cells, n_groups], which is far quicker. The same seed gives the same range.
    """
    draws = draw_weights(model, n=n, seed=seed, concentration=concentration)
    if callable(figure):
        values = np.array([np.asarray(figure(some)) for some in draw_allocations(model, draws)])
        own = tuple(weights[None] for weights in model.weights)
        point = np.asarray(figure(next(draw_allocations(model, own))), dtype=np.float64)
    else:
        values, point = _linear(model, np.asarray(figure, dtype=np.float64), draws)
    low, middle, high = np.percentile(values, [RANGE[0], 50.0, RANGE[1]], axis=0)
    return FigureRange(
        np.asarray(low), np.asarray(middle), np.asarray(high), point, n, seed, concentration
    )


def _linear(
    model: DensityModel, table: NDArray[np.float64], draws: tuple[NDArray[np.float64], ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Take linear figures of all draws, and of the model's own weights, from sums by zone."""
    shape = (len(model), len(model.groups))
    if table.shape[-2:] != shape or table.ndim not in {2, 3}:
        raise InputError(
            say(
                "range: a linear figure of shape {shape} for workers {expected}",
                shape=table.shape,
                expected=shape,
            )
        )
    figures = table.reshape(-1, *shape)
    values = np.zeros((len(draws[0]) + 1, len(figures)))
    for g in range(len(model.groups)):
        shares = group_shares(model, g)
        by_land, by_layer = _sums(model, g, shares, figures[:, :, g])
        for row, weights in enumerate([*draws[g], model.weights[g]]):
            of_land, of_layers = shares.parts(weights)
            values[row] += by_land @ of_land + (by_layer @ weights) @ of_layers
    values = values.reshape(len(values), *table.shape[:-2])
    return values[:-1], np.asarray(values[-1])


def _sums(
    model: DensityModel, g: int, shares: GroupShares, figures: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Figures of the whole of each zone's land and layers: [n_figures, n_zones (, n_layers)]."""
    n_layers = shares.drawn.shape[1]
    by_land = np.zeros((len(figures), len(model.zone_names)))
    by_layer = np.zeros((*by_land.shape, n_layers))
    for f, figure in enumerate(figures):
        by_land[f] = model.sum_by_zone(figure * shares.land, g)
        for k in range(n_layers):
            by_layer[f, :, k] = model.sum_by_zone(figure * shares.drawn[:, k], g)
    return by_land, by_layer
