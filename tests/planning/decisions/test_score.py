"""A hand-made list is counted as all option sets are, and every rule that it breaks is named."""

from __future__ import annotations

import json

import numpy as np
import pytest

from geo.errors import ProblemError
from planning import CoverageProblem, Floor, Limit, solve
from planning.decisions import score_choice
from tests.planning.decisions.small_problems import (
    N_PROBLEMS,
    key,
    mixed_problem,
    option_sets,
)

PARTS = 6


@pytest.mark.parametrize("part", range(PARTS))
def test_a_list_is_worth_what_counting_shows_and_breaks_what_it_breaks(part: int) -> None:
    for number in range(part, N_PROBLEMS, PARTS):
        problem = mixed_problem(number)
        sets = option_sets(problem)
        plan = solve(problem)
        for row in np.random.default_rng(number).integers(0, len(sets.opened), 8):
            score = score_choice(problem, np.flatnonzero(sets.opened[row]), plan=plan)
            assert score.objective == pytest.approx(sets.value[row], rel=1e-9, abs=1e-9)
            broken = {key(use.rule) for use in score.broken}
            assert broken == {k for k, kept in sets.kept.items() if not kept[row]}
            assert len(score.as_dict()["words"]) == len(broken)
            json.dumps(score.as_dict())
            if broken or plan.status == "infeasible":
                assert broken == set() or np.isnan(score.gap)
                continue
            assert score.short == pytest.approx(sets.best - sets.value[row], abs=1e-6)
            assert score.objective <= score.bound * (1 + 1e-9)


def test_broken_rules_are_told_in_words_with_numbers() -> None:
    every = np.ones(4, dtype=bool)
    problem = CoverageProblem(
        [10.0, 20.0, 30.0, 40.0],
        np.eye(4),
        costs=[100_000.0, 200_000.0, 150_000.0, 50_000.0],
        site=[0, 0, 1, 2],
        required=[False, False, False, True],
        forbidden=[False, False, True, False],
        max_open=1,
        limits=(Limit(members=every, budget=260_000.0, name="2026"),),
        floors=(Floor(members=every, min_share=0.9, name="riders"),),
    )
    score = score_choice(problem, [0, 1, 2, 2], plan=solve(problem))
    assert score.chosen.tolist() == [0, 1, 2]
    assert score.as_dict()["words"] == [
        "floor 'riders' asks for 90 and the list covers 60",
        "limit '2026' allows 260,000 and the list takes 450,000",
        "max_open 1 allows 1 and the list takes 3",
        "one option a site: the list has 1 too many",
        "option 3 is required and is not in the list",
        "forbidden options: 1: the list has 1 of them",
    ]
    with pytest.raises(ProblemError, match="option 4 is chosen and there are 4"):
        score_choice(problem, [4], plan=solve(problem))
