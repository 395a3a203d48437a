"""The 2SFCA family over seats, against PySAL's `access` and by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from access import weights as pysal_weights
from access.fca import two_stage_fca

from geo.errors import InputError
from planning.coverage.floating_catchment import DECAYS, Catchment, seat_access

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.coverage.floating_catchment import DecayWord

CUTOFFS = (900.0, 300.0)


def dai(share: float) -> float:
    """The Gaussian of Dai (2010), written anew."""
    return (math.exp(-(share**2) / 2) - math.exp(-1 / 2)) / (1 - math.exp(-1 / 2))


FUNCTIONS: dict[DecayWord, Callable[[float], float] | None] = {
    "plain": None,
    "stepped": pysal_weights.step_fn({1 / 3: 1, 2 / 3: 0.68, 1: 0.22}),
    "gaussian": dai,
}


def drawn(seed: int) -> tuple[np.ndarray, list[Catchment]]:
    """Eight places and fifteen cells of two groups whose standards differ."""
    rng = np.random.default_rng(seed)
    seats = rng.integers(0, 20, 8).astype(float)
    groups = []
    for cutoff_s in CUTOFFS:
        there = rng.random((8, 15)) < 0.3
        # Hundredths of the standard, no third of it: on which side of a border is told below.
        ways = there * rng.integers(0, 100, there.shape) / 100 * cutoff_s
        rows, columns = np.nonzero(there)
        seconds = sp.csr_array((ways[there], (rows, columns)), shape=there.shape)
        groups.append(Catchment(rng.integers(0, 9, 15).astype(float), seconds, cutoff_s))
    return seats, groups


@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("seed", range(4))
def test_seats_a_worker_are_those_of_pysal(decay: DecayWord, seed: int) -> None:
    seats, groups = drawn(seed)
    made = seat_access(seats, groups, decay=decay)
    ways = []
    for number, group in enumerate(groups):
        table = group.seconds.tocoo()
        pairs = zip(*table.coords, table.data, strict=True)
        ways += [(f"{number}/{cell}", int(place), s / group.cutoff_s) for place, cell, s in pairs]
    names = [f"{number}/{cell}" for number in range(2) for cell in range(15)]
    people = np.concatenate([group.workers for group in groups])
    # PySAL divides by the workers in reach: a place that nobody reaches has no ratio there.
    told = two_stage_fca(
        pd.DataFrame({"demand": people}, index=names),
        pd.DataFrame({"supply": seats}),
        pd.DataFrame(ways, columns=["origin", "dest", "cost"]),
        max_cost=1.0,
        demand_index=True,
        weight_fn=FUNCTIONS[decay],
    )
    theirs = told.reindex(names).fillna(0.0).to_numpy()
    mine = made.per_worker.T.ravel()
    counts = people > 0
    np.testing.assert_allclose(mine[counts], theirs[counts], rtol=1e-12)


@pytest.mark.parametrize("decay", DECAYS)
def test_over_all_workers_it_adds_up_to_the_seats_that_anybody_reaches(decay: DecayWord) -> None:
    seats, groups = drawn(11)
    made = seat_access(seats, groups, decay=decay)
    workers = np.column_stack([group.workers for group in groups])
    reached = sum(group.seconds.sign().multiply(group.workers > 0).sum(axis=1) for group in groups)
    assert (made.per_worker * workers).sum() == pytest.approx(seats[reached > 0].sum())


def test_a_street_by_hand() -> None:
    """A place of 10 seats at the door of 2 workers and 10 minutes from 3, of a standard of 15.

    10 minutes are two thirds: plain 1, stepped 0.68. Plain 10 / 5 each; stepped
    10 / (2 + 3 x 0.68), the far ones 0.68 of it.
    """
    ways = sp.csr_array((np.array([0.0, 600.0]), (np.array([0, 0]), np.array([0, 1]))))
    group = Catchment(np.array([2.0, 3.0]), ways, 900.0)
    plain, stepped = (seat_access([10.0], [group], decay=one) for one in ("plain", "stepped"))
    assert plain.per_worker.ravel() == pytest.approx([2.0, 2.0])
    each = 10 / (2 + 3 * 0.68)
    assert stepped.per_worker.ravel() == pytest.approx([each, 0.68 * each])


def test_who_reaches_nothing_has_nothing_and_a_place_without_workers_shares_nothing() -> None:
    ways = sp.csr_array(np.array([[60.0, 0.0], [0.0, 0.0]]))
    group = Catchment(np.array([4.0, 6.0]), ways, 900.0)
    made = seat_access([8.0, 5.0], [group], decay="plain")
    assert made.per_worker.ravel().tolist() == [2.0, 0.0]
    assert made.ratio.tolist() == [2.0, 0.0]


@pytest.mark.parametrize("seats", [[np.nan], [-1.0]])
def test_seats_that_are_not_known_are_refused(seats: list[float]) -> None:
    group = Catchment(np.array([1.0]), sp.csr_array(np.array([[60.0]])), 900.0)
    with pytest.raises(InputError, match="must be known"):
        seat_access(seats, [group], decay="plain")
