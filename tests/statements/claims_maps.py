"""Claims on the planner's page and map, and on the worker's list and station pages."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.china_time import CHINA_TIME
from data.hours import WorkCalendar, parse_hours, state_at, week_table
from data.vocabulary import FACILITIES
from tests.statements.rules import (
    ALL,
    MODE_EN,
    MODE_ZH,
    day_words,
    fixed,
    group_of,
    kind_of,
    per_cent,
    standard_of_named,
    today,
    two_digits,
)
from tests.statements.walker import Claim, Holds

if TYPE_CHECKING:
    from data.hours import Hours
    from tests.statements.walker import Seen, Truth

_WEEKDAYS_ZH: Final = "一二三四五六日"
_MINUTES: Final = 1440


def language(seen: Seen) -> str:
    return seen.at.face.split()[1]


# the plan


def _sites(seen: Seen) -> list[Any]:
    return list(seen.city.plan["sites"])


def _built(seen: Seen) -> dict[str, Truth]:
    return {"n": len(_sites(seen))}


def built_kind(seen: Seen) -> dict[str, Truth]:
    kind = kind_of(seen.said["kind"])
    n = sum(site["kind"] == kind for site in _sites(seen))
    return {"k": n, "kind": Holds(n > 0, kind)}


def _more(seen: Seen) -> dict[str, Truth]:
    before, after = (seen.of.row(after=after).one for after in (False, True))
    return {"more": round(after) - round(before)}


def _shares(seen: Seen) -> dict[str, Truth]:
    before, after = (seen.of.row(after=after) for after in (False, True))
    return {
        "before": per_cent(before.one, before.workers),
        "after": per_cent(after.one, after.workers),
    }


def _covered(seen: Seen) -> dict[str, Truth]:
    after = seen.of.row(after=True)
    return {"covered": after.one, "workers": after.workers}


def _bound(seen: Seen) -> dict[str, Truth]:
    """What no choice can pass: what the plan covers where that is proven best, else never less."""
    plan = seen.city.plan
    best = plan["gap"] <= 1e-9
    return {"bound": round(seen.of.row(after=True).one) if best else math.ceil(plan["bound"])}


def _made(seen: Seen) -> dict[str, Truth]:
    kept = seen.city.workspace.newest_result("plan")
    made = datetime.fromisoformat(kept.created_at).astimezone(CHINA_TIME).date()
    return {"s": kept.body["runtime_s"], "day": day_words(made, language(seen))}


def _table_cell(seen: Seen) -> dict[str, Truth] | None:
    """The figures of a site in the plan's table; what adds most comes first."""
    at, of = seen.at, seen.of
    number = at.number - 1
    if at.column in {"新增", "Adds"}:
        best = of.adds[number - 1][ALL] >= of.best_next[number - 1] - 1e-6
        told = seen.city.told_site(number)[ALL]
        return {"n": told if best else Holds(true=False, why="another would add more")}
    if at.column in {"去掉则少", "Lost without"}:
        return {"n": of.lost_without[number - 1]}
    return None


def _few(seen: Seen) -> dict[str, Truth]:
    """A part of a worker, which is not nobody."""
    at, of = seen.at, seen.of
    if at.place == "mark/line":
        value = of.adds[int(at.row.removeprefix("site-")) - 1][ALL]
    elif at.column in {"去掉则少", "Lost without", "去掉则少 / 人", "Lost without it"}:
        value = of.lost_without[at.number - 2]
    else:
        value = of.adds[at.number - 2][ALL]
    return {"few": Holds(0 < value < 1, str(value))}


def _name(seen: Seen) -> dict[str, Truth]:
    site = _sites(seen)[seen.at.number - 2]
    return {"name": seen.city.is_called(seen.said["name"], site)}


def _first_served(seen: Seen) -> dict[str, Truth] | None:
    """Whom a site reaches first: the two groups of which it adds most."""
    try:
        group = group_of(seen.said["who"])
    except KeyError:
        return None
    adds = dict(seen.of.adds[seen.at.number - 2])
    adds.pop(ALL)
    most = sorted(adds.values(), reverse=True)[:2]
    return {
        "who": Holds(adds[group] >= most[-1] - 1e-9, str(adds)),
        "n": seen.city.told_site(seen.at.number - 1)[group],
    }


