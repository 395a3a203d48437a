"""The page of one station, its permanent address and the QR code that hangs at its door."""

from __future__ import annotations

import io
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import segno
from flask import Blueprint, Response, abort, g, render_template, request
from werkzeug.exceptions import NotFound

from data.activities import KINDS_OF_ACTIVITY
from data.vocabulary import ACCESS_MODES, FACILITIES, HOST_TYPES, KINDS, OPERATOR_KINDS
from geo.messages import say
from web.labels.hours import WEEKDAYS, script_words
from web.labels.standing import DATA_AGE, STANDING
from web.labels.worker_reports import activity_kind_words
from web.labels.worker_reports import state_words as ticket_words
from web.languages import message
from web.locator.labels import COMPLAINTS, MODES, truck_note, way_words
from web.locator.my_reports import map_settings
from web.locator.navigation import APPS, navigation_links
from web.locator.page_files import FOLDER, files_here
from web.locator.station_alerts import standing_here, standings_here
from web.locator.station_view import INSIDE, LABELS, station_view
from web.locator.week import NO_WEEK
from web.maps.base_tiles import HOSTS
from web.site.bundles import bundle
from web.site.city import city_here
from web.site.hosts import is_own_name
from web.site.kept_pages import kept_page
from web.stations.at_hand import features_of

if TYPE_CHECKING:
    from web.languages import Language
    from web.site.city import City
    from web.stations.features import Feature

station_page = Blueprint("station_page", __name__)

_APP_NAMES: Final = {
    "amap": message("高德地图"),
    "baidu": message("百度地图"),
    "tencent": message("腾讯地图"),
    "geo": message("手机自带地图"),
}
_OF_STANDING: Final = ("reported", "answered", "one_fine", "many_fine", "register_check")


@station_page.get("/s/")
def shell() -> str:
    """Answer the page without a station, which the phone keeps and fills without a signal."""
    return _page(city_here(), g.language, None)


@station_page.get("/s/<path:station_id>")
def show(station_id: str) -> Response:
    """Show all that is known of one station."""
    city, t = city_here(), g.language
    g.image_hosts = HOSTS[city.settings.base_map.provider]
    feature = _feature(city, station_id)
    now = datetime.now().astimezone()
    key = (city.stations_version(), city.roads_version(), standings_here()[0], f"{now:%F %R}")
    return kept_page((f"/s/{station_id}", t.code), key, lambda: _page(city, t, feature))


@station_page.get("/s/<path:station_id>/qr.svg")
def qr_code(station_id: str) -> Response:
    """Answer the QR code of a station's address, to be printed and hung up."""
    city = city_here()
    _feature(city, station_id)
    host = city.settings.public_address
    if not host and not is_own_name(request.host, city.settings):
        raise NotFound(say("there is no QR code: give public_address in the settings first"))
    host = host or request.host_url.rstrip("/")
    drawn = io.BytesIO()
    code = segno.make(f"{host}/s/{quote(station_id, safe='')}", error="m", micro=False)
    code.save(drawn, kind="svg", border=4, scale=8, svgclass=None, lineclass=None, omitsize=False)
    return Response(drawn.getvalue(), content_type="image/svg+xml")


def _feature(city: City, station_id: str) -> Feature:
    found = next((one for one in features_of(city) if one["id"] == station_id), None)
    if found is None:
        words = g.language("没有这个编号的站点。")
        abort(HTTPStatus.NOT_FOUND, description=words)
    return found


def _page(city: City, t: Language, feature: Feature | None) -> str:
    g.image_hosts = HOSTS[city.settings.base_map.provider]
    return render_template(
        "station.html",
        page="station",
        station_id="" if feature is None else feature["id"],
        it=None if feature is None else _view(city, feature, t),
        links={} if feature is None else _links(city, feature),
        apps=[(app, t(_APP_NAMES[app])) for app in APPS],
        complaints=[(what, t(words)) for what, words in COMPLAINTS.items()],
        facilities=[(term.id, t.facility(term.id)) for term in FACILITIES],
        weekday_words=[t(words) for words in WEEKDAYS],
        settings=_script_settings(city, t),
        truck_note=truck_note(city.settings.profiles["truck"], t),
    )


