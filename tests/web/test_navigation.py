"""Claims about the links that lead to a station: each map's own datum and order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import eviltransform
import pytest

from web.locator.navigation import APPS, navigation_links

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LON, LAT = 116.80, 33.96
STATIC = Path(__file__).resolve().parents[2] / "web" / "static"
NAMES = ("驿站 1", "站, 甲&乙|丙", "</script><b>${x}` \"'", "南湖（东门）!*'()")


def _query(link: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}


def test_amap_gets_gcj02_longitude_first() -> None:
    link = navigation_links(LON, LAT, "站, 甲", mode="ebike", city="淮北市")["amap"]
    query = _query(link)
    assert link.startswith("https://uri.amap.com/navigation?to=")
    lon, lat, name = query["to"].split(",")
    lat_there, lon_there = eviltransform.wgs2gcj(LAT, LON)
    assert (float(lon), float(lat)) == pytest.approx((lon_there, lat_there), abs=2e-6)
    assert name == "站， 甲"
    assert (query["mode"], query["callnative"], query["src"]) == ("ride", "1", "yizhan")


def test_tencent_gets_wgs84_latitude_first() -> None:
    link = navigation_links(LON, LAT, "驿站", mode="foot", city="淮北市")["tencent"]
    query = _query(link)
    assert link.startswith("https://apis.map.qq.com/uri/v1/routeplan?type=walk&to=")
    assert query["tocoord"] == "33.960000,116.800000"
    assert (query["coord_type"], query["referer"], query["to"]) == ("1", "yizhan", "驿站")


def test_baidu_gets_wgs84_latitude_first_with_origin_and_region() -> None:
    link = navigation_links(LON, LAT, "驿站", mode="car", city="淮北市")["baidu"]
    query = _query(link)
    assert link.startswith("https://api.map.baidu.com/direction?origin=")
    assert query["destination"] == "latlng:33.960000,116.800000|name:驿站"
    assert (query["coord_type"], query["region"], query["mode"]) == ("wgs84", "淮北市", "driving")
    assert (query["origin"], query["output"], query["src"]) == ("我的位置", "html", "yizhan")


def test_a_bar_in_the_name_does_not_end_it_for_baidu() -> None:
    link = navigation_links(LON, LAT, "驿站|latlng:0,0", city="淮北市")["baidu"]
    assert _query(link)["destination"].split("|") == [
        "latlng:33.960000,116.800000",
        "name:驿站｜latlng:0,0",
    ]


def test_the_phones_own_map_gets_latitude_first() -> None:
    link = navigation_links(LON, LAT, "驿站", city="淮北市")["geo"]
    assert link.startswith("geo:33.960000,116.800000?q=33.960000,116.800000(")


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_the_script_makes_the_same_links(browser: Browser) -> None:
    page = browser.new_page()
    for name in ("datum.js", "navigation.js"):
        page.add_script_tag(path=STATIC / name)
    for name in NAMES:
        for mode in ("foot", "ebike", "car", "truck"):
            links = navigation_links(LON, LAT, name, mode=mode, city="淮北市")
            made = page.evaluate(
                "([at, name, mode, city]) => Object.fromEntries(navigation.apps.map((app) =>"
                " [app, navigation.to(app, at, name, mode, city)]))",
                [[LON, LAT], name, mode, "淮北市"],
            )
            assert made == links
            assert tuple(made) == APPS
    page.close()


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_gcj02_on_the_phone_is_that_of_the_server_and_is_undone(browser: Browser) -> None:
    page = browser.new_page()
    page.add_script_tag(path=STATIC / "datum.js")
    for lon, lat in ((116.8, 33.96), (73.9, 39.5), (123.4, 41.8), (139.7, 35.7)):
        there = page.evaluate("at => datum.gcj02(at)", [lon, lat])
        lat_there, lon_there = eviltransform.wgs2gcj(lat, lon) if lon < 138 else (lat, lon)
        assert there == pytest.approx([lon_there, lat_there], abs=2e-6)
        assert page.evaluate("at => datum.wgs84(at)", there) == pytest.approx([lon, lat], abs=1e-8)
    page.close()
