"""Small problems with every feature mixed, and all their option sets counted in plain numpy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planning import CoverageProblem, Limit
from tests.planning.random_problems import random_case

if TYPE_CHECKING:
    from planning.engine.rules import Rule

N_PROBLEMS = 300
# What the sum of a rule may differ by: the figures are whole numbers, or twentieths of them.
SLACK = 1e-7


def mixed_problem(number: int, *, n: int | None = None, m: int | None = None) -> CoverageProblem:
    """Draw a problem in usual units; every third has a limit with costs of its own."""
    case = random_case("coverage", number, seed=16, n=n, m=m)
    problem = replace(case, weight_scale=1.0, cost_scale=1.0).problem
    assert isinstance(problem, CoverageProblem)
    named = tuple(replace(limit, name=f"L{k}") for k, limit in enumerate(problem.limits))
    floors = tuple(replace(floor, name=f"F{k}") for k, floor in enumerate(problem.floors))
    if number % 3 == 0:
        rng = np.random.default_rng([16, number])
        own = rng.integers(0, 9, problem.n_options).astype(float)
        members = rng.random(problem.n_options) < 0.7
        named += (
            Limit(members=members, budget=float(rng.integers(1, 20)), costs=own, name="payer"),
        )
    return replace(problem, limits=named, floors=floors)


@dataclass(frozen=True)
class OptionSets:
    """All sets of options of a problem: ``opened`` bool[k, n], ``value`` and ``kept`` by rule."""

    opened: np.ndarray
    value: np.ndarray
    kept: dict[tuple[str, int], np.ndarray]

    def allowed(self, rules: object = None) -> np.ndarray:
        """bool[k]: which sets keep all rules, or these (kind, number) of them."""
        chosen = self.kept if rules is None else {key: self.kept[key] for key in rules}  # type: ignore[attr-defined]
        allowed = np.ones(len(self.opened), dtype=bool)
        for row in chosen.values():
            allowed &= row
        return allowed

    @property
    def best(self) -> float:
        """The best value of a set that keeps all rules, -inf where none does."""
        return best_of(self.value, self.allowed())

    def row(self, chosen: np.ndarray) -> int:
        """The number of a set."""
        return int((1 << np.asarray(chosen, dtype=np.int64)).sum())


def best_of(value: np.ndarray, allowed: np.ndarray) -> float:
    """The best allowed value, -inf where none is."""
    return float(value[allowed].max(initial=-np.inf))


def covered_parts(problem: CoverageProblem, opened: np.ndarray) -> np.ndarray:
    """float[k, m]: how far each set covers each item."""
    dense = problem.covers.toarray().astype(float)
    part = np.zeros((len(opened), problem.n_demand))
    for j, row in enumerate(dense):
        np.maximum(part, np.where(opened[:, [j]], row, 0.0), out=part)
    return part


def key(rule: Rule) -> tuple[str, int]:
    """How `OptionSets` knows a rule."""
    return rule.kind, rule.number


def option_sets(problem: CoverageProblem) -> OptionSets:
    """Count every set of options, rule by rule."""
    n = problem.n_options
    opened = ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(bool)
    part = covered_parts(problem, opened)
    required, forbidden = np.asarray(problem.required), np.asarray(problem.forbidden)
    costs = np.zeros(n) if problem.costs is None else problem.costs
    kept: dict[tuple[str, int], np.ndarray] = {}
    for number, floor in enumerate(problem.floors):
        weights = np.where(floor.members, problem.weights, 0.0)
        has = part @ weights
        kept["floor", number] = has >= floor.min_share * weights.sum() - SLACK
    for number, limit in enumerate(problem.limits):
        inside = opened & limit.members
        if limit.max_open is not None:
            kept["limit_count", number] = inside.sum(axis=1) <= limit.max_open
        if limit.budget is not None:
            own = costs if limit.costs is None else limit.costs
            kept["limit_budget", number] = inside @ own <= limit.budget + SLACK
    if problem.budget is not None:
        kept["budget", -1] = opened @ costs <= problem.budget + SLACK
    if problem.max_open is not None:
        kept["count", -1] = (opened & ~required).sum(axis=1) <= problem.max_open
    if problem.site is not None:
        at_site = [opened[:, problem.site == s].sum(axis=1) <= 1 for s in np.unique(problem.site)]
        kept["site", -1] = np.all(at_site, axis=0)
    for option in np.flatnonzero(required):
        kept["required", int(option)] = opened[:, option]
    if forbidden.any():
        kept["forbidden", -1] = ~(opened & forbidden).any(axis=1)
    return OptionSets(opened, part @ problem.weights, kept)
