"""Lorenz curve, Gini, Palma and the worst tenth, against PySAL and tables by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inequality.gini import Gini
from inequality.wolfson import lorenz_curve as pysal_curve

from geo.errors import InputError
from planning.coverage.inequality import Inequality, inequality_of, lorenz_curve

PEOPLE = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 6)), min_size=1, max_size=12).filter(
    lambda pairs: sum(value * n for value, n in pairs) > 0
)


@given(PEOPLE)
def test_the_gini_is_that_of_pysal_over_the_workers_one_by_one(
    pairs: list[tuple[int, int]],
) -> None:
    values, workers = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    one_by_one = np.repeat(values, workers.astype(int))
    told = inequality_of(values, workers)
    assert told is not None
    assert told.gini == pytest.approx(Gini(one_by_one).g, abs=1e-12)


@given(PEOPLE)
def test_the_lorenz_curve_is_that_of_pysal(pairs: list[tuple[int, int]]) -> None:
    values, workers = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    people, whole = pysal_curve(np.repeat(values, workers.astype(int)))
    curve = lorenz_curve(values, workers)
    assert curve is not None
    np.testing.assert_allclose([curve.at(share) for share in people], whole, atol=1e-12)


def test_ten_incomes_by_hand() -> None:
    """One to ten: 55 in all; the last has 10, the first four 1 + 2 + 3 + 4, the first 1."""
    told = inequality_of(np.arange(1.0, 11.0), np.ones(10))
    assert told is not None
    assert (told.palma, told.worst_tenth, told.nothing) == (
        pytest.approx(10 / 10),
        pytest.approx(1 / 55),
        0.0,
    )
    # G = sum of (2k - n - 1) y_k over n sum of y
    assert told.gini == pytest.approx(sum((2 * k - 11) * k for k in range(1, 11)) / (10 * 55))


def test_a_border_runs_through_workers_who_are_alike() -> None:
    """Two hold 1 and eight hold 4, of 34: the first four hold 2 + 2 x 4, the last one 4."""
    told = inequality_of([4.0, 1.0], [8.0, 2.0])
    assert told is not None
    assert told.palma == pytest.approx(4 / 10)
    assert told.worst_tenth == pytest.approx(1 / 34)


def test_all_alike_is_no_inequality() -> None:
    assert inequality_of([3.0, 3.0], [1.0, 7.5]) == Inequality(
        gini=0.0, palma=pytest.approx(0.25), worst_tenth=pytest.approx(0.1), nothing=0.0
    )


def test_where_four_tenths_have_nothing_there_is_no_palma_ratio() -> None:
    told = inequality_of([0.0, 1.0], [5.0, 5.0])
    assert told is not None
    assert (told.palma, told.nothing, told.worst_tenth) == (None, 0.5, 0.0)
    assert Inequality.from_dict(told.as_dict()) == told


@pytest.mark.parametrize(("values", "workers"), [([], []), ([0.0], [4.0]), ([2.0], [0.0])])
def test_nothing_shared_or_nobody_there_has_no_curve(
    values: list[float], workers: list[float]
) -> None:
    assert lorenz_curve(values, workers) is None
    assert inequality_of(values, workers) is None


@pytest.mark.parametrize("wrong", [[-1.0], [np.nan], [np.inf]])
def test_what_is_no_amount_is_refused(wrong: list[float]) -> None:
    with pytest.raises(InputError, match="negative or not finite"):
        inequality_of(wrong, [1.0])
    with pytest.raises(InputError, match="do not fit"):
        inequality_of([*wrong, 1.0], [1.0])
