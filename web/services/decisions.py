"""A planner's question asked of a workspace, answered, explained and kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from data.files.table_files import write_points, write_rows
from data.report_book import doubted_stations
from geo.errors import InputError
from geo.messages import say
from planning.coverage.service_week import service_week
from planning.decisions.decide import AskedQuestion, ask
from planning.decisions.explain import (
    Explanation,
    OtherPlan,
    WeighedPlans,
    conflict_of,
    deeds,
    lonlat_of,
    money_curve,
    other_plans,
    price_lines,
    weighed_plans,
    why_here,
)
from planning.decisions.fineness import FinerQuestion, finer_question
from planning.decisions.floor_ends import floor_ends
from planning.decisions.goal_again import other_plans_by_goal, prices_by_goal, why_by_goal
from planning.decisions.nesting import Nesting, price_of_nesting
from planning.decisions.offered import refuse_unoffered
from planning.decisions.silent import SilentEnds, silent_ends
from planning.decisions.told_curve import curve_columns, told_curve
from planning.scenarios.decision_document import DecisionAsked
from web.services.effective import doubted_version
from web.services.networks import network_when
from web.services.plans import limit_of
from web.services.sites import candidates, grid_sites

if TYPE_CHECKING:
    from pathlib import Path

    from data.questions import Question
    from data.sites import CandidateSites
    from data.workspace import Workspace
    from planning import SolveParams
    from planning.decisions import Decision
    from planning.decisions.curve import Curve
    from web.services import Done

KIND: Final = "decision"
#: The part of a kept decision that says what was asked and how it was searched.
ASKED: Final = "asked"
#: The goals whose explanations are counted from all exchanges at once, in what is covered.
EXPLAINED: Final = ("workers", "worker_hours")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which explanations are wanted: why here, what more would bring, other plans, the curve.

    ``floors``: how far the floor under each group and district could be raised.
    """

    why: bool = False
    prices: bool = False
    alternatives: int = 0
    within: float = 0.01
    curve: int = 0
    floors: bool = False
    seconds: float = 20.0


def ask_workspace(
    workspace: Workspace,
    question: Question,
    *,
    when: str = "usual",
    at_best: bool = False,
    sites: CandidateSites | None = None,
    done: Done,
) -> AskedQuestion:
    """Search the travel times of a question about a workspace (``at_best`` as `ask` has it).

    ``sites`` None are the candidate sites of the workspace.
    """
    return ask(
        question,
        demand=workspace.demand(),
        stations=workspace.stations(),
        sites=candidates(workspace).sites if sites is None else sites,
        network=network_when(workspace, when),
        settings=workspace.settings,
        doubted=doubted_stations(workspace),
        at_best=at_best,
        on_progress=done,
    )


class Silence(NamedTuple):
    """Of ``standing`` stations so many serve somebody less in effect for want of being known."""

    silent: int
    standing: int


def silence_of(workspace: Workspace, question: Question) -> Silence | None:
    """Count stations that the register says too little of to count in effect; None on paper.

    They serve somebody on paper, nothing known speaks against them, and their hours, way in or
    equipment are not known.
    """
    if question.goal.coverage != "effective":
        return None
    groups = workspace.settings.groups
    week = service_week(workspace.stations(), groups, doubted=doubted_stations(workspace))
    return Silence(int(week.silent.sum()), int(week.serves.any(axis=0).sum()))


def ends_of(
    workspace: Workspace,
    made: Decision,
    silence: Silence | None,
    question: Question,
    *,
    when: str,
    params: SolveParams,
    done: Done,
) -> SilentEnds | None:
    """Count a decision where all silent stations serve too; None where none is silent."""
    if silence is None or not silence.silent or not made.is_plan:
        return None
    at_best = ask_workspace(workspace, question, when=when, at_best=True, done=done)
    return silent_ends(made, at_best, params=params)


def decide(
    workspace: Workspace,
    asked: AskedQuestion,
    *,
    when: str = "usual",
    params: SolveParams,
    keeping: bool = True,
    start_from: Decision | None = None,
) -> Decision:
    """Answer a question; ``keeping`` makes the decision the newest of the workspace.

    ``start_from`` is an answer to begin with, of a question with other limits
    (`AskedQuestion.with_limits`).
    """
    made = asked.decide(params=params, start_from=start_from)
    # the network is traced by what it was built from; the hour is told beside it
    traced = {"network": workspace.network().content_hash, "when": when}
    if asked.question.goal.coverage == "effective":
        traced["doubted"] = doubted_version(workspace)
    made = replace(made, inputs={**made.inputs, **traced})
    if keeping and made.is_plan:
        search = search_of(asked.question, when=when, params=params)
        body = {**made.as_dict(), "question": asked.question.as_dict(), ASKED: search.as_dict()}
        workspace.save_result(KIND, inputs=made.inputs, body=body)
    return made


def search_of(question: Question, *, when: str, params: SolveParams) -> DecisionAsked:
    """Return all that decides a decision beside the city."""
    return DecisionAsked(
        question=question, when=when, gap=params.gap, seed=params.seed,
        time_limit_s=limit_of(params),
    )  # fmt: skip


