from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from geo.errors import InputError
from planning.density import (
    DensityModel,
    allocate,
    draw_allocations,
    draw_weights,
    range_of,
    undrawn_groups,
)

MakeModel = Callable[..., DensityModel]


def test_draws_are_the_same_for_a_seed_and_others_for_another(any_model: MakeModel) -> None:
    model = any_model(1)
    one, same, other = (draw_weights(model, n=9, seed=seed) for seed in (4, 4, 5))
    for g in range(len(model.groups)):
        assert (one[g] == same[g]).all()
        assert not (one[g] == other[g]).any()
    assert not np.allclose(one[0], one[1])


def test_two_groups_alike_are_drawn_apart(make_model: MakeModel) -> None:
    one = make_model()
    two = make_model(
        groups=("courier", "truck_driver"),
        layers=one.layers * 2,
        features=one.features * 2,
        weights=one.weights * 2,
        totals=np.tile(one.totals, (2, 1)),
    )
    first, second = draw_weights(two, n=9, seed=4)
    assert not (first == second).any()
    assert (first == draw_weights(one, n=9, seed=4)[0]).all()  # others do not move a group


def test_draws_have_the_mean_and_spread_of_a_dirichlet(make_model: MakeModel) -> None:
    model = make_model(weights=(np.array([1.5, 0.5]),))
    (drawn,) = draw_weights(model, n=20_000, seed=1, concentration=20)
    assert drawn.sum(axis=1) == pytest.approx(np.full(20_000, 2.0))
    assert drawn.mean(axis=0) == pytest.approx([1.5, 0.5], abs=0.01)
    # variance of a share p is p (1 - p) / (concentration + 1); shares are doubled here
    assert drawn.var(axis=0) == pytest.approx(np.full(2, 4 * 0.75 * 0.25 / 21), rel=0.05)


def test_the_stated_spread_of_a_half_is_what_is_drawn(make_model: MakeModel) -> None:
    (drawn,) = draw_weights(make_model(weights=(np.array([0.5, 0.5]),)), n=20_000, seed=2)
    assert np.percentile(drawn[:, 0], [5, 95]) == pytest.approx([0.32, 0.68], abs=0.01)


def test_a_layer_without_weight_stays_without(make_model: MakeModel) -> None:
    (drawn,) = draw_weights(make_model(weights=(np.array([1.0, 0.0]),)), n=50)
    assert (drawn == [1.0, 0.0]).all()


def test_every_draw_keeps_the_totals_and_is_what_allocate_gives(any_model: MakeModel) -> None:
    model = any_model(7)
    draws = draw_weights(model, n=5, seed=3)
    for row, workers in enumerate(draw_allocations(model, draws)):
        assert workers.dtype == np.float32
        weights = {group: draws[g][row] for g, group in enumerate(model.groups)}
        whole = allocate(model.with_weights(weights)).weights
        assert workers == pytest.approx(whole, rel=1e-6, abs=1e-6)


def test_a_linear_figure_and_a_callable_have_one_range(any_model: MakeModel) -> None:
    model = any_model(11)
    covered = np.random.default_rng(0).random((2, len(model), len(model.groups))) < 0.4
    linear = range_of(model, covered.astype(float), n=60, seed=8)
    called = range_of(
        model, lambda workers: (covered * workers).sum(axis=(1, 2), dtype=float), n=60, seed=8
    )
    for name in ("low", "middle", "high", "point"):
        assert getattr(linear, name) == pytest.approx(getattr(called, name), rel=1e-6)
    assert (linear.low < linear.high).all()
    assert ((linear.low <= linear.middle) & (linear.middle <= linear.high)).all()
    single = range_of(model, covered[0].astype(float), n=60, seed=8)
    assert single.low == pytest.approx(linear.low[0])


def test_a_range_is_the_percentiles_over_the_draws(make_model: MakeModel) -> None:
    model = make_model()
    found = range_of(model, lambda workers: float(workers[0, 0]), n=200, seed=1)
    # the first cell has 3/4 of the homes: its workers are 75 times the weight drawn
    values = 75.0 * draw_weights(model, n=200, seed=1)[0][:, 0]
    assert [found.low, found.high] == pytest.approx(np.percentile(values, [5, 95]), rel=1e-6)
    assert found.point == pytest.approx(56.25)


def test_draws_hold_one_allocation_at_a_time(any_model: MakeModel) -> None:
    model = any_model(3, n=20_000)
    draws = draw_weights(model, n=50)
    tracemalloc.start()
    for _ in draw_allocations(model, draws):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 * model.features[0].nbytes  # fifty would be four times that


@pytest.mark.parametrize("wrong", [{"n": 0}, {"concentration": 0.0}, {"concentration": np.nan}])
def test_draws_that_cannot_be_are_refused(make_model: MakeModel, wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="draws: n ="):
        draw_weights(make_model(), **wrong)  # type: ignore[arg-type]


def test_a_linear_figure_of_another_shape_is_refused(make_model: MakeModel) -> None:
    with pytest.raises(InputError, match=r"shape \(5, 1\) for workers \(6, 1\)"):
        range_of(make_model(), np.ones((5, 1)))


def test_a_group_of_one_layer_is_named_as_one_that_no_draw_moves(make_model: MakeModel) -> None:
    assert undrawn_groups(make_model(weights=(np.array([0.5, 0.5]),))) == ()
    alone = make_model(weights=(np.array([1.0, 0.0]),))
    assert undrawn_groups(alone) == alone.groups
    moved = range_of(alone, lambda workers: workers[:5].sum(), n=9)
    assert float(moved.low) == pytest.approx(float(moved.high))
