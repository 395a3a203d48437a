"""Where stations stand, doubted: districts, water, roads, twins, coarse coordinates."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.spatial import cKDTree

from data.doctor.findings import Finding, Severity, Words
from data.vocabulary import normal_word, quote
from geo.measure import great_circle_m
from geo.roads import metres_per_degree
from geo.snapping import snap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from data.districts import Districts
    from geo.network import RoadNetwork

    Points = npt.NDArray[np.float64]

TWIN_M: Final = 30.0
_ALIKE: Final = 0.75
_AMID_M: Final = 75.0
_NEIGHBOURS: Final = 8
_MANY_AT_ONE: Final = 3
_FEW_DECIMALS: Final = 3
_COMMON: Final = re.compile(
    r"户外劳动者|服务驿站|服务站点|服务站|服务点|工会|爱心|暖心|驿站|站点|之家|station|servicestation"
)
_DIGITS: Final = re.compile(r"\d+|[一二三四五六七八九十]+(?=号|期|分)")


@dataclass(frozen=True, eq=False)
class Placed:
    """The rows that have a place: row numbers, names, float64[n, 2] WGS-84 and as handed in."""

    rows: Sequence[int]
    names: Sequence[str]
    lonlat: Points
    texts: Sequence[tuple[str, str]]

    def finding(
        self, at: int, code: str, what: Words, cure: Words, *, severity: Severity = Severity.warning
    ) -> Finding:
        """Make a finding about one of the rows."""
        return Finding(
            code=code,
            severity=severity,
            what=what,
            cure=cure,
            row=self.rows[at],
            station=self.names[at],
        )


def outside_districts(placed: Placed, districts: Districts) -> list[Finding]:
    """Find the places that lie in no district; nothing where the city has none."""
    if not len(districts):
        return []
    return [
        placed.finding(
            int(at),
            "district",
            Words("不在任何区县内", "lies in no district"),
            Words("核对坐标和坐标系", "check the coordinates and their datum"),
        )
        for at in np.flatnonzero(districts.locate(placed.lonlat) < 0)
    ]


def in_water(placed: Placed, water: Sequence[BaseGeometry]) -> list[Finding]:
    """Find the places that lie in ``water``, areas in WGS-84 degrees."""
    if not len(water) or not len(placed.rows):
        return []
    tree = shapely.STRtree(list(water))
    hit = np.unique(tree.query(shapely.points(placed.lonlat), predicate="within")[0])
    return [_wet(placed, int(at)) for at in hit]


def amid_water(placed: Placed, water_points: Points) -> list[Finding]:
    """Find the places that have points of water all around them.

    ``water_points`` lie in water on a grid of 50 m or closer. A place within it has one of them in
    each quarter within 75 m; a place on a bank has them on one side only.
    """
    if not len(water_points) or not len(placed.rows):
        return []
    per_lon, per_lat = metres_per_degree(placed.lonlat[:, 1])
    scale = np.array([float(np.mean(per_lon)), float(np.mean(per_lat))])
    # A tree of all the water of a city would be most of what one station's check costs.
    low, high = placed.lonlat.min(axis=0), placed.lonlat.max(axis=0)
    beyond = 2 * _AMID_M / scale
    points = water_points[((water_points > low - beyond) & (water_points < high + beyond)).all(1)]
    if not len(points):
        return []
    tree = cKDTree(points * scale)
    found = []
    for at, near in enumerate(tree.query_ball_point(placed.lonlat * scale, r=_AMID_M)):
        east, north = ((points[near] - placed.lonlat[at]) * scale).T
        quarters = {(bool(x >= 0), bool(y >= 0)) for x, y in zip(east, north, strict=True)}
        if len(quarters) == 4:  # noqa: PLR2004 - quarters
            found.append(_wet(placed, at))
    return found


def _wet(placed: Placed, at: int) -> Finding:
    return placed.finding(
        at,
        "water",
        Words("落在水面上", "lies in water"),
        Words("核对坐标和坐标系", "check the coordinates and their datum"),
    )


def off_the_roads(placed: Placed, network: RoadNetwork, *, limit_m: float) -> list[Finding]:
    """Find the places that nobody reaches on foot: no road near, or roads that lead nowhere."""
    mode = "foot" if "foot" in network.modes else network.modes[0]
    near = snap(network, placed.lonlat, mode=mode, limit_m=limit_m, islands=True)
    joined = snap(network, placed.lonlat, mode=mode, limit_m=limit_m)
    found = [
        placed.finding(
            int(at),
            "roads",
            Words(f"{limit_m:.0f} 米内没有道路，无法到达", f"has no road within {limit_m:.0f} m"),
            Words("核对坐标，或更新道路数据", "check the coordinates, or the road extract"),
        )
        for at in np.flatnonzero(~near.found)
    ]
    found += [
        placed.finding(
            int(at),
            "roads",
            Words(
                "附近的道路不与路网相连，无法到达",
                "stands at roads that are not joined to the network",
            ),
            Words("核对坐标，或更新道路数据", "check the coordinates, or the road extract"),
        )
        for at in np.flatnonzero(near.found & ~joined.found)
    ]
    return found


def twins(placed: Placed) -> list[Finding]:
    """Find stations within `TWIN_M` of an earlier one whose names are alike."""
    if len(placed.rows) < 2:  # noqa: PLR2004 - a twin needs another
        return []
    per_lon, per_lat = metres_per_degree(placed.lonlat[:, 1])
    plane = placed.lonlat * np.array([float(np.mean(per_lon)), float(np.mean(per_lat))])
    tree = cKDTree(plane)
    most = min(_NEIGHBOURS, len(plane))
    others = np.asarray(tree.query(plane, k=most, distance_upper_bound=1.5 * TWIN_M)[1])
    found = []
    for at in range(len(plane)):
        near = sorted(int(other) for other in others[at] if other < at)
        for other in near:
            metres = float(great_circle_m(placed.lonlat[[at]], placed.lonlat[[other]])[0])
            if metres <= TWIN_M and alike(placed.names[at], placed.names[other]):
                found.append(_twin(placed, at, other, metres))
                break
    return found


def _twin(placed: Placed, at: int, other: int, metres: float) -> Finding:
    row, name = placed.rows[other], placed.names[other]
    return placed.finding(
        at,
        "twin",
        Words(
            f"与第 {row} 行“{name}”相距 {metres:.0f} 米且名称相近，可能重复",
            f"stands {metres:.0f} m from {quote(name)} in row {row} and is named alike",
        ),
        Words("若是同一站点，删除其中一行", "if they are one station, delete one of the rows"),
    )


def twin_of(name: str, others: Iterable[tuple[str, str, float]]) -> Finding | None:
    """Doubt a name of the form beside those of stations near (id, name, metres); None: no doubt."""
    for other_id, other, metres in others:
        if metres <= TWIN_M and alike(name, other):
            return Finding(
                code="twin",
                severity=Severity.warning,
                what=Words(
                    f"与“{other}”（{other_id}）相距 {metres:.0f} 米且名称相近，可能重复",
                    f"stands {metres:.0f} m from {quote(other)} ({other_id}) and is named alike",
                ),
                cure=Words("若是同一站点，不要新建", "if they are one station, keep only one"),
            )
    return None


def alike(first: str, second: str) -> bool:
    """Tell whether two names may be those of one station.

    What all names share (户外劳动者驿站 …) does not count, and names with different numbers are of
    different stations.
    """
    one, two = normal_word(first), normal_word(second)
    if one == two:
        return True
    if _DIGITS.findall(one) != _DIGITS.findall(two):
        return False
    one, two = _COMMON.sub("", one), _COMMON.sub("", two)
    if not one or not two:
        return one == two
    if one in two or two in one:
        return min(len(one), len(two)) > 1
    return difflib.SequenceMatcher(None, one, two, autojunk=False).ratio() >= _ALIKE


def same_points(placed: Placed) -> list[Finding]:
    """Find rows that share one point with two others or more: a place that was looked up."""
    if not len(placed.rows):
        return []
    _, inverse, counts = np.unique(placed.lonlat, axis=0, return_inverse=True, return_counts=True)
    shared = np.asarray(counts)[inverse.reshape(-1)]
    return [
        placed.finding(
            int(at),
            "same_point",
            Words(
                f"有 {shared[at]} 行坐标完全相同，可能是按地名查出的概略坐标",
                f"{shared[at]} rows have these same coordinates: looked up by a name?",
            ),
            Words("到现场或在地图上取每个站点的坐标", "take each station's own from a map"),
        )
        for at in np.flatnonzero(shared >= _MANY_AT_ONE)
    ]


def coarse(placed: Placed) -> list[Finding]:
    """Find coordinates with three decimals or fewer, which leave 100 m open."""
    return [
        placed.finding(
            at,
            "coarse",
            Words(
                f"坐标只有 {digits} 位小数，误差可达 {100 * 10 ** (3 - digits):,.0f} 米",
                f"decimals: {digits}, which leave {100 * 10 ** (3 - digits):,.0f} m open",
            ),
            Words("取六位小数", "write six decimals"),
            severity=Severity.note,
        )
        for at, texts in enumerate(placed.texts)
        if (digits := max(map(_decimals, texts))) <= _FEW_DECIMALS
    ]


def _decimals(text: str) -> int:
    return len(text.partition(".")[2].rstrip("0"))
