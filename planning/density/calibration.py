"""Calibration: weights fitted to check-ins at stations, and judged on stations held out.

What a station is expected to count in an hour, from the workers round it:

    mu[s, t] = days * sum_g presence[g] * tau[g, t] * sum_i F[g, s, i] * w[g, i]

``F`` shares the workers of a cell among the stations within the group's standard of it (a two-step
floating catchment turned round: Luo & Wang 2003), ``w`` is linear in the weights b, so
``mu = X c`` with ``c[g, k] = rate[g] * b[g, k] / sum b[g]`` >= 0: one rate of visits a group, and
its weights. ``c`` is fitted by non-negative least squares, or by the Poisson likelihood (identity
link; the multiplicative steps of Richardson 1972 and Lucy 1974, which never leave c >= 0).

A layer with nothing in a zone hands its weight to the others there, which is not linear: the fit is
repeated with the hand-over at the weights last found until they stand.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np
import scipy.sparse as sp
from scipy.optimize import nnls

from geo.errors import InputError
from planning.density.allocation import group_shares
from planning.density.check_ins import DAYS, HOURS, CheckIns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from planning.density.model import DensityModel

Method = Literal["poisson", "nnls"]
METHODS: Final = ("poisson", "nnls")
_ROUNDS, _SETTLED = 12, 1e-6
_STEPS, _STILL = 20_000, 1e-10
_FLOOR: Final = 1e-3  # expectations are at least this share of the mean count: none is impossible
_ALIKE: Final = 0.98
_CONDITION: Final = 30.0  # Belsley, Kuh & Welsch 1980: above it, columns stand for each other


@dataclass(frozen=True)
class FitFigures:
    """How well expectations meet counts: deviance, what share of the null's it explains, errors.

    The null expects the mean count a day at every station and hour. ``explained`` is at most 1,
    below 0 when worse than the null. ``mean_absolute_error`` is in visits of a row.
    """

    rows: int
    deviance: float
    null_deviance: float
    explained: float
    mean_absolute_error: float
    mean_count: float


@dataclass(frozen=True, eq=False)
class Calibration:
    """Fitted weights, and what they are worth.

    ``weights[g]`` float64[n_layers_g] add up to what the model's did; ``rates[g]`` are visits a day
    of one worker present and wanting rest (NaN where no count tells). ``fitted`` is on the counts
    used, ``held_out`` on stations left out in turn; ``baseline`` and ``baseline_held_out`` are the
    model's own weights with the rates alone fitted. Held-out figures are None with fewer than two
    stations. ``notes`` say what to doubt.
    """

    method: Method
    groups: tuple[str, ...]
    layers: tuple[tuple[str, ...], ...]
    weights: tuple[NDArray[np.float64], ...]
    rates: NDArray[np.float64]
    stations: int
    fitted: FitFigures
    baseline: FitFigures
    held_out: FitFigures | None
    baseline_held_out: FitFigures | None
    notes: tuple[str, ...]

    def apply(self, model: DensityModel) -> DensityModel:
        """Return the model with the fitted weights."""
        return model.with_weights(dict(zip(self.groups, self.weights, strict=True)))

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain data for JSON; a rate that no count tells is None."""
        figures = ("fitted", "baseline", "held_out", "baseline_held_out")
        return {
            "method": self.method,
            "stations": self.stations,
            "weights": {
                group: {n: round(float(b), 6) for n, b in zip(names, weights, strict=True)}
                for group, names, weights in zip(
                    self.groups, self.layers, self.weights, strict=True
                )
            },
            "rates": {
                group: None if np.isnan(rate) else float(rate)
                for group, rate in zip(self.groups, self.rates, strict=True)
            },
            **{name: (one := getattr(self, name)) and asdict(one) for name in figures},
            "notes": list(self.notes),
        }