def _view(city: City, feature: Feature, t: Language) -> dict[str, Any]:
    stations = city.stations()
    row = stations.ids.index(feature["id"])
    record = {str(name): value for name, value in stations.frame.iloc[row].items()}
    districts = city.workspace().districts
    number = int(districts.locate(stations.lonlat[row : row + 1])[0])
    district = districts.names[number] if number >= 0 else ""
    moment = datetime.now().astimezone()
    standing = standing_here(feature["id"])
    return station_view(feature, record, district, standing=standing, moment=moment, t=t)


def _links(city: City, feature: Feature) -> dict[str, str]:
    lon, lat = feature["geometry"]["coordinates"]
    name = feature["properties"]["name"]
    return navigation_links(lon, lat, name, city=city.settings.name)


def _script_settings(city: City, t: Language) -> dict[str, Any]:
    return {
        "city": city.settings.name,
        "now": f"{FOLDER}now.json",
        "stations": files_here().stations().address,
        "details": files_here().details().address,
        "facilities": {term.id: t.facility(term.id) for term in FACILITIES},
        "place_map": map_settings(t),
        "way": bundle("way.js"),
        "words": page_words(t),
    }


def page_words(t: Language) -> dict[str, Any]:
    """Return what the script of the page says."""
    return {
        "modes": {mode: t(words) for mode, words in MODES.items()},
        "opening": script_words(t),
        "complaints": {what: t(words) for what, words in COMPLAINTS.items()},
        "sent": t("收到了，谢谢。编号 {ticket}，在“我的反馈”里看答复。"),
        "thanks": t("收到了，谢谢您的确认。"),
        "queued": t("没有网络：已存在手机里，有网络时自动送出。"),
        "later": t("现在太忙：已存在手机里，稍后自动送出。"),
        "refused": t("没有收下：{detail}"),
        "place_taken": t("已选好地方，可以再点换一个。"),
        "outside": t("这个地方在本市之外，请另选。"),
        "hours_said": t("报成：{hours}"),
        "hours_need": t("请选好哪几天，填几点开、几点关。"),
        "not_found": t("没有这个站点。"),
        "kept": t("已收藏，在列表上方的“收藏”里。"),
        "let_go": t("已取消收藏。"),
        "no_room": t("手机存不下了。"),
        "copied": t("网址已复制，可以粘贴给别人。"),
        "copy_this": t("请复制：{address}"),
        "open_then": t("{when}：{state}"),
        "too_far": t("只知道两周以内的。"),
        **way_words(t),
        "day": t("{weekday} {month}月{day}日"),
        "whole_day": t("24 小时"),
        "shut_day": t("不开"),
        "comma": t("、"),
        "hours_in": 0 if t.is_chinese else 1,  # which of a file's two writings of hours
        "m2": t("平方米"),
        "suspended": t.status("suspended"),
        **{name: t(words) for name, words in NO_WEEK.items()},
        "access_unknown": t("未知"),
        "facility_broken": t(STANDING["broken"]),
        **{name: t(STANDING[name]) for name in _OF_STANDING},
        "states": {state: ticket_words(state, t) for state in ("waiting", "open", "answered")},
        "calendar": t("加入日历"),
        "photo": t("{name}的照片"),
        "activity_kinds": {kind: activity_kind_words(kind, t) for kind in KINDS_OF_ACTIVITY},
        "signs": {"yes": t("有"), "no": t("没有")},
        "inside": {state: t(words) for state, words in INSIDE.items()},
        "labels": [[name, t(words)] for name, words in LABELS.items()],
        "kinds": {term.id: t.kind(term.id) for term in KINDS},
        "access": {term.id: t.access(term.id) for term in ACCESS_MODES},
        "terms": {term.id: t.term(term) for term in (*HOST_TYPES, *OPERATOR_KINDS)},
        **{name: t(words) for name, words in DATA_AGE.items()},
    }
