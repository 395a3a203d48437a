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
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from geo.errors import InputError
from geo.messages import say
from planning.density.visit_fit import (
    VisitFit,
    VisitSums,
    least_squares,
    most_likely,
    normal,
    split,
    visit_sums,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import scipy.sparse as sp
    from numpy.typing import NDArray

    from planning.density.check_ins import CheckIns
    from planning.density.model import DensityModel

Method = Literal["poisson", "nnls"]
METHODS: Final = ("poisson", "nnls")
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

    ``weights[g]`` float64[n_layers_g] add up to what the model's did; ``ranges[g]``
    float64[n_layers_g, 2] are their 5th and 95th percentile over fits to stations drawn anew with
    replacement (Efron 1979), NaN where not asked for or unknown; ``rates[g]`` are visits a day
    of one worker present and wanting rest (NaN where no count tells). ``fitted`` is on the counts
    used, ``held_out`` on stations left out in turn; ``baseline`` and ``baseline_held_out`` are the
    model's own weights with the rates alone fitted. Held-out figures are None with fewer than two
    stations. ``notes`` say what to doubt.
    """

    method: Method
    groups: tuple[str, ...]
    layers: tuple[tuple[str, ...], ...]
    weights: tuple[NDArray[np.float64], ...]
    ranges: tuple[NDArray[np.float64], ...]
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
            "ranges": {
                group: {
                    n: None if np.isnan(pair).any() else [round(float(b), 6) for b in pair]
                    for n, pair in zip(names, pairs, strict=True)
                }
                for group, names, pairs in zip(self.groups, self.layers, self.ranges, strict=True)
            },
            "rates": {
                group: None if np.isnan(rate) else float(rate)
                for group, rate in zip(self.groups, self.rates, strict=True)
            },
            **{name: (one := getattr(self, name)) and asdict(one) for name in figures},
            "notes": list(self.notes),
        }


def fit_weights(
    model: DensityModel,
    counts: CheckIns,
    shares: Sequence[sp.csr_array],
    *,
    presence: NDArray[np.float64],
    profile: NDArray[np.float64],
    method: Method = "poisson",
    folds: int = 5,
    resamples: int = 100,
    seed: int = 0,
) -> Calibration:
    """Fit the weights of all groups to check-ins, and judge them on stations held out.

    ``shares[g]`` csr [n_stations, n_cells] are `catchment_shares`; ``presence`` float64[n_groups],
    ``profile`` float64[n_groups, 2, 24]; ``resamples`` fits give the weights' ranges (0: none).
    Groups and layers that no count tells of keep their weights, and a note says so. InputError when
    arrays do not fit, or nothing can be fitted.
    """
    _check(model, counts, shares, method, folds)
    sums = visit_sums(model, shares, presence, profile)
    start = [normal(weights) for weights in model.weights]
    full = VisitFit.made(model, sums, counts, start, method)
    notes: list[str] = []
    is_reached = np.asarray(full.design.any(axis=1), dtype=np.bool_)
    if not is_reached.any() or not counts.count[is_reached].any():
        raise InputError(
            say(
                "check-ins: no station has workers within reach in an hour that was counted, or all"
                " counts are 0: check the stations' places and the hours"
            )
        )
    if not is_reached.all():
        notes.append(
            say(
                "{n_counts} counts ({visits:,.0f} visits) are"
                " left out: the model has nobody within reach of them at that hour",
                n_counts=int((~is_reached).sum()),
                visits=counts.count[~is_reached].sum(),
            )
        )
        counts = counts.rows(is_reached)
        full = VisitFit.made(model, sums, counts, start, method)
    notes += _doubts(model, full, counts)
    base = VisitFit.made(model, sums, counts, start, "rates")
    held, base_held = _held_out(model, sums, counts, start, method, folds=folds, seed=seed)
    if held is None:
        notes.append(say("one station alone was counted: nothing could be held out"))
    notes += _learned(held, base_held)
    whole = [float(weights.sum()) for weights in model.weights]
    ranges = _ranges(full, counts, resamples=resamples, seed=seed)
    return Calibration(
        method=method,
        groups=model.groups,
        layers=model.layers,
        weights=tuple(size * some for size, some in zip(whole, full.weights, strict=True)),
        ranges=tuple(size * some for size, some in zip(whole, ranges, strict=True)),
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
        raise InputError(
            say(
                "calibration: no method {method}: one of {known}",
                method=method,
                known=", ".join(METHODS),
            )
        )
    if folds < 2:  # noqa: PLR2004 - one to learn from, one to judge by
        raise InputError(say("calibration: folds must be 2 or more, not {folds}", folds=folds))
    n_stations = shares[0].shape[0] if shares else 0
    for table in shares:
        if table.shape != (n_stations, len(model)):
            raise InputError(
                say(
                    "calibration: catchments {shape} for {n_cells} cells",
                    shape=table.shape,
                    n_cells=len(model),
                )
            )
    if len(shares) != len(model.groups):
        raise InputError(
            say(
                "calibration: catchments of {n_shares} groups, not of {n_model_groups}",
                n_shares=len(shares),
                n_model_groups=len(model.groups),
            )
        )
    if not len(counts.count):
        raise InputError(say("check-ins: there are none"))
    if not 0 <= counts.station.min() <= counts.station.max() < n_stations:
        raise InputError(say("check-ins: a station number lies outside the catchments"))
    if not -1 <= counts.group.min() <= counts.group.max() < len(model.groups):
        raise InputError(say("check-ins: a group number lies outside the model's groups"))


def _held_out(
    model: DensityModel,
    sums: VisitSums,
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
            expected[row, out] = VisitFit.made(model, sums, known, start, way).expected(asked)
        null[out] = _null(known, asked)
    return _figures(counts, expected[0], null), _figures(counts, expected[1], null)


def _ranges(
    fit: VisitFit, counts: CheckIns, *, resamples: int, seed: int
) -> list[NDArray[np.float64]]:
    """Fit again to stations drawn with replacement; hand-overs stay as they were found.

    A station drawn m times counts as m rows: its design and counts times m (times the root of m
    in least squares).
    """
    stations, number = np.unique(counts.station, return_inverse=True)
    known = [not np.isnan(rate) for rate in fit.rates]
    if resamples < 1 or len(stations) < 2:  # noqa: PLR2004 - one drawn anew is itself
        return [np.full((len(own), 2), np.nan) for own in fit.weights]
    rng = np.random.default_rng([seed, 1])
    begin = np.concatenate(
        [np.nan_to_num(rate) * own for rate, own in zip(fit.rates, fit.weights, strict=True)]
    )
    blocks = np.split(fit.design, np.cumsum([len(own) for own in fit.weights])[:-1], axis=1)
    drawn: list[list[NDArray[np.float64]]] = [[] for _ in fit.weights]
    for _ in range(resamples):
        times = rng.multinomial(len(stations), np.full(len(stations), 1 / len(stations)))
        size = times[number.ravel()].astype(np.float64)
        if fit.method == "poisson":
            found = most_likely(fit.design * size[:, None], counts.count * size, begin)
        else:
            root = np.sqrt(size)
            found = least_squares(fit.design * root[:, None], counts.count * root)
        weights, rates = split(found, blocks, fit.weights)
        for own, rate, kept in zip(weights, rates, drawn, strict=True):
            if not np.isnan(rate):
                kept.append(own)
    return [
        np.percentile(kept, [5, 95], axis=0).T if told and kept else np.full((len(own), 2), np.nan)
        for own, told, kept in zip(fit.weights, known, drawn, strict=True)
    ]


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


def _learned(held: FitFigures | None, base: FitFigures | None) -> list[str]:
    """Say when stations that were held out are told no better than before the fit."""
    if held is None or base is None or held.explained > base.explained:
        return []
    return [
        say(
            "the fitted weights tell stations that were held out no better than the weights before:"
            " nothing was learned, keep those"
        )
    ]


def _doubts(model: DensityModel, fit: VisitFit, counts: CheckIns) -> list[str]:
    """Say which weights the counts do not tell, or not apart."""
    names = [
        f"{group} {layer}"
        for group, layers in zip(model.groups, model.layers, strict=True)
        for layer in layers
    ]
    notes: list[str] = [
        say("{group}: no count tells of it: its weights stay as they were", group=group)
        for group, rate in zip(model.groups, fit.rates, strict=True)
        if np.isnan(rate)
    ]
    size = np.linalg.norm(fit.design, axis=0)
    live = np.flatnonzero(size > 0)
    columns = fit.design[:, live] / size[live]
    n_stations = len(np.unique(counts.station))
    if n_stations < len(live):
        notes.append(
            say(
                "{n_stations} stations for {n_weights} weights: the fit leans on the hours alone",
                n_stations=n_stations,
                n_weights=len(live),
            )
        )
    spread = np.linalg.svd(columns, compute_uv=False)
    if spread[-1] <= spread[0] / _CONDITION:
        notes.append(
            say(
                "the layers cannot be told apart by these counts (condition number"
                " {condition:,.0f}, doubtful above {most:g}): other"
                " weights would fit as well",
                condition=spread[0] / max(spread[-1], 1e-300),
                most=_CONDITION,
            )
        )
    alike = np.triu(columns.T @ columns, 1)
    for a, b in np.argwhere(alike > _ALIKE)[:5]:
        notes.append(
            say(
                "{one} and {other} rise and fall together at the stations"
                " ({alike:.3f}): only their sum is known",
                one=names[live[a]],
                other=names[live[b]],
                alike=alike[a, b],
            )
        )
    return notes