class _Place(NamedTuple):
    """What a fit needs of the model: by group, stations' sums of each zone's layers and land."""

    by_layer: tuple[NDArray[np.float64], ...]  # [n_stations, n_zones, n_layers]
    by_land: tuple[NDArray[np.float64], ...]  # [n_stations, n_zones]
    has: tuple[NDArray[np.bool_], ...]
    factor: NDArray[np.float64]  # presence times profile, [n_groups, 2, 24]


def fit_weights(
    model: DensityModel,
    counts: CheckIns,
    shares: Sequence[sp.csr_array],
    *,
    presence: NDArray[np.float64],
    profile: NDArray[np.float64],
    method: Method = "poisson",
    folds: int = 5,
    seed: int = 0,
) -> Calibration:
    """Fit the weights of all groups to check-ins, and judge them on stations held out.

    ``shares[g]`` csr [n_stations, n_cells] are `catchment_shares`; ``presence`` float64[n_groups],
    ``profile`` float64[n_groups, 2, 24]. Groups and layers that no count tells of keep their
    weights, and a note says so. InputError when arrays do not fit, or nothing can be fitted.
    """
    _check(model, counts, shares, method, folds)
    place = _place(model, shares, presence, profile)
    start = [_normal(weights) for weights in model.weights]
    full, notes = _Fit.made(model, place, counts, start, method), []
    told = np.asarray(full.design.any(axis=1), dtype=np.bool_)
    if not told.any() or not counts.count[told].any():
        raise InputError(
            "check-ins: no station has workers within reach in an hour that was counted, or all"
            " counts are 0: check the stations' places and the hours"
        )
    if not told.all():
        notes.append(
            f"{int((~told).sum())} counts ({counts.count[~told].sum():,.0f} visits) are left out:"
            " the model has nobody within reach of them at that hour"
        )
        counts = counts.rows(told)
        full = _Fit.made(model, place, counts, start, method)
    notes += _doubts(model, full, counts)
    base = _Fit.made(model, place, counts, start, "rates")
    held, base_held = _held_out(model, place, counts, start, method, folds=folds, seed=seed)
    if held is None:
        notes.append("one station alone was counted: nothing could be held out")
    whole = [float(weights.sum()) for weights in model.weights]
    return Calibration(
        method=method,
        groups=model.groups,
        layers=model.layers,
        weights=tuple(size * some for size, some in zip(whole, full.weights, strict=True)),
        rates=full.rates,
        stations=len(np.unique(counts.station)),
        fitted=_figures(counts, full.expected(counts), _null(counts, counts)),
        baseline=_figures(counts, base.expected(counts), _null(counts, counts)),
        held_out=held,
        baseline_held_out=base_held,
        notes=tuple(notes),
    )


def _check(
    model: DensityModel, counts: CheckIns, shares: Sequence[sp.csr_array], method: str, folds: int
) -> None:
    if method not in METHODS:
        raise InputError(f"calibration: no method {method}: one of {', '.join(METHODS)}")
    if folds < 2:  # noqa: PLR2004 - one to learn from, one to judge by
        raise InputError(f"calibration: folds must be 2 or more, not {folds}")
    n_stations = shares[0].shape[0] if shares else 0
    for table in shares:
        if table.shape != (n_stations, len(model)):
            raise InputError(f"calibration: catchments {table.shape} for {len(model)} cells")
    if len(shares) != len(model.groups):
        raise InputError(
            f"calibration: catchments of {len(shares)} groups, not of {len(model.groups)}"
        )
    if not len(counts.count):
        raise InputError("check-ins: there are none")
    if not 0 <= counts.station.min() <= counts.station.max() < n_stations:
        raise InputError("check-ins: a station number lies outside the catchments")
    if not -1 <= counts.group.min() <= counts.group.max() < len(model.groups):
        raise InputError("check-ins: a group number lies outside the model's groups")


