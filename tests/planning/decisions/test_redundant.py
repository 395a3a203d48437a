"""What closing stations would lose, against all sets of stations that could close."""

from __future__ import annotations

import json

import numpy as np
import pytest
import scipy.sparse as sp

from geo.errors import ProblemError
from planning.decisions import find_redundant

N_CITIES, PARTS = 300, 6


def city(number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Stations by items, weights, what is covered else, and stations that stay."""
    rng = np.random.default_rng([number, 5])
    n, m = int(rng.integers(1, 9)), int(rng.integers(1, 20))
    covers = rng.random((n, m)) < rng.uniform(0.1, 0.6)
    covers[0, 0] = True
    weights = np.where(rng.random(m) < 0.1, 0, rng.integers(1, 30, m)).astype(float)
    return covers, weights, rng.random(m) < 0.2, rng.random(n) < 0.2


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_lost_and_what_may_close_together_are_those_of_all_sets(part: int) -> None:
    several = 0
    for number in range(part, N_CITIES, PARTS):
        covers, weights, other, staying = city(number)
        n = len(covers)
        may_lose = float(number % 3) * 7.0
        found = find_redundant(
            sp.csr_array(covers), weights, covered_else=other, staying=staying, may_lose=may_lose
        )
        closed = ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(bool)
        before = covers.any(axis=0) | other
        after = np.array([covers[~row].any(axis=0) for row in closed]) | other
        lost = (before & ~after) @ weights
        assert found.lost.tolist() == [lost[1 << s] for s in range(n)]
        alone = [s for s in range(n) if lost[1 << s] == 0 and not staying[s]]
        assert found.redundant.tolist() == alone
        allowed = ~(closed & staying).any(axis=1) & (lost <= may_lose)
        most = closed[allowed].sum(axis=1).max()
        assert len(found.together) == found.at_most == most, number
        row = int((1 << found.together).sum())
        assert allowed[row]
        assert found.together_lost == lost[row]
        several += most > 1
        json.dumps(found.as_dict())
    assert several > 5


def test_two_that_cover_for_each_other_are_not_redundant_together() -> None:
    found = find_redundant(np.array([[1, 1], [1, 1], [0, 1]]), [3.0, 4.0])
    assert found.redundant.tolist() == [0, 1, 2]
    assert len(found.together) == found.at_most == 2
    assert found.together_lost == 0.0


def test_covers_in_part_and_vectors_of_another_length_are_refused() -> None:
    with pytest.raises(ProblemError, match="covers of 0 and 1 only"):
        find_redundant(np.array([[0.5]]), [1.0])
    with pytest.raises(ProblemError, match="staying"):
        find_redundant(np.array([[1]]), [1.0], staying=[True, False])
    with pytest.raises(ProblemError, match="may_lose"):
        find_redundant(np.array([[1]]), [1.0], may_lose=-1.0)
