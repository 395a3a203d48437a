"""The map of a city: what is drawn, in which order, and the legend that explains it."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.atomic import write_text
from data.china_time import today_here
from data.hours import parse_hours
from data.vocabulary import KINDS
from geo.errors import InputError, NothingYetError
from geo.measure import EARTH_RADIUS_M, Box
from geo.messages import say
from planning.siting.plan import SitingPlan
from planning.siting.whole_workers import in_whole_plan
from web.labels.hours import opening_words, script_words
from web.labels.places import site_names
from web.languages import CHINESE, Language
from web.maps.covered_areas import covered_areas
from web.maps.density import density_of
from web.maps.label_points import label_point
from web.maps.road_lines import road_lines
from web.maps.safe_map import MapDocument, SafeMap
from web.services.freshness import newest_outdated
from web.services.nothing_yet import or_none
from web.site.number_words import added_count, roads_source
from web.site.pages import asset_text, render_map
from web.stations.features import station_features

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import numpy.typing as npt

    from data.demand import Demand
    from data.districts import Districts
    from data.hours import Hours
    from data.settings import Settings
    from data.stations import Stations
    from data.workspace import Workspace
    from geo.network import RoadNetwork
    from web.maps.covered_areas import CoveredArea
    from web.maps.density import Density
    from web.maps.road_lines import RoadLines
    from web.services.freshness import Outdated
    from web.stations.features import Feature

_FOCUS_MARGIN: Final = 1.25
_LEAST_KM: Final = 2.0
_OF_A_MARK: Final = (
    "name",
    "kind",
    "status",
    "state",
    "checked_at",
    "hours_from",
    "hours_intervals",
    "hours_unsettled",
    "hours_silent",
    "hours_unknown",
)


@dataclass(frozen=True, eq=False)
class CityContents:
    """What a map of a city shows; None or empty where there is nothing yet.

    ``covered`` are the areas that the stations cover, by group, the first of them the one to draw
    (`covered_areas`), ``made_on`` the day that the legend names, ``outdated`` what has changed
    since the plan.
    """

    settings: Settings
    districts: Districts
    stations: Stations | None
    demand: Demand | None
    network: RoadNetwork | None
    covered: tuple[CoveredArea, ...]
    plan: SitingPlan | None
    made_on: date
    outdated: Outdated | None = None

    def mark_lonlat(self) -> npt.NDArray[np.float64]:
        """Return where stations and new sites stand, float64[n, 2]."""
        lonlat = [] if self.stations is None else [self.stations.lonlat]
        if self.plan is not None:
            lonlat.append(np.array([(site.lon, site.lat) for site in self.plan.sites]))
        return np.concatenate([part.reshape(-1, 2) for part in lonlat] or [np.empty((0, 2))])


@dataclass(frozen=True)
class LegendRow:
    """One kind of station in the legend, or the proposed sites (``number`` given)."""

    kind: str
    word: str
    n: int
    state: str = "open"
    number: int | None = None


@dataclass(frozen=True, eq=False)
class Legend:
    """What the marks, the colours and the lines of a map mean."""

    rows: tuple[LegendRow, ...]
    density: Density | None
    covered: tuple[str, ...]
    has_districts: bool
    has_roads: bool
    source: str
    made_on: date
    has_stations: bool = False


@dataclass(frozen=True, eq=False)
class CityMap:
    """A finished map with its legend, to be put into a page or written as one file."""

    title: str
    document: MapDocument
    legend: Legend
    language: Language
    sample: bool
    site_names: tuple[str, ...] = ()
    outdated: Outdated | None = None

    def html(self) -> str:
        """Return the map as one HTML document that asks nobody for anything."""
        opening_js = asset_text("opening.js")
        return render_map("map_file.html", self.language, city_map=self, opening_js=opening_js)

    def save(self, path: Path) -> None:
        """Write the map as one file, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, self.html())


def map_of_workspace(workspace: Workspace, *, language: Language = CHINESE) -> CityMap:
    """Draw what the workspace has: stations, density, covered area, the newest plan.

    Raises
    ------
    NothingYetError
        when there is neither a road network nor a station.
    """
    return city_map(contents_of(workspace), language=language)


@dataclass(frozen=True)
class MapFile:
    """A map that was written, and its size."""

    path: Path
    n_bytes: int


