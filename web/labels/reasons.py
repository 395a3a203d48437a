"""Why this plan, in sentences: the next best place, what a little more would bring, other plans.

The figures are those that a run's answer keeps (`planning.decisions.explain.Explanation`).
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from data.vocabulary import KINDS_BY_ID
from web.labels.goal_ends import better_words, is_sum, worse_words
from web.languages import message
from web.site.number_words import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from web.languages import Language

_MOST_NAMED: Final = 6
_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})
#: The limits that the engine names itself, as a kept answer has them; the others people named.
_OF_YEAR: Final = re.compile(r"money (up to|of) (\d{4})")
_OURS: Final = {
    "new stations": message("新站的个数"),
    "spacing": message("站点间距"),
    "one action a station": message("一个站点只做一件事"),
    "share to be covered": message("要覆盖的比例"),
}


def what_if_words(
    one: Mapping[str, Any], t: Language, *, names: Mapping[str, str] = _NO_NAMES
) -> str:
    """Name an option: what is done, of which kind, where, from which year on.

    ``names`` are better ones of places by their ids, where there are any.
    """
    kind = t.kind(one["kind"]) if one["kind"] in KINDS_BY_ID else one["kind"]
    what = t.action(one["what"])
    return t(
        "{what}{kind} {place}（{year} 年）",
        what=what,
        kind=kind,
        place=names.get(one["id"]) or one["name"] or one["id"],
        year=one["year"],
    )


def limit_words(name: str, t: Language) -> str:
    """Name a limit: as its author did, or one of those that the engine names itself."""
    of_year = _OF_YEAR.fullmatch(name)
    if of_year is not None:
        if of_year[1] == "up to":
            return t("到 {year} 年为止的钱", year=of_year[2])
        return t("{year} 年的钱", year=of_year[2])
    return t(_OURS[name]) if name in _OURS else name


def why_words(
    line: Mapping[str, Any], t: Language, *, goal: str, names: Mapping[str, str] = _NO_NAMES
) -> list[str]:
    """Say why one action and not another; ``names`` as `what_if_words` has them."""
    if line["is_needed"]:
        said = [t("没有它，就没有方案能守住全部限制。")]
    elif not is_sum(goal):
        worse = worse_words(goal, line["costs_least"], line["costs_most"], t)
        does = line.get("does") or [one for one in (line["instead"],) if one is not None]
        if does:
            said = [t("换成次好的 {other}，{worse}。", other=_named(does, t, names), worse=worse)]
        else:
            said = [t("没有别的行动能代替它：去掉它，{worse}。", worse=worse)]
    else:
        less = ends_words(line["costs_least"], line["costs_most"], t)
        if line["instead"] is None:
            said = [t("没有别的行动能代替它：去掉它，少 {less}。", less=less)]
        else:
            other = what_if_words(line["instead"], t, names=names)
            said = [t("换成次好的 {other}，少 {less}。", other=other, less=less)]
    if line["neighbour"] is not None:
        other = what_if_words(line["neighbour"], t, names=names)
        limits = t.all_of([limit_words(one, t) for one in line["kept_out_by"]])
        said.append(t("{other} 能做得更多，但受限于 {limits}。", other=other, limits=limits))
    return said


def price_words(line: Mapping[str, Any], t: Language, *, goal: str) -> str:
    """Say what a step more of a limit brings."""
    is_floor = line["kind"] == "floor"
    step, used, allows = (
        f"{line[name]:,.1f}" if is_floor else count(line[name])
        for name in ("step", "used", "allows")
    )
    limit = limit_words(line["limit"], t)
    if not is_sum(goal):
        better = better_words(goal, line["brings_least"], line["brings_most"], t)
        asked = t("至少 {n}", n=allows) if is_floor else t("最多 {n}", n=allows)
        return t(
            "{limit}：{asked}，现在 {used}；放宽 {step}，{better}。",
            limit=limit,
            asked=asked,
            used=used,
            step=step,
            better=better,
        )
    brings = ends_words(line["brings_least"], line["brings_most"], t)
    if is_floor:
        return t(
            "{limit}：至少 {allows}，做到 {used}；放宽 {step}，多 {brings}。",
            limit=limit,
            allows=allows,
            used=used,
            step=step,
            brings=brings,
        )
    return t(
        "{limit}：用了 {used}，最多 {allows}；再放宽 {step}，多 {brings}。",
        limit=limit,
        used=used,
        allows=allows,
        step=step,
        brings=brings,
    )


def other_words(
    plan: Mapping[str, Any], t: Language, *, names: Mapping[str, str] = _NO_NAMES
) -> str:
    """Say how another plan within the gap differs; ``names`` as `what_if_words` has them."""
    return t(
        "多做：{gained}；不做：{dropped}；最后一年覆盖 {covered}，{yuan} 元。",
        gained=_named(plan["gained"], t, names),
        dropped=_named(plan["dropped"], t, names),
        covered=count(plan["covered"]),
        yuan=count(plan["cost_yuan"]),
    )


def ends_words(least: float | None, most: float | None, t: Language) -> str:
    """Write two proved ends of a figure, once where they are the same."""
    if least is None and most is None:
        return t("还不知道多少")
    if most is None or least is None:
        known = count(least if least is not None else most or 0.0)
        return t("至少 {n}", n=known) if most is None else t("至多 {n}", n=known)
    low, high = count(least), count(most)
    return low if low == high else t("{low} 至 {high}", low=low, high=high)


def _named(some: Sequence[Mapping[str, Any]], t: Language, names: Mapping[str, str]) -> str:
    if not some:
        return "–"
    named = [what_if_words(one, t, names=names) for one in some[:_MOST_NAMED]]
    more = len(some) - len(named)
    return t.listed([*named, t("另 {n} 处", n=more)] if more else named)
