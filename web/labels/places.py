"""Where a site lies, in words that a person can find: the roads that meet or pass there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np

from geo.measure import great_circle_m

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geo.network import RoadNetwork
    from planning.decisions.explain import WhatIf
    from planning.siting.plan import SitingPlan
    from web.languages import Language

_CROSSING_M: Final = 25.0
_NEAR_M: Final = 300.0
_GRID_SITE: Final = "grid-"


def site_names(plan: SitingPlan, network: RoadNetwork | None, t: Language) -> tuple[str, ...]:
    """Name the sites of a plan in their order.

    A site that was imported keeps its own name; a point of the candidate grid, whose name is only
    a number, is called after the named roads beside it where there are any.
    """
    return names_of(plan.sites, network, t)


class NamedSite(Protocol):
    """A site of a plan, or one that is chosen under some draw."""

    @property
    def site_id(self) -> str:
        """Its id among the candidate sites."""
        ...

    @property
    def name(self) -> str:
        """Its own name."""
        ...

    @property
    def lon(self) -> float:
        """Longitude, degrees."""
        ...

    @property
    def lat(self) -> float:
        """Latitude, degrees."""
        ...


def names_of(
    sites: Iterable[NamedSite], network: RoadNetwork | None, t: Language
) -> tuple[str, ...]:
    """Name sites as `site_names` does."""
    return tuple(_site_name(site, network, t) for site in sites)


class OptionPlace(NamedTuple):
    """Where an option of a question would stand."""

    site_id: str
    name: str
    lon: float
    lat: float


def option_names(
    options: Iterable[WhatIf],
    lonlat: Mapping[str, tuple[float, float]],
    network: RoadNetwork | None,
    t: Language,
) -> dict[str, str]:
    """Name the places of options by their ids, as `site_names` does; ``lonlat`` by id too."""
    places = {
        one.id: OptionPlace(one.id, one.name, *lonlat[one.id])
        for one in options
        if one.id in lonlat
    }
    return dict(zip(places, names_of(places.values(), network, t), strict=True))


def _site_name(site: NamedSite, network: RoadNetwork | None, t: Language) -> str:
    if network is None or not site.site_id.startswith(_GRID_SITE):
        return site.name
    roads = _roads_near(network, site.lon, site.lat)
    if not roads:
        return site.name
    if len(roads) == 1:
        return t("{road}附近", road=roads[0])
    return t("{road}与{crossing}路口", road=roads[0], crossing=roads[1])


def _roads_near(network: RoadNetwork, lon: float, lat: float) -> list[str]:
    """Return the two named roads that meet here, or the nearest within 300 m, or none."""
    named = network.edge_name >= 0
    lengths = np.diff(network.shape_offset)
    points = network.shape_lonlat[np.repeat(named, lengths)]
    if not len(points):
        return []
    name = np.repeat(network.edge_name[named], lengths[named])
    metres = great_circle_m(points, np.array([lon, lat]))
    order = np.argsort(metres, kind="stable")
    order = order[metres[order] <= _NEAR_M]
    here = list(dict.fromkeys(name[order[metres[order] <= _CROSSING_M]].tolist()))
    roads = here[:2] or name[order[:1]].tolist()
    return [network.names[number] for number in roads]