def write_map(workspace: Workspace, *, output: Path, language: Language = CHINESE) -> MapFile:
    """Draw what the workspace has into one page that opens with no network.

    Raises
    ------
    InputError
        when the file's name does not end in ``.html`` or ``.htm``.
    NothingYetError
        when there is neither a road network nor a station.
    """
    if output.suffix.lower() not in {".html", ".htm"}:
        raise InputError(say("{file}: the map is a page: let its name end in .html", file=output))
    map_of_workspace(workspace, language=language).save(output)
    return MapFile(output, output.stat().st_size)


def contents_of(
    workspace: Workspace, *, covered: tuple[CoveredArea, ...] | None = None
) -> CityContents:
    """Gather what a map of the workspace shows; what is not there yet stays empty.

    ``covered`` are the covered areas where somebody has searched them already.
    """
    settings = workspace.settings
    stations = or_none(workspace.stations)
    network = or_none(workspace.network)
    if stations is None and network is None:
        raise NothingYetError(
            say(
                "{folder} has no stations and no roads yet: run yizhan network build and "
                "yizhan stations import",
                folder=workspace.folder,
            )
        )
    demand = or_none(workspace.demand)
    result = workspace.newest_result("plan")
    plan = None if result is None else in_whole_plan(SitingPlan.from_dict(dict(result.body)))
    if covered is None:
        covered = (
            ()
            if network is None or stations is None
            else covered_areas(network, stations, settings, demand=demand, plan=plan)
        )
    return CityContents(
        settings=settings,
        districts=workspace.districts,
        stations=stations,
        demand=demand,
        network=network,
        covered=covered,
        plan=plan,
        made_on=today_here(),
        outdated=newest_outdated(workspace),
    )


def city_map(contents: CityContents, *, language: Language = CHINESE) -> CityMap:
    """Draw a city: density lowest, then covered area, roads, districts, stations, new sites."""
    t, settings = language, contents.settings
    density = (
        None
        if contents.demand is None
        else density_of(contents.demand, metric_crs=settings.metric_crs)
    )
    drawn = SafeMap(focus_box(contents))
    if density is not None:
        drawn.add_density(density, title=t("工友密度"))
    if contents.covered:
        drawn.add_covered(
            [one.area for one in contents.covered],
            title=t("现有站点的覆盖范围"),
        )
    if contents.network is not None:
        drawn.add_roads(road_lines(contents.network), title=t("道路"))
    marks = contents.mark_lonlat()
    drawn.add_districts(
        dict(zip(contents.districts.names, contents.districts.areas, strict=True)),
        label_points=[label_point(area, marks) for area in contents.districts.areas],
        title=t("区县", context="layer"),
    )
    if contents.stations is not None:
        features = [_shown(feature, t) for feature in _features(contents)]
        drawn.add_stations(features, title=t("现有站点"), name="stations")
    names: tuple[str, ...] = ()
    if contents.plan is not None:
        names = site_names(contents.plan, contents.network, t)
        sites = plan_features(contents.plan, names, t)
        drawn.add_stations(sites, title=t("新站建议"), name="sites")
    return CityMap(
        title=t("{city} · 驿站地图", city=settings.name),
        document=drawn.document(
            words=map_words(t)
            | {
                "opening": script_words(t),
                "all_sites": t("显示全部新站"),
                "covered": [one.name(t) for one in contents.covered],
                "green": t("绿色范围："),
            },
            attribution=source_of(settings, t) if contents.network is not None else "",
        ),
        legend=_legend(contents, density, t),
        language=language,
        sample=settings.sample,
        site_names=names,
        outdated=contents.outdated,
    )


def map_words(t: Language) -> dict[str, Any]:
    """Return what the controls of a map are called."""
    return {
        "zoom_in": t("放大"),
        "zoom_out": t("缩小"),
        "layers": t("图层"),
        "map": t("地图"),
    }


def source_of(settings: Settings, t: Language) -> str:
    """Say whose roads are drawn."""
    return roads_source(t, sample=settings.sample)


def base_roads(network: RoadNetwork, *, most_points: int) -> tuple[RoadLines, ...]:
    """Return the base map for a phone: fewer points, coarser lines."""
    return road_lines(network, most_points=most_points, tolerance_m=10.0)


def plan_features(plan: SitingPlan, names: tuple[str, ...], t: Language) -> list[Feature]:
    """Return the proposed sites of a plan as features, numbered in their order."""
    return [
        {
            "type": "Feature",
            "id": f"site-{site.order}",
            "geometry": {"type": "Point", "coordinates": [round(site.lon, 6), round(site.lat, 6)]},
            "properties": {
                "name": name,
                "kind": site.kind,
                "state": "open",
                "number": site.order,
                "lines": [
                    t("第 {order} 个新站", order=site.order),
                    t("新覆盖 {workers} 人", workers=added_count(site.adds_workers, t)),
                ],
            },
        }
        for site, name in zip(plan.sites, names, strict=True)
    ]


