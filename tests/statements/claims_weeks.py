"""Claims on the report's section of effective coverage: worker-hours by group, day and hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.statements.claims_maps import language
from tests.statements.rules import (
    ALL,
    DAWN,
    DAY,
    NIGHT,
    district_of,
    ends_as,
    evidence_truths,
    fixed,
    group_of,
    is_group,
    is_part,
    most_of,
    per_cent,
    points_lost,
)
from tests.statements.walker import Claim, Holds

if TYPE_CHECKING:
    from tests.statements.walker import Seen, Truth

_PAGE: Final = "^page .. /report "


def _row_key(seen: Seen) -> tuple[str, str]:
    name = seen.at.row
    return (group_of(name), ALL) if is_group(name) else (ALL, district_of(name))


_SPANS: Final = {"6–22": DAY, "22–6": NIGHT, "4–6": DAWN}


def span_of(column: str) -> range | tuple[int, ...] | None:
    """The hours that a column is of."""
    return next((hours for name, hours in _SPANS.items() if name in column.split(" ")), None)


def _hours_cell(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.column not in {"人时 / 周", "Worker-hours"}:
        return None
    return {"n": seen.city.told_hours(*_row_key(seen))["present"]}


def _paper_cell(seen: Seen) -> dict[str, Truth] | None:
    if not seen.at.column.startswith(("名义", "On paper")):
        return None
    told = seen.city.told_hours(*_row_key(seen))
    return {"n": per_cent(told["nominal"], told["present"])}


def _effect_cell(seen: Seen) -> dict[str, Truth] | None:
    """A share in effect: one where both ends are printed alike, else from the one to the other."""
    key, column = _row_key(seen), seen.at.column
    span = span_of(column)
    if span is None and not column.startswith(("有效", "In effect")):
        return None
    ends = seen.of.ends(*key, of=range(24) if span is None else span)
    return ends_as(seen, {("low", "high"): ends})


def _lost_cell(seen: Seen) -> dict[str, Truth] | None:
    if not seen.at.column.startswith(("差", "Gap")):
        return None
    return points_lost(seen, *_row_key(seen))


def _ends(seen: Seen) -> dict[str, Truth]:
    """Shares of the week, of night and day, and before dawn, each from the least to the most."""
    week, night, day, dawn = (seen.of.ends(of=hours) for hours in (range(24), NIGHT, DAY, DAWN))
    truths = ends_as(
        seen,
        {("low", "high"): week, ("n1", "n2"): night, ("d1", "d2"): day, ("a1", "a2"): dawn},
    )
    if "paper" in seen.said.groupdict():
        truths["paper"] = seen.of.share("nominal")
    return truths


def _night_part(seen: Seen) -> dict[str, Truth]:
    night, day = (seen.of.ends(of=hours) for hours in (NIGHT, DAY))
    about = "约" in seen.said[0] or "about" in seen.said[0]
    return {"part": is_part(seen.said["part"], night[0] / day[0], about=about)}


def _unknown(seen: Seen) -> dict[str, Truth]:
    return evidence_truths(seen, seen.of.ends())


def _week_day(seen: Seen) -> dict[str, Truth]:
    """The share of a day of the week, as the register states it."""
    group, day = group_of(seen.at.row), seen.at.number - 1
    weeks = [seen.of.weeks[name][group][ALL].reshape(7, 24) for name in ("effective", "present")]
    covered, there = (float(week[day].sum()) for week in weeks)
    return {"n": per_cent(covered, there)}


def _panel_ends(seen: Seen) -> dict[str, Truth]:
    group = group_of(seen.at.row)
    day, night, week = (seen.of.ends(group, of=hours) for hours in (DAY, NIGHT, range(24)))
    if "paper" in seen.said.groupdict():
        return {"paper": seen.of.share("nominal", group)}
    ends = {("d1", "d2"): day, ("n1", "n2"): night, ("low", "high"): week}
    return ends_as(seen, ends, digits=0)


def _tick(seen: Seen) -> dict[str, Truth]:
    return {"n": 6 * (seen.at.number - 1)}


def _class(seen: Seen) -> dict[str, Truth]:
    return {"n": (0, 10, 25, 40, 55, 70, 85)[seen.at.number - 1]}


def _longer(seen: Seen) -> dict[str, Truth]:
    gain = seen.city.gains(3, None)[seen.at.number - 1]
    frame = seen.of.frame
    zh = language(seen) == "zh"
    sides = {"after": ("关门后", "after closing"), "before": ("开门前", "before opening")}
    return {
        "name": str(frame["name"][frame["id"] == gain.station].iloc[0]),
        "side": sides[gain.when][0 if zh else 1],
        "hours": 3,
        "workers": gain.workers,
        "who": Holds(group_of(seen.said["who"]) == most_of(gain.by_group), str(gain.by_group)),
        "worker_hours": gain.worker_hours,
    }


_SECTION: Final = f"{_PAGE}.*section.effective"
CLAIMS = (
    Claim(
        f"{_PAGE}.*beneath",
        (
            "名义覆盖是 {paper} %；有.*?的站可去的是 {low}(?:–{high})? %",
            "{paper} % have a station on paper, and {low}(?:–{high})? % one that",
            "凌晨 4–6 时有效覆盖 {a1}(?:–{a2})? %",
            "From 4 to 6 in the morning {a1}(?:–{a2})? %",
        ),
        _ends,
    ),
    fixed(
        f"{_PAGE}.*beneath",
        "一人需要休息几个小时就算几次",
        "a worker who wants a rest in three hours counts three times",
    ),
    Claim(
        f"{_SECTION}/p",
        (
            (
                "面向这些工种的 {open} 个开放站点中，(?:{hours} 个没有可读的开放时间)?，?"
                "(?:{access} 个没有写明进门方式)?，?(?:{equipment} 个没有写全所需设备)?："
                "真实值在 {low} %（已写明的才算）与 {high} %（没写的也算）之间"
            ),
            (
                "Of {open} open stations the register states: for (?:{hours} no hours that can be "
                "read)?,? ?(?:{access} no way in)?,? ?(?:{equipment} not all of the equipment)?; "
                "the "
                r"truth lies between {low} % \(what is stated\) and {high} %"
            ),
        ),
        _unknown,
    ),
    fixed(f"{_SECTION}.*th.number", "^(?:6–22|22–6|4–6)(?: 时)?(?: / %)?$"),
    Claim(rf"{_SECTION}.*td.number \[", ("^{n}$",), _hours_cell),
    Claim(rf"{_SECTION}.*td.number \[", ("^{n}$",), _paper_cell),
    Claim(rf"{_SECTION}.*td.number \[", ("^{low}(?:–{high})?$",), _effect_cell),
    Claim(rf"{_SECTION}.*td.number \[", ("^{least}(?: (?:至|to) {most})?$",), _lost_cell),
    Claim(
        rf"{_SECTION}/figure/(?:p.caption|div.weeks@)",
        (
            "22–6 时 {n1}(?:–{n2})? %，6–22 时 {d1}(?:–{d2})? %",
            "In effect {n1}(?:–{n2})? % are covered at night, {d1}(?:–{d2})? % by day",
            r"\({n1}(?:–{n2})? % against {d1}(?:–{d2})? %\)",
        ),
        _ends,
    ),
    Claim(
        rf"{_SECTION}/figure/(?:p.caption|div.weeks@)",
        (
            "夜间覆盖(?:只有|是|约为)白天的(?P<part>[一二三四五六七八九十]分之[一二三四五六七八九十]|一半)",
            "at night is (?:about )?{part:w} of the day's",
        ),
        _night_part,
    ),
    Claim(
        f"{_SECTION}.*week-end",
        (
            "白天 {d1}(?:–{d2})? % · 夜间 {n1}(?:–{n2})? %",
            "day {d1}(?:–{d2})? % · night {n1}(?:–{n2})? %",
        ),
        _panel_ends,
    ),
    Claim(f"{_SECTION}.*week-day", ("^{n} %$",), _week_day),
    Claim(f"{_SECTION}.*week-nominal", ("^(?:名义|paper) {paper} %$",), _panel_ends),
    Claim(f"{_SECTION}.*week-effective", ("^(?:有效|effect) {low}(?:–{high})? %$",), _panel_ends),
    Claim(f"{_SECTION}.*week-tick", ("^{n}$",), _tick),
    Claim(f"{_SECTION}.*week-key/text", ("^{n} %$",), _class),
    fixed(f"{_SECTION}.*figcaption", "竖线之间是 6–22 时", "Between the lines 6 to 22"),
    Claim(
        f"{_SECTION}.*ol.longer",
        (
            (
                "^{name:w}：(?P<side>关门后|开门前)多开 {hours} 小时，平均每天多覆盖 {workers} 人，"
                "(?:多为|都是){who:w}；一周 {worker_hours} 人时$"
            ),
            (
                "^{name:w}: Open {hours} hours longer (?P<side>after closing|before opening): "
                "{workers} "
                "workers? gained on an average day, (?:mostly|all) {who:w}; {worker_hours} "
                "worker-hours"
            ),
        ),
        _longer,
    ),
    Claim(
        f"{_SECTION}.*p.note",
        (
            (
                "近 {days} 天核对过的站点有 {checked} 个，占 {share} %；{never} 个从未核对，"
                "{hours} 个时间未知，"
                "{access} 个没有写明进门方式(?:，{equipment} 个没有写全所需设备)?"
            ),
            (
                r"{checked} stations \({share} %\) were checked within {days} days; {never} "
                r"never were, "
                "of {hours} the hours are not known, {access} do not say how one gets in"
                "(?:, {equipment} not all of the equipment)?"
            ),
        ),
        _unknown,
    ),
    fixed(f"{_SECTION}.*p.note", "of one station alone", "平常的一周"),
)
