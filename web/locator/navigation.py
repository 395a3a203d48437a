"""Links that lead to a station: each map in its own datum and in its own order of coordinates.

Amap takes GCJ-02, longitude first; Tencent (``coord_type=1``) and Baidu (``coord_type=wgs84``) take
WGS-84, latitude first; ``geo:`` (RFC 5870) is WGS-84, latitude first. No link holds the start: the
map asks the phone for it. `static/navigation.js` makes the same links.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

import numpy as np

from geo.datum import Datum, from_wgs84

APPS: Final = ("amap", "baidu", "tencent", "geo")
_MODES: Final = {
    "foot": ("walk", "walking", "walk"),
    "ebike": ("ride", "riding", "bike"),
    "car": ("car", "driving", "drive"),
    "truck": ("car", "driving", "drive"),
}
_FROM: Final = "我的位置"


def navigation_links(
    lon: float, lat: float, name: str, *, mode: str = "foot", city: str
) -> dict[str, str]:
    """Return the links of `APPS` to a point in WGS-84.

    ``mode`` is foot, ebike, car or truck; ``city`` the region that Baidu wants named. A comma in
    the name would end it early for Amap, a bar for Baidu: they are written in full width.
    """
    amap_mode, baidu_mode, tencent_mode = _MODES[mode]
    x, y = from_wgs84(np.array([[lon, lat]]), datum=Datum.gcj02)[0].tolist()
    there = f"{lat:.6f},{lon:.6f}"
    destination = f"latlng:{there}|name:{name.replace('|', '｜')}"
    return {
        "amap": "https://uri.amap.com/navigation?"
        f"to={x:.6f},{y:.6f},{_sign(name.replace(',', '，'))}&mode={amap_mode}"
        "&src=yizhan&callnative=1",
        "baidu": "https://api.map.baidu.com/direction?"
        f"origin={_sign(_FROM)}&destination={_sign(destination)}&mode={baidu_mode}"
        f"&region={_sign(city)}&coord_type=wgs84&output=html&src=yizhan",
        "tencent": "https://apis.map.qq.com/uri/v1/routeplan?"
        f"type={tencent_mode}&to={_sign(name)}&tocoord={there}&coord_type=1&referer=yizhan",
        "geo": f"geo:{there}?q={there}({_sign(name)})",
    }


def _sign(text: str) -> str:
    """Escape as `encodeURIComponent` does."""
    return quote(text, safe="!'()*-._~")
