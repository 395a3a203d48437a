"""What the claims on a question's answer share: the plan as a choice, its limits, its seats."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.optimize import linprog

from tests.planning.decisions.all_choices import within_span
from tests.planning.decisions.test_mean_time import mean_of
from tests.statements.streets import ALL, EAST, GROUPS, WEST, Oracle
from tests.statements.walker import Holds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.statements.streets import Choice, Counted, Street
    from tests.statements.walker import Seen, Truth


PLAN: Final = "^cli plan --(?:question|from-scenario) "
_STEP_YUAN: Final = 100_000
_SEATS: Final = {"S0": 4.0, "S1": 3.0}


def street_of(seen: Seen) -> Street:
    return seen.city  # type: ignore[return-value]


def oracle_of(seen: Seen) -> Oracle:
    return street_of(seen).oracle(seen.at.face)


def figures_of(seen: Seen) -> Mapping[str, Any]:
    return street_of(seen).questions[seen.at.face].figures


def plan_of(seen: Seen) -> Counted:
    return counted_once(seen, "plan", lambda: oracle_of(seen).plan(figures_of(seen)))


def counted_once(seen: Seen, what: object, count: Callable[[], Any]) -> Any:  # noqa: ANN401 - any truth
    """Count a truth of a face once, however many of its numbers speak of it."""
    kept = street_of(seen).counted
    key = (seen.at.face, what)
    if key not in kept:
        kept[key] = count()
    return kept[key]


def number_of(text: str) -> float:
    return float(text.replace(",", "").removesuffix(" %"))


def half_of(digits: int) -> float:
    return 0.5 * 10.0**-digits + 1e-6


def ends_of(seen: Seen, truth: float, digits: int = 1) -> dict[str, Truth]:
    """Two proved ends hold the truth between them; one figure is the truth."""
    if seen.said["high"] is None:
        return {"low": truth, "high": truth}
    near = half_of(digits)
    low, high = number_of(seen.said["low"]), number_of(seen.said["high"])
    return {
        "low": Holds(low <= truth + near, f"{truth}"),
        "high": Holds(truth - near <= high, f"{truth}"),
    }


def row_of_cell(seen: Seen) -> list[Any]:
    at = seen.at
    return [
        piece
        for piece in street_of(seen).pieces(at.face)
        if (piece.place, piece.table, piece.number, piece.cells) == ("cell", at.table, at.number,
                                                                     at.cells)
    ]  # fmt: skip


def headings_of(seen: Seen) -> set[str]:
    return {piece.column for piece in row_of_cell(seen)}


def year_in_turn(seen: Seen) -> int:
    """The year that stands here when the years of a table's heading, or of a column, follow."""
    at = seen.at
    before = [
        piece
        for piece in street_of(seen).pieces(at.face)
        if (piece.place, piece.table, piece.column) == (at.place, at.table, at.column)
        and piece.number < at.number
        and re.fullmatch(r"(?:money (?:up to|of) )?\d{4}", piece.text)
    ]
    return oracle_of(seen).years[len(before)]


def words_of_act(one: Mapping[str, Any]) -> str:
    if one["what"] == "keep":
        return f"{one['id']} stays as it is"
    return f"{one['what']} {one['id']} {one['kind']} {one['year']}"


def moved_station(of: Oracle) -> str:
    """The one station of these questions that may move."""
    closing = {pin.place for pin in of.question.required if pin.what == "close"}
    free = [of.city.ids[row] for row in range(len(of.city.ids)) if of.city.policy(row) == "free"]
    return "".join([station for station in free if station not in closing][:1])


def hours_of(of: Oracle, what: Mapping[str, Any]) -> str:
    asked = of.question.actions
    return asked.build_hours[0] if what["what"] == "build" else "".join(asked.extend_hours[:1])


def choice_of_words(of: Oracle, places: list[Mapping[str, Any]]) -> Choice:
    moved = moved_station(of)
    return of.choice_of([
        {"hours": hours_of(of, one), "station": moved if one["what"] == "relocate" else "", **one}
        for one in places
    ])  # fmt: skip


def listed_words(said: str, true: set[str]) -> dict[str, Truth]:
    told = set() if said == "—" else set(said.split(", "))
    return {"words": Holds(told == true, f"{sorted(true)}")}


def loosened_limits(of: Oracle) -> list[tuple[str, Any]]:
    """The limits with an amount, each by its name and the question in which it allows a step."""
    asked = of.question
    found: list[tuple[str, Any]] = []
    sums = asked.money_by_year
    if sums is not None:
        for at, year in enumerate(of.years):
            more = list(sums)
            more[at] += _STEP_YUAN
            if asked.money.carry_over and at + 1 < len(more):
                more[at + 1] -= _STEP_YUAN
            word = "money up to" if asked.money.carry_over else "money of"
            money = asked.money.model_copy(update={"yuan_by_year": tuple(more)})
            found.append((f"{word} {year}", asked.model_copy(update={"money": money})))
    if asked.new is not None:
        found.append(("new stations", asked.model_copy(update={"new": asked.new + 1})))
    for field, key, step in (
        ("money_limits", "most_yuan", _STEP_YUAN), ("count_limits", "most", 1),
        ("floors", "least_share", -0.01),
    ):  # fmt: skip
        for number, one in enumerate(getattr(asked, field)):
            parts = list(getattr(asked, field))
            parts[number] = one.model_copy(update={key: max(getattr(one, key) + step, 0.0)})
            found.append((one.name, asked.model_copy(update={field: tuple(parts)})))
    return found