def best_next(seen: Seen) -> dict[str, Truth]:
    pairs = zip(seen.of.adds, seen.of.best_next, strict=True)
    return {"next": Holds(all(adds[ALL] >= best - 1e-6 for adds, best in pairs), "")}


# the map


def _legend(seen: Seen) -> dict[str, Truth] | None:
    words = seen.said["word"]
    frame = seen.of.frame
    for prefix in ("新建议：", "Proposed: "):
        if words.startswith(prefix):
            kind = kind_of(words.removeprefix(prefix))
            return {"word": words, "n": sum(site["kind"] == kind for site in _sites(seen))}
    status = {
        "规划中": "planned", "Planned": "planned", "暂停开放": "suspended", "暂停": "suspended",
        "Suspended": "suspended", "已关闭": "closed", "Closed": "closed",
    }.get(words)  # fmt: skip
    if status is None:
        here = (frame["kind"] == kind_of(words)) & (frame["status"] == "open")
    else:
        here = frame["status"] == status
    return {"word": words, "n": int(here.sum())}


def _mark_number(seen: Seen) -> dict[str, Truth]:
    """A number in a mark: the place of a site in the order, or the first of its kind."""
    n = int(seen.said["n"])
    sites = _sites(seen)
    if "legend" in seen.at.place or "ul.key" in seen.at.place:
        kinds = [site["kind"] for site in sites]
        kind = next(k for k in set(kinds) if f"kind-{k.replace('_', '-')}." in seen.at.place)
        return {"n": kinds.index(kind) + 1}
    if seen.at.table:
        return {"n": seen.at.number - 1}
    if seen.at.place == "mark/number":
        return {"n": int(seen.at.row.removeprefix("site-"))}
    kind = sites[n - 1]["kind"] if n <= len(sites) else ""
    shown = f"kind-{kind.replace('_', '-')}." in seen.at.place or "inset" in seen.at.place
    return {"n": Holds(shown and seen.city.drawn_once(seen.at, n), f"{kind} is no. {n}")}


def _site_line(seen: Seen) -> dict[str, Truth]:
    number = int(seen.at.row.removeprefix("site-"))
    return {name: number if name == "at" else seen.city.told_site(number)[ALL]
            for name in seen.said.groupdict()}  # fmt: skip


def _mark_name(seen: Seen) -> dict[str, Truth]:
    if seen.at.row.startswith("site-"):
        site = _sites(seen)[int(seen.at.row.removeprefix("site-")) - 1]
        return {"name": seen.city.is_called(seen.said["name"], site)}
    return {"name": _record(seen)["name"]}


def _break(seen: Seen) -> dict[str, Truth]:
    return {"n": two_digits(seen.city.density(seen.of)[0][seen.at.number - 1])}


def _squares(seen: Seen) -> dict[str, Truth]:
    breaks, shares, largest = seen.city.density(seen.of)
    even = all(abs(share - 1 / 7) <= largest for share in shares)
    truth: dict[str, Truth] = {"km": seen.city.density_m / 1000, "part": Holds(even, str(shares))}
    if "least" in seen.said.groupdict():
        truth["least"] = Holds(float(seen.said["least"]) == 1 and breaks[0] >= 1, str(breaks))
    return truth


def _today(seen: Seen) -> dict[str, Truth]:
    return {"day": day_words(today(), language(seen))}


# stations


def _record(seen: Seen) -> dict[str, Any]:
    return seen.of.records.get(seen.at.row) or seen.city.station_shown


def _register_text(seen: Seen) -> dict[str, Truth] | None:
    """A name or an address as the register has it."""
    record = _record(seen)
    said = seen.said["text"]
    held = (record["name"], record["address"], f"导航 {record['name']}", f"Go {record['name']}")
    return {"text": said} if said in held else None


def _title(seen: Seen) -> dict[str, Truth]:
    return {"name": seen.city.station_shown["name"]}


