"""What more places to choose from could bring the answer of a question at most, proven.

The question is asked again with more candidate sites, from its answer. What may be done then
contains all that might be done before, so the new bound holds for every plan among all of the
sites, and what it lies beyond the answer is the most that the coarser choice can cost.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from data.sites import CandidateSites
from geo.errors import InputError, ProblemError
from geo.messages import say
from planning.decisions.goals import LEAST
from planning.decisions.restored import options_of_actions

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.questions.question import Question
    from planning.decisions.decide import AskedQuestion
    from planning.decisions.decision import Decision
    from planning.engine.params import SolveParams

MOST_PAIRS: Final = 150_000_000
"""Pairs of option and demand item of a wider problem, of which some 15 bytes each are held."""


@dataclass(frozen=True, kw_only=True)
class FinerQuestion:
    """What plans could do at best with more candidate sites, all else being as it was asked.

    ``spacing_m`` is the step of the grid whose road nodes were added, 0 where all were;
    ``candidates`` how many sites there are then, those of the question among them. ``bound`` is
    what no plan among them can pass, in the measure of the goal (`Decision.objective`), ``better``
    how far that is beyond the answer, 0 or more: less money and less time are better.
    ``status`` and ``runtime_s`` are those of the search for it.
    """

    spacing_m: float
    candidates: int
    bound: float
    better: float
    status: str
    runtime_s: float

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON; a bound that is not known is None."""
        ends = {name: getattr(self, name) for name in ("bound", "better")}
        known = {name: end if math.isfinite(end) else None for name, end in ends.items()}
        return asdict(self) | known


def refuse_no_sites(question: Question) -> None:
    """Refuse a question whose answer no candidate site can change (InputError)."""
    if not question.actions.build and question.actions.relocate_within_m is None:
        raise InputError(
            say("--finer adds candidate sites, and nothing is built or moved: leave it out")
        )


def finer_question(
    asked: AskedQuestion,
    decision: Decision,
    *,
    sites: CandidateSites,
    more: CandidateSites,
    spacing_m: float,
    ask_with: Callable[[CandidateSites], AskedQuestion],
    params: SolveParams,
) -> FinerQuestion | None:
    """Prove what a decision could reach at best if ``more`` sites were candidates too.

    Parameters
    ----------
    asked, decision
        the question and its answer.
    sites, more
        the candidate sites of the question, and further ones; one that lies where a site of the
        question lies is that site.
    spacing_m
        what is said of ``more``: the step of its grid in metres, 0 for all road nodes.
    ask_with
        asks the same question with other candidate sites.
    params
        when to stop; a bound that is not met by then is a proven one all the same.

    Returns
    -------
    FinerQuestion or None
        None where there is no plan, or nothing is known of its bound.

    Raises
    ------
    ProblemError
        when the wider problem would have more than `MOST_PAIRS` pairs.
    """
    if not decision.is_plan:
        return None
    wide = joined_sites(sites, more)
    pairs = asked.items.n_pairs / max(1, len(sites)) * len(wide)
    refuse_too_many(n_sites=len(wide), pairs=pairs)
    wider = ask_with(wide)
    start = options_of_actions(wider, decision)
    found = wider.decide(params=replace(params, start=start))
    is_least = decision.goal in LEAST
    nearest = min if is_least else max
    bound = nearest(found.bound, decision.objective)
    if math.isnan(found.bound):
        bound = math.nan
    return FinerQuestion(
        spacing_m=spacing_m,
        candidates=len(wide),
        bound=bound,
        better=abs(bound - decision.objective),
        status=found.status,
        runtime_s=found.runtime_s,
    )


def joined_sites(sites: CandidateSites, more: CandidateSites) -> CandidateSites:
    """Put the sites of ``more`` that lie elsewhere behind ``sites``, under ids of their own."""
    known = {tuple(point) for point in sites.lonlat.tolist()}
    apart = np.array([tuple(point) not in known for point in more.lonlat.tolist()], dtype=np.bool_)
    added = more.frame[apart]
    added = added.assign(id=[f"finer {own}" for own in added["id"]])
    return CandidateSites(pd.concat([sites.frame, added], ignore_index=True))


def refuse_too_many(*, n_sites: int, pairs: float) -> None:
    """Refuse a problem that could not be held (ProblemError)."""
    if pairs > MOST_PAIRS:
        raise ProblemError(
            say(
                "with {n_sites:,} candidate sites there are some {pairs:,.0f} pairs of site and "
                "workers, more than {most:,}: take a wider grid",
                n_sites=n_sites,
                pairs=pairs,
                most=MOST_PAIRS,
            )
        )
