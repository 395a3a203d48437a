"""Few options at a time: a bound of all plans, cuts that no plan passes, items that must be had."""

from __future__ import annotations

import gc
import itertools
import weakref
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning import CoverageProblem, Floor, Limit, SolveParams, solve
from planning.engine.clock import Clock
from planning.engine.mclp import search_and_bound, sifting, warm_start
from planning.engine.mclp.count_cuts import find_count_cut
from planning.engine.mclp.maximal_covering import with_heavy_items
from planning.engine.mclp.reduction import reduce_coverage
from planning.engine.mclp.search_and_bound import CoverRun
from planning.engine.mclp.side_constraints import packing_rows, with_more_rows
from planning.engine.mclp.warm_start import KeptReduction, SameMatrix
from planning.engine.verify import broken_rules

PARAMS = SolveParams(time_limit_s=60)
QUICK = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def questions(seed: int) -> CoverageProblem:
    """Ten options of two sizes at six places, money of two years, a limit of one kind."""
    rng = np.random.default_rng(seed)
    n, m = 10, 14
    kind = rng.random(n) < 0.5
    first = np.where(kind, 60.0, 25.0) + (rng.random(n) < 0.3) * 5.0
    covers = rng.random((n, m)) < 0.3
    covers[rng.integers(n), rng.integers(m)] = True
    limits = [Limit(members=np.ones(n, bool), budget=float(rng.integers(60, 140)), costs=first)]
    if rng.random() < 0.5:
        limits.append(Limit(members=kind, max_open=int(rng.integers(0, 3))))
    return CoverageProblem(
        rng.integers(1, 40, m).astype(float),
        sp.csr_array(covers),
        costs=first + np.where(kind, 24.0, 11.0),
        budget=float(rng.integers(70, 260)),
        site=rng.integers(0, 6, n),
        limits=tuple(limits),
    )


def allowed(problem: CoverageProblem) -> np.ndarray:
    """Every set of options that keeps sites, budget and limits, bool[k, n]."""
    n = problem.n_options
    plans = np.array(list(itertools.product((False, True), repeat=n)))
    ok = plans @ problem.costs <= problem.budget
    for place in np.unique(problem.site):
        ok &= plans[:, problem.site == place].sum(axis=1) <= 1
    for limit in problem.limits:
        if limit.max_open is not None:
            ok &= plans[:, limit.members].sum(axis=1) <= limit.max_open
        if limit.budget is not None:
            ok &= plans @ (limit.costs * limit.members) <= limit.budget
    return plans[ok]


def values(problem: CoverageProblem, plans: np.ndarray) -> np.ndarray:
    return ((plans @ problem.covers.toarray()) > 0) @ problem.weights


@QUICK
@given(st.integers(0, 2**32 - 1))
def test_the_bound_after_sifting_is_one_of_all_plans_and_cuts_keep_them_all(seed: int) -> None:
    problem = questions(seed)
    task = reduce_coverage(problem).task
    if not len(task.rows.capacity):
        return
    run = CoverRun(task, seed=0, clock=Clock(PARAMS))
    sifting.sift(run, params=PARAMS, clock=Clock(PARAMS))
    plans = allowed(problem)
    best = values(problem, plans).max()
    assert run.value <= best <= run.upper + 1e-9 * best
    rows, options = run.task.rows, reduce_coverage(problem).options
    taken = np.zeros((len(options), len(rows.capacity)))
    taken[np.repeat(np.arange(len(options)), np.diff(rows.offset)), rows.row] = rows.amount
    assert (plans[:, options] @ taken <= rows.capacity * (1 + 1e-11)).all()


@QUICK
@given(st.integers(0, 2**32 - 1))
def test_a_count_cut_parts_a_relaxed_plan_from_all_that_fit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 9
    sizes = rng.integers(1, 9, (3, 2)).astype(float)
    amounts = sizes[rng.integers(0, 3, n)] + (rng.random((n, 1)) < 0.2)
    capacity = rng.uniform(4.0, 20.0, 2)
    rows = packing_rows(
        n_options=n, most=None, site=None, rows=list(zip(amounts.T, capacity, strict=True))
    )
    point = np.zeros(n)
    for j in rng.permutation(n):
        room = (capacity - point @ amounts) / amounts[j]
        point[j] = np.clip(room.min(), 0.0, 1.0)
    cut = find_count_cut(rows, point, clock=Clock(PARAMS))
    plans = np.array(list(itertools.product((0.0, 1.0), repeat=n)))
    fitting = plans[(plans @ amounts <= capacity).all(axis=1)]
    if cut is None:
        return
    assert point @ cut.amount > cut.capacity
    assert (fitting @ cut.amount <= cut.capacity).all()


