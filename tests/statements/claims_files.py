"""Claims on the report's tables as files: every cell that holds a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.statements.rules import ALL, DAWN, DAY, NIGHT, wholes
from tests.statements.walker import Claim, Holds

if TYPE_CHECKING:
    from tests.statements.walker import Seen, Truth

_FIELDS: Final = {
    "workers": "workers", "within_one": "one", "within_two": "two",
    "straight_one": "straight_one", "straight_two": "straight_two",
}  # fmt: skip
_SPANS: Final = {"day": DAY, "night": NIGHT, "before_dawn": DAWN}


def around(value: float) -> set[int]:
    """The whole numbers that a cell may be: where all sums are kept, it may give way by one."""
    return {number + step for number in wholes(value) for step in (-1, 0, 1)}


def _row(seen: Seen) -> dict[str, str]:
    headings = seen.city.csv_headings(seen.at.face)
    return dict(zip(headings, seen.at.cells, strict=True))


def _coverage(seen: Seen) -> dict[str, Truth]:
    row, name = _row(seen), seen.at.column
    held = seen.of.row(
        row["group"], row["district"], after=row["when"] == "after", which=row["standard"]
    )
    if name in _FIELDS:
        value = getattr(held, _FIELDS[name])
        near = float(seen.said["n"]) in around(value)
        return {"n": Holds(near and seen.city.csv_adds_up(seen.at), f"{value:.2f}")}
    part, whole_ = float(row[name.replace("share", "within")]), float(row["workers"])
    return {"n": part / whole_ if whole_ else 0.0}


def _plan(seen: Seen) -> dict[str, Truth]:
    number, name = seen.at.number - 1, seen.at.column
    site = seen.city.plan["sites"][number]
    adds = seen.of.adds[number]
    if name in {"order", "lon", "lat"}:
        return {"n": Holds(float(seen.said["n"]) == round(site[name], 6), str(site[name]))}
    if name == "lost_without":
        return {"n": seen.of.lost_without[number]}
    value = adds[ALL if name == "adds_workers" else name.removeprefix("adds_")]
    near = float(seen.said["n"]) in wholes(value)
    return {"n": Holds(near and seen.city.sites_add_up(seen.at), f"{value:.2f}")}


def _site(seen: Seen) -> dict[str, Truth]:
    site = seen.city.plan["sites"][seen.at.number - 1]
    if seen.at.column == "place":
        return {"text": seen.city.is_called(seen.said["text"], site)}
    return {"text": site[seen.at.column]}


def _effective(seen: Seen) -> dict[str, Truth]:
    row, name, of = _row(seen), seen.at.column, seen.of
    key = row["group"], row["district"]
    hours = {one: of.hours(one, *key) for one in ("present", "nominal", "possible", "effective")}
    if name in hours:
        near = float(seen.said["n"]) in around(hours[name])
        return {"n": Holds(near and seen.city.csv_adds_up(seen.at), f"{hours[name]:.2f}")}
    told = {one: float(row[one]) for one in (*hours, "gap")}
    if name == "gap":
        return {"n": told["nominal"] - told["effective"]}
    word = name.removeprefix("share_")
    if word in told:
        return {"n": told[word] / told["present"]}
    span = _SPANS[word.removesuffix("_possible")]
    low, high = of.ends(*key, of=span)
    return {"n": (high if word.endswith("_possible") else low) / 100}


def _longer(seen: Seen) -> dict[str, Truth]:
    gain = seen.city.gains(3, None)[seen.at.number - 1]
    name = seen.at.column
    values = {
        "order": seen.at.number, "hours": 3, "workers": gain.workers,
        "worker_hours": gain.worker_hours,
    }  # fmt: skip
    value = values.get(name, gain.by_group.get(name.removeprefix("worker_hours_"), 0.0))
    return {"n": value}


def _station(seen: Seen) -> dict[str, Truth]:
    gain = seen.city.gains(3, None)[seen.at.number - 1]
    frame = seen.of.frame
    name = str(frame["name"][frame["id"] == gain.station].iloc[0])
    return {"text": gain.station if seen.at.column == "station_id" else name}


CLAIMS = (
    Claim("^csv coverage.csv", ("^{n}$",), _coverage),
    Claim(r"^csv plan.csv.*\|(?:order|lon|lat|adds_\w+|lost_without)\]", ("^{n}$",), _plan),
    Claim(r"^csv plan.csv.*\|(?:site_id|name|place)\]", ("^{text:w}$",), _site),
    Claim("^csv effective.csv", ("^{n}$",), _effective),
    Claim(
        r"^csv longer_hours.csv.*\|(?:order|hours|workers|worker_hours\w*)\]", ("^{n}$",), _longer
    ),
    Claim(r"^csv longer_hours.csv.*\|(?:station_id|name)\]", ("^{text:w}$",), _station),
)
