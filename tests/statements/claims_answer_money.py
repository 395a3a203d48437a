"""Claims on a plan's money, seats, times and draws, and on a question without a plan."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from tests.planning.decisions.all_choices import NOTHING, Doing
from tests.planning.decisions.test_mean_time import mean_of, seconds_of
from tests.statements.question_truths import (
    PLAN,
    choice_of_words,
    counted_once,
    figures_of,
    headings_of,
    most_seated,
    number_of,
    only_with,
    open_at_end,
    oracle_of,
    overflow_of,
    plan_of,
    row_of_cell,
    seating_of,
    street_of,
    use_of,
    wanted_seats,
    words_of_act,
    year_in_turn,
)
from tests.statements.rules import group_of
from tests.statements.streets import ALL, GROUPS, Oracle
from tests.statements.walker import Between, Claim, Holds

if TYPE_CHECKING:
    from tests.statements.streets import Counted
    from tests.statements.walker import Seen, Truth


_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _pot(seen: Seen) -> dict[str, Truth]:
    of, name = oracle_of(seen), f"money {seen.said['word']} {seen.said['year']}"
    allows, used, _ = use_of(of, plan_of(seen), name)
    at = of.years.index(int(seen.said["year"]))
    years = slice(0, at + 1) if seen.said["word"] == "up to" else slice(at, at + 1)
    return {
        "word": seen.said["word"], "year": of.years[at], "spent": used, "yuan": allows,
        "left": allows - used, "today": int(of.free_today[:, years].sum()),
    }  # fmt: skip


def _today(seen: Seen) -> dict[str, Truth]:
    return {"yuan": int(oracle_of(seen).free_today.sum())}


def _organisations(seen: Seen) -> dict[str, Truth]:
    """The rules' own words: a base up to a number of members, more for each further one."""
    of, yuan = oracle_of(seen), 0
    for members, posts in street_of(seen).members.values():
        for rule in of.question.money_rules.rules:
            if rule.rule == "members" and members:
                yuan += rule.base_yuan + rule.per_member_yuan * max(members - rule.up_to_members, 0)
            elif rule.rule == "posts":
                yuan += posts * rule.yuan_a_month * 12
    return {"yuan": yuan * len(of.years)}