def _features(contents: CityContents) -> list[Feature]:
    if contents.stations is None:
        return []
    return station_features(contents.stations, contents.settings.groups)


def focus_box(contents: CityContents, *, aspect: float = 1.0) -> Box:
    """Return what a map opens on: the middle four fifths of the stations and the new sites.

    Villages far out do not shrink the town to a dot; new sites alone are seen all. ``aspect`` is
    the least width over height. Without stations and sites it is the whole city.
    """
    lonlat = contents.mark_lonlat()
    if not len(lonlat):
        return contents.districts.box if len(contents.districts) else contents.settings.box
    parts = (0.0, 1.0) if contents.stations is None else (0.1, 0.9)
    return box_round(lonlat, parts=parts, aspect=aspect)


def box_round(
    lonlat: npt.NDArray[np.float64],
    *,
    parts: tuple[float, float] = (0.0, 1.0),
    aspect: float = 1.0,
) -> Box:
    """Return a box with a margin round points, float64[n, 2], n at least 1.

    ``parts`` are the shares of them between which it lies in each direction, ``aspect`` is the
    least width over height. It is never smaller than a few streets.
    """
    (left, bottom), (right, top) = np.quantile(lonlat, parts, axis=0)
    lon, lat = float(left + right) / 2, float(bottom + top) / 2
    km_lat = math.degrees(1000.0 / EARTH_RADIUS_M)
    km_lon = km_lat / math.cos(math.radians(lat))
    wide_km, high_km = (float(right - left) / km_lon, float(top - bottom) / km_lat)
    high_km = max(_FOCUS_MARGIN * high_km, _FOCUS_MARGIN * wide_km / aspect, _LEAST_KM)
    wide_km = max(_FOCUS_MARGIN * wide_km, high_km * aspect)
    half_lon, half_lat = wide_km / 2 * km_lon, high_km / 2 * km_lat
    return Box(lon - half_lon, lat - half_lat, lon + half_lon, lat + half_lat)


def _legend(contents: CityContents, density: Density | None, t: Language) -> Legend:
    rows = [] if contents.stations is None else _kind_rows(contents.stations, t)
    if contents.plan is not None and contents.plan.sites:
        first: dict[str, int] = {}
        for site in contents.plan.sites:
            first.setdefault(site.kind, site.order)
        of_kind = Counter(site.kind for site in contents.plan.sites)
        rows += [
            LegendRow(
                kind,
                t("新建议：{kind}", kind=t.kind(kind)),
                of_kind[kind],
                number=number,
            )
            for kind, number in first.items()
        ]
    return Legend(
        rows=tuple(rows),
        density=density,
        covered=tuple(one.words(t) for one in contents.covered),
        has_districts=len(contents.districts) > 0,
        has_roads=contents.network is not None,
        source=source_of(contents.settings, t) if contents.network is not None else "",
        made_on=contents.made_on,
        has_stations=contents.stations is not None and len(contents.stations) > 0,
    )


def _kind_rows(stations: Stations, t: Language) -> list[LegendRow]:
    """Count the stations of each kind, open ones first, then those that are not."""
    frame = stations.frame
    rows = []
    for term in KINDS:
        n = int(((frame["kind"] == term.id) & (frame["status"] == "open")).sum())
        if n:
            rows.append(LegendRow(term.id, t.kind(term.id), n))
    for status in ("planned", "suspended", "closed"):
        n = int((frame["status"] == status).sum())
        if n:
            rows.append(LegendRow("station", t.status(status), n, state=status))
    return rows


def _hours_line(hours: Hours, t: Language) -> str:
    return opening_words(hours, t) if hours.text else t("时间未知", context="layer")


def _shown(feature: Feature, t: Language) -> Feature:
    """Keep of a station what its popup says."""
    properties = feature["properties"]
    hours = parse_hours(properties["hours"])
    lines = [
        t.kind(properties["kind"]),
        properties["address"],
        _hours_line(hours, t) if properties["status"] == "open" else t.status(properties["status"]),
        " · ".join(t.facility(facility) for facility in properties["facilities"]),
    ]
    return {
        **feature,
        "properties": {
            "lines": [line for line in lines if line],
            **{name: properties[name] for name in _OF_A_MARK if name in properties},
        },
    }
