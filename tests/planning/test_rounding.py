"""Claims about whole numbers: parts add to their whole, in one direction and in two."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from planning.coverage.rounding import half_up, whole_parts, whole_table

N_TABLES = 1000


@pytest.mark.parametrize(
    ("value", "whole"), [(0.5, 1), (1.5, 2), (2.5, 3), (2.4999999, 3), (2.49, 2), (0.0, 0)]
)
def test_a_number_alone_is_rounded_half_up(value: float, whole: int) -> None:
    assert half_up(value) == whole


def test_the_largest_remainders_get_what_is_missing() -> None:
    # 1.4 + 2.4 + 0.7 + 5.5 = 10: cut to 1, 2, 0, 5 two are missing, for .7 and .5
    assert whole_parts([1.4, 2.4, 0.7, 5.5]).tolist() == [1, 2, 1, 6]
    assert whole_parts([0.5, 0.5, 0.5]).tolist() == [1, 1, 0]  # of equal ones the first
    assert whole_parts([1.4, 2.4, 0.7, 5.5], 9).tolist() == [1, 2, 1, 5]
    assert whole_parts([]).tolist() == []


def test_parts_add_to_the_rounded_whole_and_none_is_farther_than_one_from_the_truth() -> None:
    """Over random parts, against choosing the best rounding by trying all that add up."""
    random = np.random.default_rng(12)
    for _ in range(N_TABLES):
        parts = random.gamma(0.5, random.choice([0.5, 5, 500]), random.integers(1, 7))
        made = whole_parts(parts)
        assert made.sum() == half_up(parts.sum())
        assert (np.abs(made - parts) < 1).all()
        off = np.abs(made - parts).sum()
        choices = (
            np.floor(parts) + [number >> bit & 1 for bit in range(len(parts))]
            for number in range(2 ** len(parts))
        )
        adding = (choice for choice in choices if choice.sum() == made.sum())
        assert off <= min(np.abs(choice - parts).sum() for choice in adding) + 1e-5


def test_bounds_hold_and_the_rest_takes_what_they_push_aside() -> None:
    made = whole_parts([1.9, 1.9, 1.9], 6, at_most=np.array([1, 9, 9]))
    assert made.tolist() == [1, 3, 2]
    assert whole_parts([0.2, 4.8], 5, at_least=np.array([1, 0])).tolist() == [1, 4]


def test_a_thousand_tables_add_in_both_directions_and_never_contradict_one_another() -> None:
    """Workers, one station, two stations, after: as a report prints them."""
    random = np.random.default_rng(34)
    for _ in range(N_TABLES):
        shape = random.integers(1, 6, 2)
        workers = random.gamma(0.5, random.choice([0.5, 5, 500]), shape)
        workers[random.random(shape) < random.choice([0.0, 0.4])] = 0.0
        one = workers * random.choice([0.0, 1.0, random.random()], size=shape)
        two = one * random.random(shape)
        after = one + (workers - one) * random.random(shape)
        whole = whole_table(workers)
        assert whole.sum(axis=1).tolist() == whole_parts(workers.sum(axis=1)).tolist()
        assert whole.sum(axis=0).tolist() == whole_parts(workers.sum(axis=0)).tolist()
        within = whole_table(one, at_most=whole)
        twice = whole_table(two, at_most=within)
        later = whole_table(after, at_least=within, at_most=whole)
        for exact, made in ((workers, whole), (one, within), (two, twice), (after, later)):
            assert made.sum() == half_up(exact.sum())
            for axis in (0, 1):
                assert (np.abs(made.sum(axis=axis) - exact.sum(axis=axis)) < 2).all()
        for less, more in pairwise([np.zeros_like(whole), twice, within, later, whole]):
            assert (less <= more).all()


def test_the_same_table_is_rounded_the_same_when_its_sums_differ_in_the_last_bit() -> None:
    table = np.array([[0.1, 0.2, 0.7], [1.3, 0.5, 0.7]])
    noise = 1e-12 * np.array([[1, -1, 1], [-1, 1, -1]])
    assert whole_table(table).tolist() == whole_table(table + noise).tolist()
    assert whole_table(np.empty((0, 3))).shape == (0, 3)