def _place(
    model: DensityModel,
    shares: Sequence[sp.csr_array],
    presence: NDArray[np.float64],
    profile: NDArray[np.float64],
) -> _Place:
    n_groups, n_zones = len(model.groups), len(model.zone_names)
    factor = np.asarray(presence).reshape(-1, 1, 1) * np.asarray(profile)
    if factor.shape != (n_groups, DAYS, HOURS):
        raise InputError(f"calibration: profiles of shape {np.shape(profile)}")
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
    return _Place(tuple(by_layer), tuple(by_land), tuple(has), factor)


def _normal(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    whole = weights.sum()
    return np.asarray(weights / whole) if whole > 0 else np.asarray(weights)


def _columns(
    model: DensityModel, place: _Place, g: int, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Workers round each station if all weight lay on one layer: [n_stations, n_layers].

    Where a zone lacks a layer, those present stand for it in proportion to ``weights``.
    """
    has, layered, land = place.has[g], place.by_layer[g], place.by_land[g]
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


class _Fit(NamedTuple):
    """A fit: the weights (adding up to 1) and the rate of each group, and the design at them."""

    model: DensityModel
    place: _Place
    weights: list[NDArray[np.float64]]
    rates: NDArray[np.float64]
    design: NDArray[np.float64]

    @classmethod
    def made(
        cls,
        model: DensityModel,
        place: _Place,
        counts: CheckIns,
        start: list[NDArray[np.float64]],
        method: str,
    ) -> _Fit:
        """Fit ``method``: poisson or nnls for weights and rates, rates for the rates alone."""
        weights, rates = start, np.full(len(start), np.nan)
        design = np.zeros((len(counts.count), 0))
        for _ in range(_ROUNDS):
            blocks = _blocks(model, place, counts, weights)
            design = np.hstack(blocks)
            if method == "rates":
                merged = [block @ own for block, own in zip(blocks, weights, strict=True)]
                found = _poisson(np.stack(merged, axis=1), counts.count)
                rates = np.where(np.stack(merged).any(axis=1), found, np.nan)
                break
            solve = _poisson if method == "poisson" else _least_squares
            found = solve(design, counts.count)
            last = weights
            weights, rates = _split(found, blocks, start)
            if all(np.abs(a - b).max() < _SETTLED for a, b in zip(weights, last, strict=True)):
                break
        return cls(model, place, weights, rates, design)

    def expected(self, counts: CheckIns) -> NDArray[np.float64]:
        """Visits expected in each row of ``counts``."""
        blocks = _blocks(self.model, self.place, counts, self.weights)
        parts = [
            np.nan_to_num(rate) * (block @ own)
            for block, own, rate in zip(blocks, self.weights, self.rates, strict=True)
        ]
        return np.asarray(np.sum(parts, axis=0))


def _blocks(
    model: DensityModel, place: _Place, counts: CheckIns, weights: Iterable[NDArray[np.float64]]
) -> list[NDArray[np.float64]]:
    """Give the columns of each group: float64[n_rows, n_layers_g]."""
    blocks = []
    for g, own in enumerate(weights):
        columns = _columns(model, place, g, own)
        factor = place.factor[g, counts.day, counts.hour] * counts.days
        factor = np.where((counts.group == g) | (counts.group < 0), factor, 0.0)
        blocks.append(factor[:, None] * columns[counts.station])
    return blocks


def _split(
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


def _poisson(design: NDArray[np.float64], count: NDArray[np.float64]) -> NDArray[np.float64]:
    """Maximise the Poisson likelihood of ``design @ c`` over c >= 0.

    Columns of nothing get 0.
    """
    whole = design.sum(axis=0)
    live = whole > 0
    found = np.zeros(design.shape[1])
    if not live.any() or not count.any():
        return found
    columns = design[:, live] / whole[live]
    value = np.full(int(live.sum()), count.sum() / live.sum())
    counted = count > 0
    share, seen = columns[counted], count[counted]
    for _ in range(_STEPS):
        mean = np.maximum(share @ value, np.finfo(np.float64).tiny)
        new = value * (share.T @ (seen / mean))
        moved = np.abs(new - value).max()
        value = new
        if moved <= _STILL * count.sum():
            break
    found[live] = value / whole[live]
    return found


def _least_squares(design: NDArray[np.float64], count: NDArray[np.float64]) -> NDArray[np.float64]:
    size = np.linalg.norm(design, axis=0)
    live = size > 0
    found = np.zeros(design.shape[1])
    if live.any():
        value, _ = nnls(design[:, live] / size[live], count)
        found[live] = value / size[live]
    return found


def _held_out(
    model: DensityModel,
    place: _Place,
    counts: CheckIns,
    start: list[NDArray[np.float64]],
    method: str,
    *,
    folds: int,
    seed: int,
) -> tuple[FitFigures | None, FitFigures | None]:
    """Expect each station's counts from the other folds' stations: with weights, and without."""
    stations = np.random.default_rng(seed).permutation(np.unique(counts.station))
    if len(stations) < 2:  # noqa: PLR2004 - one to learn from, one to judge by
        return None, None
    expected = np.zeros((2, len(counts.count)))
    null = np.zeros(len(counts.count))
    for part in np.array_split(stations, min(folds, len(stations))):
        out = np.isin(counts.station, part)
        known, asked = counts.rows(~out), counts.rows(out)
        for row, way in enumerate((method, "rates")):
            expected[row, out] = _Fit.made(model, place, known, start, way).expected(asked)
        null[out] = _null(known, asked)
    return _figures(counts, expected[0], null), _figures(counts, expected[1], null)


def _null(known: CheckIns, asked: CheckIns) -> NDArray[np.float64]:
    return np.asarray(asked.days * (known.count.sum() / known.days.sum()))


def _figures(
    counts: CheckIns, expected: NDArray[np.float64], null: NDArray[np.float64]
) -> FitFigures:
    mean = float(counts.count.mean())
    floor = _FLOOR * mean
    own, base = (_deviance(counts.count, np.maximum(mu, floor)) for mu in (expected, null))
    return FitFigures(
        rows=len(counts.count),
        deviance=own,
        null_deviance=base,
        explained=1.0 - own / base if base > 0 else 0.0,
        mean_absolute_error=float(np.abs(counts.count - expected).mean()),
        mean_count=mean,
    )


def _deviance(count: NDArray[np.float64], mean: NDArray[np.float64]) -> float:
    ratio = np.divide(count, mean, out=np.ones(len(count)), where=count > 0)
    return float(2.0 * (count * np.log(ratio) - (count - mean)).sum())


def _doubts(model: DensityModel, fit: _Fit, counts: CheckIns) -> list[str]:
    """Say which weights the counts do not tell, or not apart."""
    names = [
        f"{group} {layer}"
        for group, layers in zip(model.groups, model.layers, strict=True)
        for layer in layers
    ]
    notes = [
        f"{group}: no count tells of it: its weights stay as they were"
        for group, rate in zip(model.groups, fit.rates, strict=True)
        if np.isnan(rate)
    ]
    size = np.linalg.norm(fit.design, axis=0)
    live = np.flatnonzero(size > 0)
    columns = fit.design[:, live] / size[live]
    n_stations = len(np.unique(counts.station))
    if n_stations < len(live):
        notes.append(
            f"{n_stations} stations for {len(live)} weights: the fit leans on the hours alone"
        )
    spread = np.linalg.svd(columns, compute_uv=False)
    if spread[-1] <= spread[0] / _CONDITION:
        notes.append(
            f"the layers cannot be told apart by these counts (condition number"
            f" {spread[0] / max(spread[-1], 1e-300):,.0f}, doubtful above {_CONDITION:g}): other"
            " weights would fit as well"
        )
    alike = np.triu(columns.T @ columns, 1)
    for a, b in np.argwhere(alike > _ALIKE)[:5]:
        notes.append(
            f"{names[live[a]]} and {names[live[b]]} rise and fall together at the stations"
            f" ({alike[a, b]:.3f}): only their sum is known"
        )
    return notes
