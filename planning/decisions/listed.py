"""A plan made by hand, as options of a question, counted beside the question's own answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geo.errors import ProblemError
from geo.messages import say
from planning.decisions.explain import deeds, in_words
from planning.decisions.goal_value import goal_value
from planning.decisions.goals import LEAST
from planning.decisions.score import broken_words, score_choice
from planning.engine.rules import SAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.questions.listed_action import ListedAction
    from planning.decisions.actions import Action
    from planning.decisions.decide import AskedQuestion
    from planning.decisions.decision import CoveredLine, Decision
    from planning.decisions.explain import WhatIf
    from planning.engine.rules import Use

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class ListScore:
    """What a plan made by hand is worth, in the measure of the question.

    ``covered`` is what it is worth to the goal (as `Decision.objective`: yuan, seconds, a share),
    ``best`` what the question's own plan is and ``bound`` what no plan can pass; ``gap`` is the
    proved share by which the list may fall short, None where it breaks a limit (``broken``, in
    words). ``coverage`` is told year by year as a decision tells it. ``only_here`` and
    ``only_there`` are what the list does and the plan does not, and the other way round.
    """

    covered: float
    best: float
    bound: float
    gap: float | None
    cost_yuan: int
    broken: tuple[str, ...]
    coverage: tuple[CoveredLine, ...]
    only_here: tuple[WhatIf, ...]
    only_there: tuple[WhatIf, ...]

    def line(self, year: int) -> CoveredLine:
        """Return who is covered in a year, all groups and districts together."""
        return next(
            line
            for line in self.coverage
            if (line.year, line.group, line.district) == (year, "all", "all")
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "covered": self.covered,
            "best": self.best,
            "bound": self.bound,
            "gap": self.gap,
            "cost_yuan": self.cost_yuan,
            "broken": [str(words) for words in self.broken],
            "coverage": [
                vars(line) | {"share_before": line.share_before, "share": line.share}
                for line in self.coverage
            ],
            "only_here": [one._asdict() for one in self.only_here],
            "only_there": [one._asdict() for one in self.only_there],
        }


def score_list(asked: AskedQuestion, made: Decision, listed: Sequence[ListedAction]) -> ListScore:
    """Count a list by the question's own data and set it beside the question's answer.

    Raises
    ------
    ProblemError
        for a row that is no action of the question, and where there is no plan to set it beside.
    """
    if made.plan is None or not made.is_plan:
        raise ProblemError(say("a list is set beside the best plan, and there is none"))
    chosen = listed_options(asked, listed)
    score = score_choice(asked.problem.by_name, chosen, plan=made.plan)
    covered = goal_value(asked, chosen)
    broken = [_broken(asked, use) for use in score.broken]
    broken += _missed_share(asked, chosen)
    nearest = min if made.goal in LEAST else max
    bound = made.bound if broken else nearest(made.bound, covered)
    own = chosen[chosen < asked.problem.standing_option]
    here, there = deeds(asked, chosen), deeds(asked, made.plan.chosen)
    return ListScore(
        covered=covered,
        best=made.objective,
        bound=bound,
        gap=None if broken or not covered else abs(bound - covered) / covered,
        cost_yuan=int(asked.problem.spend[own].sum()),
        broken=tuple(broken),
        coverage=asked.coverage(own),
        only_here=tuple(one for one in here if one not in there),
        only_there=tuple(one for one in there if one not in here),
    )


def _missed_share(asked: AskedQuestion, chosen: Ints) -> list[str]:
    """Say that a list covers less than the cheapest plan is asked for; nothing where it does."""
    share = asked.question.goal.share
    if share is None:
        return []
    own = chosen[chosen < asked.problem.standing_option]
    last = asked.question.years_meant[-1]
    line = next(
        one for one in asked.coverage(own)
        if (one.year, one.group, one.district) == (last, "all", "all")
    )  # fmt: skip
    if line.share >= share - SAME:
        return []
    return [
        say(
            "{asked:.4g} % is asked for and the list covers {share:.4g} %",
            asked=100 * share,
            share=100 * line.share,
        )
    ]


def listed_options(asked: AskedQuestion, listed: Sequence[ListedAction]) -> Ints:
    """Return the options that a list means, what stands among them.

    A free station of which the list says nothing is kept.

    Raises
    ------
    ProblemError
        for a row that names no place of the question, something that may not be done there, or
        that may mean several things.
    """
    of, table = asked.problem.options, asked.table
    at: dict[str, list[int]] = {}
    for number in range(len(of.action)):
        action = table.actions[int(of.action[number])]
        for word in {action.id, action.name}:
            at.setdefault(word, []).append(number)
    chosen = [asked.problem.standing_option]
    changed: set[int] = set()
    for one in listed:
        if one.place not in at:
            raise ProblemError(
                say(
                    "row {row}: {place} is no place of this question: import it with yizhan sites "
                    "import, or let the station change under [actions]",
                    row=one.row,
                    place=one.place,
                )
            )
        if one.what == "close":
            changed |= {_station(asked, number) for number in at[one.place]}
            continue
        option = _meant(asked, one, at[one.place])
        chosen.append(option)
        changed.add(_station(asked, option))
    n_years = len(asked.question.years_meant)
    for number in range(len(of.action)):
        action = table.actions[int(of.action[number])]
        whole = of.ends[number] == n_years
        if action.what == "keep" and whole and action.station not in changed:
            chosen.append(number)
    return np.unique(np.array(chosen, dtype=np.int64))


def _station(asked: AskedQuestion, option: int) -> int:
    return _action(asked, option).station


def _action(asked: AskedQuestion, option: int) -> Action:
    return asked.table.actions[int(asked.problem.options.action[option])]


def _meant(asked: AskedQuestion, one: ListedAction, options: Sequence[int]) -> int:
    """Return the one option that a row means: of several years the first."""
    of, years = asked.problem.options, asked.question.years_meant
    fits = []
    for number in options:
        action = _action(asked, number)
        year = years[int(of.begins[number])]
        if (
            (action.what == one.what if one.what else action.what != "keep")
            and one.kind in {"", action.kind}
            and one.hours in {"", action.hours}
            and one.year in {None, year}
            and (action.what != "keep" or of.ends[number] == len(years))
        ):
            fits.append(number)
    if not fits:
        raise ProblemError(
            say(
                "row {row}: what the list asks for at {place} is not among the actions of the "
                "question",
                row=one.row,
                place=one.place,
            )
        )
    several = {(a.what, a.id, a.kind, a.hours) for a in (_action(asked, k) for k in fits)}
    if len(several) > 1:
        may_be = ", ".join(sorted(" ".join(filter(None, (w, k, h))) for w, _, k, h in several))
        raise ProblemError(
            say(
                "row {row}: {place} may get several things: say which, of {may_be}",
                row=one.row,
                place=one.place,
                may_be=may_be,
            )
        )
    return min(fits, key=lambda number: (int(of.begins[number]), number))


def _broken(asked: AskedQuestion, use: Use) -> str:
    """Say how a limit is broken: options by what they stand for."""
    rule = use.rule
    if rule.kind == "required":
        what = in_words(asked, rule.number)
        return say("required, and not in the list: {place}", place="" if what is None else what.id)
    if rule.kind == "site":
        return say("more than one action at a place: {n}", n=int(use.used))
    if rule.kind == "forbidden":
        return say("forbidden, and in the list: {n}", n=int(use.used))
    return broken_words(use)
