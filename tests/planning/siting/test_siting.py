"""Siting in a small town, against all subsets."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data.questions import Question
from data.settings import Settings
from data.sites import CandidateSites
from geo.errors import InputError, ProblemError
from planning import Places, SitingPlan, measure_coverage, plan_stations
from planning.coverage.nominal import count_places
from planning.engine.params import Plan, SolveParams
from planning.siting.question import SitingQuestion, siting_question

if TYPE_CHECKING:
    from collections.abc import Iterable

    from data.demand import Demand
    from data.stations import Stations
    from geo.network import RoadNetwork


def test_the_plan_is_the_best_of_all_subsets(
    demand: Demand,
    stations: Stations,
    sites: CandidateSites,
    network: RoadNetwork,
    settings: Settings,
) -> None:
    plan = plan_stations(demand, stations, sites, network, settings, new=2)
    best = max(
        measure_coverage(
            demand,
            stations,
            network,
            settings,
            extra_places=Places(sites.lonlat[list(pair)], ("station", "station")),
        )
        .row()
        .within_one
        for pair in itertools.combinations(range(len(sites)), 2)
    )
    assert plan.status in {"optimal", "within_gap"}
    assert plan.bound >= best - 1e-6
    assert plan.covered_after == pytest.approx(plan.objective)
    assert plan.objective >= best / (1 + plan.gap) - 1e-6
    assert plan.covered_before + sum(s.adds_workers for s in plan.sites) == pytest.approx(
        plan.objective
    )


def test_the_coverage_after_is_what_measuring_with_the_sites_gives(
    demand: Demand,
    stations: Stations,
    sites: CandidateSites,
    network: RoadNetwork,
    settings: Settings,
) -> None:
    plan = plan_stations(demand, stations, sites, network, settings, new=3)
    places = Places(
        np.array([(site.lon, site.lat) for site in plan.sites]),
        tuple(site.kind for site in plan.sites),
    )
    again = measure_coverage(demand, stations, network, settings, extra_places=places)
    assert plan.after.rows == again.rows
    for site in plan.sites:
        assert site.adds_workers == pytest.approx(sum(site.adds_by_group.values()))
        assert site.lost_without <= site.adds_workers + 1e-9
    read = SitingPlan.from_dict(json.loads(json.dumps(plan.as_dict())))
    assert read.sites == plan.sites
    assert read.after.rows == plan.after.rows


def test_a_mix_of_kinds_is_the_best_of_all_choices_within_its_limits(
    demand: Demand,
    stations: Stations,
    sites: CandidateSites,
    network: RoadNetwork,
    settings: Settings,
) -> None:
    plan = plan_stations(
        demand,
        stations,
        sites,
        network,
        settings,
        new=3,
        kinds={"station": 1, "courier_home": 2},
        params=SolveParams(gap=0.0),
    )
    kinds = ("station", "courier_home", "courier_home")
    best = max(
        measure_coverage(
            demand,
            stations,
            network,
            settings,
            extra_places=Places(sites.lonlat[[first, *pair]], kinds),
        )
        .row()
        .within_one
        for first in range(len(sites))
        for pair in itertools.combinations(set(range(len(sites))) - {first}, 2)
    )
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(best)
    built = [site.kind for site in plan.sites]
    assert built.count("station") <= 1
    assert built.count("courier_home") <= 2
    assert len({site.site_id for site in plan.sites}) == len(plan.sites)


def test_a_kind_that_serves_nobody_is_refused(
    demand: Demand,
    stations: Stations,
    sites: CandidateSites,
    network: RoadNetwork,
    settings: Settings,
) -> None:
    with pytest.raises(ProblemError, match="check their kind"):
        plan_stations(
            demand, stations, sites, network, settings, new=2, kinds={"driver_home": None}
        )


def test_a_group_without_settings_is_refused(
    demand: Demand, stations: Stations, network: RoadNetwork, settings: Settings
) -> None:
    few = Settings(
        name="T", box=settings.box, metric_crs=settings.metric_crs, groups=settings.groups[:1]
    )
    with pytest.raises(InputError, match="courier"):
        measure_coverage(demand, stations, network, few)


@pytest.fixture(scope="module")
def question(
    demand: Demand,
    stations: Stations,
    sites: CandidateSites,
    network: RoadNetwork,
    settings: Settings,
) -> SitingQuestion:
    return siting_question(
        demand, stations, sites, network, settings, kinds=("station", "courier_home")
    )


def covered_by(question: SitingQuestion) -> dict[tuple[str, str], np.ndarray]:
    """bool[n_cells, n_groups] whom each site and kind reaches, as coverage counts it."""
    reached = {}
    for action in question.asked.table.actions:
        at = question.asked.table.states[action.state]
        places = Places(np.array([[at.lon, at.lat]]), (action.kind,))
        counts = count_places(question.demand, places, question.network, question.settings)
        reached[action.id, action.kind] = counts.road > 0
    return reached


def workers_with(
    question: SitingQuestion,
    reached: dict[tuple[str, str], np.ndarray],
    chosen: Iterable[tuple[str, str]],
) -> float:
    hit = np.logical_or.reduce([question.before.road > 0, *(reached[one] for one in chosen)])
    return float((question.demand.weights * hit).sum())


def test_a_site_that_must_be_or_cannot_be_had_is_heeded(question: SitingQuestion) -> None:
    kinds = {"station": None, "courier_home": None}
    params = SolveParams(gap=0.0)
    first = question.plan(new=2, kinds=kinds, params=params)
    lost = first.sites[0].site_id
    planned = {site.site_id for site in first.sites}
    other = next(site for site in question.sites.ids if site not in planned)
    again = question.plan(
        new=2, kinds=kinds, keep=[f"{other}:station"], without=[lost], last=first, params=params
    )
    reached = covered_by(question)
    best = max(
        workers_with(question, reached, ((other, "station"), one))
        for one in reached
        if one[0] not in {lost, other}
    )
    assert again.status == "optimal"
    assert again.objective == pytest.approx(best)
    built = {(site.site_id, site.kind) for site in again.sites}
    assert (other, "station") in built
    assert lost not in {site for site, _ in built}
    assert again.inputs["keep"] == f"{other}:station"
    assert again.inputs["without"] == lost


def test_a_question_asked_again_is_answered_as_if_asked_first(question: SitingQuestion) -> None:
    params = SolveParams(gap=0.0)
    last = None
    for new in (1, 3, 2):
        last = question.plan(new=new, params=params, last=last)
        assert last.objective == pytest.approx(question.plan(new=new, params=params).objective)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"without": ["nowhere"]}, "site nowhere is not among"),
        ({"keep": ["k3"]}, "may get several kinds: say which"),
        ({"keep": ["k3:mobile"]}, "mobile is not among the kinds"),
        ({"keep": ["k3:station"], "without": ["k3"]}, "kept and left out at once"),
        ({"keep": ["k3:station", "k10:station", "k17:station"]}, "3 sites are kept and only 2"),
        ({"new": -1}, "give a number of stations of 0 or more"),
    ],
)
def test_pins_that_cannot_be_are_refused(
    question: SitingQuestion, asked: dict[str, Any], message: str
) -> None:
    with pytest.raises(ProblemError, match=message):
        question.plan(**{"new": 2, **asked})


def test_a_limit_of_the_kind_that_binds_is_named_and_lifting_it_adds_what_is_said(
    question: SitingQuestion,
) -> None:
    kinds = {"station": 1, "courier_home": 0}
    params = SolveParams(gap=0.0)
    plan = question.plan(new=3, kinds=kinds, params=params)
    assert len(plan.sites) == 1
    named = {one.limits: one for one in plan.shortfalls}
    assert named[("kind:station:1",)].n_sites > 0
    more = question.plan(
        new=3,
        kinds=kinds | {"station": 2},
        keep=[f"{plan.sites[0].site_id}:station"],
        params=params,
    )
    assert more.objective - plan.objective == pytest.approx(named[("kind:station:1",)].adds_workers)


def test_as_many_sites_as_asked_need_no_reason_and_reasons_are_read_back(
    question: SitingQuestion,
) -> None:
    assert question.plan(new=1).shortfalls == ()
    short = question.plan(new=9, kinds={"station": 1, "courier_home": 1})
    assert short.shortfalls
    again = SitingPlan.from_dict(json.loads(json.dumps(short.as_dict())))
    assert again.shortfalls == short.shortfalls
    old = {name: value for name, value in short.as_dict().items() if name != "shortfalls"}
    assert SitingPlan.from_dict(old).shortfalls == ()


def test_where_every_other_site_is_left_out_that_is_the_reason(question: SitingQuestion) -> None:
    only, *others = question.sites.ids
    plan = question.plan(new=2, without=others, kinds={"station": None, "courier_home": None})
    assert {site.site_id for site in plan.sites} <= {only}
    assert ("without",) in {one.limits for one in plan.shortfalls}
    assert not {"no_gain", "stopped"} & {word for one in plan.shortfalls for word in one.limits}


def test_with_every_worker_covered_a_plan_says_that_there_is_nobody_to_reach(
    question: SitingQuestion,
) -> None:
    covered = replace(
        question, before=question.before._replace(road=np.ones_like(question.before.road))
    )
    with pytest.raises(ProblemError, match="every worker has a station already"):
        covered.plan(new=1)


def answered(question: SitingQuestion, monkeypatch: pytest.MonkeyPatch, said: Plan) -> SitingPlan:
    """The plan of a question whose engine gives this answer, what stands already with it."""
    stands = question.asked.problem.standing_option
    said = replace(said, chosen=np.append(said.chosen, stands))
    monkeypatch.setattr("planning.decisions.goals.solve", lambda _problem, *, params: said)  # noqa: ARG005
    return question.plan(new=4, kinds={"station": None, "courier_home": None})


@pytest.mark.parametrize("bound", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("chosen", [(), (0, 3)])
def test_an_engine_out_of_time_gives_a_plan_of_finite_figures(
    question: SitingQuestion,
    monkeypatch: pytest.MonkeyPatch,
    bound: float,
    chosen: tuple[int, ...],
) -> None:
    said = Plan(
        status="time_limit",
        chosen=np.array(chosen, dtype=np.int64),
        objective=np.nan,
        bound=bound,
        runtime_s=1.0,
        method="stub",
    )
    plan = answered(question, monkeypatch, said)
    json.dumps(plan.as_dict(), allow_nan=False)
    reached = covered_by(question)
    options = [(one.id, one.kind) for one in question.asked.table.actions]
    worth = workers_with(question, reached, [options[j] for j in chosen])
    assert plan.objective == pytest.approx(worth)
    assert plan.objective == pytest.approx(plan.covered_after)
    assert plan.bound >= workers_with(question, reached, reached) - 1e-6
    assert plan.gap == pytest.approx((plan.bound - plan.objective) / plan.objective)
    assert {one.limits for one in plan.shortfalls} == {("stopped",)}


def test_an_option_that_adds_nobody_is_not_built_and_takes_no_merit_from_another(
    question: SitingQuestion,
    stations: Stations,
    network: RoadNetwork,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reached = covered_by(question)
    now = question.before.road > 0
    options = [(one.id, one.kind) for one in question.asked.table.actions]
    open_of = [question.demand.weights * (reached[one] & ~now) for one in options]
    worth = [float(one.sum()) for one in open_of]
    best = int(np.argmax(worth))
    # courier_home at the same place reaches a part of whom the station reaches, and nobody else
    inner = next(
        j
        for j, own in enumerate(open_of)
        if j != best and own.any() and not own[open_of[best] == 0].any()
    )
    said = Plan(
        status="optimal",
        chosen=np.array([best, inner]),
        objective=worth[best],
        bound=worth[best],
        runtime_s=1.0,
        method="stub",
    )
    plan = answered(question, monkeypatch, said)
    (site,) = plan.sites
    assert site.lost_without == pytest.approx(worth[best])
    twice = measure_coverage(
        question.demand,
        stations,
        network,
        question.settings,
        extra_places=Places(np.array([[site.lon, site.lat]]), (site.kind,)),
    )
    assert plan.after.rows == twice.rows


def test_the_short_form_is_the_question_that_a_planner_writes(
    question: SitingQuestion,
) -> None:
    """The same as `plan --question` with a number, limits by kind and pins, key for key."""
    kinds = {"station": 1, "courier_home": None}
    written = Question.from_dict(
        {
            "new": 2,
            "actions": {"build": ["station", "courier_home"]},
            "count_limits": [{"name": "station", "most": 1, "kinds": ["station"]}],
            "forbidden": [{"place": "k3"}],
            "required": [{"place": "k10", "kind": "station"}],
        }
    )
    short = question.asking(new=2, kinds=kinds, keep=["k10:station"], without=["k3"])
    assert short.question.content_hash == written.content_hash


def test_a_station_and_a_site_may_share_an_id_where_stations_stay_as_they_are(
    demand: Demand,
    stations: Stations,
    sites: CandidateSites,
    network: RoadNetwork,
    settings: Settings,
) -> None:
    shared = str(stations.frame["id"].iloc[0])
    named = CandidateSites(sites.frame.assign(id=[shared, *sites.ids[1:]]))
    plan = plan_stations(demand, stations, named, network, settings, new=len(sites))
    assert shared in {site.site_id for site in plan.sites} or plan.shortfalls
