"""More answers about a decision: a list beside it, what stands, and how it holds when all moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from data.files.count_files import read_counts
from data.files.plan_files import read_plan_list
from data.report_book import doubted_stations
from geo.errors import InputError, NothingYetError
from geo.messages import say
from planning.decisions.drawn import DrawnWeights
from planning.decisions.explain import deeds, in_words
from planning.decisions.listed import ListScore, score_list
from planning.decisions.robust import Robustness, try_over_draws
from planning.decisions.standing import StandingStations, standing_stations
from planning.density import DrawnWorkers, draw_weights
from planning.engine.params import SolveParams
from web.services.decisions import EXPLAINED, ask_workspace
from web.services.demand import model_of
from web.services.networks import network_when
from web.services.sites import candidates

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from data.workspace import Workspace
    from planning.decisions import AskedQuestion, Decision
    from planning.decisions.drawn import Drawn
    from planning.decisions.explain import WhatIf
    from web.services import Done

#: How much slower each mode is, an assumption: ice and snow, and the streets at rush hour.
SLOWER: Final[dict[str, dict[str, float]]] = {
    "winter": {"foot": 0.8, "ebike": 0.7, "car": 0.7, "truck": 0.7},
    "rush": {"car": 0.6, "truck": 0.6},
}
#: How far imported workers of a cell may lie from what was said, as a share, where nobody says.
UNCERTAINTY: Final = 0.3
#: By how much per cent all prices fall and rise, and the part of the time that goes to this.
PRICE_CHANGES: Final = (-20, 20)
PRICE_PART: Final = 0.2
#: Places that are chosen in fewer draws are not told.
RARE: Final = 0.05


def scored(asked: AskedQuestion, made: Decision, file: Path) -> ListScore:
    """Count a plan made by hand and set it beside the question's own answer."""
    return score_list(asked, made, read_plan_list(file))


def standing(
    workspace: Workspace,
    asked: AskedQuestion,
    made: Decision,
    *,
    when: str,
    counts: Path | None,
    seconds: float,
) -> StandingStations:
    """Count what closing each station would lose; with a file of check-ins, how each is used."""
    stations = workspace.stations()
    visits = None
    if counts is not None:
        read = read_counts(counts, settings=workspace.settings, stations=stations)
        visits = np.full(len(stations), np.nan)
        seen = np.unique(read.station)
        visits[seen] = np.bincount(read.station, weights=read.count, minlength=len(stations))[seen]
    return standing_stations(
        asked,
        made,
        demand=workspace.demand(),
        stations=stations,
        network=network_when(workspace, when),
        settings=workspace.settings,
        visits=visits,
        params=SolveParams(time_limit_s=seconds),
    )


