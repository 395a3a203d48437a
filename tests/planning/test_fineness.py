"""What more candidates could add at most, against every choice of places on a street."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.demand import Demand
from data.settings import GroupSettings, ServiceStandard, Settings
from data.sites import CandidateSites, network_grid_sites, network_node_sites
from data.stations import Stations
from geo.errors import ProblemError
from geo.measure import Box
from planning.decisions import fineness
from planning.engine.params import SolveParams
from planning.siting.fineness import finer_bound
from planning.siting.plan import FinerBound, SitingPlan
from planning.siting.question import SitingQuestion, siting_question
from tests.planning.street import N_PLACES, PLACES, street_network

NETWORK = street_network()
CITY = Settings(
    name="Testing",
    box=Box(116.79, 33.95, 116.83, 33.99),
    metric_crs="EPSG:32650",
    groups=(
        # a station reaches its own place and those beside it, 102 m away
        GroupSettings("courier", ServiceStandard("foot", 900.0, 150.0), frozenset({"station"})),
    ),
)
EXACT = SolveParams(time_limit_s=10.0)
STATION = {"station": None}


def sites_at(places: list[int], name: str = "k") -> CandidateSites:
    return CandidateSites.from_records(
        [
            {"id": f"{name}{k}", "name": f"{k}", "lon": PLACES[k, 0], "lat": PLACES[k, 1]}
            for k in places
        ]
    )


def question_of(weights: list[int], places: list[int], standing: list[int]) -> SitingQuestion:
    demand = Demand.at_points(
        ids=[f"c{k}" for k in range(N_PLACES)],
        lonlat=PLACES,
        weights=np.array(weights, dtype=np.float64)[:, None],
        groups=("courier",),
    )
    stations = Stations.from_records(
        [
            {"id": f"s{k}", "name": "站", "kind": "station"}
            | {"lon": PLACES[k, 0], "lat": PLACES[k, 1]}
            for k in standing
        ]
    )
    return siting_question(demand, stations, sites_at(places), NETWORK, CITY)


def covered(weights: list[int], open_at: list[int]) -> float:
    return float(sum(w for k, w in enumerate(weights) if any(abs(k - at) <= 1 for at in open_at)))


def bound_of(
    question: SitingQuestion,
    plan: SitingPlan,
    new: int,
    *,
    keep: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    params: SolveParams = EXACT,
) -> FinerBound:
    return finer_bound(
        question,
        plan,
        sites_at(list(range(N_PLACES)), "all"),
        spacing_m=0.0,
        new=new,
        kinds=STATION,
        keep=keep,
        without=without,
        params=params,
    )


@settings(max_examples=60, deadline=None)
@given(
    weights=st.lists(st.integers(1, 9), min_size=N_PLACES, max_size=N_PLACES),
    places=st.lists(st.integers(0, N_PLACES - 1), min_size=2, max_size=5, unique=True),
    standing=st.lists(st.integers(0, N_PLACES - 1), max_size=1),
    new=st.integers(1, 2),
)
def test_no_choice_of_any_places_passes_the_bound_and_the_best_one_meets_it(
    weights: list[int], places: list[int], standing: list[int], new: int
) -> None:
    question = question_of(weights, places, standing)
    if not question.reaches_somebody:
        return
    plan = question.plan(new=new, params=EXACT)
    finer = bound_of(question, plan, new)
    best = max(
        covered(weights, [*standing, *chosen])
        for chosen in itertools.combinations(range(N_PLACES), new)
    )
    assert finer.bound == pytest.approx(best)
    assert finer.more_workers == pytest.approx(best - plan.objective)
    assert finer.candidates == N_PLACES


def test_a_bound_that_was_not_searched_to_its_end_is_a_bound_all_the_same() -> None:
    weights = [3, 1, 4, 1, 5, 9, 2, 6, 5]
    question = question_of(weights, [0, 1], [])
    plan = question.plan(new=2, params=EXACT)
    stopped = SolveParams(time_limit_s=1e-9, on_progress=lambda _: True)
    finer = bound_of(question, plan, 2, params=stopped)
    best = max(covered(weights, list(two)) for two in itertools.combinations(range(N_PLACES), 2))
    assert best <= finer.bound <= sum(weights)


def test_what_is_kept_and_left_out_stays_so() -> None:
    weights = [1, 1, 1, 1, 1, 1, 9, 9, 9]
    question = question_of(weights, [1, 4, 7], [])
    plan = question.plan(new=1, keep=("k1",), without=("k7",), params=EXACT)
    held = bound_of(question, plan, 1, keep=("k1",), without=("k7",))
    assert (held.bound, held.more_workers) == (plan.objective, 0.0)
    free = bound_of(question, question.plan(new=1, without=("k7",)), 1, without=("k7",))
    assert free.bound == pytest.approx(19)  # at 6: 1 + 9 + 9, as 7 cannot be had


def test_a_site_of_the_plan_that_is_a_finer_one_too_is_counted_once() -> None:
    question = question_of([1] * N_PLACES, [0, 4, 8], [])
    finer = bound_of(question, question.plan(new=3), 3)
    assert (finer.candidates, finer.bound) == (N_PLACES, float(N_PLACES))


def test_a_problem_too_large_to_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    question = question_of([1] * N_PLACES, [0, 4], [])
    monkeypatch.setattr(fineness, "MOST_PAIRS", 20)
    with pytest.raises(ProblemError, match=r"9 candidate sites .* more than 20: take a wider grid"):
        bound_of(question, question.plan(new=1), 1)


def test_every_road_node_is_a_site_and_a_grid_takes_some_of_them() -> None:
    every = network_node_sites(NETWORK)
    assert len(every) == NETWORK.n_nodes
    grid = network_grid_sites(NETWORK, spacing_m=50_000.0, metric_crs="EPSG:32650")
    assert {tuple(p) for p in grid.lonlat.tolist()} < {tuple(p) for p in every.lonlat.tolist()}


def test_a_kept_plan_is_read_back_with_what_finer_candidates_could_add() -> None:
    question = question_of([1] * N_PLACES, [0, 4], [])
    plan = question.plan(new=1)
    plan = replace(plan, finer=bound_of(question, plan, 1))
    again = SitingPlan.from_dict(plan.as_dict())
    assert again.finer == plan.finer
    body = plan.as_dict()
    del body["finer"]
    assert SitingPlan.from_dict(body).finer is None
