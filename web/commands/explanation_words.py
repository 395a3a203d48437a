"""What explains a decision, in words: why here, what more would bring, other plans, a curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.commands.common import table
from web.commands.goal_measure import measure_of
from web.commands.language import told
from web.commands.plan_answers import list_words, what_words
from web.site.number_words import count

if TYPE_CHECKING:
    from planning.decisions import Decision
    from planning.decisions.curve import CurvePoint
    from planning.decisions.explain import Explanation, WhatIf, WhyHere
    from web.languages import Language


def explanation_words(made: Decision, why: Explanation, t: Language) -> list[object]:
    """Say every explanation that was made."""
    return [*_why(made, why, t), *_prices(made, why, t), *_others(why, t), *_curve(why, t)]


def _of(what: WhatIf | None, t: Language) -> str:
    if what is None:
        return t("nothing")
    if what.what == "keep":
        return t("{id} stays as it is", id=what.id)
    return what_words(what, t)


def _instead(line: WhyHere, t: Language) -> str:
    return list_words(line.does, t) if line.does else _of(line.instead, t)


def _why(made: Decision, why: Explanation, t: Language) -> list[object]:
    if not why.why:
        return []
    ids, measure = {one.order: one.id for one in made.actions}, measure_of(made.goal)
    rows = [
        (
            line.order,
            ids[line.order],
            t("no plan without it") if line.is_needed else _instead(line, t),
            "—" if line.is_needed else measure.ends(line.costs_least, line.costs_most),
            "—"
            if line.neighbour is None
            else f"{_of(line.neighbour, t)} ({', '.join(map(told, line.kept_out_by))})",
        )
        for line in why.why
    ]
    headings = (t("order"), t("id"), t("runner-up"), t(measure.less), t("would do more, but for"))
    return [t("Why here and not there:"), table(headings, rows, left=3)]


def _amount(kind: str, amount: float) -> str:
    """Write yuan and numbers of options whole, and parts of workers as parts."""
    return f"{amount:,.1f}" if kind == "floor" else f"{amount:,.0f}"


def _prices(made: Decision, why: Explanation, t: Language) -> list[object]:
    if not why.prices:
        return []
    measure = measure_of(made.goal)
    rows = [
        (
            told(line.limit),
            *(_amount(line.kind, of) for of in (line.allows, line.used, line.step)),
            measure.ends(line.brings_least, line.brings_most),
        )
        for line in why.prices
    ]
    headings = (t("limit"), t("allows"), t("used"), t("a step more"), t(measure.more))
    return [t("What a little more would bring:"), table(headings, rows)]


def _others(why: Explanation, t: Language) -> list[object]:
    if not why.held:
        return []
    if not why.others:
        return [t("No other plan is nearly as good.")]
    rows = [(place, f"{100 * share:.0f} %") for place, share in why.held.items()]
    plans = [
        (
            number,
            list_words(plan.gained, t),
            list_words(plan.dropped, t),
            count(plan.covered),
            f"{plan.cost_yuan:,}",
        )
        for number, plan in enumerate(why.others, start=1)
    ]
    headings = (t("plan"), t("does instead"), t("leaves out"), t("covered at the end"), t("yuan"))
    return [
        t.plural(
            "{n} other plan is nearly as good:", "{n} other plans are nearly as good:", n=len(plans)
        ),
        table(headings, plans, left=3),
        t("How many of the plans, this one among them, use a place:"),
        table((t("id"), t("in the plans")), rows),
    ]


def _covered(point: CurvePoint) -> tuple[str, str]:
    """Write both lines at a point; ? where no plan was found in the time."""
    known = point.covered == point.covered
    return f"{point.covered:,.1f}" if known else "?", f"{point.bound:,.1f}"


def _curve(why: Explanation, t: Language) -> list[object]:
    if why.curve is None:
        return []
    rows = [
        (
            f"{point.amount:,.0f}",
            *((t("no plan"), "—") if point.bound != point.bound else _covered(point)),
        )
        for point in why.curve.points
    ]
    return [
        t("Money and what it covers, over the years of the plan:"),
        table((t("yuan"), t("covered"), t("at most")), rows, left=0),
    ]
