"""More answers about a decision, in words: a list beside it, what stands, how it holds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from web.commands.common import table
from web.commands.goal_measure import measure_of
from web.commands.language import shown, spoken, told
from web.languages import message
from web.site.number_words import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from data.workspace import Workspace
    from planning.decisions import AskedQuestion, Decision
    from planning.decisions.explain import WhatIf
    from planning.decisions.listed import ListScore
    from planning.decisions.standing import StandingStations
    from web.commands.question_options import QuestionOptions
    from web.languages import Language
    from web.services import Done, Figures
    from web.services.decision_answers import Repriced, Shaken

F = TypeVar("F", bound="Callable[..., Any]")
_MOST_STATIONS = 20
# How much longer the draws may take than another explanation.
_DRAWS_TIMES = 3.0


@dataclass(frozen=True, eq=False)
class MoreAnswers:
    """What is told beside a decision, as figures and in words."""

    figures: Figures = field(default_factory=dict)
    words: list[object] = field(default_factory=list)


def more_answers_options(command: F) -> F:
    """Give a command the options of `more_answers` that are not those of a plan."""
    options = (
        click.option(
            "--score",
            type=click.Path(path_type=Path),
            metavar="LIST",
            help="Set a plan made by hand beside the answer of the question: CSV, XLSX or GeoJSON "
            "with id, and what, kind, hours, year where they matter.",
        ),
        click.option(
            "--stations",
            is_flag=True,
            help="What closing each station that stands would lose beside the plan, and how many "
            "could close together.",
        ),
        click.option(
            "--visits",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Check-ins as demand calibrate reads them: --stations begins with the worst used.",
        ),
        click.option(
            "--uncertainty",
            type=click.FloatRange(0, 3),
            metavar="SHARE",
            help="With --draws: draw the workers of each cell so far round what is said (0.3 is "
            "30 %), instead of the layers' weights.  [default: 0.3 where demand was imported]",
        ),
        click.option(
            "--failing",
            type=click.FloatRange(0, 1),
            metavar="SHARE",
            help="With --draws: the chance of a new place not to work.  [default: the share of "
            "stations that the reports of workers doubt]",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def more_answers(
    workspace: Workspace,
    asked: AskedQuestion,
    made: Decision,
    options: QuestionOptions,
    *,
    done: Done,
) -> MoreAnswers:
    """Make every further answer that is wanted beside a decision and its explanations."""
    from web.services.decision_answers import scored, shaken, standing

    more, t = MoreAnswers(), spoken()
    if options.score is not None:
        score = scored(asked, made, options.score)
        more.figures["score"] = score.as_dict()
        more.words.extend(_score(made, score, t))
    if options.stations or options.visits is not None:
        stands = standing(
            workspace,
            asked,
            made,
            when=options.when,
            counts=options.visits,
            seconds=options.explain_s,
        )
        more.figures["stations"] = stands.as_dict()
        more.words.extend(_stations(stands, t))
    if options.draws is not None:
        over = shaken(
            workspace,
            asked,
            made,
            n=options.draws,
            when=options.when,
            uncertainty=options.uncertainty,
            failing=options.failing,
            seed=options.seed,
            seconds=_DRAWS_TIMES * options.explain_s,
            done=done,
        )
        more.figures["robustness"] = over.as_dict()
        more.words.extend(_shaken(made, over, t))
    return more


def act_word(word: str, t: Language) -> str:
    """Say what is done."""
    return {
        "build": t("build"),
        "upgrade": t("upgrade"),
        "extend": t("extend hours"),
        "close": t("close"),
        "relocate": t("relocate"),
        "keep": t("keep"),
    }[word]


def what_words(what: WhatIf, t: Language) -> str:
    """Say what is done where, and from which year on."""
    return f"{act_word(what.what, t)} {what.id} {shown(what.kind, t.kind)} {what.year}"


def place_words(what: WhatIf, t: Language) -> str:
    """Say what is done where, in whatever year."""
    return f"{act_word(what.what, t)} {what.id} {shown(what.kind, t.kind)}"


def list_words(some: Iterable[WhatIf], t: Language) -> str:
    """Say several of them in a line, a dash for none."""
    return ", ".join(what_words(one, t) for one in some) or "—"


def per_cent_up(part: float) -> float:
    """Return a proved part in per cent, rounded up to what is printed of it."""
    return math.ceil(1e4 * part - 1e-6) / 100


def measured(made: Decision, figure: float, t: Language) -> str:
    """Say a figure with what the question counts."""
    if made.measure == "workers":
        return t("{n} workers", n=count(figure))
    return t("{n} worker-hours a week", n=count(figure))


def _score(made: Decision, score: ListScore, t: Language) -> list[object]:
    from web.services.decisions import EXPLAINED

    last = score.line(made.years[-1])
    words: list[object] = [
        t(
            "The list: {yuan} yuan until {year}, {share:.1f} % covered then ({covered} of "
            "{whole}); the best plan found covers {best:.1f} %.",
            yuan=f"{score.cost_yuan:,}",
            year=made.years[-1],
            share=100 * last.share,
            covered=count(last.covered),
            whole=measured(made, last.whole, t),
            best=100 * made.covered(year=made.years[-1]).share,
        )
    ]
    if score.broken:
        words.append(t("The list breaks limits, so the bound is not of such plans:"))
        words += [f"  {told(one)}" for one in score.broken]
    elif score.gap is not None and made.goal in EXPLAINED:
        words.append(
            t(
                "Proven: no plan within the limits covers more than {gap:.2f} % more than the list "
                "over the years.",
                gap=per_cent_up(score.gap),
            )
        )
    if made.goal not in EXPLAINED:
        measure = measure_of(made.goal)
        words.append(
            t(
                "By the goal the list has {own} and the plan {best}; no plan within the limits is "
                "better than {bound}.",
                own=measure.told(score.covered, t),
                best=measure.told(score.best, t),
                bound=measure.told(made.bound, t),
            )
        )
    rows = [
        (t("only the list"), list_words(score.only_here, t)),
        (t("only the plan"), list_words(score.only_there, t)),
    ]
    return [*words, table((t("does"), t("what")), rows, left=2)]


def _stations(stands: StandingStations, t: Language) -> list[object]:
    if not stands.lines:
        return [t("The plan leaves no station as it stands.")]
    counted = any(line.visits is not None for line in stands.lines)
    rows = [
        (
            line.id,
            line.name,
            shown(line.kind, t.kind),
            shown(line.district, t.district),
            *(
                (
                    "—" if line.visits is None else f"{line.visits:,.0f}",
                    "—" if line.visits_per_worker is None else f"{line.visits_per_worker:.2f}",
                )
                if counted
                else ()
            ),
            count(line.in_reach),
            count(line.lost),
            t("yes") if line.closes else t("no"),
        )
        for line in stands.lines[:_MOST_STATIONS]
    ]
    used = (t("visits"), t("visits a worker")) if counted else ()
    headings = (
        t("id"),
        t("station"),
        t("kind"),
        t("district"),
        *used,
        t("workers in reach"),
        t("closing loses"),
        t("can close with others"),
    )
    words: list[object] = [
        t("Whichever station that stands closed, somebody would miss it.")
        if not stands.n_redundant
        else t.plural(
            "{n} station that stands would be missed by nobody if it alone closed;",
            "{n} stations that stand would be missed by nobody if one of them closed;",
            n=stands.n_redundant,
        )
        + " "
        + t(
            "together {n} can close without a loss, and no more than {most}.",
            n=stands.n_together,
            most=stands.at_most,
        ),
        t("Those used worst first, in workers of today:")
        if counted
        else t("Those whose closing loses least first, in workers of today:"),
        table(headings, rows, left=4),
    ]
    if len(stands.lines) > _MOST_STATIONS:
        words.append(t("… and {n} more in --json.", n=len(stands.lines) - _MOST_STATIONS))
    return words


_SLOWER = {
    "winter": message("on ice and snow, ways a fifth to a third slower"),
    "rush": message("at rush hour, cars and lorries two fifths slower"),
}


def _shaken(made: Decision, over: Shaken, t: Language) -> list[object]:
    found = over.found
    low, high = found.covered_range
    drawn = (
        t("other weights of the layers")
        if over.drawn_by == "weights"
        else t("workers {share:.0f} % round what is said", share=100 * (over.uncertainty or 0.0))
    )
    words: list[object] = [
        t(
            "Over {n} draws ({drawn}; a new place does not work with a chance of {failing:.1f} %) "
            "the plan covers {low} to {high} (5-95 %), {worst} on average of the worst tenth; as "
            "assumed {covered}, added up over the years.",
            n=len(found.covered),
            drawn=drawn,
            failing=100 * over.failing,
            low=count(low),
            high=count(high),
            worst=count(found.planned.worst),
            covered=measured(made, over.covered, t),
        )
    ]
    words.append(
        t(
            "Plans were made anew for {n} of the draws in the time; how many of these plans use a "
            "place:",
            n=int((found.best == found.best).sum()),
        )
    )
    rows = [
        (place_words(what, t), t("yes") if planned else t("no"), f"{100 * share:.0f} %")
        for what, share, planned in over.chosen
    ]
    words.append(table((t("what"), t("in the plan"), t("chosen")), rows, left=2))
    if over.is_plan_the_robust_one:
        words.append(t("No other plan found covers more in its worst tenth."))
    else:
        best = found.candidates[0]
        words.append(
            t(
                "Best in its worst tenth is another plan, {worst} there: {actions}.",
                worst=count(best.worst),
                actions=list_words(over.worst_plan, t),
            )
        )
    words += [
        t(
            "Slower ways ({which}): the plan covers {covered}.",
            which=t(_SLOWER[name]),
            covered=measured(made, covered, t),
        )
        for name, covered in over.slower.items()
    ]
    return [*words, *(_at_prices(change, at, t) for change, at in over.prices.items())]


def _at_prices(change: str, at: Repriced, t: Language) -> str:
    if not at.is_plan:
        return (
            t("Prices {change}: no plan keeps the limits.", change=change)
            if at.status == "infeasible"
            else t("Prices {change}: no plan was found in the time.", change=change)
        )
    if not at.enters and not at.leaves:
        return t("Prices {change}: the plan stays.", change=change)
    return t(
        "Prices {change}: added {enters}; dropped {leaves}.",
        change=change,
        enters=list_words(at.enters, t),
        leaves=list_words(at.leaves, t),
    )
