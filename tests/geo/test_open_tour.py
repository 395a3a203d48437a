"""A tour visits every place once, and no reversal of a part makes it shorter."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.open_tour import open_tour, tour_seconds


def _shortest(seconds: np.ndarray) -> float:
    return min(tour_seconds(seconds, tour) for tour in itertools.permutations(range(len(seconds))))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 7), st.booleans())
def test_a_tour_is_a_permutation_that_no_reversal_shortens(
    seed: int,
    n: int,
    one_way: bool,  # noqa: FBT001 - hypothesis gives it by place
) -> None:
    rng = np.random.default_rng(seed)
    points = rng.random((n, 2))
    seconds = np.linalg.norm(points[:, None] - points[None], axis=2)
    if one_way:
        seconds = seconds * rng.uniform(1, 2, (n, n))
    tour = open_tour(seconds)
    assert sorted(tour) == list(range(n))
    mine = tour_seconds(seconds, tour)
    assert mine >= _shortest(seconds) - 1e-9
    for first, last in itertools.combinations(range(n), 2):
        other = [*tour[:first], *reversed(tour[first : last + 1]), *tour[last + 1 :]]
        assert mine <= tour_seconds(seconds, other) + 1e-5


def test_places_on_a_line_are_visited_along_it() -> None:
    along = np.random.default_rng(1).permutation(30).astype(float)
    tour = open_tour(abs(along[:, None] - along[None]))
    assert tour_seconds(abs(along[:, None] - along[None]), tour) == 29


def test_few_places_come_close_to_the_best_order() -> None:
    rng = np.random.default_rng(3)
    ratios = []
    for _ in range(20):
        points = rng.random((7, 2))
        seconds = np.linalg.norm(points[:, None] - points[None], axis=2)
        ratios.append(tour_seconds(seconds, open_tour(seconds)) / _shortest(seconds))
    assert max(ratios) < 1.25
    assert np.mean(ratios) < 1.05


@pytest.mark.parametrize("table", [np.ones((2, 3)), np.array([[0, np.inf], [1, 0]])])
def test_a_table_that_is_none_is_refused(table: np.ndarray) -> None:
    with pytest.raises(InputError, match="a tour needs a square table of times"):
        open_tour(table)
    assert open_tour(np.empty((0, 0))) == ()
