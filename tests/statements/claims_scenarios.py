"""Claims on what `yizhan scenario` says: each scenario's sites counted anew."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tests.statements.rules import ALL, district_of, group_of, per_cent, words_of
from tests.statements.walker import Claim, Holds, OneOf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.statements.recount import Recount, Row
    from tests.statements.walker import Seen, Truth


def _figures(seen: Seen) -> dict[str, Any]:
    return dict(seen.city.questions[seen.at.face].figures)


def _sites(seen: Seen, name: str) -> list[Mapping[str, Any]]:
    """The sites of the plan that was kept under a name, as the plan's own command told them."""
    (made,) = (
        question.figures
        for question in seen.city.questions.values()
        if question.figures.get("scenario") == name
    )
    return list(made["sites"])


def _recount(seen: Seen, name: str) -> Recount:
    key = f"scenario {name}"
    counted = seen.city._counted
    if key not in counted:
        counted[key] = seen.city.recount.again(_sites(seen, name), factor=1.0, which="group")
    return counted[key]


def _row(seen: Seen, name: str, *, after: bool = True) -> Row:
    """The row of a table's line: all, or a group and a district."""
    group, district = ALL, ALL
    if seen.at.table == "group":
        group, district = (
            ALL if seen.at.cells[0] == ALL else group_of(seen.at.cells[0]),
            district_of(seen.at.cells[1]),
        )
    return _recount(seen, name).row(group, district, after=after)


def _half_up(value: float) -> int:
    return math.floor(value + 0.5)


def _near(value: float) -> OneOf:
    """A count to the whole; a sum that is a half in another order may go either way."""
    return OneOf(tuple({float(_half_up(value - 1e-6)), float(_half_up(value + 1e-6))}))


def _moment(seen: Seen) -> dict[str, Truth] | None:
    """When it was saved, in China."""
    figures = _figures(seen)
    if seen.at.column == "At (China)":
        told = figures["log"][seen.at.number - 1]["at"]
    elif seen.at.column == "Saved (China)":
        told = figures["scenarios"][seen.at.number - 1]["made_at"]
    else:
        return None
    there = datetime.fromisoformat(told) + timedelta(hours=8)
    return {"when": f"{there:%Y-%m-%d %H:%M}"}


def _reached(seen: Seen) -> dict[str, Truth] | None:
    at = seen.at
    name = at.row if at.column == "Covered after" else at.column
    if name not in words_of(seen) and at.column != "Covered after":
        return None
    row = _row(seen, name)
    return {"n": _near(row.one), "share": per_cent(row.one, row.workers)}


def _plain(seen: Seen) -> dict[str, Truth] | None:
    """A count in a cell: of actions, an order, what a site adds, a change."""
    at, words = seen.at, words_of(seen)
    if at.column == "Actions":
        return {"n": len(_sites(seen, at.row))}
    if at.column == "change":
        first, second = (_row(seen, name).one for name in words[-2:])
        return {"n": float(_half_up(second) - _half_up(first))}
    if at.table == "order":
        return _of_a_site(seen, words[-1])
    return _of_a_scenario(seen) if at.column in words else None


def _of_a_site(seen: Seen, name: str) -> dict[str, Truth] | None:
    if seen.at.column == "order":
        return {"n": seen.at.number}
    if seen.at.column != "adds workers":
        return None
    adds = _recount(seen, name).adds[seen.at.number - 1][ALL]
    return {"n": _near(adds)}


def _few(seen: Seen) -> dict[str, Truth] | None:
    """A site that adds a part of a worker."""
    if seen.at.column != "adds workers":
        return None
    adds = _recount(seen, words_of(seen)[-1]).adds[seen.at.number - 1][ALL]
    return {"few": Holds(0 < adds < 1, f"adds {adds}")}


def _nobody(seen: Seen) -> dict[str, Truth] | None:
    """A group of whom nobody is there: no share is told."""
    if seen.at.column not in words_of(seen):
        return None
    row = _row(seen, seen.at.column)
    return {"n": Holds(row.workers == row.one == 0, f"{row.one} of {row.workers}")}


def _of_a_scenario(seen: Seen) -> dict[str, Truth] | None:
    sites = _sites(seen, seen.at.column)
    if seen.at.table == "figure":
        return {"n": len(sites)}
    if seen.at.table != "action":
        return None
    (order,) = (site["order"] for site in sites if site["site_id"] == seen.at.cells[1])
    return {"n": order}


def _line(seen: Seen) -> dict[str, Truth]:
    name = words_of(seen)[-1]
    before, after = (_row(seen, name, after=after) for after in (False, True))
    return {
        "n": len(_sites(seen, name)),
        "before": _near(before.one),
        "after": _near(after.one),
        "workers": _near(before.workers),
    }


def _differing(seen: Seen) -> dict[str, Truth]:
    first, second = (
        {site["site_id"] for site in _sites(seen, name)} for name in words_of(seen)[-2:]
    )
    return {"n": len(first & second), "some": len(first ^ second)}


def _all_sites(seen: Seen) -> list[Mapping[str, Any]]:
    names = words_of(seen)[-2:] if "compare" in words_of(seen) else words_of(seen)[-1:]
    return [site for name in names for site in _sites(seen, name)]


def _id(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column != "id":
        return None
    if seen.at.table == "order":
        return {"id": _all_sites(seen)[seen.at.number - 1]["site_id"]}
    known = {site["site_id"] for site in _all_sites(seen)}
    return {"id": Holds(seen.said["id"] in known, f"one of {sorted(known)}")}


def _name(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column != "site":
        return None
    if seen.at.table == "order":
        site = _all_sites(seen)[seen.at.number - 1]
    else:
        site = next(one for one in _all_sites(seen) if one["site_id"] == seen.at.cells[1])
    return {"name": seen.city.is_called(seen.said["name"], site)}


def _left_out(seen: Seen) -> dict[str, Truth] | None:
    """The site that the plan was told to do without."""
    if seen.at.column != "What":
        return None
    told = _figures(seen)["question"]["without"]
    return {"id": Holds(seen.said["id"] in told, str(told))}


_WHERE: Final = "^cli scenario (?:list|show|compare).* "
CLAIMS = (
    Claim(f"{_WHERE}cell", (r"^(?P<when>\d{4}-\d\d-\d\d \d\d:\d\d)$",), _moment),
    Claim(f"{_WHERE}cell", (r"^{n} \({share} %\)$",), _reached),
    Claim(f"{_WHERE}cell", (r"^{n} \(–\)$",), _nobody),
    Claim(f"{_WHERE}cell", ("^(?P<few>fewer than 1)$",), _few),
    Claim(f"{_WHERE}cell", ("^{n}$",), _plain),
    Claim(f"{_WHERE}cell", ("^{id:i}$",), _id),
    Claim(f"{_WHERE}cell", ("^{name:w}$",), _name),
    Claim(f"{_WHERE}cell", ("^without {id:i}$",), _left_out),
    Claim(
        "^cli scenario show.* line",
        (
            (
                r": {n} actions?; {before} workers covered before, {after} after, of {workers}; "
                r"none of these candidates can do better\.$"
            ),
        ),
        _line,
    ),
    Claim(
        "^cli scenario compare.* line",
        (r"^{n} actions? (?:is|are) in all of them, {some} in some only\.$",),
        _differing,
    ),
)
