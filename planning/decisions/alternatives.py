r"""Other plans that are nearly as good and differ most: what is settled, and what is free.

Plan ``P_0`` is worth ``V``; plans ``P_1, P_2, ...`` follow one by one, each within the gap ``g`` of
it and as different from all earlier ones as can be:

.. math::
   \max d \quad\text{with}\quad v(P) \ge (1 - g) V, \quad
   |S(P_e) \cap S(P)| \le |S(P_e)| - d \ \text{ for every earlier plan } e

where ``S`` are the places of a plan, required ones aside: at least d places of every earlier plan
are not used. What the best plan with a given d is worth falls as d grows, so that d is found by
halving: maximal covering with a limit for each earlier plan, stopped as soon as its plan reaches
``(1 - g) V`` or its bound falls below (modelling to generate alternatives: Brill, Chang and Hopkins
1982). One after another is not all at once: ten plans chosen together may differ a little more.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.errors import ProblemError
from geo.messages import say
from planning.engine.checks import known
from planning.engine.params import Plan, Progress, SolveParams
from planning.engine.problems import Limit
from planning.engine.solver import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.engine.problems import CoverageProblem

Ints = npt.NDArray[np.int64]

# A plan this part below what is asked for is worth it: sums of double precision.
SAME = 1e-9
# Least seconds for one question, and into how many the time that is left is parted at least.
MIN_S, PARTS = 0.1, 4


@dataclass(frozen=True, eq=False, kw_only=True)
class Alternative:
    """One plan beside the first.

    Parameters
    ----------
    chosen
        int64[k], its options, required ones included.
    objective
        what it is worth.
    n_apart
        how many places of each earlier plan it does without, at least.
    most_apart
        the proved limit of that: no plan within the gap does without more. Equal to ``n_apart``
        where the time sufficed.
    """

    chosen: Ints
    objective: float
    n_apart: int
    most_apart: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "chosen": self.chosen.tolist(),
            "objective": self.objective,
            "n_apart": self.n_apart,
            "most_apart": self.most_apart,
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class Alternatives:
    """Plans within ``gap`` of a first plan.

    ``places`` int64[n_places] are the places that any of them uses, required ones aside (the labels
    of ``site``, or option numbers where there are none), and ``held`` float64[n_places] the share
    of all plans, the first included, that use each: 1 is a place without regret. ``is_complete``:
    it is proved that no further plan within the gap differs from all of them by a place.
    """

    first: Ints
    objective: float
    gap: float
    plans: tuple[Alternative, ...]
    places: Ints
    held: npt.NDArray[np.float64]
    is_complete: bool
    runtime_s: float

    def no_regret(self, *, share: float = 1.0) -> Ints:
        """Return the places that at least a share of the plans use."""
        return self.places[self.held >= share - SAME]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "first": self.first.tolist(),
            "objective": self.objective,
            "gap": self.gap,
            "plans": [plan.as_dict() for plan in self.plans],
            "places": self.places.tolist(),
            "held": self.held.tolist(),
            "is_complete": self.is_complete,
            "runtime_s": self.runtime_s,
        }


def near_alternatives(
    problem: CoverageProblem,
    plan: Plan,
    *,
    gap: float = 0.01,
    n: int = 10,
    time_limit_s: float = 60.0,
    seed: int = 0,
    on_progress: Callable[[str, float], None] | None = None,
) -> Alternatives:
    """Find up to ``n`` plans within a gap of a plan that differ most from it and from each other.

    Parameters
    ----------
    problem
        the question; an option without a place of its own (``site`` None) is a place.
    plan
        the first plan, an answer to it.
    gap
        how much less of its objective is near enough: 0.01 is 1 %.
    n
        how many at most, the first not counted.
    time_limit_s
        seconds for all of them.
    seed
        of the engine.
    on_progress
        is told what is done and the share of it.

    Returns
    -------
    Alternatives
        each plan keeps every rule of the problem and is worth at least ``(1 - gap)`` of the first.

    Raises
    ------
    ProblemError
        For a plan without an objective, or a gap outside [0, 1].

    Examples
    --------
    Two blocks are worth nearly the same, the third is not to be missed:

    >>> from planning import CoverageProblem, solve
    >>> from planning.decisions import near_alternatives
    >>> problem = CoverageProblem(
    ...     weights=[50.0, 21.0, 20.0], covers=[[1, 0, 0], [0, 1, 0], [0, 0, 1]], max_open=2
    ... )
    >>> found = near_alternatives(problem, solve(problem), gap=0.05)
    >>> [other.chosen.tolist() for other in found.plans], found.no_regret().tolist()
    ([[0, 2]], [0])
    """
    if not np.isfinite(plan.objective):
        raise ProblemError(say("alternatives are of a plan, and there is none: solve it first"))
    if not 0.0 <= gap <= 1.0:
        raise ProblemError(say("gap is {gap}: give a share from 0 to 1", gap=gap))
    tell = on_progress or (lambda _what, _share: None)
    begun = time.perf_counter()
    search = _Search(problem, plan, target=(1.0 - gap) * plan.objective, seed=seed)
    is_complete = False
    while len(search.others) < n:
        left_s = begun + time_limit_s - time.perf_counter()
        if left_s <= 0.0:
            break
        found = search.next_one(left_s / (n - len(search.others)))
        if found is None:
            break
        if found.n_apart < 1:
            is_complete = found.most_apart < 1
            break
        search.others.append(found)
        tell(say("alternatives"), len(search.others) / n)
    places, held = search.shares()
    return Alternatives(
        first=plan.chosen,
        objective=plan.objective,
        gap=gap,
        plans=tuple(search.others),
        places=places,
        held=held,
        is_complete=is_complete,
        runtime_s=time.perf_counter() - begun,
    )


class _Tried(NamedTuple):
    """A question with a distance: a plan that is near enough, or the proof that there is none."""

    plan: Plan | None
    is_proved: bool


class _Search:
    """The plans so far, and the questions for the next."""

    def __init__(self, problem: CoverageProblem, plan: Plan, *, target: float, seed: int) -> None:
        self.problem, self.first, self.seed = problem, plan, seed
        self.target = target - SAME * abs(plan.objective)
        site = np.arange(problem.n_options) if problem.site is None else problem.site
        self.site, free = site, ~known(problem.required)
        self.counted = free & ~np.isin(site, site[~free])
        self.others: list[Alternative] = []
        self.last = plan

    def places_of(self, chosen: Ints) -> Ints:
        """Return the places of a plan, required ones aside."""
        return np.unique(self.site[chosen[self.counted[chosen]]])

    def next_one(self, time_limit_s: float) -> Alternative | None:
        """Return the plan that differs most, with ``n_apart`` 0 where none differs; None: no time.

        ``most_apart`` falls with every proof.
        """
        end = time.perf_counter() + time_limit_s
        earlier = [self.places_of(p) for p in (self.first.chosen, *(o.chosen for o in self.others))]
        best: Plan | None = None
        apart, most = 0, min(len(places) for places in earlier)
        unknown = most + 1  # the least distance of which time did not tell
        while apart + 1 <= min(most, unknown - 1):
            left_s = end - time.perf_counter()
            if left_s <= 0.0:
                break
            top = min(most, unknown - 1)
            # one place first: whether there is any other plan
            tried_apart = 1 if best is None else (apart + top + 1) // 2
            tried = self._tried(earlier, tried_apart, max(left_s / PARTS, MIN_S))
            if tried.plan is not None:
                best = tried.plan
                apart = max(tried_apart, self._apart(earlier, best))
            elif tried.is_proved:
                most = tried_apart - 1
            else:
                unknown = tried_apart
        if best is None:
            empty = np.empty(0, dtype=np.int64)
            return Alternative(chosen=empty, objective=np.nan, n_apart=0, most_apart=most)
        return Alternative(
            chosen=best.chosen,
            objective=best.objective,
            n_apart=apart,
            most_apart=max(most, apart),
        )

    def shares(self) -> tuple[Ints, npt.NDArray[np.float64]]:
        """Return the places that are used and the share of the plans that use each."""
        used = [self.places_of(p) for p in (self.first.chosen, *(o.chosen for o in self.others))]
        places, times = np.unique(np.concatenate(used), return_counts=True)
        return places, times / len(used)

    def _apart(self, earlier: list[Ints], plan: Plan) -> int:
        own = self.places_of(plan.chosen)
        return min(len(places) - int(np.isin(places, own).sum()) for places in earlier)

    def _tried(self, earlier: list[Ints], apart: int, time_limit_s: float) -> _Tried:
        limits = tuple(
            Limit(
                members=self.counted & np.isin(self.site, places),
                max_open=len(places) - apart,
            )
            for places in earlier
        )
        question = replace(self.problem, limits=(*self.problem.limits, *limits))

        def is_settled(news: Progress) -> bool:
            return news.incumbent >= self.target or news.bound < self.target

        answer = solve(
            question,
            params=SolveParams(
                time_limit_s=time_limit_s,
                seed=self.seed,
                on_progress=is_settled,
                start=self.last,
            ),
        )
        if answer.basis is not None:
            self.last = answer
        if answer.objective >= self.target:
            return _Tried(answer, is_proved=True)
        return _Tried(None, answer.status == "infeasible" or answer.bound < self.target)
