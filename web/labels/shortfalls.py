"""Why a plan has fewer sites than were asked for, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.siting.shortfall import ALL_BUILT, KIND, NO_GAIN, STOPPED, WITHOUT
from web.languages import message
from web.site.number_words import added_count, count

if TYPE_CHECKING:
    from planning.siting.plan import SitingPlan
    from planning.siting.shortfall import Shortfall
    from web.languages import Language


def shortfall_words(plan: SitingPlan, t: Language) -> list[str]:
    """Say for each reason what keeps further sites out; nothing where all that were asked came."""
    if not plan.shortfalls:
        return []
    asked, n = plan.inputs["new"], count(len(plan.sites))
    first = t("要求 {asked} 个新站，方案有 {n} 个。", asked=asked, n=n)
    return [first, *(_reason(one, plan.status, t) for one in plan.shortfalls)]


def _reason(one: Shortfall, status: str, t: Language) -> str:
    n = count(one.n_sites)
    if one.limits == (ALL_BUILT,):
        return t("候选点只有 {n} 个，都用上了。", n=n)
    if one.limits == (NO_GAIN,):
        return t("在 {n} 个候选点中，再没有一处能按所选类型多覆盖一名户外劳动者。", n=n)
    if one.limits == (STOPPED,):
        stopped = {
            "time_limit": message("时间用完，搜索没有做完"),
            "within_gap": message("方案已达到要求的精度"),
        }.get(status, message("搜索到此为止"))
        return t(stopped) + _would_add(one, t)
    joined = t("，并且").join(_limit(limit, t) for limit in one.limits)
    return t("受限于：{joined}", joined=joined) + _would_add(one, t)


def _would_add(one: Shortfall, t: Language) -> str:
    n, most = count(one.n_sites), added_count(one.adds_workers, t)
    return t("；否则还有 {n} 个候选点能再添人，最好的一处新增 {most} 人。", n=n, most=most)


def _limit(limit: str, t: Language) -> str:
    word, _, rest = limit.partition(":")
    if word == KIND:
        kind, _, most = rest.partition(":")
        return t("最多 {stations}", stations=t.kinds(kind, int(most)))
    if word == WITHOUT:
        return t("有的候选点已排除")
    return t("一处只建一个站")