def _same_hours(seen: Seen) -> dict[str, Truth] | None:
    """Opening hours as somebody reads them: they mean what the register's hours mean."""
    record = _record(seen)
    said = seen.said["hours"].replace("24 h", "24小时")
    read, held = (week_table(parse_hours(text)) for text in (said, record["hours"]))
    if read is None or held is None:
        return None
    clocks = [re.findall(r"\d+:\d\d", text) for text in (said, record["hours"])]
    same = bool(np.array_equal(read, held)) and clocks[0] == clocks[1]
    return {"hours": Holds(same, record["hours"])}


def _fact(seen: Seen) -> dict[str, Truth] | None:
    """A number on record: seats, area, spaces for trucks."""
    column = {
        "座位": "seats", "Seats": "seats", "面积": "area_m2", "Area": "area_m2",
        "货车位": "truck_spaces", "Truck spaces": "truck_spaces",
    }.get(seen.at.row)  # fmt: skip
    return None if column is None else {"n": float(seen.city.station_shown[column])}


def _hours(seen: Seen) -> Hours:
    return parse_hours(_record(seen)["hours"])


def _until(seen: Seen) -> dict[str, Truth] | None:
    """Until or from when: the clock of the next change, today unless a day is named."""
    moment = seen.city.moment(seen.at.face)
    found = state_at(_hours(seen), moment, calendar=WorkCalendar.china())
    then = found.until if "until" in seen.said.groupdict() else found.next_open
    name = next(iter(seen.said.groupdict()))
    if then is None:
        return {name: Holds(true=False, why=str(found))}
    clock = f"{then.hour}:{then.minute:02d}"
    if clock == "0:00" and name == "until":
        clock = "24:00"
    return {name: clock}


def _always(seen: Seen) -> dict[str, Truth]:
    table = week_table(_hours(seen))
    assert table is not None
    return {"all": Holds(bool(table.all()), "not open all the time")}


def _checked(seen: Seen) -> dict[str, Truth]:
    days = (today() - date.fromisoformat(_record(seen)["checked_at"])).days
    unit = seen.said["unit"]
    n = {"天": days, "days": days, "个月": int(days / 30.44), "months": int(days / 30.44)}
    return {"n": n.get(unit, int(days / 365.25)), "unit": unit}


def _checked_on(seen: Seen) -> dict[str, Truth]:
    return {"day": _record(seen)["checked_at"]}


def _n_listed(seen: Seen) -> dict[str, Truth]:
    listed = ~seen.of.frame["status"].isin(["closed", "planned"])
    return {"n": int(listed.sum())}


