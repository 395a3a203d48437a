"""Claims on the words of the command line, held against recounts and the run's own figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tests.statements.rules import (
    ALL,
    DAWN,
    DAY,
    NIGHT,
    adds_up,
    coverage_of,
    district_of,
    ends_as,
    evidence_truths,
    fixed,
    group_of,
    is_part,
    kind_of,
    most_of,
    option,
    per_cent,
    points_lost,
    wholes,
    words_of,
)
from tests.statements.walker import Claim, Holds

if TYPE_CHECKING:
    from tests.statements.recount import Gain, Numbers, Row
    from tests.statements.walker import Seen, Truth

_COLUMNS: Final = {
    "workers": "workers", "within one": "one", "share": "share", "within two": "two",
    "straight line": "straight",
}  # fmt: skip
_SPANS: Final = {"6-22": DAY, "22-6": NIGHT, "4-6": DAWN}


def figures_of(seen: Seen) -> dict[str, Any]:
    return dict(seen.city.questions[seen.at.face].figures)


def _row(seen: Seen, *, after: bool = False) -> Row:
    return seen.of.row(after=after)


def _coverage_line(seen: Seen) -> dict[str, Truth]:
    told = coverage_of(_row(seen))
    return {name: told[name] for name in seen.said.groupdict()}


def _coverage_cell(seen: Seen) -> dict[str, Truth] | None:
    column = seen.at.column
    if column not in _COLUMNS:
        return None
    name = seen.at.row
    by_district = seen.at.table == "district"
    row = seen.of.row(ALL, district_of(name)) if by_district else seen.of.row(group_of(name))
    if column in {"workers", "within one"}:
        value = row.workers if column == "workers" else row.one
        near = float(seen.said["n"].replace(",", "")) in wholes(value)
        return {"n": Holds(near and adds_up(seen, 0.0), f"{value:.2f}, and the column adds up")}
    if column == "share":
        workers, one = (float(cell.replace(",", "")) for cell in seen.at.cells[1:3])
        return {"n": per_cent(one, workers)}
    return {"n": coverage_of(row)[_COLUMNS[column]]}


def _off_roads(seen: Seen) -> dict[str, Truth]:
    off = figures_of(seen)["off_roads"]
    return {"workers": off["workers"], "stations": off["stations"],
            "metres": seen.of.settings.snap_limit_m}  # fmt: skip


def _range_cell(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column != "5-95 %":
        return None
    by_district = seen.at.table == "district"
    key = ("all", district_of(seen.at.row)) if by_district else (group_of(seen.at.row), "all")
    (row,) = (one for one in figures_of(seen)["ranges"] if (one["group"], one["district"]) == key)
    low, high = row["share_one"]
    return {"low": 100 * low, "high": 100 * high}


# effective


def _who(seen: Seen) -> str:
    return option(seen, "--group", ALL)


def _ends(seen: Seen) -> dict[str, Truth]:
    """Shares in effect, from what is stated to what is left open, and on paper."""
    who = _who(seen)
    night, day, week = (seen.of.ends(who, of=hours) for hours in (NIGHT, DAY, range(24)))
    truths = ends_as(seen, {("n1", "n2"): night, ("d1", "d2"): day, ("low", "high"): week})
    if "paper" in seen.said.groupdict():
        truths["paper"] = seen.of.share("nominal", who)
    return truths


def _night_part(seen: Seen) -> dict[str, Truth]:
    night, day = (seen.of.ends(_who(seen), of=hours) for hours in (NIGHT, DAY))
    about = "about " in seen.said[0]
    return {"part": is_part(seen.said["part"], night[0] / day[0], about=about)}


def _effective_key(seen: Seen) -> tuple[str, str]:
    if seen.at.table == "district":
        return _who(seen), district_of(seen.at.row)
    return group_of(seen.at.row), ALL


def _hours_cell(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column != "worker-hours":
        return None
    return {"n": seen.city.told_hours(*_effective_key(seen))["present"]}


def _paper_cell(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column != "on paper":
        return None
    told = seen.city.told_hours(*_effective_key(seen))
    return {"n": per_cent(told["nominal"], told["present"])}


def _effect_cell(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column != "in effect" and seen.at.column not in _SPANS:
        return None
    hours = _SPANS.get(seen.at.column, tuple(range(24)))
    return ends_as(seen, {("low", "high"): seen.of.ends(*_effective_key(seen), of=hours)})


def _lost_cell(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column != "points lost":
        return None
    return points_lost(seen, *_effective_key(seen))


def _gain(seen: Seen, number: int) -> Gain:
    hours = int(option(seen, "--longer-hours", "3"))
    only = option(seen, "--group") or None
    return seen.city.gains(hours, only)[number - 1]


def _longer(seen: Seen) -> dict[str, Truth]:
    gain = _gain(seen, int(seen.said["at"]))
    row = seen.of.frame.index[seen.of.frame["id"] == gain.station][0]
    alone = sum(value > 0 for value in gain.by_group.values()) == 1
    return {
        "at": int(seen.said["at"]),
        "name": str(seen.of.frame["name"][row]),
        "id": gain.station,
        "hours": int(option(seen, "--longer-hours", "3")),
        "side": {"after": "after closing", "before": "before opening"}[gain.when],
        "workers": gain.workers,
        "how": "all" if alone else "mostly",
        "who": Holds(group_of(seen.said["who"]) == most_of(gain.by_group), str(gain.by_group)),
        "worker_hours": gain.worker_hours,
    }


def _known(seen: Seen) -> dict[str, Truth]:
    return evidence_truths(seen, seen.of.ends(_who(seen)))


# plan


def _plan_line(seen: Seen) -> dict[str, Truth]:
    before, after = _row(seen).one, _row(seen, after=True).one
    said = seen.said
    printed = float(said["after"].replace(",", "")) - float(said["before"].replace(",", ""))
    more = float(said["more"].replace(",", ""))
    return {
        "n": len(figures_of(seen)["sites"]),
        "more": Holds(
            abs(more - printed) < 0.5 and abs(more - (after - before)) <= 1,
            f"{after - before:.2f} more, {printed:.0f} by the figures beside it",
        ),
        "before": before,
        "after": after,
        "workers": _row(seen).workers,
    }


def _proof(seen: Seen) -> dict[str, Truth]:
    """What is proven, and that no exchange of one site for another does better."""
    figures = figures_of(seen)
    kept = option(seen, "--keep").partition(":")[0]
    gain = seen.of.best_exchange(barred=[option(seen, "--without")], kept=[kept])
    best = figures["status"] == "optimal" and figures["gap"] <= 1e-9
    return {
        "workers": _row(seen).workers,
        "proof": Holds(best and gain <= 1e-6, f"{figures['gap']}, {gain} by an exchange"),
        "new": int(option(seen, "--new")),
        "sites": len(seen.of.candidates[0]),
    }


def _finer(seen: Seen) -> dict[str, Truth]:
    """What finer candidates could add at most: what their bound is above the plan."""
    figures = figures_of(seen)
    bound, covered = figures["finer"]["bound"], figures["objective"]
    nodes = seen.city.workspace.network().in_main("foot")
    inside = seen.city.workspace.settings.box.contains(seen.city.workspace.network().node_lonlat)
    every = int((nodes & inside).sum())
    part = 100 * (bound - covered) / covered
    sites = figures["finer"]["candidates"]
    fits = sites == every if option(seen, "--finer") == "0" else len(seen.of.candidates[0]) < sites
    truths: dict[str, Truth] = {
        "metres": int(option(seen, "--finer")),
        "sites": Holds(fits and int(seen.said["sites"].replace(",", "")) == sites, f"{sites}"),
        "more": math.ceil(bound - covered),
        "part": Holds(-1e-6 <= float(seen.said["part"]) - part <= 0.1, f"{part}, rounded up"),
    }
    return {name: truths[name] for name in seen.said.groupdict() if name in truths}


def _limits(seen: Seen) -> dict[str, int]:
    """The limits of kinds that were asked for."""
    words = words_of(seen)
    kinds = [words[at + 1] for at, word in enumerate(words) if word == "--kind"]
    return {kind: int(most) for kind, _, most in (word.partition(":") for word in kinds) if most}


def _limit(seen: Seen) -> dict[str, Truth]:
    kind = kind_of(seen.said["kind"])
    return {"kind": seen.said["kind"], "most": _limits(seen)[kind]}


def _asked_for(seen: Seen) -> dict[str, Truth]:
    return {"new": int(option(seen, "--new")), "n": len(figures_of(seen)["sites"])}


def _left(seen: Seen, kind: str) -> Numbers:
    """What each candidate site that is not in the plan would still add with a kind."""
    of = seen.of
    gains = of.site_gains(kind, built=range(len(of.sites)))
    taken = np.isin(of.candidates[0].ids, [site["site_id"] for site in of.sites])
    return np.where(taken, 0.0, gains)


def _no_gain(seen: Seen) -> dict[str, Truth]:
    """No candidate site adds anybody with any of the kinds asked for."""
    words = words_of(seen)
    kinds = [w.partition(":")[0] for at, w in enumerate(words) if words[at - 1] == "--kind"]
    left = [_left(seen, kind).max() for kind in kinds or ["station"]]
    return {"sites": Holds(max(left) <= 1e-9 and int(seen.said["sites"]) == len(
        seen.of.candidates[0]), f"{max(left)} more of {len(seen.of.candidates[0])}")}  # fmt: skip


def _would_add(seen: Seen) -> dict[str, Truth]:
    """What a limit of a kind keeps away."""
    kind = kind_of(seen.said["kind"])
    left = _left(seen, kind)
    return {
        "limit": _limits(seen)[kind],
        "kind": seen.said["kind"],
        "n": int((left > 1e-9).sum()),
        "most": float(left.max()),
        "few": Holds(0 < left.max() < 1, str(left.max())),
    }


def _plan_cell(seen: Seen) -> dict[str, Truth] | None:
    at = seen.at
    if at.column == "order":
        return {"n": at.number}
    if at.column == "adds workers":
        adds = seen.of.adds[at.number - 1][ALL]
        best = adds >= seen.of.best_next[at.number - 1] - 1e-6
        kept = bool(option(seen, "--keep"))
        if not best and not kept:
            return {"n": Holds(true=False, why="another adds more")}
        near = float(seen.said["n"].replace(",", "")) in wholes(adds)
        return {"n": Holds(near and _sites_add_up(seen), f"{adds:.2f}, and the sites add up")}
    return None


def _plan_id(seen: Seen) -> dict[str, Truth] | None:
    """The id of a site, by which `--keep` and `--without` take it."""
    if seen.at.column != "id":
        return None
    return {"id": figures_of(seen)["sites"][seen.at.number - 1]["site_id"]}


def _sites_add_up(seen: Seen) -> bool:
    """Whether the sites add what the plan adds, with the number as it is said."""
    column = [
        seen.at.text if piece.number == seen.at.number else piece.text
        for piece in seen.city.pieces(seen.at.face)
        if piece.table == "order" and piece.column == "adds workers" and piece.place == "cell"
    ]
    told = [int(text.replace(",", "")) if text[0].isdigit() else 0 for text in column]
    before, after = (round(_row(seen, after=after).one) for after in (False, True))
    return sum(told) == after - before


def _few(seen: Seen) -> dict[str, Truth]:
    """A part of a worker."""
    adds = seen.of.adds[seen.at.number - 1][ALL]
    return {"few": Holds(0 < adds < 1, str(adds))}


def _hour(seen: Seen) -> dict[str, Truth]:
    return {"hour": int(option(seen, "--hour")), "day": option(seen, "--day", "weekday")}


def _draws_line(seen: Seen) -> dict[str, Truth]:
    drawn = figures_of(seen)["draws"]
    low, high = drawn["covered_after"]
    return {
        "n": int(option(seen, "--draws")), "low": low, "high": high,
        "seconds": drawn["runtime_s"], "regret": 100 * drawn["regret"],
    }  # fmt: skip


def _drawn_cell(seen: Seen) -> dict[str, Truth] | None:
    told = [
        one for one in figures_of(seen)["draws"]["sites"] if one["planned"] or one["share"] >= 0.25
    ]
    return {"n": 100 * told[seen.at.number - 1]["share"]} if seen.at.column == "chosen" else None


def _site_name(seen: Seen) -> dict[str, Truth] | None:
    """The roads that meet at a site, or the one that passes."""
    at = seen.at
    if at.column != "site":
        return None
    figures = figures_of(seen)
    if at.table == "order":
        site = figures["sites"][at.number - 1]
    else:
        site = [one for one in figures["draws"]["sites"] if one["planned"] or one["share"] >= 0.25][
            at.number - 1
        ]
    return {"name": seen.city.is_called(seen.said["name"], site)}


COVERAGE = (
    Claim(
        "^cli coverage.* line",
        (
            (
                r"{one} of {workers} workers \({share} %\) have a station within the service "
                r"standard "
                r"over the road network; straight lines would say {straight} %\."
            ),
        ),
        _coverage_line,
    ),
    Claim("^cli coverage.* cell", (r"^{n}(?: %)?$",), _coverage_cell),
    Claim("^cli coverage.* cell", (r"^{low}-{high} %$",), _range_cell),
    Claim("^cli (?:coverage|plan).* line", (r"{hour}:00 on a {day:w}\.",), _hour),
    Claim(
        "^cli coverage.* line",
        (r"{workers} workers and {stations} stations lie more than {metres} m from any road",),
        _off_roads,
    ),
    fixed("^cli coverage.* heading", "^within two$"),
    fixed("^cli coverage.* (heading|line)", r"5-95 %(?=$|: nine draws)"),
    fixed("^cli coverage.* line", "nine draws of the weights in ten"),
)
EFFECTIVE = (
    Claim(
        "^cli effective.* line",
        (
            "In effect {n1}(?:–{n2})? % are covered at night, {d1}(?:–{d2})? % by day",
            r"\({n1}(?:–{n2})? % against {d1}(?:–{d2})? %\)",
            "{paper} % of worker-hours are covered on paper, {low}(?:–{high})? % in effect",
        ),
        _ends,
    ),
    Claim(
        "^cli effective.* line",
        ("overage at night is (?:about )?{part:w} of the day's",),
        _night_part,
    ),
    Claim(
        "^cli effective.* line",
        (
            (
                "Of {open} open stations the register states: for (?:{hours} no hours that can be "
                "read)?(?:(?:, )?{access} no way in)?(?:(?:, )?{equipment} not all of the "
                "equipment)?; "
                r"the truth lies between {low} % \(what is stated\) and {high} %"
            ),
            (
                r"{checked} stations \({share} %\) were checked within {days} days; {never} "
                r"never were, "
                "of {hours} the hours are not known, {access} do not say how one gets in"
                "(?:, {equipment} not all of the equipment)?"
            ),
        ),
        _known,
    ),
    Claim("^cli effective.* cell", ("^{n}$",), _hours_cell),
    Claim("^cli effective.* cell", ("^{n} %$",), _paper_cell),
    Claim("^cli effective.* cell", ("^{low}(?:–{high})? %$",), _effect_cell),
    Claim("^cli effective.* cell", ("^{least}(?: to {most})?$",), _lost_cell),
    Claim(
        "^cli effective.* line",
        (
            (
                r"^{at}\. {name:w} \({id:i}\): open {hours} hours longer {side:w}: {workers} "
                r"workers "
                r"gained on an average day(?:, {how:w} {who:w})?; {worker_hours} worker-hours a "
                r"week$"
            ),
        ),
        _longer,
    ),
    Claim(
        "^cli effective.* line",
        (r"the week of {day:w}\.",),
        lambda seen: {"day": option(seen, "--week-of")},
    ),
    fixed("^cli effective.* heading", "^6-22$", "^22-6$", "^4-6$"),
)
PLAN = (
    Claim(
        "^cli plan.* line",
        (
            (
                r"{n} new stations? reach(?:es)? {more} more workers? \({before} before, {after} "
                r"after, "
                r"of {workers}\);"
            ),
        ),
        _plan_line,
    ),
    Claim(
        "^cli plan.* line",
        (
            (
                "proven for these {workers} workers: (?P<proof>no choice) of {new} of the {sites} "
                "candidate sites"
            ),
        ),
        _proof,
    ),
    Claim(
        "^cli plan.* line", (r"(?:(?<=\()|(?<=, ))(?P<kind>[A-Za-z- ]+?): at most {most}",), _limit
    ),
    Claim(
        "^cli plan.* line",
        (
            (
                "^With (?:every road node as a candidate|the road nodes on a {metres} m grid as "
                "candidates) too \\({sites} in all\\), it is proven that at most {more} more "
                "workers? "
                "could be covered, {part} % more"
            ),
        ),
        _finer,
    ),
    Claim("^cli plan.* line", ("^{new} new stations asked for, {n} planned",), _asked_for),
    Claim("^cli plan.* line", ("^Of {sites} candidate sites none beyond these",), _no_gain),
    Claim(
        "^cli plan.* line",
        (
            (
                "^What limits: at most {limit} {kind:w}; without that {n} more candidate sites "
                "would add "
                r"workers, the best of them (?:{most}|(?P<few>fewer than 1))\."
            ),
        ),
        _would_add,
    ),
    Claim(r"^cli plan.* cell \[order", ("^(?P<few>fewer than 1)$",), _few),
    Claim(r"^cli plan.* cell \[order", (r"^{n}$",), _plan_cell),
    Claim(r"^cli plan.* cell \[order", (r"^{id:i}$",), _plan_id),
    Claim("^cli plan.* cell", (r"^{name:w}$",), _site_name),
    Claim(
        "^cli plan.* line",
        (
            (
                r"Under {n} draws of the weights \({seconds} s\) this plan covers {low} to "
                r"{high} workers "
                r"\(5-95 %\), at most {regret} % below the best plan of the draw\."
            ),
        ),
        _draws_line,
    ),
    Claim(r"^cli plan.* cell \[site", (r"^{n} %$",), _drawn_cell),
)
CLAIMS = (*COVERAGE, *EFFECTIVE, *PLAN)
