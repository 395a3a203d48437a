"""What the answer to a question says beside its actions: who is covered, how long workers go."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from web.commands.common import table
from web.commands.language import shown
from web.commands.plan_answers import list_words
from web.site.number_words import count

if TYPE_CHECKING:
    from data.questions import Question
    from planning.decisions import Decision
    from planning.decisions.decision import CoveredLine
    from planning.decisions.explain import WeighedPlans
    from planning.decisions.nesting import Nesting
    from planning.decisions.silent import SilentEnds
    from web.languages import Language
    from web.services.decisions import Silence


def covered_words(made: Decision, t: Language) -> list[object]:
    """Say who is covered in which year, by group; by one and by two where two are the goal."""
    if not made.once:
        return [_by_year(made.coverage, made.years, t("covered"), t)]
    return [
        _by_year(made.coverage, made.years, t("two within reach"), t),
        _by_year(made.once, made.years, t("one within reach"), t),
    ]


def _by_year(
    lines: tuple[CoveredLine, ...], years: tuple[int, ...], heading: str, t: Language
) -> object:
    whole = {(line.group, line.year): line for line in lines if line.district == "all"}
    rows = []
    for group in dict.fromkeys(line.group for line in lines if line.year == years[0]):
        of_group = [whole[group, year] for year in years]
        if not any(line.whole for line in of_group):
            # nobody is of this group: a share of nobody would read as all of them left out
            continue
        rows.append(
            (
                t("all") if group == "all" else shown(group, t.group),
                f"{100 * of_group[-1].share_before:.1f} %",
                *(f"{100 * line.share:.1f} %" for line in of_group),
            )
        )
    without = t("without in {year}", year=years[-1])
    return table((heading, without, *map(str, years)), rows)


def times_words(made: Decision, t: Language) -> list[object]:
    """Say how long workers go, in the mean and by group; nothing where no time is counted."""
    if not made.times:
        return []
    last = made.time(year=made.years[-1])
    words: list[object] = [
        t(
            "Mean time to the nearest open place: {mean} min in {year}, without the plan "
            "{before} min. Who has none within the standard counts the time that the question "
            "states, or the standard's.",
            mean=_minutes(last.mean_s),
            year=last.year,
            before=_minutes(last.before_s),
        )
    ]
    if made.goal == "mean_time":
        words.append(
            t(
                "Over all years, as the goal counts workers: {mean} min, and no plan is below "
                "{bound} min.",
                mean=_minutes(made.objective),
                bound=_minutes(made.bound),
            )
        )
    without, rows = t("without in {year}", year=last.year), []
    for group in dict.fromkeys(line.group for line in made.times):
        lines = {line.year: line for line in made.times if line.group == group}
        rows.append(
            (
                t("all") if group == "all" else shown(group, t.group),
                _minutes(lines[max(lines)].before_s),
                *(_minutes(lines[y].mean_s) if y in lines else "—" for y in made.years),
            )
        )
    return [*words, table((t("minutes"), without, *map(str, made.years)), rows)]


def goal_words(made: Decision, question: Question, t: Language) -> list[object]:
    """Say what the goal counts, where that is no number of covered workers."""
    if made.goal == "seated" and (len(made.years) > 1 or question.goal.group_weights):
        return [
            t(
                "In the hour that is fullest today {n} workers can sit with these places if they "
                "are sent well, added up over the years as the goal counts.",
                n=count(made.objective),
            )
        ]
    if made.goal == "seated":
        return [
            t(
                "In the hour that is fullest today {n} workers can sit with these places, if they "
                "are sent well.",
                n=count(made.objective),
            )
        ]
    if made.goal == "two_in_reach":
        return [
            t(
                "Who has one place in reach counts once, who has two counts twice: {n} together. "
                "What an action adds is counted so.",
                n=count(made.objective),
            )
        ]
    if made.goal not in {"worst_group", "worst_district"}:
        return []
    by_group = made.goal == "worst_group"
    lines = [
        line
        for line in made.coverage
        if line.year == made.years[-1]
        and (line.group == "all") != by_group
        and (line.district == "all") == by_group
        and line.district != "outside"
        and line.whole
    ]
    worst = min(lines, key=lambda line: line.share)
    name = shown(worst.group, t.group) if by_group else shown(worst.district, t.district)
    return [
        t(
            "Worst off in {year} is {name} with {share:.1f} %; no plan lifts the worst off above "
            "{bound:.1f} %.",
            year=worst.year,
            name=name,
            share=100 * worst.share,
            bound=math.ceil(1e3 * made.bound - 1e-6) / 10,
        )
    ]


def silence_words(silence: Silence | None, t: Language) -> list[object]:
    """Say of how many stations too little is known to count them in effect; nothing on paper."""
    if silence is None or not silence.silent:
        return []
    return [
        t.plural(
            "{n} of {standing} stations counts for nobody or for fewer in effect, as its hours, "
            "way in or equipment are not known: yizhan effective says from where to where.",
            "{n} of {standing} stations count for nobody or for fewer in effect, as their hours, "
            "ways in or equipment are not known: yizhan effective says from where to where.",
            n=silence.silent,
            standing=silence.standing,
        )
    ]


def ends_words(ends: SilentEnds | None, t: Language) -> list[object]:
    """Say what the plan covers if all silent stations serve, and whether it stays the best."""
    if ends is None:
        return []
    rows = [
        (
            f"{year.year}",
            _shares(year.before_least, year.before_most, year.whole),
            _shares(year.covered_least, year.covered_most, year.whole),
        )
        for year in ends.years
    ]
    return [
        t("From none of these stations serving anybody more to all of them serving at every hour:"),
        table((t("year"), t("without"), t("covered")), rows, left=0),
        _at_that_end(ends, t),
    ]


def _at_that_end(ends: SilentEnds, t: Language) -> str:
    if ends.stays_best:
        return t("If all of them serve, this plan is proven the best too.")
    if not ends.more_least:
        return t(
            "If all of them serve, no better plan was found, and none covers more than {most} "
            "worker-hours a week more, added up over the years as the goal counts.",
            most=f"{ends.more_most:,.1f}",
        )
    return t(
        "If all of them serve, another plan covers {more} worker-hours a week more, added up over "
        "the years as the goal counts. It does {gained}, and leaves out {dropped}.",
        more=_ends(ends.more_least, ends.more_most),
        gained=list_words(ends.gained, t),
        dropped=list_words(ends.dropped, t),
    )


def _shares(least: float, most: float, whole: float) -> str:
    """Write two shares of a whole, once where they are the same figure."""
    low, high = (f"{100 * part / whole if whole else 0.0:.1f} %" for part in (least, most))
    return low if low == high else f"{low} – {high}"


def front_words(front: WeighedPlans | None, t: Language) -> list[object]:
    """Say what is best in neither of two measures alone; nothing where no front is asked for."""
    if front is None:
        return []
    if not front.points:
        return [t("The front has no plan: none was found that keeps these limits.")]
    heads = {
        "workers": t("workers"),
        "worker_hours": t("worker-hours"),
        "mean_time": t("minutes"),
        "money": t("yuan"),
        "worst_group": t("worst-off group"),
        "worst_district": t("worst-off district"),
    }
    rows = [
        (
            _figure(front.first, point.first),
            _figure(front.second, point.second),
            t("proved") if point.is_proved else _figure(front.raised, point.bound),
            f"{len(point.places)}",
        )
        for point in front.points
    ]
    raised = heads[front.raised]
    words = (
        t("All plans of which none is as good in one measure and better in the other:")
        if front.is_complete
        else t("Some plans of which none is known to be better in both measures:")
    )
    headings = (
        heads[front.first],
        heads[front.second],
        t("{measure} at best", measure=raised),
        t("actions"),
    )
    return [words, table(headings, rows, left=0)]


def nesting_words(made: Decision, nesting: Nesting | None, t: Language) -> list[object]:
    """Say what each year has less than a plan for it alone; nothing where there is one year."""
    if nesting is None:
        return []
    rows = [
        (
            f"{line.year}",
            f"{line.nested:,.1f}",
            _ends(line.alone_least, line.alone_most),
            _ends(*line.price),
        )
        for line in nesting.years
    ]
    headings = (t("year"), t("this plan"), t("a plan for it alone"), t("price of nesting"))
    less = max(nesting.plan - nesting.greedy, 0.0)
    greedy = (
        t("Always taking what adds most misses a floor, or something that must stand or close.")
        if nesting.greedy_breaks
        else t(
            "Always taking what adds most would cover {less} workers less, added up over the "
            "years.",
            less=f"{less:,.1f}",
        )
        if made.measure == "workers"
        else t(
            "Always taking what adds most would cover {less} worker-hours a week less, added up "
            "over the years.",
            less=f"{less:,.1f}",
        )
    )
    return [
        t("What is built stays. So much more would a plan for one year alone cover in it:"),
        table(headings, rows, left=0),
        greedy,
    ]


def _ends(least: float, most: float) -> str:
    """Write two ends, once where they are the same figure."""
    low, high = f"{least:,.1f}", f"{most:,.1f}"
    return low if low == high else f"{low}–{high}"


def _figure(measure: str, figure: float) -> str:
    if measure == "mean_time":
        return _minutes(figure)
    if measure == "money":
        return f"{figure:,.0f}"
    if measure in {"worst_group", "worst_district"}:
        return f"{100 * figure:.2f} %"
    return f"{figure:,.1f}"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.2f}"
