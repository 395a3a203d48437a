"""How often a plan's sites are chosen when the weights behind the demand are drawn anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import InputError
from geo.messages import say
from planning.density import draw_allocations, draw_weights
from planning.siting.candidates import site_pins
from planning.siting.question import solve_question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

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
    tell = on_progress or (lambda _what, _share: None)
    items, options = question.items, question.options
    pins = site_pins(question.sites, options, keep=keep, without=without)
    begin = replace(params, start=made.answer)
    times = np.zeros(len(options.site))
    own, best = np.zeros(n), np.zeros(n)
    draws = draw_weights(model, n=n, seed=seed, concentration=concentration)
    in_plan = np.asarray(items.covers[made.answer.chosen].sum(axis=0)).ravel() > 0
    used_s = 0.0
    for number, workers in enumerate(draw_allocations(model, draws)):
        weights = (workers * factor).T.ravel().astype(np.float64)
        drawn = replace(question, items=items._replace(weights=weights))
        drawn_plan = solve_question(drawn, pins, new=new, kinds=kinds, params=begin)
        fixed_value = float(weights[items.covered].sum())
        times[drawn_plan.chosen] += 1
        best[number] = drawn_plan.objective + fixed_value
        own[number] = float(weights[items.covered | in_plan].sum())
        used_s += drawn_plan.runtime_s
        tell(say("draws"), (number + 1) / n)
    best = np.maximum(best, own)  # an answer within the gap may fall behind the plan itself
    return PlanDraws(
        sites=_frequencies(question, made, times / n),
        covered_after=_ends(own),
        best_after=_ends(best),
        regret=float(((best - own) / np.where(best > 0, best, 1.0)).max()),
        n=n,
        seed=seed,
        runtime_s=round(used_s, 3),
    )


def _ends(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(values, (5.0, 95.0))
    return float(low), float(high)


def _frequencies(
    question: SitingQuestion, made: SitingPlan, share: npt.NDArray[np.float64]
) -> tuple[SiteFrequency, ...]:
    """Add up the options of each site; the plan's sites first, then the rest that are chosen."""
    options, sites = question.options, question.sites
    of_site = np.bincount(options.site, weights=share, minlength=len(sites))
    favourite: dict[int, int] = {}
    for option in np.argsort(share, kind="stable"):
        favourite[int(options.site[option])] = int(option)
    row_of = {site: row for row, site in enumerate(sites.ids)}
    planned = [row_of[site.site_id] for site in made.sites]
    others = [row for row in np.argsort(-of_site, kind="stable").tolist() if of_site[row] > 0]
    rows = [*planned, *(row for row in others if row not in set(planned))]
    return tuple(
        SiteFrequency(
            site_id=sites.ids[row],
            name=str(sites.frame["name"].iloc[row]),
            kind=options.kinds[favourite[row]],
            lon=float(sites.lonlat[row, 0]),
            lat=float(sites.lonlat[row, 1]),
            share=float(of_site[row]),
            planned=number < len(planned),
        )
        for number, row in enumerate(rows)
    )
