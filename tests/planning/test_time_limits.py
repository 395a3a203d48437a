"""Time limits and news, told by counted looks at a clock that stands still or jumps: no waiting."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import pytest
import scipy.sparse as sp

from planning import (
    BackupProblem,
    CapacitatedProblem,
    CoverageProblem,
    Floor,
    MaxMinProblem,
    PCenterProblem,
    PMedianProblem,
    Progress,
    SetCoverProblem,
    SolveParams,
)
from planning.engine.clock import NEWS_S, Clock
from planning.engine.lscp.set_covering import solve_set_covering
from planning.engine.mclp.maximal_covering import solve_maximal_covering
from planning.engine.mip import ENTRIES_PER_S, MipModel, solve_mip
from planning.engine.p_center.p_center import solve_p_center
from planning.engine.p_median.p_median import FEW_PAIRS, PAIRS_PER_S, solve_p_median
from planning.engine.proven import ABSENT, contradicted
from planning.engine.variants.backup import solve_backup_covering
from planning.engine.variants.capacitated import solve_capacitated_covering
from planning.engine.variants.max_min import solve_max_min_covering
from planning.engine.verdict import judged

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.proven import Draft

WIDE = 1e6


def cover(n_sites: int, n_items: int, *, seed: int) -> sp.csr_array:
    rng = np.random.default_rng(seed)
    near = rng.random((n_sites, n_items)).argsort(axis=0) < 4
    return sp.csr_array(near)


def seconds(n: int, *, seed: int) -> np.ndarray:
    x, y = np.random.default_rng(seed).random((2, n)) * 1000
    return np.floor(np.hypot(x[:, None] - x, y[:, None] - y))


class Looks:
    """A clock that tells a standing time, and after ``most`` looks that all time is gone."""

    def __init__(self, most: float = math.inf) -> None:
        self.most, self.number = most, 0

    def __call__(self) -> float:
        self.number += 1
        return 0.0 if self.number <= self.most else 2 * WIDE


def solved(solver: Callable[..., Draft], problem: Any, looks: Looks) -> Draft:  # noqa: ANN401
    params = SolveParams(time_limit_s=WIDE)
    return solver(problem, params=params, clock=Clock(params, now=looks))


QUESTIONS: dict[str, tuple[Callable[..., Draft], Any]] = {
    "set cover": (solve_set_covering, SetCoverProblem(cover(150, 1500, seed=1))),
    "share": (solve_set_covering, SetCoverProblem(cover(150, 1500, seed=1), share=0.8)),
    "center": (solve_p_center, PCenterProblem(seconds(250, seed=2), 8)),
    "median": (solve_p_median, PMedianProblem(seconds(250, seed=2), np.ones(250), 8)),
}


WEIGHTS = np.random.default_rng(6).integers(1, 60, 1500).astype(float)
COVERS = cover(150, 1500, seed=5)
CLASSES = np.arange(3)[:, None] == np.arange(1500) % 3
VARIANTS: dict[str, tuple[Callable[..., Draft], Any]] = {
    "count": (solve_maximal_covering, CoverageProblem(WEIGHTS, COVERS, max_open=9)),
    "floors": (
        solve_maximal_covering,
        CoverageProblem(
            WEIGHTS,
            COVERS,
            max_open=9,
            floors=tuple(Floor(members=m, min_share=0.1) for m in CLASSES),
        ),
    ),
    "backup": (solve_backup_covering, BackupProblem(WEIGHTS, COVERS, 9, WEIGHTS * 0.4)),
    "capacitated": (
        solve_capacitated_covering,
        CapacitatedProblem(WEIGHTS, COVERS, np.full(150, 900.0), 9),
    ),
    "max-min": (solve_max_min_covering, MaxMinProblem(WEIGHTS, COVERS, CLASSES, 9)),
}


@pytest.mark.parametrize("name", QUESTIONS | VARIANTS)
def test_when_time_is_gone_few_more_looks_are_taken_and_a_plan_is_there(name: str) -> None:
    solver, problem = (QUESTIONS | VARIANTS)[name]
    for most in (1, 5, 20, 60):
        looks = Looks(most)
        draft = solved(solver, problem, looks)
        assert draft.chosen is not None
        # each loop that was open looks once more on the way out
        assert looks.number <= most + 40, (most, looks.number)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_plan_of_more_looks_is_never_worse(name: str) -> None:
    solver, problem = QUESTIONS[name]
    worth = []
    for most in (2, 6, 18, 54, 162):
        chosen = solved(solver, problem, Looks(most)).chosen
        assert chosen is not None
        if isinstance(problem, SetCoverProblem):
            worth.append(float(len(chosen)))
        else:
            nearest = np.asarray(problem.seconds.todense())[chosen].min(axis=0)
            worth.append(float(nearest.max() if name == "center" else nearest.sum()))
    assert worth == sorted(worth, reverse=True)


def test_news_are_told_once_and_at_most_every_twentieth_of_a_second() -> None:
    told: list[Progress] = []
    time = itertools.count()
    params = SolveParams(time_limit_s=WIDE, on_progress=told.append)
    clock = Clock(params, now=lambda: next(time) * NEWS_S / 10.0)
    for turn in range(1_000):
        clock.tick(float(turn), 0.0)
    # a tick takes three looks when it tells, two when it does not
    assert 1_000 * 2 / 10 <= len(told) <= 1_000 * 3 / 10
    assert [news.incumbent for news in told] == sorted({news.incumbent for news in told})
    before = len(told)
    for _ in range(1_000):
        clock.tick(999.0, 0.0)
    assert len(told) <= before + 1


def test_making_machine_code_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = itertools.count()
    monkeypatch.setattr("planning.engine.clock.seconds_compiling", lambda: 3.0 * next(compiled))
    clock = Clock(SolveParams(time_limit_s=10), now=lambda: 0.0)
    assert clock.compiling_s == 3.0
    plan = judged(
        SetCoverProblem(cover(9, 20, seed=1)), contradicted("no plan"), unit=1.0, clock=clock
    )
    assert plan.compiling_s > 0.0


def test_a_caller_that_stops_is_asked_no_more() -> None:
    told: list[Progress] = []

    def stop(news: Progress) -> bool:
        told.append(news)
        return True

    clock = Clock(SolveParams(on_progress=stop), now=itertools.count().__next__)
    assert clock.tick(1.0, 0.0)
    assert clock.tick(2.0, 0.0)
    assert len(told) == 1


def test_a_median_too_large_to_be_sorted_in_the_time_is_answered_by_a_sample() -> None:
    table = seconds(500, seed=3)
    assert table.size > FEW_PAIRS
    problem = PMedianProblem(table, np.ones(500), 6)
    params = SolveParams(time_limit_s=table.size / PAIRS_PER_S / 2)
    draft = solve_p_median(problem, params=params, clock=Clock(params, now=lambda: 0.0))
    best = solve_p_median(
        problem, params=SolveParams(), clock=Clock(SolveParams(), now=lambda: 0.0)
    )
    assert "sample" in draft.method
    assert draft.chosen is not None
    assert best.chosen is not None
    cost, least = (table[chosen].min(axis=0).sum() for chosen in (draft.chosen, best.chosen))
    assert draft.bound.value <= least <= cost <= 1.5 * least


def test_a_sample_bounds_what_no_site_need_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planning.engine.p_median.p_median.FEW_PAIRS", 0)
    table = seconds(300, seed=4)[:40]
    problem = PMedianProblem(table, np.ones(300), 40)
    params = SolveParams(time_limit_s=1e-5)
    draft = solve_p_median(problem, params=params, clock=Clock(params, now=lambda: 0.0))
    assert "sample" in draft.method
    assert draft.bound.value == pytest.approx(table.min(axis=0).sum())


def test_a_programme_that_only_loading_would_be_late_for_is_not_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    n = 400
    model = MipModel(
        cost=np.ones(n),
        lower=np.zeros(n),
        upper=np.ones(n),
        integer=np.ones(n, dtype=bool),
        matrix=sp.csr_array(np.ones((100, n))),
        row_lower=np.ones(100),
        row_upper=np.full(100, np.inf),
    )
    assert solve_mip(model, time_limit_s=60).objective == 1.0
    monkeypatch.setattr(highspy, "Highs", None)
    late = solve_mip(model, time_limit_s=0.5 * 100 * n / ENTRIES_PER_S)
    assert late.values is None
    assert late.bound == ABSENT
