"""Why there is no plan, against all option sets: contradictory, minimal, and its numbers true."""

from __future__ import annotations

import numpy as np
import pytest

from planning import CoverageProblem, Floor, Limit, solve
from planning.decisions import Conflict, find_conflict
from planning.engine.rules import MOST, uses_of, with_amounts
from tests.planning.decisions.small_problems import (
    N_PROBLEMS,
    OptionSets,
    key,
    mixed_problem,
    option_sets,
)

PARTS = 6


def used_of(problem: CoverageProblem, rule: object, opened: np.ndarray) -> np.ndarray:
    return np.array(
        [
            next(u.used for u in uses_of(problem, np.flatnonzero(o)) if u.rule == rule)
            for o in opened
        ]
    )


def look(problem: CoverageProblem, sets: OptionSets, conflict: Conflict) -> None:
    keys = [key(member.rule) for member in conflict.members]
    assert conflict.is_minimal
    assert not sets.allowed(keys).any()
    for member, own in zip(conflict.members, keys, strict=True):
        rest = sets.allowed([k for k in keys if k != own])
        assert rest.any(), "a rule that is not needed"
        if member.rule.kind not in MOST | {"floor"}:
            assert member.needed is None
            continue
        used = used_of(problem, member.rule, sets.opened[rest])
        unit = 1.0
        if member.rule.kind == "floor":
            unit = float(problem.weights_of(problem.floors[member.rule.number]).sum())
        true = used.max() if member.rule.kind == "floor" else used.min()
        assert member.needed == pytest.approx(true / unit, rel=1e-6, abs=1e-6)
        assert member.amount == pytest.approx(member.rule.amount / unit)
        others = sets.allowed([k for k in sets.kept if k != own])
        assert (member.would_do is not None) == others.any()
        if member.would_do is not None:
            least = used_of(problem, member.rule, sets.opened[others])
            best = least.max() if member.rule.kind == "floor" else least.min()
            assert member.would_do == pytest.approx(best / unit, rel=1e-6, abs=1e-6)
            cured = with_amounts(problem, {member.rule: member.would_do * unit})
            assert solve(cured).status == "optimal"


@pytest.mark.parametrize("part", range(PARTS))
def test_a_conflict_is_contradictory_minimal_and_its_numbers_are_true(part: int) -> None:
    found = 0
    for number in range(part, N_PROBLEMS, PARTS):
        problem = mixed_problem(number)
        sets = option_sets(problem)
        conflict = find_conflict(problem)
        assert (conflict is None) == bool(sets.allowed().any()), number
        if conflict is not None:
            found += 1
            look(problem, sets, conflict)
            assert conflict.as_dict()["members"]
    assert found >= 5


def street(**rules: object) -> CoverageProblem:
    """Three places, each of its own block; the first two stand at one site."""
    return CoverageProblem(
        [10.0, 20.0, 30.0],
        np.eye(3),
        costs=[100_000.0, 200_000.0, 150_000.0],
        **rules,  # type: ignore[arg-type]
    )


EVERY = np.ones(3, dtype=bool)


def words_of(problem: CoverageProblem) -> str:
    conflict = find_conflict(problem)
    assert conflict is not None
    return str(conflict.words)


def test_a_conflict_is_told_in_words_with_numbers() -> None:
    floor = Floor(members=EVERY, min_share=0.95, name="Suixi truckers")
    homes = Limit(members=EVERY, max_open=2, name="homes")
    assert words_of(street(floors=(floor,), limits=(homes,))) == (
        "floor 'Suixi truckers' needs at least 3 of limit 'homes', and it allows 2"
    )
    money = Limit(members=EVERY, budget=400_000.0, name="city")
    assert words_of(street(floors=(floor,), limits=(money,))) == (
        "floor 'Suixi truckers' needs at least 450,000 yuan of limit 'city', and it allows 400,000"
    )
    forbidden = np.array([False, False, True])
    assert words_of(street(floors=(floor,), forbidden=forbidden)) == (
        "these contradict each other: floor 'Suixi truckers' asks for 95 % and the others leave "
        "50 %; forbidden options: 1"
    )
    bare = CoverageProblem([10.0, 20.0], [[1, 0]], floors=(Floor(members=[1, 1], min_share=0.5),))
    assert words_of(bare) == "floor 0 asks for 50 % and all options together cover 33.33 %"


def test_what_is_required_may_contradict_a_budget() -> None:
    problem = street(required=np.array([True, True, False]), budget=250_000.0)
    conflict = find_conflict(problem)
    assert conflict is not None
    assert [m.rule.kind for m in conflict.members] == ["required", "required", "budget"]
    assert conflict.members[-1].needed == 300_000.0
    assert "allows 250,000 yuan and the others need 300,000" in conflict.words


def test_a_question_with_a_plan_has_no_conflict() -> None:
    told: list[float] = []
    floor = Floor(members=EVERY, min_share=0.5)
    problem = street(floors=(floor,), max_open=2)
    assert find_conflict(problem, on_progress=lambda _what, share: told.append(share)) is None
    assert told
