"""The worker's page: which station is near, open and lets me in. The list needs no script."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, g, render_template, request, url_for

from data.vocabulary import ACCESS_MODES, FACILITIES, KINDS
from web.locator.labels import MODES, script_words, truck_note
from web.locator.page_files import FOLDER, files_here
from web.locator.station_alerts import standings_here
from web.locator.station_cards import WANTED_BY_TRUCK, WANTED_FIRST, card_of
from web.maps.base_tiles import HOSTS, base_map_of
from web.maps.city_map import source_of
from web.maps.road_lines import ROAD_TIERS
from web.site.bundles import bundle
from web.site.city import city_here
from web.site.kept_pages import kept_page
from web.stations.at_hand import features_of
from web.stations.standing import EMPTY_STANDING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from web.languages import Language
    from web.site.city import City
    from web.stations.features import Feature

locator = Blueprint("locator", __name__)

PAGE_SIZE: Final = 20
_SHOWN: Final = 5
_MOST_CHIPS: Final = 8

# Until the roads have come the straight line is made a guess of the way: streets are about 1.3
# times as long, and these are door-to-door speeds. Every such time is marked with 约 ("about").
ROUGH: Final = {
    "detour": 1.3,
    "metres_a_second": {"foot": 1.25, "ebike": 4.0, "car": 6.0, "truck": 5.0},
}
_AWAY_M: Final = 100_000.0  # from here on a person is in another city

_LEAFLET: Final = "vendor/leaflet-1.9.4/leaflet"
_CLUSTER: Final = "vendor/leaflet.markercluster-1.5.3/"
ASSETS: Final = (
    f"{_LEAFLET}.css",
    f"{_LEAFLET}.js",
    f"{_CLUSTER}MarkerCluster.css",
    f"{_CLUSTER}leaflet.markercluster.js",
)
"""All that the page may ask for."""


@locator.get("/")
def nearest() -> Response:
    """Show the stations: by district without a script, by travel time with it.

    ``?shell`` is the page as the phone keeps it: its script fills in the list.
    """
    city, t, now = city_here(), g.language, datetime.now().astimezone()
    g.image_hosts = HOSTS[city.settings.base_map.provider]
    word = request.args.get("page", "1")
    number = int(word[:6]) if word.isdecimal() and word.strip("0") else 1
    # no page is kept under a number that there is not
    number = min(number, 1 + len(features_of(city)) // PAGE_SIZE)
    name = ("/", t.code, number, "shell" in request.args)
    key = (city.stations_version(), city.roads_version(), standings_here()[0], f"{now:%F %R}")
    return kept_page(name, key, lambda: _page(city, t, number, now))


def _page(city: City, t: Language, number: int, now: datetime) -> str:
    features = [
        feature
        for feature in features_of(city)
        if feature["properties"]["status"] not in {"closed", "planned"}
    ]
    features.sort(key=lambda feature: feature["properties"]["status"] == "suspended")
    n_pages = max(1, -(-len(features) // PAGE_SIZE))
    number = min(n_pages, number)
    shown = features[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    if "shell" in request.args:
        shown, n_pages = [], 1
    standings = standings_here()[1]
    return render_template(
        "locator.html",
        page="locator",
        stations=[
            card_of(feature, now, t, standing=standings.get(feature["id"], EMPTY_STANDING))
            for feature in shown
        ],
        n_stations=len(features),
        number=number,
        n_pages=n_pages,
        modes=[(mode, t(MODES[mode])) for mode in ("foot", "ebike", "car")],
        groups=[(group, t.group(group)) for group in city.settings.group_ids],
        kinds=_kinds(features, t),
        facilities=_facilities(features, t),
        settings=_script_settings(city, features, t),
        truck_note=truck_note(city.settings.profiles["truck"], t),
    )


def _kinds(features: list[Feature], t: Language) -> list[tuple[str, str]]:
    there = {feature["properties"]["kind"] for feature in features}
    return [(term.id, t.kind(term.id)) for term in KINDS if term.id in there]


def _facilities(features: list[Feature], t: Language) -> list[tuple[str, str, int]]:
    """Return the facilities to filter by: what is looked for first, then the most frequent."""
    counts = Counter(
        facility for feature in features for facility in feature["properties"]["facilities"]
    )
    rest = [facility for facility, _ in counts.most_common() if facility not in WANTED_FIRST]
    wanted = [facility for facility in (*WANTED_FIRST, *rest) if counts[facility]]
    return [(facility, t.facility(facility), counts[facility]) for facility in wanted[:_MOST_CHIPS]]


def _script_settings(city: City, features: list[Feature], t: Language) -> dict[str, Any]:
    settings = city.settings
    return {
        "city": settings.name,
        "now": f"{FOLDER}now.json",
        "stations": files_here().stations().address,
        "station": _station_address(t),
        "roads": url_for("api.roads"),
        "shown": _SHOWN,
        "box": box_around(
            [feature["geometry"]["coordinates"] for feature in features], list(settings.box)
        ),
        "radius_m": settings.national.radius_m or 1000.0,
        "away_m": _AWAY_M,
        "group_modes": {group.id: group.standard.mode for group in settings.groups},
        "attribution": source_of(settings, t) if city.has_roads else "",
        "base_map": base_map_of(settings, t),
        "tiers": ROAD_TIERS,
        "rough": ROUGH,
        "facilities": {term.id: t.facility(term.id) for term in FACILITIES},
        "wanted": WANTED_FIRST,
        "wanted_by": {"truck": WANTED_BY_TRUCK},
        "access": {term.id: t.access(term.id) for term in ACCESS_MODES},
        "words": script_words(t),
        "assets": {
            "leaflet": [_static(f"{_LEAFLET}.css"), _static(f"{_LEAFLET}.js")],
            "cluster": [
                _static(f"{_CLUSTER}MarkerCluster.css"),
                _static(f"{_CLUSTER}leaflet.markercluster.js"),
            ],
            "map": [bundle("map.js")],
            "roads": bundle("roadmap.js"),
            "search": bundle("search.js"),
            "searcher": bundle("searcher.js"),
        },
    }


def _station_address(t: Language) -> str:
    """Return the address of a station's page in the reader's language, with 0 for its id."""
    return url_for("station_page.show", station_id="0", lang=None if t.is_chinese else t.code)


def _static(name: str) -> str:
    return url_for("static", filename=name)


def box_around(points: Collection[Sequence[float]], box: list[float]) -> list[float]:
    """Return the box that holds the middle of the stations, so that the town fills the map."""
    if not points:
        return box
    lons, lats = (sorted(values) for values in zip(*points, strict=True))
    low, high = len(points) // 10, -1 - len(points) // 10
    return [lons[low], lats[low], lons[high], lats[high]]