def only_with(of: Oracle, name: str) -> Any:  # noqa: ANN401 - a question
    """The question with one of its limits alone."""
    asked = of.question
    free = {"new": None, "money_limits": (), "count_limits": (), "floors": (), "zones": (),
            "required": (), "forbidden": (), "earliest": (), "spacing_m": 0.0}  # fmt: skip
    money = asked.money
    if name.startswith("money "):
        year = int(name.rsplit(maxsplit=1)[-1])
        sums = [
            10**9 if y > year else s
            for y, s in zip(of.years, asked.money_by_year or (), strict=False)
        ]
        if not asked.money.carry_over:
            sums = [s if y == year else 10**9 for y, s in zip(of.years, sums, strict=False)]
        money = money.model_copy(update={"yuan_by_year": tuple(sums)})
    else:
        money = money.model_copy(update={"yuan_by_year": ()})
    kept: dict[str, Any] = {"money": money}
    if name == "new stations":
        kept["new"] = asked.new
    for field in ("money_limits", "count_limits", "floors", "zones"):
        kept[field] = tuple(one for one in getattr(asked, field) if one.name == name)
    if name == "spacing":
        kept["spacing_m"] = asked.spacing_m
    return asked.model_copy(update=free | kept)


def use_of(of: Oracle, one: Counted, name: str) -> tuple[float, float, float]:
    """What a limit allows, what a choice uses of it, and the step that is looked at."""
    asked = of.question
    if name.startswith("money "):
        at = of.years.index(int(name.rsplit(maxsplit=1)[-1]))
        years = slice(0, at + 1) if asked.money.carry_over else slice(at, at + 1)
        payer = asked.money.payer
        bill, today = of.bill(one), of.free_today
        tables = list(bill.values()) if payer is None else [bill[payer]]
        had = sum((asked.money_by_year or ())[years])
        if payer in {None, "own"}:
            had += int(today[:, years].sum())
        return had, int(sum(table[:, years].sum() for table in tables)), _STEP_YUAN
    if name == "new stations":
        built = sum(doing.what == "build" for doing in one.choice[0])
        return float(asked.new or 0), built, 1
    for limit in asked.money_limits:
        if limit.name == name:
            paid = of.city.paid(one.choice)
            tables = [paid[limit.payer]] if limit.payer else list(paid.values())
            table = sum(tables)
            rows = [k for k in range(len(table)) if of.city._of(one.choice, k, limit.kinds)]
            return limit.most_yuan, int(np.maximum(table[rows], 0).sum()), _STEP_YUAN
    for count in asked.count_limits:
        if count.name == name:
            doings = [*one.choice[0], *one.choice[1]]
            n = sum(
                doing.what not in {"nothing", "keep"}
                and (count.year is None or of.years[doing.year] == count.year)
                for doing in doings
            )
            return count.most, n, 1
    (floor,) = (limit for limit in asked.floors if limit.name == name)
    year = floor.year or of.years[-1]
    groups, at = floor.groups or GROUPS, of.years.index(year)
    hours = slice(None) if floor.hours is None else within_span(*floor.hours)
    people = {group: of.city.people[at][group][:, hours] for group in groups}
    whole = float(sum(there.sum() for there in people.values()))
    used = float(sum((there * one.hit[at][g][:, hours]).sum() for g, there in people.items()))
    return floor.least_share * whole, used, 0.01 * whole


def worth_of(of: Oracle, one: Counted) -> float:
    """What the goal counts: more is better."""
    goal, last = of.question.goal, of.years[-1]
    if goal.what == "mean_time":
        return -mean_of(of.city, one.choice, of.seconds, float(goal.beyond_s or 0.0))
    if goal.what == "cheapest":
        enough = of.share(one, last) >= 100 * float(goal.share or 0.0) - 1e-9
        return float(-of.yuan(one)) if enough else -math.inf
    if goal.what == "worst_group":
        return min(of.share(one, last, group) for group in GROUPS)
    if goal.what == "worst_district":
        return min(
            100 * of.covered(one, last, ALL, place) / of.whole(last, ALL, place)
            for place in (WEST, EAST)
        )
    if goal.what == "seated":
        return most_seated(of, one, *_fullest_today(of))
    return one.value