def explain(asked: AskedQuestion, made: Decision, wanted: Wanted, *, done: Done) -> Explanation:
    """Explain a decision, or why there is none.

    Raises
    ------
    InputError
        when an explanation is wanted that the goal does not have (`offered`).
    """
    if made.status == "infeasible":
        return conflict_of(asked, time_limit_s=wanted.seconds)
    goal, time_limit_s = made.goal, wanted.seconds
    asks = {
        "runners_up": wanted.why,
        "prices": wanted.prices,
        "alternatives": wanted.alternatives,
        "curve": wanted.curve,
        "floors": wanted.floors,
    }
    refuse_unoffered(goal, [word for word, is_asked in asks.items() if is_asked])
    covers = goal in EXPLAINED
    others: tuple[OtherPlan, ...] = ()
    held: dict[str, float] = {}
    if wanted.alternatives:
        others, held = (other_plans if covers else other_plans_by_goal)(
            asked,
            made,
            gap=wanted.within,
            n=wanted.alternatives,
            time_limit_s=time_limit_s,
            on_progress=done,
        )
    find_why = why_here if covers else why_by_goal
    find_prices = price_lines if covers else prices_by_goal
    return Explanation(
        why=find_why(asked, made, time_limit_s=time_limit_s, on_progress=done)
        if wanted.why
        else (),
        prices=find_prices(asked, made, time_limit_s=time_limit_s, on_progress=done)
        if wanted.prices
        else (),
        others=others,
        held=held,
        floors=floor_ends(asked, made, time_limit_s=time_limit_s, on_progress=done)
        if wanted.floors
        else (),
        curve=money_curve(asked, made, n=wanted.curve, time_limit_s=time_limit_s, on_progress=done)
        if wanted.curve
        else None,
        front=weighed_plans(asked, time_limit_s=time_limit_s, on_progress=done),
    )


def nesting_of(
    workspace: Workspace, asked: AskedQuestion, made: Decision, *, seconds: float, gap: float
) -> Nesting | None:
    """Tell what plans that only grow cost each year; None where there is one year alone."""
    return price_of_nesting(
        asked,
        made,
        stations=workspace.stations(),
        settings=workspace.settings,
        time_limit_s=seconds,
        gap=gap,
    )


def finer_of(
    workspace: Workspace,
    asked: AskedQuestion,
    made: Decision,
    *,
    finer_m: float,
    when: str,
    params: SolveParams,
    done: Done,
) -> FinerQuestion | None:
    """Prove what the road nodes of a grid of ``finer_m`` metres could bring; 0: all road nodes.

    None where there is no plan.
    """
    return finer_question(
        asked,
        made,
        sites=candidates(workspace).sites,
        more=grid_sites(workspace, spacing_m=finer_m),
        spacing_m=finer_m,
        ask_with=lambda sites: ask_workspace(
            workspace, asked.question, when=when, sites=sites, done=done
        ),
        params=params,
    )


def write_front(front: WeighedPlans, file: Path, *, sample: bool) -> None:
    """Write a line for each point of a front: .csv, .xlsx or .json.

    Raises
    ------
    InputError
        when there is no point, or the ending is none of these.
    """
    if not front.points:
        raise InputError(say("{file}: the front has no point", file=file.name))
    write_rows(front.columns(), file, layer="front", sample=sample)


def write_curve(asked: AskedQuestion, curve: Curve, file: Path, *, sample: bool) -> None:
    """Write a line for each point of a curve: .csv, .xlsx or .json (InputError: another ending)."""
    columns = curve_columns(told_curve(asked, curve))
    write_rows(columns, file, layer="curve", sample=sample)


def write_alternatives(
    asked: AskedQuestion, made: Decision, why: Explanation, file: Path, *, sample: bool
) -> None:
    """Write the actions of a decision and of its alternatives as points, in the ending's format.

    ``plan`` is 0 for the decision and counts the alternatives from 1; ``in_plans`` is the share of
    all of them that use the place, ``no_regret`` says that each does.

    Raises
    ------
    InputError
        when the plans do nothing, or the ending is none of a table of points.
    """
    first = () if made.plan is None else deeds(asked, made.plan.chosen)
    plans = [(first, made.covered(year=made.years[-1]).covered, made.cost_yuan)]
    plans += [(other.places, other.covered, other.cost_yuan) for other in why.others]
    district = {one.id: one.district for one in asked.table.actions}
    lonlat = lonlat_of(asked, [one for places, *_ in plans for one in places])
    rows = [
        {
            "plan": number,
            "covered": round(covered, 3),
            "cost_yuan": cost,
            **one._asdict(),
            "district": district[one.id],
            "lon": lonlat[one.id][0],
            "lat": lonlat[one.id][1],
            "in_plans": round(why.held.get(one.id, 0.0), 4),
            "no_regret": "yes" if one.id in why.no_regret else "no",
        }
        for number, (places, covered, cost) in enumerate(plans)
        for one in places
    ]
    if not rows:
        raise InputError(say("{file}: no plan does anything", file=file.name))
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    write_points(columns, file, layer="alternatives", sample=sample)


def write_actions(made: Decision, file: Path, *, sample: bool) -> None:
    """Write the actions of a decision as points, in the format of the ending."""
    plain = ("order", "year", "what", "id", "name", "kind", "hours", "district", "lon", "lat")
    money = ("capital_yuan", "running_yuan_a_year")
    columns = {name: [getattr(one, name) for one in made.actions] for name in (*plain, *money)}
    columns["paid_yuan"] = [sum(one.paid.values()) for one in made.actions]
    columns["adds"] = [round(one.adds, 3) for one in made.actions]
    columns["lost_without"] = [round(one.lost_without, 3) for one in made.actions]
    write_points(columns, file, layer="actions", sample=sample)
