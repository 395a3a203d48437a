"""Claims on what stands beside a plan: others, the curve, the front, years, a list, stations."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest

from tests.planning.decisions.all_choices import NOTHING, Doing
from tests.planning.decisions.test_front import figure_of, front_of_all
from tests.statements.question_truths import (
    PLAN,
    choice_of_words,
    counted_once,
    ends_of,
    figures_of,
    half_of,
    headings_of,
    listed_words,
    number_of,
    only_with,
    oracle_of,
    plan_of,
    street_of,
    use_of,
    words_of_act,
)
from tests.statements.streets import GROUPS, Oracle
from tests.statements.walker import Claim, Holds

if TYPE_CHECKING:
    from tests.statements.streets import Choice, Counted
    from tests.statements.walker import Seen, Truth


_FRONT: Final = {"workers": "workers", "money": "yuan", "mean_time": "minutes"}


def _other(seen: Seen, number: int) -> Counted:
    of, told = oracle_of(seen), figures_of(seen)["explanation"]["alternatives"][number]
    return of.counted(choice_of_words(of, told["places"]))


def _how_many_others(seen: Seen) -> dict[str, Truth]:
    """They keep the limits, lie within 1 % of what the plan adds, and are not the plan."""
    of, plan = oracle_of(seen), plan_of(seen)
    told = figures_of(seen)["explanation"]["alternatives"]
    made = [_other(seen, k) for k in range(len(told))]
    least = plan.value - 0.01 * (plan.value - of.today.value)
    near = all(one.keeps and one.value >= least - 1e-6 for one in made)
    apart = len({one.choice for one in (*made, plan)}) == len(made) + 1
    return {"n": Holds(near and apart and int(seen.said["n"]) == len(told), f"{near}, {apart}")}


def _others_cell(seen: Seen) -> dict[str, Truth] | None:
    at, of = seen.at, oracle_of(seen)
    one = _other(seen, at.number - 1)
    truths = {
        "plan": at.number, "covered at the end": of.covered(one, of.years[-1]),
        "yuan": of.yuan(one),
    }  # fmt: skip
    return {"n": truths[at.column]} if at.column in truths else None


def _others_words(seen: Seen) -> dict[str, Truth] | None:
    told = figures_of(seen)["explanation"]["alternatives"][seen.at.number - 1]
    here = {words_of_act(one) for one in told["places"]}
    there = {words_of_act(one) for one in figures_of(seen)["actions"] if one["what"] != "close"}
    sets = {"does instead": here - there, "leaves out": there - here}
    if seen.at.column not in sets:
        return None
    return listed_words(seen.said["words"], sets[seen.at.column])


def _held_cell(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column != "in the plans":
        return None
    plans = [
        figures_of(seen)["actions"],
        *(one["places"] for one in figures_of(seen)["explanation"]["alternatives"]),
    ]
    used = [any(one["id"] == seen.at.row for one in plan) for plan in plans]
    return {"n": 100 * sum(used) / len(plans)}


def _held_id(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column != "id" or "in the plans" not in headings_of(seen):
        return None
    return {
        "id": Holds(
            seen.said["id"] in [*oracle_of(seen).city.sites.ids, *oracle_of(seen).city.ids], ""
        )
    }


def _budget(of: Oracle, amount: float) -> Any:  # noqa: ANN401 - a question
    """The question with so much money in all, what free stations cost today among it."""
    sums = list(of.question.money_by_year or ())
    sums[-1] = math.floor(amount) - int(of.free_today.sum()) - sum(sums[:-1])
    money = of.question.money.model_copy(update={"yuan_by_year": tuple(sums)})
    return of.question.model_copy(update={"money": money})


def _curve_cell(seen: Seen) -> dict[str, Truth] | None:
    at, of = seen.at, oracle_of(seen)
    if "at most" not in headings_of(seen):
        return None
    points = figures_of(seen)["explanation"]["curve"]["points"]
    whole = sum(of.question.money_by_year or ()) + int(of.free_today.sum())
    amount = whole * (at.number - 1) / (len(points) - 1)
    if at.column == "yuan":
        return {"n": amount}
    best, near = of.best(question=_budget(of, amount)), half_of(1)
    said = number_of(seen.said["n"])
    true = said <= best + near if at.column == "covered" else said >= best - near
    return {"n": Holds(true, f"{best}")}


def _front(seen: Seen) -> list[tuple[float, float]]:
    of = oracle_of(seen)
    wanted = of.question.front
    return counted_once(
        seen, "front", lambda: sorted(front_of_all(of.city, wanted.first, wanted.second))
    )


def _at_best(seen: Seen, point: tuple[float, float]) -> Holds:
    """No plan that is as good in the other measure passes what is proved."""
    wanted, said = oracle_of(seen).question.front, number_of(seen.said["n"])
    word = {name: key for key, name in _FRONT.items()}[seen.at.column.removesuffix(" at best")]
    truth = point[[wanted.first, wanted.second].index(word)]
    if word == "mean_time":
        return Holds(said <= truth / 60 + 0.005 + 1e-6, f"{truth / 60}")
    return Holds(said <= truth + 0.5 if word == "money" else said >= truth - 0.05, f"{truth}")


def _front_cell(seen: Seen) -> dict[str, Truth] | None:
    at = seen.at
    if "actions" not in headings_of(seen):
        return None
    told = figures_of(seen)["explanation"]["front"]["points"]
    points, place, of = _front(seen), at.number - 1, oracle_of(seen)
    if at.column == "actions":
        made = of.counted(choice_of_words(of, told[place]["places"]))
        fits = made.keeps and points[place] == pytest.approx(
            tuple(
                figure_of(of.city, made.choice, word, of.seconds)
                for word in (of.question.front.first, of.question.front.second)
            ),
            abs=1e-5,
        )
        n = len(told[place]["places"])
        return {"n": Holds(fits and int(seen.said["n"]) == n, f"{made.value} {of.yuan(made)}")}
    if at.column.endswith(" at best"):
        return {"n": _at_best(seen, points[place])}
    columns = [_FRONT[word] for word in (of.question.front.first, of.question.front.second)]
    scale = 60.0 if at.column == "minutes" else 1.0
    if at.column not in columns or len(told) != len(points):
        return {"n": Holds(true=False, why=f"{len(told)} of {len(points)} points")}
    return {"n": points[place][columns.index(at.column)] / scale}


def _year_alone(of: Oracle, at: int) -> float:
    """The most that a plan for one year covers in it, with the limits that hold until then."""
    asked, last = of.question, at + 1 == len(of.years)
    year = of.years[at]

    def until(parts: Any, *, by_then: bool = False) -> Any:  # noqa: ANN401
        return tuple(
            one for one in parts
            if (last or not by_then if one.year is None else one.year <= year)
        )  # fmt: skip

    cut = asked.model_copy(update={
        "years": asked.years.model_copy(update={"count": at + 1}),
        "money": asked.money.model_copy(
            update={"yuan_by_year": (asked.money_by_year or ())[: at + 1]}),
        "required": until(asked.required, by_then=True), "forbidden": until(asked.forbidden),
        "money_limits": until(asked.money_limits), "count_limits": until(asked.count_limits),
        "floors": until(asked.floors, by_then=True),
        "zones": asked.zones if last else tuple(z for z in asked.zones if z.rule == "exclude"),
    })  # fmt: skip
    short = Oracle(of.workspace, cut)
    return short.best(worth=lambda one: short.value_of_year(one, year))


def _nesting_cell(seen: Seen) -> dict[str, Truth] | None:
    at, of = seen.at, oracle_of(seen)
    year = int(at.cells[0])
    if at.column == "year":
        return {"low": of.years[at.number - 1], "high": 0}
    nested = of.value_of_year(plan_of(seen), year)
    alone = _year_alone(of, of.years.index(year))
    truths = {"this plan": nested, "a plan for it alone": alone, "price of nesting": alone - nested}
    return ends_of(seen, truths[at.column]) if at.column in truths else None


def _greedy(of: Oracle) -> Counted:
    """Take what adds most and keeps the limits of money and number, until nothing does."""
    loose = of.city_of(of.question.model_copy(update={"floors": (), "zones": tuple(
        zone for zone in of.question.zones if zone.rule == "exclude")}))  # fmt: skip
    now = of.today
    while True:
        steps = [one for one in of.choices if _one_more(now.choice, one.choice)
                 and one.value > now.value + 1e-9
                 and loose.keeps_limits(one.choice, of.tables(one))]  # fmt: skip
        if not steps:
            return now
        now = max(steps, key=lambda one: one.value)


def _one_more(now: Choice, then: Choice) -> bool:
    """Whether a choice does one thing more: builds a place, changes one that stays where it is."""
    pairs = [*zip(now[0], then[0], strict=True), *zip(now[1], then[1], strict=True)]
    apart = [(first, second) for first, second in pairs if first != second]
    return len(apart) == 1 and all(
        first in {NOTHING, Doing("keep")} and second.what in {"build", "upgrade", "extend"}
        for first, second in apart
    )


def _greedy_less(seen: Seen) -> dict[str, Truth]:
    of = oracle_of(seen)
    made = _greedy(of)
    true = (
        made.keeps and abs(number_of(seen.said["less"]) - (plan_of(seen).value - made.value)) < 0.06
    )
    return {"less": Holds(true, f"{plan_of(seen).value} and {made.value}, keeps: {made.keeps}")}


def _list(seen: Seen) -> Counted:
    """The list of the test: rows of id and kind, built in the first year."""
    of = oracle_of(seen)
    words = seen.at.face.split()
    file = street_of(seen).folder / words[words.index("--score") + 1]
    rows = [line.split(",") for line in file.read_text("utf-8").splitlines()[1:]]
    return of.counted(of.choice_of([
        {"what": "build", "id": place, "kind": kind, "year": of.years[0], "station": "",
         "hours": of.question.actions.build_hours[0]} for place, kind in rows
    ]))  # fmt: skip


def _score_line(seen: Seen) -> dict[str, Truth]:
    of, made = oracle_of(seen), _list(seen)
    last = of.years[-1]
    return {
        "yuan": of.yuan(made), "year": last, "share": of.share(made, last),
        "covered": of.covered(made, last), "whole": of.whole(last),
        "best": of.share(plan_of(seen), last),
    }  # fmt: skip


def _broken(seen: Seen) -> dict[str, Truth]:
    of, made = oracle_of(seen), _list(seen)
    name = seen.said["name"].partition("'")[2].removesuffix("'")
    alone = of.city_of(only_with(of, name))
    allows, used, _ = use_of(of, made, name)
    kept = alone.keeps_limits(made.choice, of.tables(made))
    return {"name": Holds(not kept, "it is kept"), "allows": allows, "used": used}


def _score_gap(seen: Seen) -> dict[str, Truth]:
    of, made = oracle_of(seen), _list(seen)
    gap = 100 * (of.best() - made.value) / made.value
    return {
        "gap": Holds(made.keeps and 0 <= number_of(seen.said["gap"]) - gap + 0.006 < 0.1, f"{gap}")
    }


def _score_words(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.table != "does" or seen.at.column != "what":
        return None
    of, made = oracle_of(seen), _list(seen)
    here = {
        f"build {of.city.sites.ids[row]} {one.kind} {of.years[one.year]}"
        for row, one in enumerate(made.choice[0]) if one.what == "build"
    }  # fmt: skip
    there = {words_of_act(one) for one in figures_of(seen)["actions"] if one["what"] != "close"}
    sets = {"only the list": here - there, "only the plan": there - here}
    return listed_words(seen.said["words"], sets[seen.at.row])


def _stands(of: Oracle, plan: Counted) -> dict[str, dict[str, np.ndarray]]:
    """Whom each place reaches and serves at the end: by its id, bool[n_cells] a group."""
    ids = [*of.city.sites.ids, *of.city.ids]
    states = of.city.standing(*plan.choice, len(of.years) - 1)
    found = {}
    for place, own, row, _ in states:
        name = of.city.ids[row] if row >= 0 else ids[place]
        found[name] = {
            group: of.city.near[group][place] & bool(of.city.settings.group(group).kinds & set(own))
            for group in GROUPS
        }
    return found


def _left(seen: Seen) -> dict[str, dict[str, np.ndarray]]:
    """Those of the stations that the plan leaves as they are."""
    of, plan = oracle_of(seen), plan_of(seen)
    kept = {of.city.ids[row] for row, one in enumerate(plan.choice[1]) if one == Doing("keep")}
    return {name: reach for name, reach in _stands(of, plan).items() if name in kept}


def _reached(seen: Seen, closed: tuple[str, ...]) -> float:
    """Workers of today who are reached when some stations close beside the plan."""
    of, stands = oracle_of(seen), _stands(oracle_of(seen), plan_of(seen))
    total = 0.0
    for number, group in enumerate(GROUPS):
        hit = np.any([reach[group] for name, reach in stands.items() if name not in closed], axis=0)
        total += float((of.city.demand.weights[:, number] * hit).sum())
    return total


def _lost(seen: Seen, *closed: str) -> float:
    return _reached(seen, ()) - _reached(seen, closed)


def _together(seen: Seen) -> int:
    names = sorted(_left(seen))
    sizes = [
        n for n in range(len(names) + 1)
        if any(_lost(seen, *some) < 1e-9 for some in combinations(names, n))
    ]  # fmt: skip
    return max(sizes)


def _redundant(seen: Seen) -> dict[str, Truth]:
    return {
        "n": sum(_lost(seen, name) < 1e-9 for name in _left(seen)),
        "together": _together(seen),
        "most": _together(seen),
    }


def _station_cell(seen: Seen) -> dict[str, Truth] | None:
    at, of = seen.at, oracle_of(seen)
    if "closing loses" not in headings_of(seen):
        return None
    reach = _stands(of, plan_of(seen))[at.row]
    weights = of.city.demand.weights
    in_reach = sum(float(weights[:, k][reach[group]].sum()) for k, group in enumerate(GROUPS))
    if at.column == "id":
        return {"n": Holds(seen.said["n"] == at.row, "")}
    visits = street_of(seen).visits.get(at.row)
    truths = {"workers in reach": in_reach, "closing loses": _lost(seen, at.row), "visits": visits,
              "visits a worker": None if visits is None else visits / in_reach}  # fmt: skip
    truth = truths.get(at.column)
    return None if truth is None else {"n": truth}


CLAIMS: Final = (
    Claim(f"{PLAN}.* line", ("^{n} other plans? (?:is|are) nearly as good:$",), _how_many_others),
    Claim(rf"{PLAN}.* cell \[plan\|", ("^{n}$",), _others_cell),
    Claim(rf"{PLAN}.* cell \[plan\|", ("^(?P<words>[a-z].* .*)$",), _others_words),
    Claim(rf"{PLAN}.* cell \[id\|", ("^{n} %$",), _held_cell),
    Claim(rf"{PLAN}.* cell \[id\|", (r"^(?P<id>[CS]\d)$",), _held_id),
    Claim(rf"{PLAN}.* cell \[yuan\|", ("^{n}$",), _curve_cell),
    Claim(rf"{PLAN}.* cell \[(?:workers|yuan)\|", ("^{n}$",), _front_cell),
    Claim(rf"{PLAN}.* cell \[year\|", ("^{low}(?:–{high})?$",), _nesting_cell),
    Claim(f"{PLAN}.* line", ("would cover {less} workers less",), _greedy_less),
    Claim(
        f"{PLAN}.* line",
        (
            (
                r"^The list: {yuan} yuan until {year}, {share} % covered then \({covered} of "
                r"{whole} "
                r"workers\); the best plan found covers {best} %\.$"
            ),
        ),
        _score_line,
    ),
    Claim(
        f"{PLAN}.* line",
        ("^{name:w} (?:asks for|allows) {allows} and the list (?:covers|takes) {used}$",),
        _broken,
    ),
    Claim(f"{PLAN}.* line", ("covers more than {gap} % more than the list",), _score_gap),
    Claim(rf"{PLAN}.* cell \[does\|", ("^(?P<words>[a-z].* .*)$",), _score_words),
    Claim(
        f"{PLAN}.* line",
        (
            (
                "^{n} stations? that stands? would be missed by nobody if .* closed; together "
                "{together} can close without a loss, and no more than {most}"
            ),
        ),
        _redundant,
    ),
    Claim(rf"{PLAN}.* cell \[id\|", (r"^(?P<n>[\d,.]+|[CS]\d)$",), _station_cell),
)
