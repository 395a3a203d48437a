"""The rules of a coverage problem one by one, against all option sets of small problems."""

from __future__ import annotations

import numpy as np
import pytest

from planning.engine import feasibility
from planning.engine.feasibility import amount_that_would_do, has_plan
from planning.engine.mclp.infeasibility import smallest_conflict
from planning.engine.rules import MOST, amounts_of, keeping, rules_of, uses_of, with_amounts
from tests.planning.decisions.small_problems import (
    N_PROBLEMS,
    best_of,
    key,
    mixed_problem,
    option_sets,
)

PARTS = 6


def numbers(part: int) -> range:
    return range(part, N_PROBLEMS, PARTS)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_choice_uses_of_each_rule_what_counting_shows(part: int) -> None:
    for number in numbers(part):
        problem = mixed_problem(number)
        sets = option_sets(problem)
        assert {key(rule) for rule in rules_of(problem)} == set(sets.kept)
        for row in np.random.default_rng(number).integers(0, len(sets.opened), 12):
            for use in uses_of(problem, np.flatnonzero(sets.opened[row])):
                assert use.is_kept == sets.kept[key(use.rule)][row], (number, use)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_problem_has_a_plan_when_an_option_set_keeps_its_rules(part: int) -> None:
    for number in numbers(part):
        problem = mixed_problem(number)
        sets = option_sets(problem)
        assert has_plan(problem, time_limit_s=10.0) == sets.allowed().any(), number


@pytest.mark.parametrize("part", range(PARTS))
def test_taking_rules_out_leaves_the_others_as_they_are(part: int) -> None:
    for number in numbers(part):
        problem = mixed_problem(number)
        sets = option_sets(problem)
        rng = np.random.default_rng(number)
        rules = [r for r in rules_of(problem) if rng.random() < 0.6]
        fewer = option_sets(keeping(problem, rules))
        assert (fewer.allowed() == sets.allowed([key(rule) for rule in rules])).all(), number


@pytest.mark.parametrize("part", range(PARTS))
def test_what_would_do_is_the_least_or_the_most_of_all_option_sets(part: int) -> None:
    looked = 0
    for number in numbers(part):
        problem = mixed_problem(number)
        sets = option_sets(problem)
        for rule in rules_of(problem):
            if rule.kind not in MOST | {"floor"}:
                continue
            rest = sets.allowed([k for k in sets.kept if k != key(rule)])
            told = amount_that_would_do(problem, rule, time_limit_s=10.0)
            if not rest.any():
                assert told is None, (number, rule)
                continue
            looked += 1
            used = np.array(
                [
                    next(u.used for u in uses_of(problem, np.flatnonzero(row)) if u.rule == rule)
                    for row in sets.opened[rest]
                ]
            )
            true = used.max() if rule.kind == "floor" else used.min()
            assert told is not None
            assert told.found == pytest.approx(true, rel=1e-7, abs=1e-6), (number, rule)
            assert told.proved == pytest.approx(true, rel=1e-6, abs=1e-4), (number, rule)
    assert looked > 20


@pytest.mark.parametrize("part", range(PARTS))
def test_other_amounts_change_what_is_allowed_and_nothing_else(part: int) -> None:
    for number in numbers(part):
        problem = mixed_problem(number)
        for rule in rules_of(problem):
            if rule.kind not in MOST:
                continue
            more = with_amounts(problem, {rule: rule.amount + 1.0})
            wider = option_sets(more)
            sets = option_sets(problem)
            assert wider.kept.keys() == sets.kept.keys()
            for name, kept in sets.kept.items():
                if name != key(rule):
                    assert (wider.kept[name] == kept).all()
            assert (wider.kept[key(rule)] | ~sets.kept[key(rule)]).all()
            assert best_of(wider.value, wider.allowed()) >= sets.best


def test_the_filter_keeps_the_rules_that_contradict_each_other() -> None:
    problem = mixed_problem(3)
    rules = rules_of(problem)[:3]
    assert len(rules) == 3
    first, last = rules[0], rules[2]

    def is_possible(rest: object) -> bool:
        return not {first, last} <= set(rest)  # type: ignore[call-overload]

    assert smallest_conflict(rules, is_possible=is_possible) == ((first, last), True)
    untold = smallest_conflict(rules, is_possible=lambda _rest: None)
    assert untold == (rules, False)


def test_where_the_programme_is_too_large_amounts_are_halved_around_the_least(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feasibility, "PROGRAMME_PAIRS", -1)
    looked = 0
    for number in range(0, N_PROBLEMS, 5):
        problem = mixed_problem(number)
        sets = option_sets(problem)
        for rule in rules_of(problem):
            rest = sets.allowed([k for k in sets.kept if k != key(rule)])
            if rule.kind not in MOST or not rest.any():
                continue
            told = amount_that_would_do(problem, rule, time_limit_s=10.0)
            opened = sets.opened[rest]
            least = (opened @ amounts_of(problem, rule)).min()
            assert told is not None
            assert told.proved - 1e-4 <= least <= told.found + 1e-4, (number, rule)
            looked += told.proved > 0.0
    assert looked > 20
