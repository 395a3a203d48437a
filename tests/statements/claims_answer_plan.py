"""Claims on the plan that answers a question: its sentence, its tables, why it is this one."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tests.planning.decisions.all_choices import NOTHING, Doing
from tests.statements.question_truths import (
    PLAN,
    ends_of,
    figures_of,
    headings_of,
    hours_of,
    listed_words,
    loosened_limits,
    moved_station,
    number_of,
    only_with,
    oracle_of,
    plan_of,
    use_of,
    words_of_act,
    worth_of,
    year_in_turn,
)
from tests.statements.rules import fixed, group_of
from tests.statements.streets import ALL, EAST, WEST, Oracle
from tests.statements.walker import Claim, Holds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.statements.streets import Choice, Counted
    from tests.statements.walker import Seen, Truth


#: Headings of what a worse plan has less, and of what a looser limit brings: how much of the goal's
#: measure is one of what is printed, and the digits.
LESS: Final = {
    "covers less": (1.0, 1), "yuan more": (1.0, 0), "points less": (1.0, 2),
    "minutes more": (60.0, 2), "counts less": (1.0, 1), "seats less": (1.0, 1),
}  # fmt: skip
MORE: Final = {
    "brings": (1.0, 1), "yuan less": (1.0, 0), "points more": (1.0, 2),
    "minutes less": (60.0, 2), "counts more": (1.0, 1), "seats more": (1.0, 1),
}  # fmt: skip
SHARE: Final = "share to be covered"


def _sentence(seen: Seen) -> dict[str, Truth]:
    of, plan = oracle_of(seen), plan_of(seen)
    last = of.years[-1]
    doings = [*plan.choice[0], *plan.choice[1]]
    return {
        "n": sum(one.what != "nothing" and one != Doing("keep") for one in doings),
        "yuan": of.yuan(plan),
        "year": last,
        "share": of.share(plan, last),
        "covered": of.covered(plan, last),
        "two": "two",
        "whole": of.whole(last),
        "before": of.share(of.today, last),
    }


def _proven(seen: Seen) -> dict[str, Truth]:
    of, plan = oracle_of(seen), plan_of(seen)
    worth, best = worth_of(of, plan), of.best(worth=lambda one: worth_of(of, one))
    sites = int(seen.said["sites"]) == len(of.city.sites)
    true = plan.keeps and abs(worth - best) < 1e-6 * max(abs(best), 1.0) and sites
    return {"sites": Holds(true, f"{worth} of {best}, keeps: {plan.keeps}")}


def _near(seen: Seen) -> dict[str, Truth]:
    """The best lies no farther above the plan than is proved."""
    of, plan = oracle_of(seen), plan_of(seen)
    worth, best = worth_of(of, plan), of.best(worth=lambda one: worth_of(of, one))
    gap = number_of(seen.said["gap"]) / 100
    true = plan.keeps and worth <= best + 1e-9 and best <= worth + gap * abs(worth) + 1e-9
    return {"gap": Holds(true, f"{worth} of {best}"), "sites": len(of.city.sites)}


def _worst_off(seen: Seen) -> dict[str, Truth]:
    of, plan, last = oracle_of(seen), plan_of(seen), oracle_of(seen).years[-1]
    worth = worth_of(of, plan)
    best = of.best(worth=lambda one: worth_of(of, one))
    name = seen.said["name"]
    own = (
        100 * of.covered(plan, last, ALL, name) / of.whole(last, ALL, name)
        if name in {WEST, EAST}
        else of.share(plan, last, group_of(name))
    )
    bound = number_of(seen.said["bound"])
    return {
        "year": last, "name": Holds(abs(own - worth) < 1e-9, f"{own} of {worth}"), "share": own,
        "bound": Holds(best - 1e-9 <= bound, f"{best}"),
    }  # fmt: skip


def _counted_twice(seen: Seen) -> dict[str, Truth]:
    """The words "one" and "two" stand for who has one place and who has two."""
    return {"n": plan_of(seen).value, "a": "one", "b": "two"}


def _seated_goal(seen: Seen) -> dict[str, Truth]:
    return {"n": worth_of(oracle_of(seen), plan_of(seen))}


def _no_share(seen: Seen) -> dict[str, Truth]:
    of, last = oracle_of(seen), oracle_of(seen).years[-1]
    most = max(of.share(one, last) for one in of.choices if one.keeps)
    asked = 100 * float(of.question.goal.share or 0.0)
    fits = most - 0.005 <= number_of(seen.said["most"]) and most < asked
    return {"asked": asked, "most": Holds(fits, f"{most}")}


def _until(of: Oracle, plan: Choice, done: list[Mapping[str, Any]], year: int) -> Counted:
    """The plan with only so many of its actions of a year done, and all of the years before."""
    at_sites, at_stations = (list(part) for part in plan)
    for site in range(len(at_sites)):
        if not any(one["what"] == "build" and of.row_of(one["id"]) == site for one in done):
            at_sites[site] = NOTHING
    for row, doing in enumerate(at_stations):
        named = of.city.ids[row]
        if doing.what == "keep":
            continue
        if not any(named in {one["id"], one["station"]} for one in done):
            at_stations[row] = Doing("keep")
    del year
    return of.counted((tuple(at_sites), tuple(at_stations)))


def _adds(seen: Seen, number: int) -> float:
    of, actions = oracle_of(seen), figures_of(seen)["actions"]
    year, plan = actions[number]["year"], plan_of(seen).choice
    if actions[number]["what"] == "close":
        return 0.0
    with_it, before = (_until(of, plan, actions[:k], year) for k in (number + 1, number))
    if of.question.goal.what == "two_in_reach":
        return with_it.value - before.value
    return of.covered(with_it, year) - of.covered(before, year)


def _paid(seen: Seen, number: int) -> int:
    """What an action costs from its year on, the running of what it makes included."""
    of, one = oracle_of(seen), figures_of(seen)["actions"][number]
    if one["what"] == "close":
        return 0
    row = of.row_of(one["station"] or one["id"])
    begun = np.array(of.years) >= one["year"]
    return sum(int(table[row][begun].sum()) for table in of.bill(plan_of(seen)).values())


def _action_cell(seen: Seen) -> dict[str, Truth] | None:
    at, number = seen.at, seen.at.number - 1
    if "adds" not in headings_of(seen):
        return None
    truths: dict[str, Callable[[], float]] = {
        "order": lambda: at.number,
        "year": lambda: figures_of(seen)["actions"][number]["year"],
        "yuan until the end": lambda: _paid(seen, number),
        "adds": lambda: _adds(seen, number),
        "yuan for each": lambda: _paid(seen, number) / _adds(seen, number),
    }
    return {"n": truths[at.column]()} if at.column in truths else None


def _action_id(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column != "id" or not {"yuan until the end"} & headings_of(seen):
        return None
    return {"id": figures_of(seen)["actions"][seen.at.number - 1]["id"]}


def _covered_cell(seen: Seen) -> dict[str, Truth] | None:
    of, column = oracle_of(seen), seen.at.column
    if column == seen.at.table:
        return None
    group = group_of(seen.at.row)
    is_today = column.startswith("without")
    one, year = (of.today, of.years[-1]) if is_today else (plan_of(seen), int(column))
    if seen.at.table == "one within reach":
        one = of.once(one.choice)
    return {"n": of.share(one, year, group)}


def _money_cell(seen: Seen) -> dict[str, Truth] | None:
    at, of = seen.at, oracle_of(seen)
    if "together" not in headings_of(seen) or at.column == "yuan":
        return None
    bill = of.bill(plan_of(seen))
    table = bill.get("own" if at.row == "own money" else at.row)
    if table is None:
        return {"n": Holds(true=False, why=f"payers are {list(bill)}")}
    if at.column == "together":
        return {"n": int(table.sum())}
    return {"n": int(table[:, of.years.index(int(at.column))].sum())}


def _does(choice: Choice, of: Oracle, action: Mapping[str, Any]) -> bool:
    """Whether a choice does anything at the place of an action; to stay as it is is nothing."""
    row, n_sites = of.row_of(action["id"]), len(of.city.sites)
    if row >= n_sites:
        return choice[1][row - n_sites].what not in {"keep", "relocate"}
    moved = any(one.what == "relocate" and one.to == row for one in choice[1])
    return moved or choice[0][row] != NOTHING


def _why_cell(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column not in LESS:
        return None
    of, plan = oracle_of(seen), plan_of(seen)
    action = figures_of(seen)["actions"][int(seen.at.cells[0]) - 1]
    without = of.best(
        where=lambda one: not _does(one, of, action), worth=lambda one: worth_of(of, one)
    )
    one, digits = LESS[seen.at.column]
    return ends_of(seen, (worth_of(of, plan) - without) / one, digits)


def _why_order(seen: Seen) -> dict[str, Truth] | None:
    if not LESS.keys() & headings_of(seen):
        return None
    action = figures_of(seen)["actions"][int(seen.at.cells[0]) - 1]
    if seen.at.column == "order":
        return {"n": action["order"]}
    return (
        {"n": Holds(seen.said["n"] == action["id"], action["id"])}
        if seen.at.column == "id"
        else None
    )


def _with(
    of: Oracle, choice: Choice, what: Mapping[str, Any], closing: Mapping[str, Any]
) -> Choice:
    """A choice after an exchange."""
    at_sites, at_stations = (list(part) for part in choice)
    n_sites, out = len(of.city.sites), of.row_of(closing["id"])
    if out < n_sites:
        at_sites[out] = NOTHING
        if closing["what"] == "relocate":
            at_stations[of.city.ids.index(closing["station"])] = Doing("keep")
    else:
        at_stations[out - n_sites] = Doing("keep")
    if what["what"] != "keep":
        made = of.choice_of([{"hours": hours_of(of, what), "station": moved_station(of), **what}])
        into = of.row_of(what["id"])
        if into < n_sites:
            at_sites[into] = made[0][into]
        else:
            at_stations[into - n_sites] = made[1][into - n_sites]
    return tuple(at_sites), tuple(at_stations)


def _why_instead(seen: Seen) -> dict[str, Truth] | None:
    """The best exchange is one of the best plans with one thing else, and keeps the limits."""
    if seen.at.column != "runner-up":
        return None
    of, plan = oracle_of(seen), plan_of(seen)
    order = int(seen.at.cells[0])
    action = figures_of(seen)["actions"][order - 1]
    (line,) = (one for one in figures_of(seen)["explanation"]["why"] if one["order"] == order)
    instead = line["instead"]
    if line["does"]:  # a whole plan without the place, whose worth the ends beside it hold
        apart = all(one["id"] != action["id"] for one in line["does"])
        told = listed_words(seen.said["words"], {words_of_act(one) for one in line["does"]})
        return told if apart else {"words": Holds(true=False, why=f"{action['id']} is in it")}
    words = words_of_act(instead)
    made = of.counted(_with(of, plan.choice, instead, action))
    others = [
        one
        for one in of.choices
        if one.keeps and not _does(one.choice, of, action) and _one_apart(plan, one, of, action)
    ]
    best = max((one.value for one in others), default=-math.inf)
    true = seen.said["words"] == words and made.keeps and made.value >= best - 1e-6
    return {"words": Holds(true, f"{words}: {made.value} of {best}, keeps: {made.keeps}")}


def _one_apart(plan: Counted, one: Counted, of: Oracle, action: Mapping[str, Any]) -> bool:
    """Whether a choice differs from the plan at the place of an action and one other at most."""
    pairs = [*zip(plan.choice[0], one.choice[0], strict=True),
             *zip(plan.choice[1], one.choice[1], strict=True)]  # fmt: skip
    apart = [row for row, (first, second) in enumerate(pairs) if first != second]
    return len(set(apart) - {of.row_of(action["id"])}) <= 1


def _why_neighbour(seen: Seen) -> dict[str, Truth] | None:
    """What would do more in its place covers more than the best exchange, and breaks the limits."""
    if seen.at.column != "would do more, but for":
        return None
    of, plan = oracle_of(seen), plan_of(seen)
    order = int(seen.at.cells[0])
    action = figures_of(seen)["actions"][order - 1]
    (line,) = (one for one in figures_of(seen)["explanation"]["why"] if one["order"] == order)
    what = line["neighbour"]
    made = of.counted(_with(of, plan.choice, what, action))
    names = dict(loosened_limits(of))
    kept = [name for name in line["kept_out_by"] if name in names]
    others = [name for name in line["kept_out_by"] if name not in names]
    known = {"spacing", "one action a station"} | {
        f"required: {pin.place}" for pin in of.question.required
    }
    breaks = all(
        not of.city_of(only_with(of, name)).keeps_limits(made.choice, of.tables(made))
        for name in kept
    )
    words = words_of_act(what)
    said = seen.said["words"] == f"{words} ({', '.join(line['kept_out_by'])})"
    instead = line["instead"]
    least = -math.inf
    if instead is not None:
        least = of.counted(_with(of, plan.choice, instead, action)).value
    true = said and breaks and set(others) <= known and made.value > least
    true &= not made.keeps or others == ["one action a station"]
    return {"words": Holds(true, f"{words}: {made.value} over {least}, {made.keeps}, {breaks}")}


def _price_cell(seen: Seen) -> dict[str, Truth] | None:
    of, plan, name = oracle_of(seen), plan_of(seen), seen.at.row
    if name == SHARE:
        whole = of.whole(of.years[-1])
        asked = float(of.question.goal.share or 0.0)
        allows, used, step = asked * whole, of.covered(plan, of.years[-1]), 0.01 * whole
    else:
        allows, used, step = use_of(of, plan, name)
    truth = {"allows": allows, "used": used, "a step more": step}.get(seen.at.column)
    return None if truth is None else {"n": truth}


def _limit_name(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column != "limit":
        return None
    return {"year": year_in_turn(seen)}


def _brings(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column not in MORE:
        return None
    of = oracle_of(seen)
    one, digits = MORE[seen.at.column]
    if seen.at.row == SHARE:
        less = of.question.goal.model_copy(update={"share": (of.question.goal.share or 0.0) - 0.01})
        more = of.question.model_copy(update={"goal": less})
    else:
        more = dict(loosened_limits(of))[seen.at.row]
    there = replace(of, question=more) if seen.at.row == SHARE else of
    best = of.best(question=more, worth=lambda one: worth_of(there, one))
    return ends_of(seen, (best - of.best(worth=lambda one: worth_of(of, one))) / one, digits)


CLAIMS: Final = (
    Claim(
        f"{PLAN}.* line",
        (
            (
                r"^{n} actions? for {yuan} yuan until {year}: {share} % "
                r"(?:covered|have (?P<two>two) stations within reach) then \({covered} of "
                r"{whole} (?:workers|worker-hours a week)\), without them {before} %\."
            ),
        ),
        _sentence,
    ),
    Claim(f"{PLAN}.* line", (r"Proven best among {sites} candidate sites",), _proven),
    Claim(
        f"{PLAN}.* line",
        ("Proven to lie within {gap} % of the best among {sites} candidate sites",),
        _near,
    ),
    Claim(
        f"{PLAN}.* line",
        ("^Worst off in {year} is {name:w} with {share} %; no plan lifts .* above {bound} %[.]$",),
        _worst_off,
    ),
    Claim(
        f"{PLAN}.* line",
        ("has (?P<a>one) place in .* has (?P<b>two) counts .*: {n} together",),
        _counted_twice,
    ),
    Claim(f"{PLAN}.* line", ("fullest today {n} workers can sit",), _seated_goal),
    Claim(
        f"{PLAN}.* line",
        ("^{asked} % is asked for, and no plan within the limits reaches more than {most} %$",),
        _no_share,
    ),
    fixed(f"{PLAN}.* heading", "^(?:two|one) within reach$"),
    fixed(f"{PLAN}.* ", "[(]one action a station[)]"),
    Claim(rf"{PLAN}.* cell \[order\|", ("^{n}$",), _action_cell),
    Claim(rf"{PLAN}.* cell \[order\|", (r"^(?P<id>[CS]\d)$",), _action_id),
    Claim(
        rf"{PLAN}.* cell \[(?:covered|two within reach|one within reach)\|",
        ("^{n} %$",),
        _covered_cell,
    ),
    Claim(rf"{PLAN}.* cell \[yuan\|", ("^{n}$",), _money_cell),
    Claim(rf"{PLAN}.* cell \[order\|", (r"^(?P<n>\d|[CS]\d)$",), _why_order),
    Claim(rf"{PLAN}.* cell \[order\|", ("^{low}(?:–{high})?$",), _why_cell),
    Claim(rf"{PLAN}.* cell \[order\|", ("^(?P<words>[a-zCS].* .*)$",), _why_instead),
    Claim(rf"{PLAN}.* cell \[order\|", ("^(?P<words>[a-zCS].* .*)$",), _why_neighbour),
    Claim(rf"{PLAN}.* cell \[limit\|", ("^{n}$",), _price_cell),
    Claim(rf"{PLAN}.* cell \[limit\|", (r"^money (?:up to|of) (?P<year>\d{4})$",), _limit_name),
    Claim(rf"{PLAN}.* cell \[limit\|", ("^{low}(?:–{high})?$",), _brings),
)
