"""What a finer grid of candidates could bring the answer of a question, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from planning.engine.params import EXACT
from web.commands.goal_measure import measure_of
from web.languages import message
from web.site.number_words import count

if TYPE_CHECKING:
    from planning.decisions import Decision
    from planning.decisions.fineness import FinerQuestion
    from web.languages import Language

_WORST: Final = message(
    "{among}, it is proven that no plan lifts the worst off by over {n} percentage points more."
)
_HOURS: Final = message(
    "{among}, it is proven that no plan covers over {n} worker-hours a week more, added up over "
    "the years as the goal counts."
)
_WORKERS: Final = message(
    "{among}, it is proven that no plan covers over {n} workers more, added up over the years as "
    "the goal counts."
)
#: What is said of each goal, in its own measure.
_MORE: Final = {
    "workers": _WORKERS,
    "worker_hours": _HOURS,
    "two_in_reach": _WORKERS,
    "cheapest": message("{among}, it is proven that no plan costs over {n} yuan less."),
    "worst_group": _WORST,
    "worst_district": _WORST,
    "mean_time": message(
        "{among}, it is proven that no plan shortens the mean by over {n} min more."
    ),
    "seated": message("{among}, it is proven that no plan seats over {n} workers more."),
}


def finer_words(made: Decision, finer: FinerQuestion | None, t: Language) -> list[object]:
    """Say what more candidates could bring at most; nothing where that was not asked."""
    if finer is None:
        return []
    sites = count(finer.candidates)
    among = (
        t(
            "With the road nodes on a {metres} m grid as candidates too ({sites} in all)",
            metres=f"{finer.spacing_m:g}",
            sites=sites,
        )
        if finer.spacing_m
        else t("With every road node as a candidate too ({sites} in all)", sites=sites)
    )
    if not math.isfinite(finer.better):
        return [t("{among}, nothing was proven in the time.", among=among)]
    if finer.better <= EXACT * max(abs(made.objective), 1.0):
        return [t("{among}, it is proven that no plan is better.", among=among)]
    measure = measure_of(made.goal)
    # never less than it is; a hair is forgiven
    steps = 10**measure.digits
    n = math.ceil(finer.better / measure.one * steps - 1e-6) / steps
    return [t(_MORE[made.goal], among=among, n=f"{n:,.{measure.digits}f}")]
