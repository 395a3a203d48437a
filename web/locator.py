"""The worker's page: which station is near. The list comes first and needs no script."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, g, render_template, request

from data.vocabulary import FACILITIES, KINDS
from web.api import city_here
from web.city_map import map_words, source_of
from web.hours_words import script_words
from web.station_features import with_state

if TYPE_CHECKING:
    from web.city import City
    from web.language import Language
    from web.station_features import Feature

locator = Blueprint("locator", __name__)

PAGE_SIZE: Final = 40
_SHOWN: Final = 5
_MOST_CHIPS: Final = 10

# The straight line is made a guess of the way: streets are about 1.3 times as long, and these are
# door-to-door speeds. The page marks every such time with 约 ("about").
ROUGH: Final = {
    "detour": 1.3,
    "metres_a_second": {"foot": 1.25, "ebike": 4.0, "car": 6.0},
    "navigation_mode": {"foot": "walk", "ebike": "ride", "car": "car"},
}
_MODES: Final = {"foot": "foot", "ebike": "ebike", "car": "car", "truck": "car"}
_AWAY_M: Final = 100_000.0  # from here on a person is in another city

# What a worker looks for first; the rest follows by how many stations have it.
_WANTED_FIRST: Final = ("toilet", "drinking_water", "hot_water", "microwave", "phone_charging")


@locator.get("/")
def nearest() -> str:
    """Show the stations: by district without a script, by distance with it."""
    city, t, now = city_here(), g.language, datetime.now().astimezone()
    features = [
        feature
        for feature in city.features()
        if feature["properties"]["status"] not in {"closed", "planned"}
    ]
    features.sort(key=lambda feature: feature["properties"]["status"] == "suspended")
    n_pages = max(1, -(-len(features) // PAGE_SIZE))
    word = request.args.get("page", "1")
    number = min(n_pages, int(word[:6])) if word.isdecimal() and word.strip("0") else 1
    return render_template(
        "locator.html",
        page="locator",
        stations=[
            with_state(feature, now, t)
            for feature in features[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        ],
        n_stations=len(features),
        number=number,
        n_pages=n_pages,
        groups=[(group, t.group(group)) for group in city.settings.group_ids],
        kinds=_kinds(features, t),
        facilities=_facilities(features, t),
        settings=_script_settings(city, features, t),
    )


def _kinds(features: list[Feature], t: Language) -> list[tuple[str, str]]:
    there = {feature["properties"]["kind"] for feature in features}
    return [(term.id, t.kind(term.id)) for term in KINDS if term.id in there]


def _facilities(features: list[Feature], t: Language) -> list[tuple[str, str, int]]:
    """Return the facilities to filter by: what is looked for first, then the most frequent."""
    counts = Counter(
        facility for feature in features for facility in feature["properties"]["facilities"]
    )
    rest = [facility for facility, _ in counts.most_common() if facility not in _WANTED_FIRST]
    wanted = [facility for facility in (*_WANTED_FIRST, *rest) if counts[facility]]
    return [(facility, t.facility(facility), counts[facility]) for facility in wanted[:_MOST_CHIPS]]


def _script_settings(city: City, features: list[Feature], t: Language) -> dict[str, Any]:
    settings = city.settings
    return {
        "language": t.tag,
        "stations": "/api/stations",
        "roads": "/api/roads",
        "shown": _SHOWN,
        "box": _box_around(features, list(settings.box)),
        "radius_m": settings.national.radius_m or 1000.0,
        "away_m": _AWAY_M,
        "group_modes": {
            group.id: _MODES.get(group.standard.mode, "foot") for group in settings.groups
        },
        "attribution": source_of(settings, t),
        "rough": ROUGH,
        "kinds": {term.id: t.kind(term.id) for term in KINDS},
        "facilities": {term.id: t.facility(term.id) for term in FACILITIES},
        "words": _words(t) | {"map": map_words(t), "opening": script_words(t)},
    }


def _box_around(features: list[Feature], box: list[float]) -> list[float]:
    """Return the box that holds the middle of the stations, so that the town fills the map."""
    if not features:
        return box
    points = [feature["geometry"]["coordinates"] for feature in features]
    lons, lats = (sorted(values) for values in zip(*points, strict=True))
    low, high = len(points) // 10, -1 - len(points) // 10
    return [lons[low], lats[low], lons[high], lats[high]]


def _words(t: Language) -> dict[str, str]:
    """Return the sentences that the script says; {n} and the like are filled in by it."""
    return {
        "metres": t("{n} 米", "{n} m"),
        "kilometres": t("{n} 公里", "{n} km"),
        "minutes": t("约 {n} 分钟", "about {n} min"),
        "hours": t("约 {n} 小时", "about {n} h"),
        "suspended": t("暂停", "suspended"),
        "no_hours": t("未登记", "Not on record"),
        "not_here": t(
            "您不在本市：最近的站点在 {length}外。可在地图上点一个地方，就近排序。",
            "You are not in this city: the nearest station is {length} away. "
            "Tap a place on the map to sort by it.",
        ),
        "facilities_unknown": t("设施未知", "facilities unknown"),
        "navigate": t("导航", "Go"),
        "by_name": t(
            "{n} 个站点 · 点“我的位置”，就近排序",
            "{n} stations · tap “My position” to sort",
        ),
        "from_here": t(
            "我的位置附近 · {n} 个站点 · 时间按直线估计",
            "Near you · {n} stations · times are rough",
        ),
        "from_map": t(
            "所点位置附近 · {n} 个站点 · 时间按直线估计",
            "Near the place you tapped · {n} · times are rough",
        ),
        "none_near": t(
            "1 公里内没有站点。最近的在 {length}，{minutes}。",
            "No station within 1 km. The nearest is {length} away, {minutes}.",
        ),
        "n_found": t("{n} 个站点", "{n} stations"),
        "none": t("没有符合条件的站点。", "No station fits these choices."),
        "none_but": t(
            "没有符合条件的站点。不筛选时，最近的是“{name}”，{length}。",
            "No station fits these choices. Without them the nearest is {name}, {length} away.",
        ),
        "clear": t("清除筛选", "Clear the choices"),
        "more": t("再看 {n} 个", "Show {n} more"),
        "locating": t("正在定位…", "Finding your position…"),
        "no_position": t(
            "没有得到位置。在地图上点一下你所在的地方，也能就近排序。",
            "No position. Tap the map where you are to sort by distance.",
        ),
        "no_answer": t(
            "站点没有读到，请稍后刷新页面。", "The stations could not be read: reload the page."
        ),
        "map_larger": t("放大地图", "Larger map"),
        "map_smaller": t("返回列表", "Back to the list"),
    }
