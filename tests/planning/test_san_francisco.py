"""San Francisco, 205 census tracts and 16 stores, against the figures that spopt publishes for it.

The table of network distances comes with spopt, a test dependency, and is read where that is.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

import numpy as np
import pytest
import scipy.sparse as sp

from planning import (
    CoverageProblem,
    PCenterProblem,
    PMedianProblem,
    SetCoverProblem,
    solve,
)
from planning.decisions import coverage_curve
from planning.engine.verify import broken_rules

TABLE: Final = "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
STANDARD_M: Final = 5_000.0
# the most people within the standard of p stores, p = 1 ... 8
COVERED: Final = (448_255, 671_938, 791_499, 875_247, 927_402, 941_462, 950_428, 955_113)


@pytest.fixture(scope="module")
def city() -> tuple[np.ndarray, np.ndarray]:
    """Metres [16 stores, 205 tracts] and people [205 tracts]."""
    spopt = pytest.importorskip("spopt")
    file = Path(spopt.__file__).parent / "tests/test_locate/data" / TABLE
    if not file.exists():
        pytest.skip("this spopt comes without its data")
    with file.open(encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    stores = sorted({row["name"] for row in rows})
    tracts = sorted({row["DestinationName"] for row in rows})
    metres = np.full((len(stores), len(tracts)), np.inf)
    people = np.zeros(len(tracts))
    for row in rows:
        store, tract = stores.index(row["name"]), tracts.index(row["DestinationName"])
        metres[store, tract] = float(row["distance"])
        people[tract] = float(row["demand"])
    assert metres.shape == (16, 205)
    return metres, people


def test_eight_stores_are_the_fewest_within_reach_of_all(city: tuple[np.ndarray, ...]) -> None:
    near = sp.csr_array(city[0] <= STANDARD_M)
    plan = solve(SetCoverProblem(near))
    assert (plan.status, plan.objective) == ("optimal", 8)


@pytest.mark.parametrize(("p", "covered"), list(enumerate(COVERED, start=1)))
def test_so_many_people_are_within_reach_of_p_stores(
    city: tuple[np.ndarray, ...], p: int, covered: int
) -> None:
    metres, people = city
    problem = CoverageProblem(people, sp.csr_array(metres <= STANDARD_M), max_open=p)
    plan = solve(problem)
    assert broken_rules(problem, plan) == ()
    assert (plan.status, plan.objective, plan.bound) == ("optimal", covered, covered)


def test_the_curve_of_a_decision_is_the_published_frontier(city: tuple[np.ndarray, ...]) -> None:
    metres, people = city
    problem = CoverageProblem(people, sp.csr_array(metres <= STANDARD_M), costs=np.ones(16))
    by_number = coverage_curve(problem, max_open=range(1, 9), gap=0.0)
    by_money = coverage_curve(problem, budgets=range(1, 9), gap=0.0)
    for curve in (by_number, by_money):
        assert [(point.covered, point.bound) for point in curve.points] == [
            (covered, covered) for covered in COVERED
        ]


def test_four_stores_are_so_many_metres_from_all_people(city: tuple[np.ndarray, ...]) -> None:
    metres, people = city
    plan = solve(PMedianProblem(sp.csr_array(metres), people, p=4))
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(2_848_268_129.7145, abs=1e-3)


def test_nobody_is_farther_from_four_stores_than_this(city: tuple[np.ndarray, ...]) -> None:
    plan = solve(PCenterProblem(sp.csr_array(city[0]), p=4))
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(7_403.0638, abs=1e-4)
