"""Where the next stations do most: a city's siting question asked, answered and kept."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from planning.engine.params import SolveParams
from planning.scenarios.plan_document import PlanAsked
from planning.siting import SitingPlan, SitingQuestion, siting_question
from planning.siting.fineness import finer_bound
from planning.siting.question import with_other_standard
from planning.siting.site_words import sites_meant
from web.services.counted import USUAL, Counted
from web.services.networks import network_when
from web.services.sites import candidates, grid_sites

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.sites import CandidateSites
    from data.vocabulary import StandardWord
    from data.workspace import Workspace
    from planning.scenarios.decision_document import DecisionAsked
    from web.services import Done

#: The part of a kept plan that says what was asked (`PlanAsked.as_dict`).
QUESTION: Final = "question"


class Asked(NamedTuple):
    """What is asked: how many stations, of which kinds, with and without which sites."""

    new: int
    kinds: Mapping[str, int | None]
    keep: Sequence[str] = ()
    without: Sequence[str] = ()


def asked_by_id(workspace: Workspace, asked: Asked, sites: CandidateSites) -> Asked:
    """Put ids in the place of names and of order numbers in the newest plan."""
    newest = workspace.results("plan", limit=1)
    listed = newest[0].body["sites"] if newest else ()
    known = set(sites.ids)
    printed = {site["order"]: site["site_id"] for site in listed if site["site_id"] in known}
    return asked._replace(
        keep=sites_meant(asked.keep, sites, printed=printed),
        without=sites_meant(asked.without, sites, printed=printed),
    )


def question_of(
    workspace: Workspace,
    *,
    kinds: Mapping[str, int | None],
    standard: StandardWord,
    when: str = "usual",
    counted: Counted = USUAL,
    done: Done,
) -> SitingQuestion:
    """Search the travel times of the workspace's siting problem."""
    return siting_question(
        counted.demand(workspace),
        workspace.stations(),
        candidates(workspace).sites,
        network_when(workspace, when),
        workspace.settings,
        kinds=kinds,
        standard=standard,
        on_progress=done,
    )


def answer_of(
    workspace: Workspace,
    question: SitingQuestion,
    asked: Asked,
    *,
    when: str = "usual",
    params: SolveParams,
    keeping: bool = True,
    finer_m: float | None = None,
    done: Done | None = None,
) -> SitingPlan:
    """Answer a siting question; ``keeping`` makes the plan the workspace's newest result.

    With ``finer_m`` the plan says what it could cover at most if the road nodes on a grid of that
    step were candidates too, 0 for all of them; it takes as long again, and ``done`` is told of it.
    """
    made = question.plan(**asked._asdict(), params=params)
    if finer_m is not None:
        finer = finer_bound(
            question,
            made,
            grid_sites(workspace, spacing_m=finer_m),
            spacing_m=finer_m,
            **asked._asdict(),
            params=params,
            on_progress=done,
        )
        made = replace(made, finer=finer)
    # The network is traced by what it was built from; the hour is told beside it.
    traced = {"network": workspace.network().content_hash, "when": when}
    made = replace(made, inputs={**made.inputs, **traced})
    if keeping:
        made = with_other_standard(
            made,
            question.demand,
            workspace.stations(),
            network_when(workspace, when),
            workspace.settings,
        )
        asked_of = plan_asked(question, asked, when=when, params=params)
        body = {**made.as_dict(), QUESTION: asked_of.as_dict()}
        workspace.save_result("plan", inputs=made.inputs, body=body)
    return made


def plan_asked(
    question: SitingQuestion,
    asked: Asked,
    *,
    when: str = "usual",
    counted: Counted = USUAL,
    params: SolveParams,
) -> PlanAsked:
    """Say all that was asked, so that it can be asked again elsewhere."""
    return PlanAsked(
        new=asked.new,
        kinds=dict(asked.kinds),
        keep=tuple(asked.keep),
        without=tuple(asked.without),
        standard=question.standard,
        when=when,
        demand=counted.name,
        hour=counted.hour,
        day=counted.day,
        time_limit_s=limit_of(params),
        gap=params.gap,
        seed=params.seed,
    )


def limit_of(params: SolveParams) -> float | None:
    """Return the time limit as JSON holds it: None for none."""
    return params.time_limit_s if math.isfinite(params.time_limit_s) else None


def params_of(asked: PlanAsked | DecisionAsked) -> SolveParams:
    """Return how long and how exactly the engine was asked to search."""
    limit_s = math.inf if asked.time_limit_s is None else asked.time_limit_s
    return SolveParams(time_limit_s=limit_s, gap=asked.gap, seed=asked.seed)


def plan_of(
    workspace: Workspace,
    *,
    new: int,
    kinds: Mapping[str, int | None],
    standard: StandardWord,
    params: SolveParams,
    done: Done,
) -> SitingPlan:
    """Solve the siting problem of the workspace and keep the plan as its newest result."""
    question = question_of(workspace, kinds=kinds, standard=standard, done=done)
    return answer_of(workspace, question, Asked(new, kinds), params=params)