def test_three_whole_homes_fit_where_the_relaxed_plan_has_nearly_four() -> None:
    rows = packing_rows(n_options=6, most=None, site=None, rows=[(np.full(6, 156.0), 600.0)])
    point = np.array([1.0, 1.0, 1.0, 0.8, 0.04, 0.0])
    cut = find_count_cut(rows, point, clock=Clock(PARAMS))
    assert cut is not None
    assert cut.capacity / cut.amount == pytest.approx(np.full(6, 3.0))


def test_rows_that_are_added_stand_behind_those_there() -> None:
    own = np.array([2.0, 0.0, 3.0])
    rows = packing_rows(n_options=3, most=None, site=None, rows=[(own, 4.0)])
    more = with_more_rows(rows, np.array([[0.0], [5.0], [6.0]]), np.array([7.0]))
    table = np.zeros((3, 2))
    table[np.repeat(np.arange(3), np.diff(more.offset)), more.row] = more.amount
    assert table.tolist() == [[2.0, 0.0], [0.0, 5.0], [3.0, 6.0]]
    assert more.capacity.tolist() == [4.0, 7.0]


@QUICK
@given(st.integers(0, 2**32 - 1))
def test_items_that_must_be_had_are_had_by_the_best_plan_of_all(seed: int) -> None:
    problem = questions(seed)
    rng = np.random.default_rng(seed)
    musts = rng.choice(problem.n_demand, int(rng.integers(1, 3)), replace=False)
    members = [np.arange(problem.n_demand) == must for must in musts]
    asked = CoverageProblem(
        problem.weights,
        problem.covers,
        costs=problem.costs,
        budget=problem.budget,
        site=problem.site,
        limits=problem.limits,
        floors=tuple(Floor(members=of_floor, min_share=1.0) for of_floor in members),
    )
    heavy = with_heavy_items(reduce_coverage(asked).task)
    # what nothing covers has no item that could weigh more
    is_had = problem.covers.toarray()[:, musts].any(axis=0).all()
    assert (heavy is not None) == is_had
    plans = allowed(problem)
    kept = plans[(((plans @ problem.covers.toarray()) > 0)[:, musts]).all(axis=1)]
    plan = solve(asked, params=PARAMS)
    if not len(kept):
        assert plan.status == "infeasible"
        return
    best = values(problem, kept).max()
    assert not broken_rules(asked, plan)
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(best)


