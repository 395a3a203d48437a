"""How often a plan's sites are chosen when the weights behind the demand are drawn anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import InputError
from geo.messages import say
from planning.decisions.drawn import DrawnWeights
from planning.decisions.robust import Robustness, try_over_draws
from planning.density import DrawnWorkers, draw_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from planning.decisions.decide import AskedQuestion
    from planning.density import DensityModel
    from planning.engine.params import SolveParams
    from planning.siting.plan import SitingPlan
    from planning.siting.question import SitingQuestion


@dataclass(frozen=True)
class SiteFrequency:
    """A site, the kind built there most often, and the share of the draws in which it is chosen."""

    site_id: str
    name: str
    kind: str
    lon: float
    lat: float
    share: float
    planned: bool


@dataclass(frozen=True)
class PlanDraws:
    """What the draws say of a plan.

    ``sites`` are those of the plan in its order, then others by how often they are chosen.
    ``covered_after`` is (low, high), the 5th and 95th percentile of the workers whom the plan
    itself covers together with the stations that stand; ``best_after`` the same for the plans made
    for each draw; ``regret`` the largest share of the best that the plan falls short by. The
    engine answered ``n`` draws in ``runtime_s`` seconds.
    """

    sites: tuple[SiteFrequency, ...]
    covered_after: tuple[float, float]
    best_after: tuple[float, float]
    regret: float
    n: int
    seed: int
    runtime_s: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "n": self.n,
            "seed": self.seed,
            "runtime_s": self.runtime_s,
            "covered_after": list(self.covered_after),
            "best_after": list(self.best_after),
            "regret": self.regret,
            "sites": [vars(site) for site in self.sites],
        }


def plan_over_draws(
    question: SitingQuestion,
    made: SitingPlan,
    model: DensityModel,
    *,
    factor: npt.NDArray[np.float64],
    new: int,
    kinds: Mapping[str, int | None],
    keep: Sequence[str] = (),
    without: Sequence[str] = (),
    n: int = 40,
    seed: int = 0,
    concentration: float = 20.0,
    params: SolveParams,
    on_progress: Callable[[str, float], None] | None = None,
) -> PlanDraws:
    """Plan anew under ``n`` draws of the weights, each beginning with the plan that was made.

    ``factor`` float64[n_groups] is the share of each group that counts. ``params`` hold for each
    draw. InputError when the plan has no answer of the engine or the model is of another demand.
    """
    if made.answer is None or not np.array_equal(np.asarray(model.cells.ids), question.demand.ids):
        raise InputError(say("draws need the model that built this demand: build it again"))
    asked = question.asking(new=new, kinds=kinds, keep=keep, without=without)
    workers = DrawnWorkers(
        model, draw_weights(model, n=n, seed=seed, concentration=concentration), factor=factor
    )
    found = try_over_draws(
        asked.problem.problem,
        made.answer,
        draws=DrawnWeights(asked, workers, assumed=question.demand.weights),
        price_change=0.0,
        params=replace(params, time_limit_s=n * params.time_limit_s, on_progress=None),
        on_progress=on_progress,
    )
    own = found.covered
    best = np.fmax(found.best, own)  # an answer within the gap may fall behind the plan itself
    return PlanDraws(
        sites=_frequencies(question, asked, made, found),
        covered_after=_ends(own),
        best_after=_ends(best),
        regret=float(((best - own) / np.where(best > 0, best, 1.0)).max()),
        n=n,
        seed=seed,
        runtime_s=round(found.runtime_s, 3),
    )


def _ends(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(values, (5.0, 95.0))
    return float(low), float(high)


def _frequencies(
    question: SitingQuestion, asked: AskedQuestion, made: SitingPlan, found: Robustness
) -> tuple[SiteFrequency, ...]:
    """Add up the options of each site; the plan's sites first, then the rest that are chosen."""
    actions, sites = asked.table.actions, question.sites
    times, kind_of = np.zeros(len(sites)), dict[int, str]()
    for option, share in zip(found.option.tolist(), found.share.tolist(), strict=True):
        if option < asked.problem.standing_option:
            action = actions[int(asked.problem.options.action[option])]
            times[action.place] += share
            # the most frequent stands first
            kind_of.setdefault(action.place, action.kind)
    row_of = {site: row for row, site in enumerate(sites.ids)}
    planned = {row_of[site.site_id]: site.kind for site in made.sites}
    order = np.argsort(-times, kind="stable").tolist()
    rows = [*planned, *(row for row in order if times[row] > 0 and row not in planned)]
    return tuple(
        SiteFrequency(
            site_id=sites.ids[row],
            name=str(sites.frame["name"].iloc[row]),
            kind=kind_of.get(row) or planned[row],
            lon=float(sites.lonlat[row, 0]),
            lat=float(sites.lonlat[row, 1]),
            share=float(times[row]),
            planned=row in planned,
        )
        for row in rows
    )
