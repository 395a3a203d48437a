"""Claims on the official's report: coverage now and after, gaps, aims, sites."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from data.china_time import CHINA_TIME
from tests.statements.claims_maps import best_next, built_kind
from tests.statements.rules import (
    ALL,
    MODE_EN,
    MODE_ZH,
    district_of,
    ends_as,
    fixed,
    group_of,
    is_standard,
    kind_of,
    per_cent,
    points,
    whole,
)
from tests.statements.walker import Claim, Holds
from web.services.report_basis import basis_of

if TYPE_CHECKING:
    from tests.statements.walker import Seen, Truth

_PAGE: Final = "^page .. /report "
_BASICS: Final = {"drinking_water", "microwave", "seats", "phone_charging", "first_aid"}


def _which(words: str) -> str:
    """The standard that is named."""
    return "national" if "全国" in words or "national standard" in words else "group"


# the first page


def _open(seen: Seen) -> dict[str, Truth]:
    return {"open": seen.of.n_open}


def _workers(seen: Seen) -> dict[str, Truth]:
    return {"workers": seen.of.row().workers}


def _reached(seen: Seen) -> dict[str, Truth]:
    row = seen.of.row(which=_which(seen.said["standard"]))
    return {
        "standard": seen.said["standard"], "one": row.one, "share": per_cent(row.one, row.workers),
    }  # fmt: skip


def _gained(seen: Seen) -> dict[str, Truth]:
    rows = [
        seen.of.row(after=after, which=_which(seen.said["standard"])) for after in (False, True)
    ]
    before, after = (round(row.one) for row in rows)
    return {"standard": seen.said["standard"], "more": after - before}


def _built(seen: Seen) -> dict[str, Truth]:
    return {"n": len(seen.city.plan["sites"])}


def _headline(seen: Seen) -> tuple[float, float, float]:
    """Before, after, and of how many, of one of the large figures."""
    label = seen.at.row
    rows = [seen.city.told(after=after, which=_which(label)) for after in (False, True)]
    field = "two" if label.startswith(("两站", "Two")) else "one"
    before, after = (row[field] for row in rows)
    return before, after, rows[0]["workers"]


def _large(seen: Seen) -> dict[str, Truth] | None:
    if seen.at.row.startswith(("开放站点", "Open stations")):
        return {"n": seen.of.n_open}
    before, _, workers = _headline(seen)
    return {"n": per_cent(before, workers)}


def _change(seen: Seen) -> dict[str, Truth]:
    if seen.at.row.startswith(("开放站点", "Open stations")):
        n = len(seen.city.plan["sites"])
        return {"after": seen.of.n_open + n, "change": n}
    before, after, workers = _headline(seen)
    shares = per_cent(before, workers), per_cent(after, workers)
    return {"after": shares[1], "change": points(*shares)}


def _proof(seen: Seen) -> dict[str, Truth]:
    """What is proven: of how many sites, for how many workers, and that no exchange does better."""
    plan = seen.city.plan
    best = plan["status"] == "optimal" and plan["gap"] <= 1e-9
    no_better = seen.of.best_exchange() <= 1e-6
    truths: dict[str, Truth] = {
        "n": len(plan["sites"]) if "new" not in plan["inputs"] else int(plan["inputs"]["new"]),
        "workers": seen.of.row().workers,
        "sites": len(seen.of.candidates[0]),
        "proof": Holds(best and no_better, f"{plan['status']} {plan['gap']}"),
    }
    return {name: truths[name] for name in seen.said.groupdict()}


def _limit(seen: Seen) -> dict[str, Truth]:
    kind = kind_of(seen.said["kind"])
    asked = dict(word.split(":") for word in seen.city.plan["inputs"]["kind"].split(", "))
    return {"kind": seen.said["kind"], "most": int(asked[kind])}


# gaps


def _gap(seen: Seen) -> dict[str, Truth]:
    missing, group, district = seen.of.gaps(after=True)[seen.at.number - 1]
    told = seen.city.told(group, district, after=True)
    n = told["workers"] - told["one"]
    truths: dict[str, Truth] = {
        "n": n if abs(n - missing) < 2 else missing, "share": per_cent(n, told["workers"]),
    }  # fmt: skip
    return {name: truths[name] for name in seen.said.groupdict()}


def _gap_standard(seen: Seen) -> dict[str, Truth]:
    _, group, _ = seen.of.gaps(after=True)[seen.at.number - 1]
    return is_standard(seen, [seen.of.of(group).standard])


def _row_standard(seen: Seen) -> dict[str, Truth]:
    return is_standard(seen, [seen.of.of(group_of(seen.at.row)).standard])


def _national_standard(seen: Seen) -> dict[str, Truth]:
    return is_standard(seen, [seen.of.settings.national])


def _left_out(seen: Seen) -> dict[str, Truth]:
    row = seen.of.row(group_of(seen.said["who"]), after=True)
    return {"who": seen.said["who"], "n": whole(row.missing)}


# tables of coverage


def _rows(seen: Seen) -> tuple[dict[str, int], dict[str, int]]:
    """The row of a table now and after the plan, in whole workers."""
    at = seen.at
    by_group = at.table in {"group", "national-group"}
    which = "national" if at.table.startswith("national") else "group"
    key = (group_of(at.row), ALL) if by_group else (ALL, district_of(at.row))
    now, then = (seen.city.told(*key, after=after, which=which) for after in (False, True))
    return now, then


def _coverage_cell(seen: Seen) -> dict[str, Truth] | None:
    now, then = _rows(seen)
    counts = {
        "登记人数": now["workers"], "Workers": now["workers"],
        "现状": now["one"], "Now": now["one"],
        "建成后": then["one"], "After": then["one"],
    }  # fmt: skip
    column = seen.at.column
    return {"n": counts[column]} if column in counts else None


def _share_cell(seen: Seen) -> dict[str, Truth] | None:
    now, then = _rows(seen)
    parts = {
        "现状": now["one"], "Now": now["one"], "建成后": then["one"], "After": then["one"],
        "两站可达": now["two"], "Two in reach": now["two"], "建成后两站可达": then["two"],
        "Two in reach, after": then["two"], "沿道路，一站": now["one"], "Roads, one": now["one"],
        "沿道路，两站": now["two"], "Roads, two": now["two"], "直线，一站": now["straight_one"],
        "Straight, one": now["straight_one"],
    }  # fmt: skip
    column = seen.at.column
    return {"n": per_cent(parts[column], now["workers"])} if column in parts else None


def _points_cell(seen: Seen) -> dict[str, Truth] | None:
    now, then = _rows(seen)
    late = {
        "变化 / 百分点": then["one"], "Change / points": then["one"],
        "直线多算 / 百分点": now["straight_one"], "Overstated / points": now["straight_one"],
    }.get(seen.at.column)  # fmt: skip
    if late is None:
        return None
    return {"n": points(per_cent(now["one"], now["workers"]), per_cent(late, now["workers"]))}


def _cross_cell(seen: Seen) -> dict[str, Truth]:
    after = "change-up" in seen.at.place
    key = group_of(seen.at.column), district_of(seen.at.row)
    told = seen.city.told(*key, after=after)
    return {"n": per_cent(told["one"], told["workers"])}


# aims, sites, manifest


def _aim(seen: Seen) -> dict[str, Truth] | None:
    """Of how many open stations an aim is met, is not met, is not stated."""
    of = seen.of
    frame = of.frame[of.open_stations]
    name = next(one for one in ("看得见", "找得到", "进得来", "用得上") if one in seen.at.row)
    if name == "看得见":
        met = [{"yes": 1, "no": -1}.get(sign, 0) for sign in frame["sign"]]
    elif name == "找得到":
        met = [1 if address else 0 for address in frame["address"]]
    elif name == "进得来":
        by_group = [
            np.where(
                of.serves(group),
                [0 if not w else 1 if of.of(group).access & set(w) else -1
                 for w in of.frame["access"]],
                -1,
            )
            for group in of.settings.group_ids
        ]  # fmt: skip
        met = np.max(by_group, axis=0)[of.open_stations].tolist()
    else:
        met = [
            1 if set(has) >= _BASICS else -1 if (_BASICS - set(has)) & {*lacks, *broken} else 0
            for has, lacks, broken in zip(
                frame["facilities"], frame["facilities_absent"], frame["facilities_broken"],
                strict=True,
            )
        ]  # fmt: skip
    yes, no, unknown = (met.count(one) for one in (1, -1, 0))
    counts = {"做到": yes, "Met": yes, "没做到": no, "Not met": no, "没写明": unknown,
              "Not stated": unknown}  # fmt: skip
    if seen.at.column in counts and "n" in seen.said.groupdict():
        return {"n": counts[seen.at.column]}
    if seen.at.column in {"做到的份额", "Share met"} and "low" in seen.said.groupdict():
        ends = per_cent(yes, len(met)), per_cent(yes + unknown, len(met))
        return ends_as(seen, {("low", "high"): ends})
    return None


def _site_cell(seen: Seen) -> dict[str, Truth] | None:
    number = seen.at.number - 2
    if seen.at.column in {"新增 / 人", "Adds"}:
        best = seen.of.adds[number][ALL] >= seen.of.best_next[number] - 1e-6
        told = seen.city.told_site(number + 1)[ALL]
        return {"n": told if best else Holds(true=False, why="another would add more")}
    if seen.at.column in {"去掉则少 / 人", "Lost without it"}:
        return {"n": seen.of.lost_without[number]}
    return None


def _site_name(seen: Seen) -> dict[str, Truth]:
    site = seen.city.plan["sites"][seen.at.number - 2]
    return {"name": seen.city.is_called(seen.said["name"], site)}


def _served(seen: Seen) -> dict[str, Truth] | None:
    try:
        group = group_of(seen.said["who"])
    except KeyError:  # fewer than 1, which another claim holds
        return None
    adds = dict(seen.of.adds[seen.at.number - 2])
    adds.pop(ALL)
    most = sorted(adds.values(), reverse=True)[:2]
    told = seen.city.told_site(seen.at.number - 1)[group]
    return {"who": Holds(adds[group] >= most[-1] - 1e-9, str(adds)), "n": told}


def _place(seen: Seen) -> dict[str, Truth]:
    site = seen.city.plan["sites"][seen.at.number - 2]
    return {"lon": site["lon"], "lat": site["lat"]}


def _hash(seen: Seen) -> dict[str, Truth]:
    inputs = basis_of(seen.city.workspace).inputs
    return {"hash": Holds(seen.said["hash"] in inputs.values(), "no hash of an input")}


def _manifest(seen: Seen) -> dict[str, Truth]:
    inputs = basis_of(seen.city.workspace).inputs
    text = json.dumps(inputs, ensure_ascii=False, sort_keys=True)
    return {"hash": hashlib.sha256(text.encode()).hexdigest()[: len(seen.said["hash"])]}


def _manifest_value(seen: Seen) -> dict[str, Truth]:
    """A number asked, a limit of a kind, a moment: as the plan keeps them."""
    plan = seen.city.plan
    digits = {
        *plan["inputs"].get("kind", "").replace(":", " ").replace(",", " ").split(),
        plan["inputs"].get("new", ""), str(len(seen.of.candidates[0])),
    }  # fmt: skip
    return {"n": Holds(seen.said["n"].replace(",", "") in digits, str(digits))}


def _moment(seen: Seen) -> dict[str, Truth]:
    computed = datetime.fromisoformat(basis_of(seen.city.workspace).inputs["computed"])
    return {"moment": f"{computed.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"}


_ANY_PLAN: Final = "^page .. /(?:report .*beneath|plan .*(?:h1|proof|planner-answer))"
LEAD = (
    Claim(f"{_PAGE}.*p.lead", ("有 {open} 个开放站点", "has {open} open stations"), _open),
    Claim(
        f"{_PAGE}.*p.lead",
        ("{workers} 名登记的户外劳动者中", "Of {workers} registered workers"),
        _workers,
    ),
    Claim(
        f"{_PAGE}.*p.lead",
        (
            "(?P<standard>按各工种标准|按全国标准)有 {one} 人（{share} %）",
            r"{one} \({share} %\) (?:reach at least one over the roads )?(?P<standard>by [^;.]+)",
        ),
        _reached,
    ),
    fixed(f"{_PAGE}.*p.lead", "沿道路能到至少一个站点"),
    Claim(f"{_PAGE}.*p.lead", ("再建 {n} 个新站", "{n} new stations? would"), _built),
    Claim(
        f"{_PAGE}.*p.lead",
        (
            "(?P<standard>按各工种标准|按全国标准)新覆盖 {more} 人",
            "{more} more (?P<standard>by [^,.]+)",
        ),
        _gained,
    ),
    Claim(f"{_PAGE}.*dd.large", ("^{n}(?: %)? ?(?:今天|today|when )",), _large),
    Claim(
        f"{_PAGE}.*dd.change",
        (r"^→ (?:建成后|built|after the plan) {after}(?: %)? {change} (?:个|points|new)",),
        _change,
    ),
    fixed(f"{_PAGE}.*dl.figures/div/dt", "^(?:两站可达|Two in reach)(?= ·|,)"),
    Claim(
        f"{_PAGE}.*dl.figures",
        (
            f"^{MODE_ZH} {{min}} 分钟(?:、{{km}} 公里)?内$",
            f"^within {{min}} min {MODE_EN}(?: and {{km}} km)?$",
        ),
        _national_standard,
    ),
    Claim(f"{_PAGE}.*beneath", ("规划：{n} 个新站", "The plan: {n} new stations?"), _built),
    Claim(
        _ANY_PLAN,
        (
            "在(?: {sites} 个)?候选点中选 {n} 个",
            "按这 {workers} 名户外劳动者的分布，(?P<proof>已证明没有更好的选法)",
            (
                "(?i:proven) for these {workers} workers: (?P<proof>no choice) of {n} of the "
                "(?:{sites} )?candidate sites"
            ),
        ),
        _proof,
    ),
    Claim(
        _ANY_PLAN,
        (
            "(?<=[（、])(?P<kind>[^（、\\d]+?)至多 {most} 个",
            "(?<=[( ])(?P<kind>[a-z- ]+?): at most {most}",
        ),
        _limit,
    ),
    Claim(
        f"{_PAGE}.*(?:beneath|h1)",
        ("(?<=[（、]){k} 个{kind:w}(?=[、）])", r"(?<=[( ]){k} (?P<kind>[a-z- ]+?)(?=[,)])"),
        built_kind,
    ),
)
GAPS = (
    Claim(f"{_PAGE}.*h2", ("最大的{n:z}处缺口", "The {n:z} largest gaps"), lambda _seen: {"n": 3}),
    Claim(f"{_PAGE}.*ol.gaps/li/div.many", ("^{n} (?:人|workers)$",), _gap),
    Claim(f"{_PAGE}.*ol.gaps/li/div.quiet", ("占 {share} %", "standard, {share} %"), _gap),
    Claim(
        f"{_PAGE}.*ol.gaps/li/div.quiet",
        (
            f"· {MODE_ZH} {{min}} 分钟(?:、{{km}} 公里)?内$",
            f"· within {{min}} min {MODE_EN}(?: and {{km}} km)?$",
        ),
        _gap_standard,
    ),
    Claim(
        f"{_PAGE}.*p.note.left-out",
        ("不服务{who:w}；仍缺站点的 {n} 人", r"serve this group: {who:w}\. The {n} of them"),
        _left_out,
    ),
)
_TABLES: Final = r"\[(?:group|district|national|national-group)\|"
TABLES = (
    fixed(f"{_PAGE}.*caption-(?:group|cross)", "标准内至少一个站点", "at least one station"),
    fixed(
        f"{_PAGE}.*th.number",
        "^(?:建成后)?两站可达$",
        "^Two in reach(?:, after)?$",
        "^沿道路，[一两]站$",
        "^直线，一站$",
        "^Roads, two$",
    ),
    Claim(
        rf"{_PAGE}.*div.why.*{_TABLES}",
        (
            f"^{MODE_ZH} {{min}} 分钟(?:、{{km}} 公里)?内$",
            f"^within {{min}} min {MODE_EN}(?: and {{km}} km)?$",
        ),
        _row_standard,
    ),
    Claim(rf"{_PAGE}.*td.number {_TABLES}", ("^{n}$",), _coverage_cell),
    Claim(rf"{_PAGE}.*td.number.*{_TABLES}", ("^{n} %$",), _share_cell),
    Claim(rf"{_PAGE}.*td.number {_TABLES}", (r"^{n}$",), _points_cell),
    Claim(rf"{_PAGE}.*td.number.*\[cross", ("^{n} %$",), _cross_cell),
    Claim(
        f"{_PAGE}.*h2",
        (r"：{km} 公里、{min} 分钟$", r": {km} km, {min} minutes$"),
        lambda seen: {
            "km": (seen.of.settings.national.radius_m or 0) / 1000,
            "min": seen.of.settings.national.cutoff_s / 60,
        },
    ),
    Claim(
        f"{_PAGE}.*caption-national",
        (
            f"{MODE_ZH} {{min}} 分钟(?:、{{km}} 公里)?内",
            f"within {{min}} min {MODE_EN}(?: and {{km}} km)?",
        ),
        _national_standard,
    ),
    fixed(
        f"{_PAGE}.*p.note",
        "全总“双15工程”要求服务半径 1 公里、步行 15 分钟",
        "The national “double 15” programme asks for a radius of 1 km, a walk of 15 minutes",
    ),
)
LAST = (
    Claim(f"{_PAGE}.*caption-aims", ("{open} 个开放站点", "{open} open stations"), _open),
    Claim(rf"{_PAGE}.*td.number \[aims", ("^{n}$", "^{low}(?:–{high})? %$"), _aim),
    fixed(rf"{_PAGE}.*td \[aims", "能用其中一种"),
    Claim(f"{_PAGE}.*caption-sites", ("(?P<next>下一个总是新增最多)",), best_next),
    Claim(rf"{_PAGE}.*td.number \[sites", ("^{n}$",), _site_cell),
    Claim(rf"{_PAGE}.*tr/th \[sites", ("^{name:w}$",), _site_name),
    Claim(rf"{_PAGE}.*div.why.*\[sites", ("· {lon}, {lat}$",), _place),
    Claim(rf"{_PAGE}.*td \[sites", (r"(?:^|· )(?P<who>[^·\d]+?) {n}(?= ·|$)",), _served),
    fixed(f"{_PAGE}.*section.manifest", "WGS-84"),
    Claim(f"{_PAGE}.*caption-manifest", ("(?:编号|number) (?P<hash>[0-9a-f]{16})$",), _manifest),
    Claim(rf"{_PAGE}.*td \[manifest", ("^(?P<hash>[0-9a-f]{64})$",), _hash),
    Claim(
        rf"{_PAGE}.*td \[manifest",
        (r"^(?P<moment>\d{4}-\d\d-\d\d \d\d:\d\d) (?:北京时间|China time)$",),
        _moment,
    ),
    Claim(rf"{_PAGE}.*td \[manifest", ("(?<![0-9a-f]){n}(?= 个|$|,)",), _manifest_value),
    Claim(
        f"{_PAGE}.*scale-text",
        ("^{km} (?:公里|km)$",),
        lambda seen: {
            "km": Holds(float(seen.said["km"]) in {0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50}, "")
        },
    ),
)
CLAIMS = (*LEAD, *GAPS, *TABLES, *LAST)