def _pages(seen: Seen) -> dict[str, Truth]:
    n = _n_listed(seen)["n"]
    page = 2 if "page=2" in seen.at.face else 1
    n_pages = -(-int(n) // 20)  # type: ignore[arg-type]  # a plain number
    return {"page": min(page, n_pages), "pages": n_pages}


def _facility(seen: Seen) -> dict[str, Truth] | None:
    term = next(
        (t for t in FACILITIES if seen.said["what"].casefold() in {t.zh, t.en.casefold()}), None
    )
    if term is None:
        return None
    frame = seen.of.frame
    listed = frame[~frame["status"].isin(["closed", "planned"])]
    return {
        "what": seen.said["what"],
        "n": sum(term.id in there for there in listed["facilities"]),
    }


def _week_day(seen: Seen) -> dict[str, Truth]:
    day = today() + timedelta(days=seen.at.number - 1)
    zh = f"周{_WEEKDAYS_ZH[day.weekday()]} {day.month}月{day.day}日"
    return {"day": zh if language(seen) == "zh" else f"{day:%a} {day.day} {day:%b}"}


def _week_hours(seen: Seen) -> dict[str, Truth]:
    """The hours of a day: open within what is said, and at no other time of the day."""
    day = today() + timedelta(days=seen.at.number - 1)
    said = seen.said["spans"]
    spans = [
        tuple(60 * int(h) + int(m) for h, m in (end.split(":") for end in span))
        for span in re.findall(r"(\d+:\d\d)[–-](\d+:\d\d)", said)
    ]
    if said.startswith("24"):
        spans = [(0, _MINUTES)]
    hours = parse_hours(seen.city.station_shown["hours"])
    asked = sorted({*range(7, _MINUTES, 30), *(m + d for s in spans for m in s for d in (-1, 0))})
    midnight = datetime(day.year, day.month, day.day, tzinfo=CHINA_TIME)
    wrong = [
        minute
        for minute in asked
        if 0 <= minute < _MINUTES
        and any(low <= minute < high for low, high in spans)
        != (
            state_at(
                hours, midnight + timedelta(minutes=minute), calendar=WorkCalendar.china()
            ).word
            in {"open", "closes_soon"}
        )
    ]
    return {"spans": Holds(not wrong, f"{hours.text}: {wrong[:3]}")}


def _lorry(seen: Seen) -> dict[str, Truth]:
    truck = seen.of.settings.profiles["truck"]
    return {"height": truck.height_m, "weight": truck.weight_t}


_PLAN_PAGE = "^page .. /plan "
_LIST = r"^(?:page|phone) .. /(\?page=2)? "
_STATION = "^page .. /s/"
PLAN = (
    Claim(f"{_PLAN_PAGE}.*h1.answer", ("^{n} 个新站", "^{n} new stations?"), _built),
    Claim(
        f"{_PLAN_PAGE}.*h1.answer",
        ("(?<=[（、]){k} 个{kind:w}(?=[、）])", r"(?<=[( ]){k} (?P<kind>[a-z- ]+?)(?=[,)])"),
        built_kind,
    ),
    Claim(
        f"{_PLAN_PAGE}.*h1.answer",
        ("新覆盖 {more} 人", "reach(?:es)? {more} more workers?"),
        _more,
    ),
    Claim(
        rf"{_PLAN_PAGE}.*dl.facts.*dd \[(?:覆盖率|Share)", ("^{before} % → {after} %$",), _shares
    ),
    Claim(
        rf"{_PLAN_PAGE}.*dl.facts.*dd \[(?:已覆盖|Workers)", ("^{covered} / {workers}$",), _covered
    ),
    Claim(
        rf"{_PLAN_PAGE}.*dl.facts.*dt",
        ("^证明的上限（{sites} 个候选点）$", r"^Proven bound \({sites} sites\)$"),
        lambda seen: {"sites": len(seen.of.candidates[0])},
    ),
    Claim(
        rf"{_PLAN_PAGE}.*dl.facts.*dd \[(?:证明|Proven)",
        ("^{bound}$",),
        _bound,
    ),
    Claim(
        f"{_PLAN_PAGE}.*p.quiet",
        ("求解 {s} 秒 · 算于 {day:w}$", "Solved in {s} s · Worked out on {day:w}$"),
        _made,
    ),
    Claim(rf"{_PLAN_PAGE}.*td.number \[sites", ("^{n}$",), _table_cell),
    Claim("^page .*(?:sites|mark/line)", ("(?P<few>不足 1|fewer than 1)",), _few),
    Claim(r"^page .*mark-number", ("^{n}$",), _mark_number),
    Claim(r"^page .*(?:inset-number|mark/number)", ("^{n}$",), _mark_number),
    Claim(rf"{_PLAN_PAGE}.*td \[sites", ("^{name:w}$",), _name),
    Claim(rf"{_PLAN_PAGE}.*div.why \[sites", ("· {who:w} {n}(?= ·|$)",), _first_served),
)
MAP = (
    Claim(
        "^page .*(?:legend-body/ul/li|ul.key/li)$",
        (
            f"(?P<who>[^；：0-9]+?)，{MODE_ZH} {{min}} 分钟(?:、{{km}} 公里)?内",
            f"(?P<who>[^;:0-9]+?), within {{min}} min {MODE_EN}(?: and {{km}} km)?",
        ),
        standard_of_named,
    ),
    Claim("^page .*table.sites/caption", ("(?P<next>下一个总是新增最多)",), best_next),
    Claim("^page .*legend-body/ul/li$", ("^{word:w} {n}$",), _legend),
    Claim("^page .*svg.ramp/text", ("^{n}$",), _break),
    fixed("^page .*svg.ramp@", "^七级色阶$"),
    Claim(
        "^page .*legend-body/div/p.quiet",
        (
            "每格 {km} 公里见方；每级各含{part:w}的工友；不足 {least} 人的不画",
            "每格 {km} 公里见方；每级各含{part:w}的工友$",
            "Squares of {km} km; each class holds {part:w} of the workers; fewer than {least} are",
            "Squares of {km} km; each class holds {part:w} of the workers$",
        ),
        _squares,
    ),
    Claim("^page .*(?:p.source|figcaption)", (" · (?:绘于 |Drawn on )?{day:w}$",), _today),
    Claim("^page .*p.dateline", ("^{day:w} · ",), _today),
    Claim("^page .*mark/line", ("^第 {at} 个新站$", "^New station no. {at}$"), _site_line),
    Claim("^page .*mark/line", ("新覆盖 {n} 人", "reaches {n} more workers?"), _site_line),
    Claim("^page .*mark/name", ("^{name:w}$",), _mark_name),
    Claim(r"^page .*mark/line \[(?!site-)", ("^{hours:w}$",), _same_hours),
    Claim(r"^page .*mark/line \[(?!site-)", ("^{text:w}$",), _register_text),
)
PHONE = (
    Claim(
        "^(?:page|phone) .*#truck-note",
        ("按高 {height} 米、重 {weight} 吨的车算", "for a lorry {height} m high of {weight} t"),
        _lorry,
    ),
    fixed("^page .*select#leave", "^In half an hour$"),
    fixed(f"{_LIST}.*button.chip", r"^(?:通宵（22–6 点）|All night \(22–6\))"),
    Claim(f"{_LIST}.*button.chip", ("^{what:w} {n}$",), _facility),
    Claim(
        f"{_LIST}.*p#where",
        ("^{n} 个站点，按区县和名称排列。$", "^{n} stations by district"),
        _n_listed,
    ),
    Claim(f"{_LIST}.*nav#pages", ("{page} / {pages}",), _pages),
    Claim(rf"{_LIST}.*(?:h2|@aria-label) ", ("^{text:w}$",), _register_text),
    Claim(
        rf"(?:{_LIST}.*p.near|{_STATION}.*p.now)",
        (
            r"开放中，至 {until:c}(?= |$)",
            r"{until:c} 关门",
            r"Open until {until:c}(?= |$)",
            r"Closes at {until:c}(?= |$)",
            r"关门，(?:\S+ )?{opens:c} 开",
            r"Closed, opens (?:\w+ )?{opens:c}(?= |$)",
        ),
        _until,
    ),
    Claim(
        rf"(?:{_LIST}.*p.near|{_STATION}.*p.now)", ("(?P<all>24 小时)", "(?P<all>24 h)"), _always
    ),
    Claim(
        rf"(?:{_LIST}.*p.fresh|{_STATION}.*p.now)",
        ("{n} (?P<unit>天|个月|年)前核对", "Checked {n} (?P<unit>days|months|years) ago"),
        _checked,
    ),
    Claim(rf"{_STATION}.*head/title", ("^{name:w} · ",), _title),
    Claim(rf"{_STATION}.*(?:h1|dl.facts/dd)", ("^{text:w}$",), _register_text),
    Claim(rf"{_STATION}.*dl.facts/dd", ("^{hours:w}$",), _same_hours),
    Claim(rf"{_STATION}.*dl.facts/dd", ("^{n}(?: ?(?:平方米|m²))?$",), _fact),
    Claim(rf"{_STATION}.*th \[week", ("^{day:w}$",), _week_day),
    Claim(rf"{_STATION}.*td \[week", ("^{spans:w}$",), _week_hours),
    fixed(f"{_STATION}.*h2#week-title", "^这七天的开放时间$", "^Hours of these seven days$"),
    Claim(
        f"{_STATION}.*ul.history", ("^{day:i} (?:台账核对|Checked for the register)$",), _checked_on
    ),
)
CLAIMS = (*PLAN, *MAP, *PHONE)
