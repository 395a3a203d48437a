"""A longer limit gives no worse a plan: told by counted looks at a clock, in one thread.

The clock stands still, and after so many looks all time is gone. What two threads do side by side
is done one after the other here, which gives the same plans: they meet after counted steps only.
"""

from __future__ import annotations

import math
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pytest
import scipy.sparse as sp

from planning import CoverageProblem, Floor, Limit, SolveParams
from planning.engine.clock import Clock
from planning.engine.mclp import maximal_covering
from planning.engine.mclp.maximal_covering import solve_maximal_covering
from planning.engine.variants.gradual import solve_gradual_covering
from tests.planning.test_time_limits import Looks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from planning.engine.proven import Draft

WIDE = 1e5
LOOKS = (3, 10, 30, 100, 300, 1000, 3000)
ENGINE = "planning.engine"
# Who hands work to other threads, and in what steps the clock is looked at.
THREADED = (
    "mclp.rounds",
    "mclp.crossover",
    "mclp.closing",
    "mclp.floor_multipliers",
    "mclp.maximal_covering",
    "p_median.search_and_bound",
)
PIECES = {
    "mclp.annealing.CHUNK_STEPS": 20_000,
    "mclp.priced_annealing.CHUNK_STEPS": 20_000,
    "mclp.interchange.SWAP_STEPS": 5_000,
    "mclp.search_and_bound.RUIN_PIECE_STEPS": 20_000,
    "mclp.search_and_bound.BOUND_STEPS": 100_000,
    "mclp.rounds.BOUND_STEPS": 100_000,
    "mclp.floor_repair.CHUNK_STEPS": 20_000,
    "p_median.search_and_bound.PIECE_STEPS": 40_000,
    "p_median.search_and_bound.BOUND_PIECE_STEPS": 100_000,
}


class AtOnce:
    """An executor that does what it is given at once, in the caller's thread."""

    def __init__(self, max_workers: int) -> None:
        self.max_workers = max_workers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def submit(self, work: Callable[..., Any], *arguments: Any, **named: Any) -> Future[Any]:  # noqa: ANN401 - an executor's own
        done: Future[Any] = Future()
        done.set_result(work(*arguments, **named))
        return done


@pytest.fixture(autouse=True)
def in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in THREADED:
        monkeypatch.setattr(f"{ENGINE}.{module}.ThreadPoolExecutor", AtOnce)
    for name, steps in PIECES.items():
        monkeypatch.setattr(f"{ENGINE}.{name}", steps)
    # what is compiled before makes no difference
    monkeypatch.setattr(maximal_covering, "first_answer", lambda *_, **__: None)


def town(**more: Any) -> CoverageProblem:  # noqa: ANN401 - any field of a problem
    rng = np.random.default_rng(4)
    sites, demand = rng.random((120, 2)), rng.random((900, 2))
    near = np.hypot(*(sites[:, None] - demand[None]).T).T < 0.12
    weights = rng.integers(1, 60, 900).astype(float)
    return CoverageProblem(weights, sp.csr_array(near), **{"max_open": 12, **more})


def graded() -> CoverageProblem:
    rng = np.random.default_rng(6)
    sites, demand = rng.random((60, 2)), rng.random((400, 2))
    value = np.clip(1.0 - np.hypot(*(sites[:, None] - demand[None]).T).T / 0.3, 0.0, 1.0)
    return CoverageProblem(rng.random(400) + 0.5, sp.csr_array(value), max_open=7)


COSTS = np.random.default_rng(8).uniform(10.0, 90.0, 120)
EAST = np.arange(120) % 2 == 0
QUESTIONS: dict[str, tuple[Callable[..., Draft], CoverageProblem]] = {
    "count": (solve_maximal_covering, town()),
    "sites": (solve_maximal_covering, town(site=np.arange(120) // 2)),
    "money": (
        solve_maximal_covering,
        town(costs=COSTS, budget=450.0, limits=(Limit(members=EAST, max_open=5),)),
    ),
    "floors": (
        solve_maximal_covering,
        town(
            floors=tuple(
                Floor(members=np.arange(900) % 3 == k, min_share=share)
                for k, share in enumerate((0.45, 0.4, 0.4))
            )
        ),
    ),
    "gradual": (solve_gradual_covering, graded()),
}


def drafts(name: str, looks: Iterable[int], *, limit_s: float = WIDE) -> list[Draft]:
    solver, problem = QUESTIONS[name]
    params = SolveParams(time_limit_s=limit_s, seed=3)
    return [solver(problem, params=params, clock=Clock(params, now=Looks(n))) for n in looks]


def worth(name: str, draft: Draft) -> float:
    problem = QUESTIONS[name][1]
    if draft.chosen is None:
        return -math.inf
    covered = np.asarray(problem.covers.toarray())[draft.chosen].max(axis=0)
    return float(problem.weights @ covered)


@pytest.mark.parametrize("name", QUESTIONS)
def test_more_looks_give_no_worse_a_plan_and_no_worse_a_bound(name: str) -> None:
    told = drafts(name, LOOKS)
    values = [worth(name, draft) for draft in told]
    bounds = [draft.bound.value for draft in told]
    assert values == sorted(values)
    assert bounds == sorted(bounds, reverse=True)
    assert values[-1] > values[0] or bounds[-1] < bounds[0]


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_is_done_by_a_look_does_not_hang_on_the_limit(name: str) -> None:
    short, long = (drafts(name, LOOKS[2:5], limit_s=limit_s) for limit_s in (1.0, 3600.0))
    for one, other in zip(short, long, strict=True):
        assert worth(name, one) == worth(name, other)
        assert one.bound == other.bound
        assert one.method == other.method


def test_plans_bred_for_longer_are_no_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    # cuts would end what is to be bred
    monkeypatch.setattr(f"{ENGINE}.mclp.closing.PAIRS_IN_4_S", 1)
    values = [worth("count", draft) for draft in drafts("count", LOOKS)]
    assert values == sorted(values)
    assert "splicing" in drafts("count", LOOKS[-1:])[0].method


def test_a_plan_to_begin_with_is_never_lost() -> None:
    solver, problem = QUESTIONS["money"]
    best = drafts("money", [LOOKS[-1]])[0]
    assert best.chosen is not None
    params = replace(SolveParams(time_limit_s=WIDE, seed=9), start=best.chosen)
    for looks in LOOKS[:4]:
        again = solver(problem, params=params, clock=Clock(params, now=Looks(looks)))
        assert worth("money", again) >= worth("money", best)