def _fullest_at(seen: Seen) -> tuple[int, int]:
    """The day and the hour that the line of seats names."""
    (piece,) = (
        one for one in street_of(seen).pieces(seen.at.face) if one.text.startswith("Seats are")
    )
    found = re.search(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\S* (\d+):00", piece.text)
    assert found is not None
    return _DAYS.index(found[1]), int(found[2])


def _seats_line(seen: Seen) -> dict[str, Truth]:
    of, plan = oracle_of(seen), plan_of(seen)
    day, hour = _fullest_at(seen)
    over = overflow_of(of, plan, day, hour)
    hours = [(d, h) for d in (0, 5) for h in range(24)]
    most = max(overflow_of(of, plan, d, h) for d, h in hours)
    near, sat = (sum(seating_of(of, plan, day, hour, full=full).values()) for full in (False, True))
    return {
        "day": Holds(abs(over - most) < 1e-6, f"{over} and {most}"), "hour": hour, "to": hour + 1,
        "seated": sat, "near": near, "over": over, "most": most_seated(of, plan, day, hour),
    }  # fmt: skip


def _seats_enough(seen: Seen) -> dict[str, Truth]:
    told = _seats_line(seen)
    of, plan = oracle_of(seen), plan_of(seen)
    sat = {(d, h): sum(seating_of(of, plan, d, h).values()) for d in (0, 5) for h in range(24)}
    enough = max(overflow_of(of, plan, d, h) for d, h in sat) < 1e-9
    most = max(sat.values())
    return {
        "day": Holds(enough and abs(sat[_fullest_at(seen)] - most) < 1e-6, f"{most}"),
        **{name: told[name] for name in ("hour", "to", "seated")},
    }


def _group_seats(seen: Seen) -> dict[str, Truth] | None:
    of, plan, (day, hour) = oracle_of(seen), plan_of(seen), _fullest_at(seen)
    group = group_of(seen.at.row)
    near, sat = (
        sum(w for (g, *_), w in seating_of(of, plan, day, hour, full=full).items() if g == group)
        for full in (False, True)
    )
    wanted = float(wanted_seats(of, day, hour)[group].sum())
    truths = {"want a seat": wanted, "sit": sat, "find all full": near - sat}
    return {"n": truths[seen.at.column]} if seen.at.column in truths else None


def _place_seats(seen: Seen) -> dict[str, Truth] | None:
    at = seen.at
    if "sent on" not in headings_of(seen):
        return None
    of, plan, (day, hour) = oracle_of(seen), plan_of(seen), _fullest_at(seen)
    near, sat = (seating_of(of, plan, day, hour, full=full) for full in (False, True))
    nearest = sum(w for (*_, name), w in near.items() if name == at.row)
    own = sum(w for key, w in sat.items() if key[-1] == at.row and key in near)
    truths = {
        "seats": {one[0]: one[-1] for one in open_at_end(of, plan)}[at.row],
        "nearest for": nearest, "sent on": nearest - own,
        "sit": sum(w for (*_, name), w in sat.items() if name == at.row),
    }  # fmt: skip
    if at.column == "id":
        return {"n": Holds(seen.said["n"] == at.row, "")}
    return {"n": truths[at.column]} if at.column in truths else None


def _no_seats(seen: Seen) -> dict[str, Truth]:
    of, plan, (day, hour) = oracle_of(seen), plan_of(seen), _fullest_at(seen)
    names = {
        name for name, _, _, hours, seats in open_at_end(of, plan)
        if math.isinf(seats) and hours[24 * day + hour]
    }  # fmt: skip
    sat = seating_of(of, plan, day, hour)
    return {"n": len(names), "workers": sum(w for (*_, name), w in sat.items() if name in names)}


def _at_once(seen: Seen) -> dict[str, Truth]:
    return {"share": 100 * oracle_of(seen).question.capacity.at_once}


def _option(seen: Seen, name: str) -> float:
    words = seen.at.face.split()
    return float(words[words.index(name) + 1])


def _drawn(seen: Seen) -> list[tuple[np.ndarray, np.ndarray]]:
    """The workers of each draw, and whether each place works: as documented, from the seed."""
    return counted_once(seen, "draws", lambda: _draw(seen))


def _draw(seen: Seen) -> list[tuple[np.ndarray, np.ndarray]]:
    of, n = oracle_of(seen), int(_option(seen, "--draws"))
    sigma = math.sqrt(math.log(1 + _option(seen, "--uncertainty") ** 2))
    weights = of.city.demand.weights
    n_places = len(of.city.sites) + len(of.city.ids)
    luck = np.random.default_rng(0).random((n, 1 + len(_asked_places(of))))
    drawn = []
    for number in range(n):
        rng = np.random.default_rng([0, number])
        works = np.ones(n_places, dtype=bool)
        for column, row in enumerate(_asked_places(of), start=1):
            if row < len(of.city.sites):
                works[row] = luck[number, column] >= _option(seen, "--failing")
        drawn.append((weights * rng.lognormal(-(sigma**2) / 2, sigma, weights.shape), works))
    return drawn


def _asked_places(of: Oracle) -> list[int]:
    """Rows of the places at which something may be done."""
    n_sites = len(of.city.sites)
    changing = [n_sites + r for r in range(len(of.city.ids)) if of.city.policy(r) != "fixed"]
    return [*range(n_sites), *changing]


def _value_in(of: Oracle, one: Counted, weights: np.ndarray, works: np.ndarray) -> float:
    """What the goal counts of a choice with these workers, with the places that work."""
    total = 0.0
    for at in range(len(of.years)):
        states = [s for s in of.city.standing(*one.choice, at) if works[s[0]]]
        for number, group in enumerate(GROUPS):
            more = weights[:, number] - of.city.demand.weights[:, number]
            people = np.maximum(of.city.people[at][group][:, 0] + more, 0.0)
            worth = of.question.goal.group_weights.get(group, 1.0)
            total += worth * float((people * of.city.covered(states, group)[:, 0]).sum())
    return total


def _over_draws(seen: Seen) -> dict[str, Truth]:
    of, plan = oracle_of(seen), plan_of(seen)
    values = np.array([_value_in(of, plan, *draw) for draw in _drawn(seen)])
    worst = np.sort(values)[: math.ceil(len(values) / 10)].mean()
    return {
        "n": _option(seen, "--draws"), "share": 100 * _option(seen, "--uncertainty"),
        "failing": 100 * _option(seen, "--failing"), "low": np.percentile(values, 5),
        "high": np.percentile(values, 95), "p5": 5, "p95": 95, "worst": worst,
        "covered": plan.value,
    }  # fmt: skip


def _worst_tenth(seen: Seen, one: Counted) -> float:
    of = oracle_of(seen)
    values = np.array([_value_in(of, one, *draw) for draw in _drawn(seen)])
    return float(np.sort(values)[: math.ceil(len(values) / 10)].mean())


def _robust(seen: Seen) -> dict[str, Truth]:
    """Of the best plans of the draws, where they are one each, none does better."""
    of, own = oracle_of(seen), _worst_tenth(seen, plan_of(seen))
    better = [_worst_tenth(seen, one) > own + 1e-6 for one in _best_of_draws(seen)]
    return {"best": Holds(not any(better), f"{own}, {sum(better)} are better of {of.years}")}


def _best_of_draws(seen: Seen) -> list[Counted]:
    """The best plan of each draw that has no other near it."""
    of, found = oracle_of(seen), []
    works = np.ones(len(of.city.sites) + len(of.city.ids), dtype=bool)
    for weights, _ in _drawn(seen):
        valued = [(_value_in(of, one, weights, works), one) for one in of.choices if one.keeps]
        best = max(value for value, _ in valued)
        near = [one for value, one in valued if value >= best * (1 - 0.005)]
        found += near if len(near) == 1 else []
    return found


def _other_robust(seen: Seen) -> dict[str, Truth]:
    of, told = oracle_of(seen), figures_of(seen)["robustness"]["robust"]["actions"]
    made = of.counted(choice_of_words(of, told))
    worst = _worst_tenth(seen, made)
    true = made.keeps and worst > _worst_tenth(seen, plan_of(seen))
    return {
        "tenth": Holds(true, f"keeps: {made.keeps}"), "worst": worst,
        "actions": ", ".join(map(words_of_act, told)),
    }  # fmt: skip


def _n_drawn(seen: Seen) -> dict[str, Truth]:
    return {"n": _option(seen, "--draws")}


def _chosen_cell(seen: Seen) -> dict[str, Truth] | None:
    """In how many draws a plan that is nearly the best of the draw does this at this place."""
    if seen.at.column != "chosen":
        return None
    of, (what, place, kind) = oracle_of(seen), seen.at.row.split()
    every, some = 0, 0
    draws = _drawn(seen)
    for weights, _ in draws:
        all_work = np.ones(len(of.city.sites) + len(of.city.ids), dtype=bool)
        valued = [(_value_in(of, one, weights, all_work), one) for one in of.choices if one.keeps]
        best = max(value for value, _ in valued)
        has = [
            any(
                (doing.what, doing.kind) == (what, kind) and row == of.row_of(place)
                for row, doing in enumerate([*one.choice[0], *one.choice[1]])
            )
            for value, one in valued if value >= best * (1 - 0.005)
        ]  # fmt: skip
        every, some = every + all(has), some + any(has)
    return {"n": Between(100 * every / len(draws) - 0.5, 100 * some / len(draws) + 0.5)}


def _chosen_name(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column != "what" or seen.at.table != "what":
        return None
    of = oracle_of(seen)
    planned = {f"{one['what']} {one['id']} {one['kind']}" for one in figures_of(seen)["actions"]}
    (told,) = (piece.text for piece in row_of_cell(seen) if piece.column == "in the plan")
    known = seen.said["id"] in [*of.city.sites.ids, *of.city.ids]
    return {"id": Holds(known and (told == "yes") == (seen.at.text in planned), f"{planned}")}


def _slower(seen: Seen) -> dict[str, Truth]:
    """A way that is slower by a part reaches as far as a shorter time does at the old speed."""
    of, plan = oracle_of(seen), plan_of(seen)
    winter = {"foot": 0.8, "ebike": 0.7, "car": 0.7, "truck": 0.7}
    factors = winter if "snow" in seen.said[0] else {"car": 0.6, "truck": 0.6}
    settings = of.city.settings
    groups = tuple(
        replace(group, standard=replace(
            group.standard,
            cutoff_s=group.standard.cutoff_s * factors.get(group.standard.mode, 1.0)))
        for group in settings.groups
    )  # fmt: skip
    there = replace(of.city, settings=replace(settings, groups=groups))
    return {"n": there.value(there.tables(plan.choice))}


def _prices(seen: Seen) -> dict[str, Truth]:
    """At other prices the plan with these changes is the best, and keeps the limits."""
    of, plan = oracle_of(seen), plan_of(seen)
    factor = 1 + int(seen.said["change"]) / 100
    costs = of.question.costs
    dearer = of.question.model_copy(
        update={"costs": costs.model_copy(update={"price_factor": costs.price_factor * factor})}
    )
    city = of.city_of(dearer)
    best = of.best(question=dearer)
    acts = {words_of_act(one): one for one in figures_of(seen)["actions"]}
    told = figures_of(seen)["robustness"]["prices"][f"{int(seen.said['change']):+} %"]
    for word in (words_of_act(one) for one in told["leaves"]):
        acts.pop(word)
    acts |= {words_of_act(one): one for one in told["enters"]}
    made = of.counted(choice_of_words(of, list(acts.values())))
    keeps = city.keeps_limits(made.choice, of.tables(made))
    words = {name: ", ".join(words_of_act(one) for one in told[name]) or "—" for name in
             ("enters", "leaves")}  # fmt: skip
    if "enters" in seen.said.groupdict():
        said = all(seen.said[name] == words[name] for name in words)
    else:
        said = not told["enters"] and not told["leaves"] and made.choice == plan.choice
    true = said and keeps and made.value >= best * (1 - 0.005) - 1e-9
    return dict.fromkeys(
        seen.said.groupdict(), Holds(true, f"{made.value} of {best}, keeps: {keeps}, {words}")
    )


def _no_prices(seen: Seen) -> dict[str, Truth]:
    of = oracle_of(seen)
    costs = of.question.costs
    factor = costs.price_factor * (1 + int(seen.said["change"]) / 100)
    dearer = of.question.model_copy(
        update={"costs": costs.model_copy(update={"price_factor": factor})}
    )
    best = of.best(question=dearer)
    return {"change": Holds(best == -math.inf, f"{best}")}


def _minutes(of: Oracle, one: Counted, year: int, group: str = ALL) -> float:
    """The mean minutes of a group in a year; a worker counts 1."""
    beyond = of.question.goal.beyond_s
    asked = of.question.model_copy(update={
        "goal": of.question.goal.model_copy(
            update={"group_weights": {g: float(group in {ALL, g}) for g in GROUPS}}),
        "years": of.question.years.model_copy(update={"first": year, "count": 1}),
    })  # fmt: skip
    at = of.years.index(year)
    shifted = tuple(
        tuple(
            doing._replace(year=max(doing.year - at, 0), until=doing.until - at) for doing in part
        )
        for part in one.choice
    )
    now = tuple(
        tuple(_begun(doing, before, at) for doing, before in zip(part, old, strict=True))
        for part, old in zip(shifted, one.choice, strict=True)
    )
    city = of.city_of(asked)
    return mean_of(city, now, seconds_of(city), float(beyond or 0.0)) / 60


def _begun(doing: Doing, before: Doing, at: int) -> Doing:
    """An action that has not begun yet is none."""
    if before.what in {"nothing", "keep"} or before.year <= at:
        return doing
    return NOTHING if before.what == "build" else Doing("keep")


def _time_line(seen: Seen) -> dict[str, Truth]:
    of, last = oracle_of(seen), oracle_of(seen).years[-1]
    return {"mean": _minutes(of, plan_of(seen), last), "year": last,
            "before": _minutes(of, of.today, last)}  # fmt: skip


def _time_cell(seen: Seen) -> dict[str, Truth] | None:
    at, of = seen.at, oracle_of(seen)
    if at.column == "minutes":
        return None
    group = ALL if at.row == "all" else group_of(at.row)
    if at.column.startswith("without"):
        return {"n": _minutes(of, of.today, of.years[-1], group)}
    return {"n": _minutes(of, plan_of(seen), int(at.column), group)}


def _least_mean(seen: Seen) -> dict[str, Truth]:
    """The goal's own mean over all years, and that no choice within the limits is below."""
    of, plan = oracle_of(seen), plan_of(seen)
    ways, beyond = of.seconds, float(of.question.goal.beyond_s or 0.0)
    mean = mean_of(of.city, plan.choice, ways, beyond) / 60
    least = min(mean_of(of.city, one.choice, ways, beyond) / 60 for one in of.choices if one.keeps)
    bound = number_of(seen.said["bound"])
    return {"mean": mean, "bound": Holds(bound <= least + 0.005 + 1e-6, f"{least}")}


def _conflict(seen: Seen) -> dict[str, Truth]:
    """Together they leave no plan; each alone allows one; the other needs so much at least."""
    of = oracle_of(seen)
    floor, limit = (seen.said[name] for name in ("floor", "limit"))

    def keep(*names: str) -> list[Counted]:
        cities = [of.city_of(only_with(of, name)) for name in names]
        return [
            one for one in of.choices
            if all(city.keeps_limits(one.choice, of.tables(one)) for city in cities)
        ]  # fmt: skip

    alone = keep(floor)
    minimal = bool(alone) and bool(keep(limit)) and not keep(floor, limit)
    needed = min((use_of(of, one, limit)[1] for one in alone), default=math.inf)
    return {
        "floor": Holds(minimal and not any(one.keeps for one in of.choices), f"{minimal}"),
        "limit": limit, "needed": needed, "allows": use_of(of, of.today, limit)[0],
    }  # fmt: skip


def _floor_alone(seen: Seen) -> dict[str, Truth]:
    """A floor that all places together do not reach."""
    of, name = oracle_of(seen), seen.said["floor"]
    shares = []
    for one in of.choices:
        allows, used, step = use_of(of, one, name)
        shares.append(used / step)
    return {"floor": name, "asked": allows / step, "most": max(shares)}


def _heading(seen: Seen) -> dict[str, Truth] | None:
    """A heading names the years of the question."""
    last = oracle_of(seen).years[-1]
    return {"year": last if "without" in seen.said[0] else year_in_turn(seen)}


CLAIMS: Final = (
    Claim(f"{PLAN}.* heading", (r"^(?:without in )?(?P<year>\d{4})$",), _heading),
    Claim(
        f"{PLAN}.* line",
        (
            (
                r"^money (?P<word>up to|of) {year:i}: {spent} of {yuan} yuan spent, {left} left"
                r"(?:\.|; {today} of it are what stations)"
            ),
        ),
        _pot,
    ),
    Claim(f"{PLAN}.* line", ("^These sums hold .* move: {yuan} yuan",), _today),
    Claim(
        f"{PLAN}.* line",
        ("organisations are paid {yuan} yuan by members and posts",),
        _organisations,
    ),
    Claim(
        f"{PLAN}.* line",
        (
            (
                r"^Seats are fewest at (?P<day>\S+) {hour}:00–{to}:00: {seated} of {near} who have "
                r"an "
                r"open place in reach sit, {over} find every one full; sent otherwise, {most} could"
            ),
        ),
        _seats_line,
    ),
    Claim(
        f"{PLAN}.* line",
        (r"the fullest is (?P<day>\S+) {hour}:00–{to}:00, with {seated} seated\.$",),
        _seats_enough,
    ),
    Claim(rf"{PLAN}.* cell \[group\|", ("^{n}$",), _group_seats),
    Claim(rf"{PLAN}.* cell \[id\|", (r"^(?P<n>[\d,.]+|[CS]\d)$",), _place_seats),
    Claim(
        f"{PLAN}.* line",
        (r"^{n} open places? ha\S+ no seats known .* \({workers} then\)",),
        _no_seats,
    ),
    Claim(f"{PLAN}.* line", ("^That {share} % of those who want",), _at_once),
    Claim(
        f"{PLAN}.* line",
        (
            (
                r"^Over {n} draws \(workers {share} % round what is said; a new place does not "
                r"work "
                r"with a chance of {failing} %\) the plan covers {low} to {high} \({p5}-{p95} %\), "
                r"{worst} on average of the worst tenth; as assumed {covered} workers, added up"
            ),
        ),
        _over_draws,
    ),
    Claim(f"{PLAN}.* line", ("^Plans were made anew for {n} of the draws",), _n_drawn),
    Claim(
        f"{PLAN}.* line",
        ("^(?P<best>No other plan found covers more in its worst tenth[.])$",),
        _robust,
    ),
    Claim(
        f"{PLAN}.* line",
        ("^Best in its worst (?P<tenth>tenth) is another plan, {worst} there: {actions:w}[.]$",),
        _other_robust,
    ),
    Claim(rf"{PLAN}.* cell \[what\|", ("^{n} %$",), _chosen_cell),
    Claim(rf"{PLAN}.* cell \[what\|", (r"^\w+ (?P<id>[CS]\d) \w+$",), _chosen_name),
    Claim(f"{PLAN}.* line", (r"^Slower ways .* the plan covers {n} workers\.$",), _slower),
    Claim(
        f"{PLAN}.* line",
        (
            "^Prices {change} %: added {enters:w}; dropped {leaves:w}[.]$",
            "^Prices {change} %: the plan stays[.]$",
        ),
        _prices,
    ),
    Claim(f"{PLAN}.* line", ("^Prices {change} %: no plan keeps the limits[.]$",), _no_prices),
    Claim(
        f"{PLAN}.* line",
        (
            (
                "^Mean time to the nearest open place: {mean} min in {year}, without the plan "
                "{before} "
                "min"
            ),
        ),
        _time_line,
    ),
    Claim(rf"{PLAN}.* cell \[minutes\|", ("^{n}$",), _time_cell),
    Claim(
        f"{PLAN}.* line",
        ("goal counts workers: {mean} min, and no plan is below {bound} min",),
        _least_mean,
    ),
    Claim(
        f"{PLAN}.* line",
        (
            (
                "^floor '{floor:w}' needs at least {needed} (?:yuan )?of limit '{limit:w}', and it "
                "allows {allows}$"
            ),
        ),
        _conflict,
    ),
    Claim(
        f"{PLAN}.* line",
        ("^floor '{floor:w}' asks for {asked} % and all options together cover {most} %$",),
        _floor_alone,
    ),
)