def test_a_large_question_with_money_is_proved_from_few_options(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(4)
    sites, places = rng.random((900, 2)), rng.random((2_000, 2))
    near = np.hypot(*(sites[:, None] - places[None]).T).T < 0.12
    problem = CoverageProblem(
        rng.integers(1, 50, 2_000).astype(float),
        sp.csr_array(near),
        costs=np.where(np.arange(900) % 2, 156.0, 62.0),
        budget=700.0,
    )
    task = reduce_coverage(problem).task
    run = CoverRun(task, seed=0, clock=Clock(PARAMS))
    looked: list[int] = []
    part = sifting._Sieve._part
    monkeypatch.setattr(
        sifting._Sieve, "_part", lambda self, o: looked.append(len(o)) or part(self, o)
    )
    sifting.sift(run, params=SolveParams(gap=0.01), clock=Clock(PARAMS))
    assert (run.upper - run.value) / run.value <= 0.03
    assert looked
    assert run.bound.figures[0] >= run.best_value


@pytest.mark.parametrize("first", range(0, 30, 15))
def test_an_edited_limit_is_answered_from_the_last_answer_and_nothing_reduced_anew(
    first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_and_bound, "SIFTED_PAIRS", 1)
    n_again = 0
    for seed in range(first, first + 15):
        rng = np.random.default_rng(seed)
        problem = questions(seed)
        must = np.arange(problem.n_demand) == rng.integers(problem.n_demand)
        if rng.random() < 0.5:
            problem = replace(problem, floors=(Floor(members=must, min_share=1.0),))
        last = solve(problem, params=PARAMS)
        edited = replace(
            problem,
            budget=problem.budget + float(rng.integers(-60, 60)),
            limits=(replace(problem.limits[0], budget=problem.limits[0].budget + 20.0),),
        )
        with monkeypatch.context() as patched:
            if isinstance(last.basis, KeptReduction):
                n_again += 1
                patched.setattr(warm_start, "reduce_coverage", lambda _: pytest.fail("anew"))
            again = solve(edited, params=replace(PARAMS, start=last))
        plans = allowed(edited)
        if problem.floors:
            plans = plans[((plans @ problem.covers.toarray()) > 0)[:, must].all(axis=1)]
        if not len(plans):
            assert again.status == "infeasible"
            continue
        assert again.status == "optimal"
        assert again.objective == pytest.approx(values(problem, plans).max())
        assert not broken_rules(edited, again)
    assert n_again >= 5


def test_another_item_or_option_is_no_edit() -> None:
    problem = questions(3)
    reduced = reduce_coverage(problem)
    run = CoverRun(reduced.task, seed=0)
    kept = KeptReduction(
        matrix=SameMatrix.of(problem.covers),
        problem=problem,
        reduced=reduced,
        multiplier=run.bound.best_multiplier,
        row_multiplier=run.bound.best_row_multiplier,
        cuts=(),
        cut_multiplier=np.empty(0),
        wider=None,
    )
    weighs_nothing = problem.weights.copy()
    weighs_nothing[0] = 0.0
    assert kept.holds_for(replace(problem, budget=1.0, limits=()))
    assert kept.holds_for(problem.with_weights(problem.weights + 1.0))
    assert kept.holds_for(problem.with_weights(weighs_nothing))
    floor = Floor(members=np.arange(problem.n_demand) == 0, min_share=0.5)
    for other in (
        replace(problem, site=problem.site[::-1]),
        replace(problem, forbidden=np.arange(problem.n_options) == 1),
        replace(problem, floors=(floor,)),
    ):
        assert not kept.holds_for(other)
    # what weighed nothing went into no item
    before = replace(kept, problem=problem.with_weights(weighs_nothing))
    assert not before.holds_for(problem)
    # nor may an item of a floor with weights of its own come to weigh nothing
    own = replace(floor, weights=problem.weights)
    before = replace(kept, problem=replace(problem, floors=(own,)))
    assert before.holds_for(before.problem.with_weights(problem.weights + 1.0))
    assert not before.holds_for(before.problem.with_weights(weighs_nothing))


@pytest.mark.parametrize("first", range(0, 30, 15))
def test_other_weights_are_answered_from_the_last_answer_and_nothing_reduced_anew(
    first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_and_bound, "SIFTED_PAIRS", 1)
    n_again = n_cut = 0
    for seed in range(first, first + 15):
        rng = np.random.default_rng(seed)
        problem = questions(seed)
        few = rng.random(problem.n_demand) < 0.4
        if rng.random() < 0.5:
            problem = replace(problem, floors=(Floor(members=few, min_share=0.3),))
        last = solve(problem, params=PARAMS)
        # some weigh nothing now, what every item weighs is another
        drawn = np.floor(problem.weights * rng.uniform(0.0, 2.0, problem.n_demand))
        drawn[rng.integers(problem.n_demand)] = 0.0
        asked = problem.with_weights(drawn)
        with monkeypatch.context() as patched:
            if isinstance(last.basis, KeptReduction):
                n_again, n_cut = n_again + 1, n_cut + bool(last.basis.cuts)
                patched.setattr(warm_start, "reduce_coverage", lambda _: pytest.fail("anew"))
            again = solve(asked, params=replace(PARAMS, start=last))
        plans = allowed(asked)
        if problem.floors:
            hit = (plans @ problem.covers.toarray()) > 0
            reached = hit[:, few] @ drawn[few]
            plans = plans[reached >= 0.3 * drawn[few].sum() - 1e-6]
        if not len(plans):
            assert again.status == "infeasible"
            continue
        assert again.status == "optimal"
        assert again.objective == pytest.approx(values(asked, plans).max())
        assert not broken_rules(asked, again)
    assert n_again >= 5
    assert n_cut >= 1


def test_a_run_that_is_let_go_frees_its_arrays_without_a_look_for_cycles() -> None:
    run = CoverRun(reduce_coverage(questions(1)).task, seed=0, clock=Clock(PARAMS), tells=True)
    arrays = weakref.ref(run.search.gain)
    gc.disable()
    try:
        del run
        assert arrays() is None
    finally:
        gc.enable()