def _fullest_today(of: Oracle) -> tuple[int, int]:
    hours = [(day, hour) for day in (0, 5) for hour in range(24)]
    return max(hours, key=lambda at: round(overflow_of(of, of.today, *at), 9))


def open_at_end(of: Oracle, plan: Counted) -> list[tuple[str, int, set[str], np.ndarray, float]]:
    """What stands at the end: id, place, kinds, open hours, seats (inf where not known).

    Of two that are as near, workers go to the one that stands unchanged, then in the plan's order.
    """
    ids = [*of.city.sites.ids, *of.city.ids]
    found = [
        (of.city.ids[row] if row >= 0 else ids[place], place, set(own), hours,
         _seats_of(of, row, own))
        for place, own, row, hours in of.city.standing(*plan.choice, len(of.years) - 1)
    ]  # fmt: skip
    order = of.orders.get(plan.choice, {})
    return sorted(found, key=lambda one: (order.get(one[0], 0), one[0]))


def _seats_of(of: Oracle, row: int, kinds: tuple[str, ...]) -> float:
    """A new place has those of its kind; a station made better the more of both."""
    named = of.question.capacity.seats_by_kind
    if row < 0:
        return float(named.get(kinds[-1], math.inf))
    old = _SEATS[of.city.ids[row]]
    return max(old, named.get(kinds[-1], 0.0)) if len(kinds) > 1 else old


def wanted_seats(of: Oracle, day: int, hour: int) -> dict[str, np.ndarray]:
    """Who wants a seat: the workers of the last year, there, at a rest, sitting at once."""
    demand, at = of.city.demand, len(of.years) - 1
    people = {g: of.city.people[at][g][:, 0] for g in GROUPS}
    if of.question.goal.what == "worker_hours":
        people = {g: demand.weights[:, k] for k, g in enumerate(GROUPS)}
    return {
        g: people[g] * demand.presence[k] * demand.profile[k, int(day >= 5), hour]
        * of.question.capacity.at_once
        for k, g in enumerate(GROUPS)
    }  # fmt: skip


def seating_of(
    of: Oracle, plan: Counted, day: int, hour: int, *, full: bool = True
) -> dict[Any, float]:
    """Who sits where, by (group, cell, place): the shortest ways are filled first."""
    key = (plan.choice, day, hour, full)
    if key not in of.seated:
        of.seated[key] = _seat(of, plan, day, hour, full=full)
    return of.seated[key]


def _seat(of: Oracle, plan: Counted, day: int, hour: int, *, full: bool) -> dict[Any, float]:
    seconds, there = of.seconds, open_at_end(of, plan)
    ways = sorted(
        (float(np.float32(seconds[group][place][cell])), number, cell, rank, name, group)
        for rank, (name, place, own, hours, _) in enumerate(there) if hours[24 * day + hour]
        for number, group in enumerate(GROUPS)
        if of.city.settings.group(group).kinds & own
        for cell in np.flatnonzero(np.isfinite(seconds[group][place])).tolist()
    )  # fmt: skip
    left = {(g, c): w for g, row in wanted_seats(of, day, hour).items() for c, w in enumerate(row)}
    room = {name: seats if full else math.inf for name, _, _, _, seats in there}
    sat: dict[Any, float] = {}
    for _, _, cell, _, name, group in ways:
        goes = min(left[group, cell], room[name])
        if goes > 0:
            sat[group, cell, name] = goes
            left[group, cell] -= goes
            room[name] -= goes
    return sat


def overflow_of(of: Oracle, plan: Counted, day: int, hour: int) -> float:
    near, sat = (sum(seating_of(of, plan, day, hour, full=full).values()) for full in (False, True))
    return near - sat


def most_seated(of: Oracle, plan: Counted, day: int, hour: int) -> float:
    """The largest flow from workers to seats, as a linear programme."""
    ways = list(_pairs(of, plan, day, hour))
    wanted, names = wanted_seats(of, day, hour), open_at_end(of, plan)
    rows = [[float((g, c) == (group, cell)) for group, cell, _ in ways]
            for g in GROUPS for c in range(len(wanted[g]))]  # fmt: skip
    most = [wanted[g][c] for g in GROUPS for c in range(len(wanted[g]))]
    rows += [[float(name == own) for *_, name in ways] for own, *_ in names]
    most += [min(seats, 1e6) for *_, seats in names]
    made = linprog(-np.ones(len(ways)), A_ub=np.array(rows), b_ub=np.array(most))
    return -float(made.fun)


def _pairs(of: Oracle, plan: Counted, day: int, hour: int) -> set[tuple[str, int, str]]:
    """(group, cell, place) in reach; every one, whoever is nearest."""
    seconds = of.seconds
    return {
        (group, cell, name)
        for name, place, own, hours, _ in open_at_end(of, plan) if hours[24 * day + hour]
        for group in GROUPS if of.city.settings.group(group).kinds & own
        for cell in np.flatnonzero(np.isfinite(seconds[group][place])).tolist()
    }  # fmt: skip
