"""A hand-made list of options, counted as a plan of the engine is and set beside the bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geo.errors import ProblemError
from geo.messages import say
from planning.engine.objectives import covered_weight
from planning.engine.params import Plan, relative_gap
from planning.engine.rules import MOST, Use, uses_of

if TYPE_CHECKING:
    from planning.engine.problems import CoverageProblem

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Score:
    """What a list of options is worth.

    Parameters
    ----------
    chosen
        int64[k], the options of the list.
    objective
        what they cover, whatever rules they break.
    uses
        what they use of every rule; ``broken`` are those that they break.
    best, bound
        the engine's plan and the bound for the same question; ``short`` is how much less the list
        covers than that plan, below 0 where it covers more (it may break rules).
    gap
        the proven relative gap of the list, nan where it breaks a rule: the bound is of plans that
        keep all.
    only_here, only_there
        options of the list that the engine's plan does not have, and the other way round.
    """

    chosen: Ints
    objective: float
    uses: tuple[Use, ...]
    best: float
    bound: float
    only_here: Ints
    only_there: Ints

    @property
    def broken(self) -> tuple[Use, ...]:
        """The rules that the list breaks."""
        return tuple(use for use in self.uses if not use.is_kept)

    @property
    def short(self) -> float:
        """How much less it covers than the engine's plan."""
        return self.best - self.objective

    @property
    def gap(self) -> float:
        """The proven relative gap, nan where a rule is broken."""
        return float("nan") if self.broken else relative_gap(self.objective, self.bound)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        figures = {"best": self.best, "bound": self.bound, "short": self.short, "gap": self.gap}
        return {
            "chosen": self.chosen.tolist(),
            "objective": self.objective,
            **{name: float(x) if np.isfinite(x) else None for name, x in figures.items()},
            "uses": [use.as_dict() for use in self.uses],
            "broken": [use.as_dict() for use in self.broken],
            "words": [broken_words(use) for use in self.broken],
            "only_here": self.only_here.tolist(),
            "only_there": self.only_there.tolist(),
        }


def score_choice(problem: CoverageProblem, chosen: npt.ArrayLike, *, plan: Plan) -> Score:
    """Count a list of options by the question's own data and set it beside the engine's answer.

    Parameters
    ----------
    problem
        the question.
    chosen
        option numbers, in any order; a number given twice counts once.
    plan
        the engine's answer to the question, for the bound.

    Returns
    -------
    Score
        also of a list that breaks rules: each is named, with what it allows and what is used.

    Raises
    ------
    ProblemError
        For an option that does not exist.

    Examples
    --------
    >>> from planning import CoverageProblem, solve
    >>> from planning.decisions import score_choice
    >>> problem = CoverageProblem(
    ...     weights=[10.0, 20.0], covers=[[1, 0], [0, 1]], costs=[5.0, 9.0], budget=10.0
    ... )
    >>> score = score_choice(problem, [0], plan=solve(problem))
    >>> score.objective, score.short, score.gap, score.broken
    (10.0, 10.0, 1.0, ())
    >>> (use,) = score_choice(problem, [0, 1], plan=solve(problem)).broken
    >>> use.rule.kind, use.used
    ('budget', 14.0)
    """
    options = np.unique(np.asarray(chosen, dtype=np.int64))
    outside = options[(options < 0) | (options >= problem.n_options)]
    if len(outside):
        raise ProblemError(
            say(
                "option {option} is chosen and there are {n_options}: count from 0",
                option=int(outside[0]),
                n_options=problem.n_options,
            )
        )
    return Score(
        chosen=options,
        objective=covered_weight(problem, options),
        uses=uses_of(problem, options),
        best=plan.objective,
        bound=plan.bound,
        only_here=np.setdiff1d(options, plan.chosen),
        only_there=np.setdiff1d(plan.chosen, options),
    )


def broken_words(use: Use) -> str:
    """Say how a rule is broken, with its numbers."""
    rule = use.rule
    if rule.kind == "floor":
        return say(
            "{floor} asks for {amount:,.10g} and the list covers {used:,.10g}",
            floor=rule.name,
            amount=rule.amount,
            used=use.used,
        )
    if rule.kind in MOST:
        return say(
            "{rule} allows {amount:,.10g} and the list takes {used:,.10g}",
            rule=rule.name,
            amount=rule.amount,
            used=use.used,
        )
    if rule.kind == "required":
        return say("{rule} and is not in the list", rule=rule.name)
    if rule.kind == "site":
        return say("{rule}: the list has {n} too many", rule=rule.name, n=int(use.used))
    return say("{rule}: the list has {n} of them", rule=rule.name, n=int(use.used))