class Repriced(NamedTuple):
    """What enters a plan and leaves it at other prices; ``is_plan``: one was found."""

    is_plan: bool
    status: str
    enters: tuple[WhatIf, ...]
    leaves: tuple[WhatIf, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Shaken:
    """How a decision holds: over draws, with slower ways and other prices.

    ``found`` counts in the measure of the goal over all years; ``chosen`` are the places of the
    plans made for the draws with the share that has each, ``worst_plan`` the actions of the plan
    that is best in its own worst tenth of the draws, ``slower`` what the decision covers with each
    kind of slower ways, ``prices`` what a plan made at other prices does otherwise. ``drawn_by``
    says what was drawn: "weights" of the layers, or "spread" round imported workers. ``failing`` is
    the chance of a new place not to work; what stands already works in every draw.
    """

    found: Robustness
    drawn_by: str
    uncertainty: float | None
    failing: float
    chosen: tuple[tuple[WhatIf, float, bool], ...]
    worst_plan: tuple[WhatIf, ...]
    is_plan_the_robust_one: bool
    slower: dict[str, float]
    covered: float
    prices: dict[str, Repriced]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        found = self.found
        return {
            "n_draws": len(found.covered),
            "n_solved": int(np.isfinite(found.best).sum()),
            "n_without": found.n_without,
            "drawn_by": self.drawn_by,
            "uncertainty": self.uncertainty,
            "failing": self.failing,
            "covered": self.covered,
            "covered_range": list(found.covered_range),
            "worst_tenth": found.planned.worst,
            "robust": {
                "worst_tenth": found.candidates[0].worst,
                "mean": found.candidates[0].mean,
                "is_this_plan": self.is_plan_the_robust_one,
                "actions": [one._asdict() for one in self.worst_plan],
            },
            "places": [
                {**what._asdict(), "share": share, "in_plan": planned}
                for what, share, planned in self.chosen
            ],
            "slower": dict(self.slower),
            "prices": {
                name: {
                    "status": at.status,
                    "enters": [one._asdict() for one in at.enters],
                    "leaves": [one._asdict() for one in at.leaves],
                }
                for name, at in self.prices.items()
            },
            "runtime_s": found.runtime_s,
        }


def shaken(
    workspace: Workspace,
    asked: AskedQuestion,
    made: Decision,
    *,
    n: int,
    when: str,
    uncertainty: float | None = None,
    failing: float | None = None,
    seed: int = 0,
    seconds: float = 60.0,
    done: Done,
) -> Shaken:
    """Try a decision over ``n`` draws of the workers, places that fail, slower ways, and prices.

    Workers that were spread from layers are drawn by the layers' weights; imported ones (or all,
    where ``uncertainty`` is given) each cell and group by itself, lognormal round what was said.
    ``failing`` None takes the share of open stations that the reports of workers doubt, one more
    doubted and one more sound for safety (Laplace).

    Raises
    ------
    InputError
        when there is no plan of the goals workers or worker_hours.
    """
    if made.plan is None or not made.is_plan or made.goal not in EXPLAINED:
        raise InputError(say("draws are of a plan of the goals workers and worker_hours"))
    demand = workspace.demand()
    workers, drawn_by, spread = _workers(workspace, n=n, uncertainty=uncertainty, seed=seed)
    chance = _chance_of_failing(workspace) if failing is None else failing
    found = try_over_draws(
        asked.problem.problem,
        made.plan,
        draws=DrawnWeights(asked, workers, assumed=demand.weights),
        failing=_new_places(asked) * chance,
        price_change=0.0,
        params=SolveParams(time_limit_s=(1.0 - PRICE_PART) * seconds, gap=0.005, seed=seed),
        on_progress=done,
    )
    price_params = SolveParams(time_limit_s=PRICE_PART * seconds / 2, gap=0.005, seed=seed)
    best = found.candidates[0]
    return Shaken(
        found=found,
        drawn_by=drawn_by,
        uncertainty=spread,
        failing=chance,
        chosen=_chosen(asked, found),
        worst_plan=deeds(asked, best.chosen),
        is_plan_the_robust_one=bool(np.array_equal(best.chosen, made.plan.chosen)),
        slower=_slower(workspace, asked, made, when=when, done=done),
        covered=made.objective,
        prices={
            f"{change:+} %": _at_prices(
                workspace, asked, made, 1.0 + change / 100, params=price_params
            )
            for change in PRICE_CHANGES
        },
    )


def _new_places(asked: AskedQuestion) -> npt.NDArray[np.float64]:
    """float64[n_options]: 1 for what is built or moved, 0 for what stands already."""
    acts = np.array([one.what for one in asked.table.actions])[asked.problem.options.action]
    is_new = np.append(np.isin(acts, ("build", "relocate")), [False])
    return np.asarray(is_new, dtype=np.float64)


def _at_prices(
    workspace: Workspace,
    asked: AskedQuestion,
    made: Decision,
    factor: float,
    *,
    params: SolveParams,
) -> Repriced:
    """Plan anew with every price so many times as high, and say what is done otherwise."""
    there = asked.at_prices(
        factor,
        demand=workspace.demand(),
        stations=workspace.stations(),
        sites=candidates(workspace).sites,
        settings=workspace.settings,
    )
    answer = there.decide(params=params, start_from=made)
    if made.plan is None or answer.plan is None or not answer.is_plan:
        return Repriced(is_plan=False, status=answer.status, enters=(), leaves=())
    now, then = deeds(asked, made.plan.chosen), deeds(there, answer.plan.chosen)
    return Repriced(
        is_plan=True,
        status=answer.status,
        enters=tuple(one for one in then if one not in now),
        leaves=tuple(one for one in now if one not in then),
    )


def _chosen(asked: AskedQuestion, found: Robustness) -> tuple[tuple[WhatIf, float, bool], ...]:
    """Add up the shares of each place and kind over the years in which it may begin.

    The year told is the plan's, else the most frequent one.
    """
    acts = [one for one in deeds(asked, found.planned.chosen) if one.what != "close"]
    first = {(one.what, one.id, one.kind): one for one in acts}
    planned, shares = set(first), dict.fromkeys(first, 0.0)
    for option, share in zip(found.option.tolist(), found.share.tolist(), strict=True):
        what = in_words(asked, option)
        if what is not None and what.what not in {"keep", "close"}:
            key = (what.what, what.id, what.kind)
            first.setdefault(key, what)
            shares[key] = shares.get(key, 0.0) + share
    return tuple(
        (first[key], min(share, 1.0), key in planned)
        for key, share in sorted(shares.items(), key=lambda one: -one[1])
        if share >= RARE or key in planned
    )


def _workers(
    workspace: Workspace, *, n: int, uncertainty: float | None, seed: int
) -> tuple[Drawn, str, float | None]:
    """Return the workers of each draw, and by what they were drawn."""
    if uncertainty is None:
        try:
            model = model_of(workspace, None)
        except (InputError, NothingYetError):
            uncertainty = UNCERTAINTY
        else:
            of = workspace.settings.demand
            draws = draw_weights(model, n=n, seed=of.seed, concentration=of.concentration)
            return DrawnWorkers(model, draws), "weights", None
    weights = workspace.demand().weights
    return _SpreadWorkers(weights, uncertainty, n=n, seed=seed), "spread", uncertainty


class _SpreadWorkers:
    """Workers drawn round those that were said: lognormal of mean 1, each cell by itself."""

    def __init__(
        self, weights: npt.NDArray[np.float64], spread: float, *, n: int, seed: int
    ) -> None:
        self._weights, self._n, self._seed = weights, n, seed
        self._sigma = float(np.sqrt(np.log1p(spread**2)))

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, number: int, /) -> npt.NDArray[np.float64]:
        rng = np.random.default_rng([self._seed, number])
        drawn = rng.lognormal(-(self._sigma**2) / 2, self._sigma, self._weights.shape)
        return np.asarray(self._weights * drawn, dtype=np.float64)


def _chance_of_failing(workspace: Workspace) -> float:
    """Return the share of open stations that are doubted, with one more of each (Laplace)."""
    frame = workspace.stations().frame
    stands = frame["status"].eq("open")
    doubted = frame["id"].isin(list(doubted_stations(workspace))) & stands
    return float((doubted.sum() + 1) / (stands.sum() + 2))


def _slower(
    workspace: Workspace, asked: AskedQuestion, made: Decision, *, when: str, done: Done
) -> dict[str, float]:
    """Count what the decision covers with each kind of slower ways; its actions stay the same."""
    if made.plan is None:
        return {}
    own = asked.question.world.speed_factors
    modes = {group.standard.mode for group in workspace.settings.groups}
    covered = {}
    for name, factors in SLOWER.items():
        speeds = {m: own.get(m, 1.0) * f for m, f in factors.items() if m in modes}
        if not speeds:
            continue
        world = asked.question.world.model_copy(update={"speed_factors": {**own, **speeds}})
        question = asked.question.model_copy(update={"world": world})
        there = ask_workspace(workspace, question, when=when, done=done)
        covered[name] = there.problem.value(made.plan.chosen)
    return covered
