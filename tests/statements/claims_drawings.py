"""Claims on the charts that the command line draws: effective coverage, and workers by the hour."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tests.statements.rules import (
    ALL,
    DAWN,
    DAY,
    NIGHT,
    ends_as,
    fixed,
    group_of,
    two_digits,
)
from tests.statements.walker import Claim, Holds

if TYPE_CHECKING:
    from tests.statements.walker import Seen, Truth

_SHARES: Final = (0, 10, 25, 40, 55, 70, 85)
_HOURS: Final = (2, 6, 10, 14, 18, 22)


def _effect(seen: Seen) -> dict[str, Truth]:
    night, day, dawn, week = (seen.of.ends(of=hours) for hours in (NIGHT, DAY, DAWN, range(24)))
    truths = ends_as(
        seen,
        {("n1", "n2"): night, ("d1", "d2"): day, ("low", "high"): week, ("a1", "a2"): dawn},
    )
    if "paper" in seen.said.groupdict():
        truths["paper"] = seen.of.share("nominal")
    return truths


def _panel_day(seen: Seen) -> dict[str, Truth]:
    group, day = group_of(seen.at.row), seen.at.number - 1
    weeks = [seen.of.weeks[name][group][ALL].reshape(7, 24) for name in ("effective", "present")]
    covered, there = (float(week[day].sum()) for week in weeks)
    return {"n": 100 * covered / there}


def _panel_share(seen: Seen) -> dict[str, Truth]:
    group = group_of(seen.at.row)
    if "paper" in seen.said.groupdict():
        return {"paper": seen.of.share("nominal", group)}
    return ends_as(seen, {("low", "high"): seen.of.ends(group)}, digits=0)


def _class(seen: Seen) -> dict[str, Truth]:
    """The classes are drawn in their order, from nothing up."""
    texts = [piece.text for piece in seen.city.charts[seen.at.face] if piece.place == "text"]
    classes = [text for text in texts if re.fullmatch(r"\d+ %", text)]
    return {"n": _SHARES[classes.index(seen.at.text)] if seen.at.text in classes else -1}


def _group(seen: Seen) -> str:
    return "delivery_rider" if "at 14" in seen.at.face else ALL


def _extremes(seen: Seen) -> dict[str, Truth]:
    of_day = seen.city.hours_of_day(ALL, "weekday")
    most, least = int(seen.said["most"]), int(seen.said["least"])
    return {
        "most": Holds(of_day[most] >= of_day.max() - 1e-6, f"{of_day.argmax()}"),
        "n": float(of_day.max()),
        "least": Holds(of_day[least] <= of_day.min() + 1e-6, f"{of_day.argmin()}"),
        "few": float(of_day.min()),
    }


def _at_hour(seen: Seen) -> dict[str, Truth]:
    hour = int(seen.said["hour"])
    square_m = seen.city.square_m(seen.at.face)
    group = _group(seen)
    return {
        "hour": Holds(hour == 14, "14 was asked for"),
        "n": float(seen.city.hours_of_day(group, "weekday")[hour]),
        "who": Holds(group_of(seen.said["who"]) == group, group),
        "part": Holds(seen.said["part"] in {"一半", "half"}, ""),
        "km2": two_digits(seen.city.half_area_km2(group, "weekday", hour, square_m)),
    }


def _square(seen: Seen) -> dict[str, Truth]:
    return {"km": Holds(float(seen.said["km"]) in {0.1, 0.25, 0.5, 1, 2, 4}, "")}


def _seen(seen: Seen) -> dict[str, Truth]:
    """The share of the group that stands in the frame that is drawn."""
    return {"n": seen.city.share_in_frame(seen.at.face, _group(seen))}


def _panel_hour(seen: Seen) -> dict[str, Truth]:
    hour = int(seen.said["hour"])
    return {
        "hour": Holds(hour in _HOURS, ""),
        "n": float(seen.city.hours_of_day(_group(seen), "weekday")[hour]),
    }


def _break(seen: Seen) -> dict[str, Truth]:
    """Classes begin at 1, 2 or 5 of some power of ten, each above the one before."""
    value = float(seen.said["n"].replace(",", ""))
    texts = [
        float(piece.text.replace(",", ""))
        for piece in seen.city.charts[seen.at.face]
        if piece.place == "text" and re.fullmatch(r"[\d.,]+", piece.text)
    ]
    leading = f"{value:e}"[0] in "125"
    return {"n": Holds(leading and value in texts and texts == sorted(set(texts)), str(texts))}


def _thinnest(seen: Seen) -> dict[str, Truth]:
    texts = [
        float(piece.text.replace(",", ""))
        for piece in seen.city.charts[seen.at.face]
        if piece.place == "text" and re.fullmatch(r"[\d.,]+", piece.text)
    ]
    return {"n": texts[0]}


def _source_day(seen: Seen) -> dict[str, Truth]:
    layers = seen.city.questions["cli demand layers"].figures["layers"]
    return {"day": Holds(seen.said["day"] in {one["date"] for one in layers}, "no layer is of it")}


_EFFECT: Final = "^drawing .. effective "
_DEMAND: Final = "^drawing .. demand"
CLAIMS = (
    Claim(
        f"{_EFFECT}text",
        (
            "22–6 时 {n1}(?:–{n2})? %，6–22 时 {d1}(?:–{d2})? %",
            "In effect {n1}(?:–{n2})? % are covered at night, {d1}(?:–{d2})? % by day",
            r"\({n1}(?:–{n2})? % against {d1}(?:–{d2})? %\)",
            "有效覆盖 {low}(?:–{high})? %，名义覆盖 {paper} %",
            "凌晨 4–6 时有效覆盖 {a1}(?:–{a2})? %",
            "{low}(?:–{high})? % in effect, {paper} % on paper",
            "From 4 to 6 in the morning {a1}(?:–{a2})? %",
        ),
        _effect,
    ),
    fixed(f"{_EFFECT}text", "竖线之间是 6–22 时", "Between the lines 6 to 22"),
    Claim(f"{_EFFECT}text", ("^{n} %$",), _class),
    Claim(f"{_EFFECT}panel/label", ("^{n} %$",), _panel_day),
    Claim(
        f"{_EFFECT}panel/label",
        ("^(?:名义|paper) {paper} %$", "^(?:有效|effect) {low}(?:–{high})? %$"),
        _panel_share,
    ),
    Claim(f"{_EFFECT}panel/across", ("^{n}$",), lambda seen: {"n": 3 * (seen.at.number - 1)}),
    Claim(f"{_EFFECT}panel/up", ("^{n}(?: %)?$",), lambda seen: {"n": 100 * (seen.at.number - 1)}),
    Claim(
        f"{_DEMAND} text",
        (
            "工作日 {most} 时想歇脚的工友最多，{n} 人；{least} 时最少，{few} 人",
            r"most workers want a rest place at {most}:00 \({n}\), fewest at {least}:00 \({few}\)",
        ),
        _extremes,
    ),
    Claim(
        f"{_DEMAND} at 14 text",
        (
            "{hour} 时有 {n} 名{who:w}想歇脚，(?P<part>一半)在 {km2} 平方公里之内",
            (
                "at {hour}:00 on a weekday {n} {who:w} want a rest place, (?P<part>half) of them "
                "within "
                "{km2} km"
            ),
        ),
        _at_hour,
    ),
    Claim(f"{_DEMAND}.*text", ("每格 {km} 公里见方", "Squares of {km} km"), _square),
    Claim(f"{_DEMAND}.*text", ("图中有全市的 {n} %", "{n} % of them are in view"), _seen),
    Claim(f"{_DEMAND}.*text", ("^{n}$",), _break),
    Claim(f"{_DEMAND}.*text", ("少于 {n} 不画", "fewer than {n} are not drawn"), _thinnest),
    Claim(f"{_DEMAND}.*panel/title", (r"^{hour}:00\s+{n}(?: 人)?$",), _panel_hour),
    Claim(f"{_DEMAND}.*text", (r"(?P<day>\d{4}-\d\d-\d\d) ·",), _source_day),
    fixed(f"{_DEMAND}.*panel/label", "^(?:50|20|10|5|2|1|0.5|0.2|0.1) (?:公里|km)$"),
)
