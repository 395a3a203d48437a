"""Calibration against counts drawn from weights that are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import minimize

from data.group_defaults import GROUP_DEFAULTS
from geo.errors import InputError
from planning.density import (
    Calibration,
    CheckIns,
    DensityModel,
    PlainCells,
    allocate,
    catchment_shares,
    fit_weights,
)
from planning.density.visit_fit import most_likely

GROUPS = ("courier", "delivery_rider")
TRUTH = (np.array([0.2, 0.7, 0.1]), np.array([0.5, 0.1, 0.4]))
RATES = np.array([0.3, 0.15])


def town(seed: int = 0, *, holes: bool = False) -> DensityModel:
    """900 cells, four zones, two groups with three layers each; ``holes``: one zone lacks one."""
    rng = np.random.default_rng(seed)
    n = 900
    place = np.c_[np.arange(n) % 30, np.arange(n) // 30]
    zone = (place[:, 0] >= 15) + 2 * (place[:, 1] >= 15)
    features = []
    for _ in GROUPS:
        some = rng.lognormal(0, 1.5, (n, 3)) * (rng.random((n, 3)) < 0.3)
        if holes:
            some[zone == 2, 1] = 0.0
        features.append(some)
    return DensityModel(
        cells=PlainCells(np.arange(n).astype(np.str_), 33 + place * 0.002, np.ones(n)),
        groups=GROUPS,
        layers=(("homes", "depots", "shops"), ("kitchens", "homes", "malls")),
        features=tuple(features),
        weights=(np.array([0.5, 0.3, 0.2]), np.array([0.55, 0.25, 0.2])),
        totals=rng.uniform(2_000, 6_000, (2, 4)),
        zone=zone,
        zone_names=("a", "b", "c", "d"),
        eps=np.full(2, 0.02),
    )


def catchments(model: DensityModel, *, n_stations: int = 60, seed: int = 1) -> list[sp.csr_array]:
    rng = np.random.default_rng(seed)
    at = rng.choice(len(model), n_stations, replace=False)
    place = np.asarray(model.cells.lonlat)
    near = np.abs(place[at][:, None] - place[None]).max(axis=2) < 0.005
    return [catchment_shares(sp.csr_array(near))] * len(model.groups)


def days() -> dict[str, np.ndarray]:
    some = [GROUP_DEFAULTS[group] for group in GROUPS]
    return {
        "presence": np.array([one.presence for one in some]),
        "profile": np.array([[one.weekday, one.weekend] for one in some]),
    }


def synthetic(
    model: DensityModel, shares: list[sp.csr_array], *, exact: bool = False, seed: int = 2
) -> CheckIns:
    """What stations would count in every hour of 20 weekdays if TRUTH were so."""
    true = model.with_weights(dict(zip(GROUPS, TRUTH, strict=True)))
    workers = allocate(true).weights
    day = days()
    n_stations = shares[0].shape[0]
    station, hour = (a.ravel() for a in np.mgrid[:n_stations, :24])
    mean = 20.0 * sum(
        RATES[g] * day["presence"][g] * day["profile"][g, 0, hour]
        * (shares[g] @ workers[:, g])[station]
        for g in range(2)
    )  # fmt: skip
    count = mean if exact else np.random.default_rng(seed).poisson(mean)
    return CheckIns.of(station=station, hour=hour, count=count, days=20.0)


@pytest.mark.parametrize("method", ["poisson", "nnls"])
@pytest.mark.parametrize("holes", [False, True])
def test_known_weights_come_back_from_exact_counts(method: Any, holes: bool) -> None:  # noqa: ANN401, FBT001 - parametrised
    model = town(holes=holes)
    shares = catchments(model)
    found = fit_weights(
        model, synthetic(model, shares, exact=True), shares, method=method, **days()
    )
    for weights, truth in zip(found.weights, TRUTH, strict=True):
        assert weights == pytest.approx(truth, abs=2e-3)
    assert found.rates == pytest.approx(RATES, rel=1e-2)
    assert found.fitted.explained > 0.9999


@pytest.mark.parametrize("method", ["poisson", "nnls"])
def test_known_weights_come_back_from_poisson_counts(method: Any) -> None:  # noqa: ANN401 - parametrised
    model = town()
    shares = catchments(model)
    found = fit_weights(model, synthetic(model, shares), shares, method=method, **days())
    for weights, truth in zip(found.weights, TRUTH, strict=True):
        assert weights == pytest.approx(truth, abs=0.03)
    assert found.rates == pytest.approx(RATES, rel=0.05)
    assert found.held_out is not None
    assert found.baseline_held_out is not None
    assert found.held_out.explained > found.baseline_held_out.explained + 0.05
    assert found.held_out.mean_absolute_error < found.baseline_held_out.mean_absolute_error
    assert found.notes == ()
    low, high = np.vstack(found.ranges).T
    assert ((low <= np.concatenate(found.weights)) & (np.concatenate(found.weights) <= high)).all()
    assert ((low - 0.02 <= np.concatenate(TRUTH)) & (np.concatenate(TRUTH) <= high + 0.02)).all()
    assert found.apply(model).weights[0] == pytest.approx(found.weights[0])


def test_the_poisson_fit_is_the_most_likely_one() -> None:
    rng = np.random.default_rng(5)
    design = rng.uniform(0, 4, (200, 4)) * (rng.random((200, 4)) < 0.6)
    count = rng.poisson(design @ [0.8, 0.0, 1.5, 0.3])
    kept = design.any(axis=1)
    design, count = design[kept], count[kept].astype(float)

    def loss(c: np.ndarray) -> float:
        mean = design @ c + 1e-12
        return float((mean - count * np.log(mean)).sum())

    best = minimize(loss, np.ones(4), bounds=[(0, None)] * 4, method="L-BFGS-B", tol=1e-14)
    found = most_likely(design, count)
    assert loss(found) <= best.fun + 1e-6
    assert found == pytest.approx(best.x, abs=1e-3)


def test_explained_deviance_is_of_the_null_that_expects_the_mean() -> None:
    model = town()
    shares = catchments(model)
    counts = synthetic(model, shares)
    found = fit_weights(model, counts, shares, resamples=0, **days()).fitted
    y, mean = counts.count, counts.count.mean()
    null = 2 * sum(v * np.log(v / mean) - (v - mean) if v else mean for v in y)
    assert found.null_deviance == pytest.approx(null)
    assert found.explained == pytest.approx(1 - found.deviance / null)
    assert (found.rows, found.mean_count) == (len(y), pytest.approx(mean))


def test_more_stations_narrow_the_ranges() -> None:
    model = town()
    wide, narrow = (
        fit_weights(model, synthetic(model, some), some, resamples=50, **days())
        for some in (catchments(model, n_stations=15), catchments(model, n_stations=240))
    )
    width = [np.ptp(np.vstack(found.ranges), axis=1).mean() for found in (wide, narrow)]
    assert width[1] < 0.6 * width[0]


def test_shares_of_a_cell_add_up_to_one_over_the_stations_in_reach() -> None:
    within = sp.csr_array(np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 1, 0, 0]], dtype=bool))
    even = catchment_shares(within).toarray()
    assert even == pytest.approx(np.array([[1, 1 / 3, 0, 0], [0, 1 / 3, 1, 0], [0, 1 / 3, 0, 0]]))
    seats = catchment_shares(within, attraction=np.array([2.0, 1.0, 1.0])).toarray()
    assert seats[:, 1] == pytest.approx([0.5, 0.25, 0.25])
    assert seats.sum(axis=0) == pytest.approx([1, 1, 1, 0])


def test_layers_that_rise_and_fall_together_are_told() -> None:
    model = town()
    features = tuple(some.copy() for some in model.features)
    features[0][:, 2] = features[0][:, 1] * 3.0
    alike = DensityModel(
        **{n: getattr(model, n) for n in model.__dataclass_fields__} | {"features": features}
    )
    shares = catchments(alike)
    found = fit_weights(alike, synthetic(alike, shares), shares, **days())
    words = " ".join(found.notes)
    assert "cannot be told apart by these counts (condition number" in words
    assert "courier depots and courier shops rise and fall together" in words


def test_few_stations_are_told_and_one_cannot_be_held_out() -> None:
    model = town()
    shares = catchments(model, n_stations=1)
    found = fit_weights(model, synthetic(model, shares), shares, **days())
    assert found.held_out is None
    assert np.isnan(np.vstack(found.ranges)).all()
    assert "1 stations for 6 weights: the fit leans on the hours alone" in found.notes
    assert "one station alone was counted: nothing could be held out" in found.notes


def test_a_group_that_was_not_counted_keeps_its_weights() -> None:
    model = town()
    shares = catchments(model)
    counts = synthetic(model, shares)
    ours = CheckIns.of(station=counts.station, hour=counts.hour, count=counts.count, group=0)
    found = fit_weights(model, ours, shares, **days())
    assert found.weights[1] == pytest.approx(model.weights[1])
    assert np.isnan(found.rates[1])
    assert np.isnan(found.ranges[1]).all()
    assert found.as_dict()["ranges"]["delivery_rider"] == dict.fromkeys(model.layers[1])
    assert "delivery_rider: no count tells of it: its weights stay as they were" in found.notes
    assert found.as_dict()["rates"]["delivery_rider"] is None


def test_counts_where_the_model_has_nobody_are_left_out_and_told() -> None:
    model = town()
    shares = [
        sp.csr_array(sp.vstack([table, sp.csr_array((1, len(model)))]))
        for table in catchments(model)
    ]
    counts = synthetic(model, shares)
    lost = counts.station == 60
    odd = CheckIns.of(
        station=counts.station, hour=counts.hour, count=np.where(lost, 2.0, counts.count), days=20.0
    )
    found = fit_weights(model, odd, shares, **days())
    assert "24 counts (48 visits) are left out" in found.notes[0]
    assert found.stations == 60


def test_a_fit_is_the_same_again() -> None:
    model = town()
    shares = catchments(model)
    one, two = (fit_weights(model, synthetic(model, shares), shares, **days()) for _ in range(2))
    assert isinstance(one, Calibration)
    assert one.as_dict() == two.as_dict()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"hour": np.array([24])}, r"an hour lies outside 0..23 \(row 1\)"),
        ({"count": np.array([-1.0])}, "a count is negative"),
        ({"day": 2}, "neither weekday nor weekend"),
        ({"days": 0.0}, "a number of days is not above 0"),
        ({"hour": np.array([1, 2])}, r"hour has the shape \(2,\) beside 1 counts"),
    ],
)
def test_check_ins_that_cannot_be_are_refused(changed: dict[str, Any], message: str) -> None:
    row: dict[str, Any] = {"station": np.array([0]), "hour": np.array([1]), "count": np.ones(1)}
    with pytest.raises(InputError, match=message):
        CheckIns.of(**row | changed)


def test_a_fit_that_cannot_be_is_refused() -> None:
    model = town()
    shares = catchments(model)
    counts = synthetic(model, shares)
    with pytest.raises(InputError, match="no method guess: one of poisson, nnls"):
        fit_weights(model, counts, shares, method="guess", **days())  # type: ignore[arg-type]
    with pytest.raises(InputError, match="catchments of 1 groups, not of 2"):
        fit_weights(model, counts, shares[:1], **days())
    with pytest.raises(InputError, match="a station number lies outside"):
        fit_weights(model, counts, catchments(model, n_stations=5), **days())
    nobody = CheckIns.of(station=counts.station, hour=counts.hour, count=0 * counts.count)
    with pytest.raises(InputError, match="all counts are 0"):
        fit_weights(model, nobody, shares, **days())
    with pytest.raises(InputError, match="folds must be 2 or more"):
        fit_weights(model, counts, shares, folds=1, **days())


def test_rows_out_of_reach_of_every_column_leave_the_likelihood_finite() -> None:
    design = np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
    with np.errstate(all="raise"):
        found = most_likely(design, np.array([3.0, 4.0, 9.0]))
    assert found == pytest.approx([3.0, 2.0])
    assert not most_likely(design, np.array([0.0, 0.0, 9.0])).any()


def test_a_fit_of_noise_says_that_nothing_was_learned() -> None:
    model = town()
    shares = catchments(model)
    real = synthetic(model, shares)
    noise = np.random.default_rng(3).poisson(4.0, len(real.count)).astype(np.float64)
    counts = CheckIns.of(station=real.station, hour=real.hour, count=noise, days=20.0)
    told = fit_weights(model, counts, shares, method="poisson", **days())
    assert told.held_out is not None
    assert told.baseline_held_out is not None
    worse = told.held_out.explained <= told.baseline_held_out.explained
    assert any("nothing was learned" in note for note in told.notes) == worse
    good = fit_weights(model, real, shares, method="poisson", **days())
    assert not any("nothing was learned" in note for note in good.notes)
