"""Raw roads: what a reader of OSM data hands over, as arrays, before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from geo.errors import NetworkError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

WGS84_A_M = 6_378_137.0
WGS84_E2 = 0.006_694_379_990_141_32
_MOST_LON, _MOST_LAT, _POLAR_LAT = 180.0, 90.0, 85.0


@dataclass(frozen=True, eq=False)
class Turn:
    """One turn restriction over a node, or over whole ways: rows of ways and nodes in `RawRoads`.

    ``via_node`` is where one leaves ``from_way``. With ``via_ways`` the restriction is on the way
    from there over these ways, in their order, into ``to_way``. ``only`` means that nothing else
    may be done than that; ``free_modes`` are exempt. ``when`` is the condition of a conditional
    restriction, empty where it always holds (`geo.conditions`).
    """

    from_way: int
    via_node: int
    to_way: int
    only: bool
    free_modes: frozenset[str] = frozenset()
    via_ways: tuple[int, ...] = ()
    when: str = ""


@dataclass(frozen=True, eq=False)
class RawRoads:
    """Ways and their nodes as read.

    ``node_lonlat`` float64[n, 2] in degrees WGS-84; ``way_node`` int32 rows of nodes, those of way
    w at ``way_offset[w]:way_offset[w + 1]``; -1 marks a node that the file names but does not
    hold (the way is cut there). ``way_tags`` and ``node_tags`` index ``tag_sets``, whose first
    member is empty; ``way_name`` indexes ``names``, -1 none. NetworkError when arrays contradict
    each other. An extract is read into one by the reader of extracts in `data`; `of_lines` draws
    a few roads by hand.
    """

    node_id: NDArray[np.int64]
    node_lonlat: NDArray[np.float64]
    node_tags: NDArray[np.int32]
    way_id: NDArray[np.int64]
    way_offset: NDArray[np.int64]
    way_node: NDArray[np.int32]
    way_tags: NDArray[np.int32]
    way_name: NDArray[np.int32]
    tag_sets: tuple[Mapping[str, str], ...]
    names: tuple[str, ...]
    turns: tuple[Turn, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n_nodes, n_ways = len(self.node_id), len(self.way_id)
        if self.node_lonlat.shape != (n_nodes, 2) or len(self.node_tags) != n_nodes:
            raise NetworkError(say("roads: node arrays differ in length"))
        if len(self.way_offset) != n_ways + 1 or len(self.way_tags) != n_ways:
            raise NetworkError(say("roads: way arrays differ in length"))
        if len(self.way_name) != n_ways or self.way_offset[-1] != len(self.way_node):
            raise NetworkError(say("roads: way arrays differ in length"))
        if len(self.way_node) and not -1 <= self.way_node.min() <= self.way_node.max() < n_nodes:
            raise NetworkError(say("roads: a way names a node row that is not there"))
        _check_lonlat(self.node_lonlat)

    @classmethod
    def of_lines(
        cls, lines: Sequence[tuple[Sequence[tuple[float, float]], Mapping[str, str]]]
    ) -> Self:
        """Draw roads by hand: lines that meet where they share a point.

        Parameters
        ----------
        lines
            pairs of the points of a road, (longitude, latitude) in degrees of WGS-84, in the order
            in which it is drawn, and its OSM tags; ``highway`` says what road it is, ``name`` how
            it is called.

        Returns
        -------
        RawRoads
            a node for every different point, numbered as they come.

        Examples
        --------
        Two streets that cross, the second one-way:

        >>> from geo import RawRoads
        >>> roads = RawRoads.of_lines([
        ...     ([(116.80, 33.96), (116.81, 33.96)], {"highway": "residential"}),
        ...     ([(116.80, 33.95), (116.80, 33.96), (116.80, 33.97)],
        ...      {"highway": "primary", "oneway": "yes", "name": "Renmin Lu"}),
        ... ])
        >>> len(roads.node_id), len(roads.way_id), roads.names
        (4, 2, ('Renmin Lu',))
        """
        number: dict[tuple[float, float], int] = {}
        way_node = [
            number.setdefault((x, y), len(number)) for points, _ in lines for x, y in points
        ]
        names = tuple(dict.fromkeys(tags["name"] for _, tags in lines if "name" in tags))
        return cls(
            node_id=np.arange(len(number), dtype=np.int64),
            node_lonlat=np.array(list(number), dtype=np.float64).reshape(-1, 2),
            node_tags=np.zeros(len(number), dtype=np.int32),
            way_id=np.arange(len(lines), dtype=np.int64),
            way_offset=np.cumsum([0, *(len(points) for points, _ in lines)], dtype=np.int64),
            way_node=np.array(way_node, dtype=np.int32),
            way_tags=np.arange(1, len(lines) + 1, dtype=np.int32),
            way_name=np.array(
                [names.index(tags["name"]) if "name" in tags else -1 for _, tags in lines],
                dtype=np.int32,
            ),
            tag_sets=({}, *(tags for _, tags in lines)),
            names=names,
        )


def _check_lonlat(lonlat: NDArray[np.float64]) -> None:
    if not len(lonlat):
        return
    if not np.isfinite(lonlat).all():
        raise NetworkError(say("roads: a node has no finite coordinates"))
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    if np.abs(lon).max() > _MOST_LON or np.abs(lat).max() > _MOST_LAT:
        raise NetworkError(
            say("roads: coordinates outside -180..180, -90..90: are they in degrees?")
        )
    if np.abs(lat).max() > _POLAR_LAT:
        raise NetworkError(
            say("roads: nodes beyond 85 degrees north or south: cut the extract to a city")
        )
    if lon.max() - lon.min() > _MOST_LON:
        raise NetworkError(
            say(
                "roads: the extract spans more than 180 degrees of longitude, or crosses the"
                " antimeridian: cut it to one side"
            )
        )


def metres_per_degree(
    lat_deg: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres of one degree of longitude and of latitude at ``lat_deg`` on the WGS-84 ellipsoid.

    By the radii of curvature in the prime vertical and the meridian (Snyder 1987, 4-20 and 4-18).
    """
    phi = np.radians(lat_deg)
    w2 = 1.0 - WGS84_E2 * np.sin(phi) ** 2
    prime = WGS84_A_M / np.sqrt(w2)
    meridian = WGS84_A_M * (1.0 - WGS84_E2) / w2**1.5
    return np.radians(prime * np.cos(phi)), np.radians(meridian)


def segment_metres(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Length of the short straight segments a -> b (lonlat[n, 2]), in metres.

    Pythagoras with the radii of curvature at the middle: within 1e-6 of the geodesic up to 10 km.
    """
    per_lon, per_lat = metres_per_degree((a[:, 1] + b[:, 1]) / 2.0)
    return np.asarray(np.hypot((b[:, 0] - a[:, 0]) * per_lon, (b[:, 1] - a[:, 1]) * per_lat))
