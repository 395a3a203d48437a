"""What the benchmark asks of other solvers is our question: on small problems all agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bench.weak_classes import greedy, highs, ours, scip
from planning import (
    BackupProblem,
    CapacitatedProblem,
    CoverageProblem,
    MaxMinProblem,
    SetCoverProblem,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.tables import Row

WEIGHTS = np.array([5.0, 3.0, 8.0, 2.0, 7.0, 4.0, 6.0, 1.0])
COVERS = np.array(
    [
        [1, 1, 0, 0, 1, 0, 0, 0],
        [0, 1, 1, 0, 0, 0, 0, 1],
        [0, 0, 1, 1, 0, 1, 0, 0],
        [1, 0, 0, 1, 0, 0, 1, 0],
        [0, 0, 0, 0, 1, 1, 1, 0],
        [0, 0, 1, 0, 1, 0, 0, 1],
    ],
    dtype=np.bool_,
)
COSTS = np.array([4.0, 3.0, 5.0, 2.0, 6.0, 3.0])
HALVES = np.arange(8) // 4 == np.arange(2)[:, None]
PROBLEMS = {
    "budget": CoverageProblem(WEIGHTS, COVERS, costs=COSTS, budget=9.0),
    "gradual": CoverageProblem(WEIGHTS, COVERS * np.array([0.5, 1.0] * 4), max_open=2),
    "backup": BackupProblem(WEIGHTS, COVERS, 3, 0.4 * WEIGHTS),
    "capacitated": CapacitatedProblem(WEIGHTS, COVERS, np.full(6, 9.0), 3),
    "max-min": MaxMinProblem(WEIGHTS, COVERS, HALVES, 2),
    "set covering": SetCoverProblem(COVERS),
}


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("peer", [highs, scip])
def test_a_peer_given_our_model_finds_what_we_prove(
    name: str, peer: Callable[[Any, float], Row]
) -> None:
    if peer is scip:
        pytest.importorskip("pyscipopt", reason="SCIP is a peer of benchmarks alone")
    mine, theirs = ours(PROBLEMS[name], 10.0), peer(PROBLEMS[name], 10.0)
    assert mine["status"] == "optimal"
    assert theirs["value"] == pytest.approx(mine["value"])
    assert theirs["bound"] == pytest.approx(mine["bound"])
    assert theirs["gap %"] == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("name", PROBLEMS)
def test_greedy_is_a_plan_and_no_better_than_the_best(name: str) -> None:
    best, found = ours(PROBLEMS[name], 10.0)["value"], greedy(PROBLEMS[name])["value"]
    least, most = sorted((best, found))
    assert (least if name != "set covering" else most) == found
    assert 0.0 < least <= most < 2.0 * least
