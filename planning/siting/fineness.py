"""What more places to choose from could add to a plan at most, proven.

The problem with more candidates is solved again for its bound, from the plan as a first answer. Its
options contain those of the plan, so its bound holds for every choice of as many stations among all
of them, and what it is above the plan is the most that the coarser choice can cost.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from planning.decisions.fineness import joined_sites, refuse_too_many
from planning.siting.plan import FinerBound
from planning.siting.question import siting_question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from data.sites import CandidateSites
    from planning.engine.params import SolveParams
    from planning.siting.plan import SitingPlan
    from planning.siting.question import SitingQuestion


def finer_bound(
    question: SitingQuestion,
    plan: SitingPlan,
    more: CandidateSites,
    *,
    spacing_m: float,
    new: int,
    kinds: Mapping[str, int | None],
    keep: Sequence[str] = (),
    without: Sequence[str] = (),
    params: SolveParams,
    on_progress: Callable[[str, float], None] | None = None,
) -> FinerBound:
    """Prove what a plan could cover at most if ``more`` sites were candidates too.

    Parameters
    ----------
    question, plan
        what was asked and the answer to it, with the engine's own answer.
    more
        further sites; one that lies where a site of the question lies is that site.
    spacing_m
        what is said of ``more``: the step of its grid in metres, 0 for all road nodes.
    new, kinds, keep, without
        as they were asked for the plan.
    params
        when to stop; a bound that is not met by then is a proven one all the same.
    on_progress
        is told of the travel times.

    Returns
    -------
    FinerBound
        never below the plan.

    Raises
    ------
    ProblemError
        when the wider problem would have more pairs than can be held.
    """
    sites = joined_sites(question.sites, more)
    pairs = question.asked.items.n_pairs / max(1, len(question.sites)) * len(sites)
    refuse_too_many(n_sites=len(sites), pairs=pairs)
    wider = siting_question(
        question.demand,
        question.stations,
        sites,
        question.network,
        question.settings,
        kinds=question.asked.question.actions.build,
        standard=question.standard,
        on_progress=on_progress,
    )
    if plan.answer is not None:  # the plan's options come first in the wider problem too
        chosen = plan.answer.chosen
        own = chosen[chosen < question.asked.problem.standing_option]
        params = replace(params, start=own)
    found = wider.plan(new=new, kinds=kinds, keep=keep, without=without, params=params)
    bound = max(found.bound, plan.objective)
    return FinerBound(
        spacing_m=spacing_m,
        candidates=len(sites),
        bound=bound,
        more_workers=bound - plan.objective,
        status=found.status,
        runtime_s=found.runtime_s,
    )
