"""The worker's own reports and their answers, and a proposal for a place that lacks a station."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, g, render_template, url_for

from data.database.places import station_points
from web.locator.labels import COMPLAINTS
from web.locator.nearest import box_around
from web.locator.page_files import FOLDER
from web.maps.base_tiles import HOSTS, base_map_of
from web.maps.city_map import map_words, source_of
from web.maps.road_lines import ROAD_TIERS
from web.site.bundles import bundle
from web.site.city import city_here

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from web.languages import Language

feedback = Blueprint("feedback", __name__)

_LEAFLET: Final = "vendor/leaflet-1.9.4/leaflet"


@feedback.get("/feedback")
def mine() -> str:
    """Show what this phone reported, the answers, and the form for a proposal."""
    city = city_here()
    g.image_hosts = HOSTS[city.settings.base_map.provider]
    return render_template("feedback.html", page="feedback", settings=_settings(g.language))


def map_settings(
    t: Language, *, around: Collection[Sequence[float]] | None = None
) -> dict[str, Any]:
    """Return what the script of a map needs on which a place is tapped.

    It opens where the middle of the points ``around`` is, None: of the stations, none: of the city.
    """
    workspace = city_here().workspace()
    settings = workspace.settings
    if around is None:
        around = station_points(workspace.database.backend).values()
    names = (f"{_LEAFLET}.css", f"{_LEAFLET}.js")
    return {
        "now": f"{FOLDER}now.json",
        "roads": url_for("api.roads"),
        "city_box": list(settings.box),
        "box": box_around(around, list(settings.box)),
        "attribution": source_of(settings, t),
        "base_map": base_map_of(settings, t),
        "tiers": ROAD_TIERS,
        "assets": {
            "leaflet": [url_for("static", filename=name) for name in names],
            "cluster": [],
            "roads": bundle("roads.js"),
        },
        "words": {
            "map": map_words(t),
            "map_larger": t("放大地图"),
            "map_smaller": t("返回"),
        },
    }


def _settings(t: Language) -> dict[str, Any]:
    made = map_settings(t)
    return {**made, "words": made["words"] | _words(t)}


def _words(t: Language) -> dict[str, Any]:
    return {
        "complaints": {what: t(words) for what, words in COMPLAINTS.items()},
        "states": {
            "waiting": t("已收到，等另一位工友证实"),
            "open": t("已转给管理单位"),
            "new": t("已收到"),
            "answered": t("已答复"),
            "closed": t("已解决"),
            "adopted": t("已采纳，列为候选点"),
            "accepted": t("已采纳", context="state"),
            "rejected": t("没有采纳"),
            "coming": t("已报名"),
            "cancelled": t("已取消报名"),
            "came": t("已到场"),
        },
        "no_tickets": t("这部手机还没有反馈。"),
        "waiting": t("等着送出"),
        "no_ticket": t("没有这个编号。"),
        "no_network": t("没有网络，有网络时再看答复。"),
        "outside": t("这个地方在本市之外，请另选。"),
        "name_needed": t("请写明建议什么。"),
        "place_taken": t("已选好地方，可以再点换一个。"),
        "proposed": t("收到了，谢谢。编号 {ticket}。"),
        "queued": t("没有网络：已存在手机里，有网络时自动送出。"),
        "refused": t("没有收下：{detail}"),
    }
