"""Claims about the answer that needs no machine code: it is the one of the compiled search."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.sparse as sp

from geo.compiled import Compiled
from planning import CoverageProblem, Floor, Limit, SolveParams, solve
from planning.engine import cover_arrays
from planning.engine.cover_arrays import merge_items
from planning.engine.mclp import opening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning.engine.params import Plan

PARAMS = SolveParams(time_limit_s=20.0)


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """An engine whose loops were never compiled; the list tells which were called all the same."""
    called: list[str] = []

    def call(loop: Compiled[..., Any], *_: object) -> None:
        called.append(loop.py_func.__name__)
        raise AssertionError(f"{loop.py_func.__name__} is compiled")

    with monkeypatch.context() as patch:
        patch.setattr(Compiled, "is_kept", property(lambda _loop: False))
        patch.setattr(Compiled, "__call__", call)
        yield called


def town(seed: int, *, sides: bool) -> CoverageProblem:
    """Options in a square that cover the items near them; with ``sides`` under every limit."""
    rng = np.random.default_rng(seed)
    options, items = rng.random((40, 2)), rng.random((400, 2))
    near = np.hypot(*(options[:, None] - items[None]).T).T < 0.17
    if not sides:
        return CoverageProblem(rng.random(400), sp.csr_array(near), max_open=6)
    half = np.arange(40) < 20
    return CoverageProblem(
        rng.integers(1, 9, 400).astype(np.float64),
        sp.csr_array(near),
        max_open=7,
        costs=rng.integers(1, 5, 40).astype(np.float64),
        budget=16.0,
        site=np.arange(40) // 2,
        required=np.arange(40) == 3,
        forbidden=np.arange(40) == 8,
        limits=(Limit(members=half, max_open=3),),
    )


def proved(problem: CoverageProblem) -> Plan | None:
    """Answer without compiled loops, where that proves it."""
    try:
        return solve(problem, params=PARAMS)
    except AssertionError:
        return None


COMPILED = {
    (seed, sides): solve(town(seed, sides=sides), params=PARAMS)
    for seed in range(6)
    for sides in (False, True)
}


@pytest.mark.parametrize("sides", [False, True])
def test_without_loops_the_same_optimum_is_proved_or_nothing_is_said(
    cold: list[str], *, sides: bool
) -> None:
    answers = {seed: proved(town(seed, sides=sides)) for seed in range(6)}
    said = {seed: plan for seed, plan in answers.items() if plan is not None}
    assert len(said) >= 2
    assert len(said) + len(cold) == len(answers)
    for seed, plan in said.items():
        best = COMPILED[seed, sides]
        assert plan.status == best.status == "optimal"
        assert plan.objective == pytest.approx(best.objective, rel=1e-12)
        assert plan.bound == pytest.approx(best.objective, rel=2e-9)


@pytest.mark.usefixtures("cold")
def test_when_time_is_up_at_once_there_is_a_plan_with_a_true_bound() -> None:
    for seed in range(6):
        plan = solve(town(seed, sides=True), params=SolveParams(time_limit_s=1e-9))
        assert 0.0 < plan.objective <= COMPILED[seed, True].objective * (1 + 1e-12)
        assert plan.bound >= COMPILED[seed, True].objective * (1 - 1e-12)


@pytest.mark.parametrize("width", [np.int32, np.int64])
def test_items_are_merged_to_the_same_arrays_with_and_without_loops(
    width: type[np.integer[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        covers = sp.csr_array(rng.random((30, 200)) < 0.03)
        some = rng.permutation(30)[:20]
        given: dict[str, Any] = {
            "options": some,
            "removed": rng.random(200) < 0.1,
            "labels": rng.integers(0, 2, 200),
        }
        weights = np.where(rng.random(200) < 0.1, 0.0, rng.random(200))
        offset, index = covers.indptr.astype(np.int64), covers.indices.astype(width)
        made = []
        for plain in (True, False):
            monkeypatch.setattr(cover_arrays, "_in_plain", lambda _index, plain=plain: plain)
            made.append(merge_items(offset, index, weights, **given))
        assert np.array_equal(made[0].item_of, made[1].item_of)
        for one, other in zip(made[0].cover, made[1].cover, strict=True):
            assert one.dtype == other.dtype
            assert np.array_equal(one, other)


def test_with_floors_and_on_large_tasks_the_loops_are_asked(
    cold: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    floor = Floor(members=np.arange(400) < 200, min_share=0.1)
    assert proved(replace(town(0, sides=False), floors=(floor,))) is None
    assert len(cold) == 1
    monkeypatch.setattr(opening, "MOST_PAIRS", 10)
    assert proved(town(0, sides=False)) is None
    assert len(cold) == 2
