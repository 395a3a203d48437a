"""What the worker's map is drawn on: the city's own roads, or the tiles of a configured provider.

Tianditu is CGCS2000, which is WGS-84 for us; Amap's tiles are GCJ-02, and `static/locator_map.js`
brings what it draws there. Only the host of the configured provider is let into the page's policy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from data.settings import Settings
    from web.languages import Language

_TIANDITU: Final = (
    "https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    "&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
_AMAP: Final = (
    "https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8"
    "&x={x}&y={y}&z={z}"
)
HOSTS: Final = {
    "roads": (),
    "tianditu": tuple(f"https://t{number}.tianditu.gov.cn" for number in range(8)),
    "amap": tuple(f"https://webrd0{number}.is.autonavi.com" for number in range(1, 5)),
}


def base_map_of(settings: Settings, t: Language) -> dict[str, Any]:
    """Return for the script the provider, its layers of tiles, attribution and review number."""
    base = settings.base_map
    made: dict[str, Any] = {
        "provider": base.provider,
        "tiles": [],
        "attribution": "",
        "review_number": base.review_number,
    }
    if base.provider == "tianditu":
        options = {"subdomains": "01234567", "maxZoom": 18, "referrerPolicy": "origin"}
        urls = [_TIANDITU.format(layer=layer, key=base.key) for layer in ("vec", "cva")]
        made["tiles"] = [{"url": url, "options": options} for url in urls]
        made["attribution"] = t("底图：天地图")
    if base.provider == "amap":
        options = {"subdomains": "1234", "maxZoom": 18}
        made["tiles"] = [{"url": _AMAP, "options": options}]
        made["attribution"] = t("底图：高德地图")
    return made
