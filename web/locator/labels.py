"""The sentences that the worker's page says by its script; {n} and the like it fills in itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from web.labels.hours import script_words as hours_script_words
from web.labels.standing import DATA_AGE, STANDING
from web.languages import message
from web.maps.city_map import map_words

if TYPE_CHECKING:
    from geo.profiles import Profile
    from web.languages import Language

_Said = str | dict[str, str]
"""A sentence, or its forms by the category of the number in it (`Language.forms`)."""

MODES: Final = {
    "foot": message("步行"),
    "ebike": message("电动车"),
    "car": message("驾车"),
    "truck": message("货车"),
}
COMPLAINTS: Final = {
    "locked": message("门锁着"),
    "broken": message("设施坏了", context="button"),
    "no_entry": message("不让进", context="button"),
    "moved": message("搬走了", context="button"),
    "new_hours": message("时间变了"),
    "fine": message("一切正常", context="button"),
}
_OF_STANDING: Final = (
    *("access_unknown", "facilities_unknown", "broken"),
    *("reported", "by_workers", "by_register"),
)


def script_words(t: Language) -> dict[str, Any]:
    """Return all sentences of the list and its map in one language."""
    return {
        **_amounts(t),
        **_where(t),
        **_station(t),
        **_doing(t),
        "modes": {mode: t(words) for mode, words in MODES.items()},
        "complaints": {what: t(words) for what, words in COMPLAINTS.items()},
        "map": map_words(t),
        "opening": hours_script_words(t),
        "places": {
            "station": t("站点", context="sort of place"),
            "street": t("街道"),
            "district": t("区县", context="sort of place"),
            "suspended": t.status("suspended"),
            "closed": t.status("closed"),
        },
    }


def truck_note(profile: Profile, t: Language) -> str:
    """Say for which lorry ways are found, and what a map app does not know."""
    return t(
        "货车的路按高 {height} 米、重 {weight} 吨的车算，绕开限高、限重和白天限行的路；"
        "地图应用不知道您的车有多高、多重。以路牌为准。",
        height=f"{profile.height_m:g}",
        weight=f"{profile.weight_t:g}",
    )


def _amounts(t: Language) -> dict[str, _Said]:
    return {
        "metres": t("{n} 米"),
        "kilometres": t("{n} 公里"),
        "minutes": t("{n} 分钟"),
        "hours": t("{n} 小时"),
        "about": t("约 {time}"),
        "count_unsure": t.forms("另有 {n} 个不确定"),
        **{name: t(words) for name, words in DATA_AGE.items()},
        "data_age": t.forms("{said}（{n} 天前）"),
    }


def way_words(t: Language) -> dict[str, Any]:
    """Return what the way to a station is said with."""
    amounts = ("metres", "kilometres", "minutes", "hours", "about")
    return {
        **{name: said for name, said in _amounts(t).items() if name in amounts},
        "navigate": t("导航"),
        "locating": t("正在定位…"),
        "no_position": t("没有得到位置：可以用上面的地图应用。"),
        "way_large": t("算这条路要先下载 {n} MB 的道路，再按一次就下载。"),
        "no_way": t("按我们的道路没有找到怎么走，直线 {length}。可以用上面的地图应用。"),
        "way_said": t("{how} {time}，{length}："),
        "nameless": t("没有名字的路"),
        "barred": t("小车走的近路，货车走不了：{streets}（限高、限重、禁货车或白天限行）。"),
        "way_steps": {
            "start": t("沿{street}，走 {length}"),
            "on": t("直行，进入{street}，走 {length}"),
            "left": t("左转，进入{street}，走 {length}"),
            "right": t("右转，进入{street}，走 {length}"),
        },
    }


def _where(t: Language) -> dict[str, _Said]:
    return {
        "by_name": t.forms("{n} 个站点 · 点“我的位置”，就近排序"),
        "from_here": t.forms("我的位置附近 · {n} 个站点"),
        "from_map": t.forms("所点位置附近 · {n} 个站点"),
        "from_place": t.forms("{place}附近 · {n} 个站点"),
        "and_unsure": t.forms("，另有 {n} 个不确定"),
        "rough": t(" · 时间按直线估计"),
        "not_here": t(
            "您不在本市：最近的站点在 {length}外。下面是全市的；搜一个地方或点一下地图，就近排序。"
        ),
        "position_age": t.forms(" · {n} 分钟前的位置"),
        "none_near": t("{radius}内没有站点。最近的在 {length}外，{how} {time}。"),
        "none_open_near": t("{radius}内没有开着的站点。最近的在 {length}外，{how} {time}。"),
        "of_fitting": t("符合条件的站点中，"),
        "n_found": t.forms("{n} 个站点"),
        "leaving": t("{when} 出发 · {said}"),
        "maybe_shut": t("到时开不开不确定", context="heading"),
        "shut_then": t("到时没开", context="heading"),
        "none": t("没有符合条件的站点。"),
        "none_but": t("没有符合条件的站点。不筛选时，最近的是“{name}”，{how} {time}。"),
        "unsure": t.forms("不确定的 {n} 个：现场才知道"),
        "locating": t("正在定位…"),
        "no_position": t("没有得到位置。搜一条街道，或在地图上点一下，也能就近排序。"),
        "no_answer": t("站点没有读到，请稍后刷新页面。"),
        "nothing_found": t("没有找到这个地方。"),
    }


def _station(t: Language) -> dict[str, Any]:
    return {
        "suspended": t("暂停开放", context="status"),
        **{name: t(STANDING[name]) for name in _OF_STANDING},
        "arrival": {
            "shut": t("到时已关门"),
            "still": t("到时没开"),
            "opened": t("到时已开门"),
            "left": t("到时还剩 {n} 分钟"),
            "wait": t("到时没开，要等 {n} 分钟"),
        },
        "comma": t("、"),
        "not_known": t("{what}：有没有不知道"),
        "no_truck_way": t("按我们的道路，货车开不到"),
    }


def _doing(t: Language) -> dict[str, _Said]:
    return {
        "navigate": t("导航"),
        "clear": t("清除筛选"),
        "locate": t("我的位置"),
        "more": t.forms("再看 {n} 个"),
        "load_roads": t("按道路算准时间（下载 {n} MB）"),
        "map_larger": t("放大地图"),
        "map_smaller": t("返回列表"),
    }
