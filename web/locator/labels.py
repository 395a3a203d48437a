"""The sentences that the worker's page says by its script; {n} and the like it fills in itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from web.labels.hours import script_words as hours_script_words
from web.labels.standing import DATA_AGE, STANDING
from web.maps.city_map import map_words

if TYPE_CHECKING:
    from web.languages import Language

MODES: Final = {
    "foot": ("步行", "Walk"),
    "ebike": ("电动车", "E-bike"),
    "car": ("驾车", "Drive"),
    "truck": ("货车", "Truck"),
}
COMPLAINTS: Final = {
    "locked": ("门锁着", "locked"),
    "broken": ("设施坏了", "something broken"),
    "no_entry": ("不让进", "not let in"),
    "moved": ("搬走了", "moved away"),
    "new_hours": ("时间变了", "other hours"),
    "fine": ("一切正常", "all fine"),
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
        "modes": {mode: t(*words) for mode, words in MODES.items()},
        "complaints": {what: t(*words) for what, words in COMPLAINTS.items()},
        "map": map_words(t),
        "opening": hours_script_words(t),
        "places": {
            "station": t("站点", "station"),
            "street": t("街道", "street"),
            "district": t("区县", "district"),
        },
    }


def _amounts(t: Language) -> dict[str, str]:
    return {
        "metres": t("{n} 米", "{n} m"),
        "kilometres": t("{n} 公里", "{n} km"),
        "minutes": t("{n} 分钟", "{n} min"),
        "hours": t("{n} 小时", "{n} h"),
        "about": t("约 {time}", "about {time}"),
        "count_unsure": t("另有 {n} 个不确定", "{n} more not sure"),
        **{name: t(*words) for name, words in DATA_AGE.items()},
    }


def _where(t: Language) -> dict[str, str]:
    return {
        "by_name": t(
            "{n} 个站点 · 点“我的位置”，就近排序",
            "{n} stations · tap “Near me” to sort",
        ),
        "from_here": t("我的位置附近 · {n} 个站点", "Near you · {n} stations"),
        "from_map": t("所点位置附近 · {n} 个站点", "Near the place you tapped · {n} stations"),
        "from_place": t("{place}附近 · {n} 个站点", "Near {place} · {n} stations"),
        "and_unsure": t("，另有 {n} 个不确定", ", {n} more not sure"),
        "rough": t(" · 时间按直线估计", " · times are rough"),
        "not_here": t(
            "您不在本市：最近的站点在 {length}外。可在地图上点一个地方，就近排序。",
            "You are not in this city: the nearest station is {length} away. "
            "Tap a place on the map to sort by it.",
        ),
        "none_near": t(
            "{radius}内没有站点。最近的在 {length}外，{how} {time}。",
            "No station within {radius}. The nearest is {length} away, {how} {time}.",
        ),
        "none_open_near": t(
            "{radius}内没有开着的站点。最近的在 {length}外，{how} {time}。",
            "Nothing open within {radius}. The nearest is {length} away, {how} {time}.",
        ),
        "of_fitting": t("符合条件的站点中，", "Of those that fit your choices: "),
        "n_found": t("{n} 个站点", "{n} stations"),
        "none": t("没有符合条件的站点。", "No station fits these choices."),
        "none_but": t(
            "没有符合条件的站点。不筛选时，最近的是“{name}”，{how} {time}。",
            "No station fits these choices. Without them the nearest is {name}, {how} {time}.",
        ),
        "unsure": t("不确定的 {n} 个：现场才知道", "{n} not sure: known only on the spot"),
        "locating": t("正在定位…", "Finding your position…"),
        "no_position": t(
            "没有得到位置。搜一条街道，或在地图上点一下，也能就近排序。",
            "No position. Search for a street or tap the map to sort by distance.",
        ),
        "no_answer": t(
            "站点没有读到，请稍后刷新页面。", "The stations could not be read: reload the page."
        ),
        "nothing_found": t("没有找到这个地方。", "Nothing of that name."),
    }


def _station(t: Language) -> dict[str, str]:
    return {
        "suspended": t("暂停开放", "Suspended"),
        **{name: t(*STANDING[name]) for name in _OF_STANDING},
        "not_known": t("{what}：有没有不知道", "{what}: not known"),
    }


def _doing(t: Language) -> dict[str, str]:
    return {
        "navigate": t("导航", "Go"),
        "clear": t("清除筛选", "Clear the choices"),
        "more": t("再看 {n} 个", "Show {n} more"),
        "load_roads": t("按道路算准时间（下载 {n} MB）", "Exact times by road ({n} MB to fetch)"),
        "map_larger": t("放大地图", "Larger map"),
        "map_smaller": t("返回列表", "Back to the list"),
    }
