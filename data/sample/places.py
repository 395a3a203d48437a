"""The sample city's places and grounds: what a map shows between the streets.

They stand where `data.sample.workers` has them draw workers, so that whoever rebuilds the demand
from the map finds about the workers of the sample. Everything is generated and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from data.sample.lines import CODE
from data.sample.terrain import RIVER_HALF_M
from data.sample.workers import liveliness
from data.vocabulary import SAMPLE_NOTICE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from data.sample.spots import Spots
    from data.sample.streets import StreetPlan
    from data.sample.workers import DrawLayers

Ground = tuple[shapely.Polygon, "Mapping[str, str]"]

_ASIDE_M = (9.0, 24.0)
_SCHOOLS, _KINDERGARTENS, _HOSPITALS = 180, 120, 34
_HOUSES = 5_000
_SERVICES = 6  # on motorways
_SHAFTS = 3
_TRUCKS_AT_FUEL = 0.4
_LOGISTICS = 0.4  # of the works in parks
_MINES = 0.45  # of those in the open country

# Kinds of a place: tags and how often.
_EATING = (
    ({"amenity": "restaurant"}, 0.6), ({"amenity": "fast_food"}, 0.22), ({"amenity": "cafe"}, 0.14),
    ({"amenity": "food_court"}, 0.04),
)  # fmt: skip
_SELLING = (
    ({"shop": "convenience"}, 0.36), ({"shop": "clothes"}, 0.14), ({"shop": "supermarket"}, 0.1),
    ({"shop": "hairdresser"}, 0.12), ({"shop": "mobile_phone"}, 0.1), ({"shop": "hardware"}, 0.1),
    ({"shop": "car_repair"}, 0.08),
)  # fmt: skip
_POSTING = (
    ({"amenity": "post_office"}, 0.3), ({"amenity": "post_depot"}, 0.25),
    ({"office": "courier"}, 0.25), ({"amenity": "parcel_locker"}, 0.2),
)  # fmt: skip
_FREIGHT = (
    ({"landuse": "industrial", "industrial": "logistics"}, 0.5),
    ({"landuse": "industrial", "industrial": "warehouse"}, 0.3),
    ({"building": "warehouse"}, 0.2),
)
_DIGGING = (
    ({"landuse": "industrial", "industrial": "mine"}, 0.55), ({"landuse": "quarry"}, 0.45),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Places:
    """Points in the frame with their tags, and grounds: outlines with theirs."""

    point_xy_m: NDArray[np.float64]
    point_tags: tuple[Mapping[str, str], ...]
    grounds: tuple[Ground, ...]


class _Map:
    """Places and grounds as they are put on the map, one kind after another."""

    def __init__(self, spots: Spots, plan: StreetPlan, rng: np.random.Generator) -> None:
        self.spots, self.rng = spots, rng
        self.along = _directions(spots, plan)
        self.xy_m: list[NDArray[np.float64]] = []
        self.tags: list[Mapping[str, str]] = []
        self.grounds: list[Ground] = []

    def picked(self, weight: NDArray[np.float64], count: int) -> NDArray[np.intp]:
        """Draw spots by weight."""
        return self.rng.choice(len(weight), count, p=weight / weight.sum())

    def words(
        self, count: int, kinds: tuple[tuple[Mapping[str, str], float], ...]
    ) -> list[Mapping[str, str]]:
        """Draw a kind for each of ``count`` places."""
        share = np.array([share for _, share in kinds])
        drawn = self.rng.choice(len(kinds), count, p=share / share.sum())
        return [kinds[one][0] for one in drawn]

    def put(self, spot: NDArray[np.intp], tags: list[Mapping[str, str]], *, name: str = "") -> None:
        """Put places aside from the streets at spots."""
        n = len(spot)
        aside = self.rng.uniform(*_ASIDE_M, n) * self.rng.choice([-1.0, 1.0], n)
        self.put_at(self.spots.xy_m[spot] + _left(self.along[spot]) * aside[:, None], tags, name)

    def put_at(
        self, xy_m: NDArray[np.float64], tags: list[Mapping[str, str]], name: str = ""
    ) -> None:
        """Put places where they are."""
        self.xy_m.append(xy_m)
        self.tags += [_said(tag, name, number) for number, tag in enumerate(tags, start=1)]

    def lay(
        self,
        spot: NDArray[np.intp],
        tags: list[Mapping[str, str]],
        size_m: tuple[float, float],
        *,
        name: str = "",
    ) -> None:
        """Lay out rectangles along the streets at spots, sides between two lengths in metres."""
        n = len(spot)
        front, deep = self.rng.uniform(*size_m, (2, n))
        side = self.rng.choice([-1.0, 1.0], n)
        along = self.along[spot]
        away = _left(along) * side[:, None]
        near = self.spots.xy_m[spot] + away * _ASIDE_M[0]
        half = along * (front / 2.0)[:, None]
        far = away * deep[:, None]
        corners = np.stack([near - half, near + half, near + half + far, near - half + far], axis=1)
        self.grounds += [
            (shapely.Polygon(outline), _said(tag, name, number))
            for number, (outline, tag) in enumerate(zip(corners, tags, strict=True), start=1)
        ]


def choose_places(
    spots: Spots, layers: DrawLayers, plan: StreetPlan, rng: np.random.Generator
) -> Places:
    """Put on the map what draws the sample city's workers, and its water."""
    weights = layers.weights
    live = liveliness(plan.cores)[spots.core]
    city = _Map(spots, plan, rng)
    at = {name: _places_of(weights[name]) for name in _COUNTED}
    city.put(at["restaurants"], city.words(len(at["restaurants"]), _EATING))
    city.put(at["shops"], city.words(len(at["shops"]), _SELLING))
    city.put(at["depots"], city.words(len(at["depots"]), _POSTING), name="示例网点")
    _trade(city, at["malls"], layers.markets_m)
    _freight(city, at)
    homes = weights["homes"]
    for count, tags, name in (
        (_SCHOOLS, {"amenity": "school"}, "示例学校"),
        (_KINDERGARTENS, {"amenity": "kindergarten"}, "示例幼儿园"),
    ):
        city.put(city.picked(homes, count), [tags] * count, name=name)
    hospitals = city.picked(homes * live, _HOSPITALS)
    city.lay(hospitals, [{"amenity": "hospital"}] * _HOSPITALS, (70.0, 160.0), name="示例医院")
    _houses(city, homes, live)
    lakes = [(lake, {"natural": "water", "water": "lake"}) for lake in plan.terrain.lakes]
    river = shapely.buffer(plan.terrain.river, RIVER_HALF_M / 2.0, quad_segs=2)
    waters = [*lakes, (shapely.simplify(river, 2.0), {"natural": "water", "water": "river"})]
    city.grounds += [(outline, _said(tags, "", 0)) for outline, tags in waters]
    return Places(np.concatenate(city.xy_m), tuple(city.tags), tuple(city.grounds))


_COUNTED = ("restaurants", "shops", "malls", "depots", "industry", "fuel")


def _trade(city: _Map, malls: NDArray[np.intp], markets_m: NDArray[np.float64]) -> None:
    mall = {"shop": "mall", "building": "retail", "building:levels": "5"}
    store = {"shop": "department_store", "building": "retail", "building:levels": "4"}
    city.lay(malls, city.words(len(malls), ((mall, 0.7), (store, 0.3))), (60.0, 140.0),
             name="示例商场")  # fmt: skip
    city.put_at(markets_m, [{"amenity": "marketplace"}] * len(markets_m), "示例市场")


def _freight(city: _Map, at: Mapping[str, NDArray[np.intp]]) -> None:
    """Lay out works, logistics and mines, and put fuel stations and parking for trucks."""
    works = at["industry"]
    built = city.spots.core[works] >= 0
    draw = city.rng.random(len(works))
    logistics, mines = built & (draw < _LOGISTICS), ~built & (draw < _MINES)
    plain = works[~logistics & ~mines]
    city.lay(works[logistics], city.words(int(logistics.sum()), _FREIGHT), (90.0, 240.0))
    city.lay(plain, [{"landuse": "industrial"}] * len(plain), (80.0, 220.0))
    city.lay(works[mines], city.words(int(mines.sum()), _DIGGING), (250.0, 520.0))
    fuel = at["fuel"]
    city.put(fuel, [{"amenity": "fuel"}] * len(fuel), name="示例加油站")
    trucks = fuel[city.rng.random(len(fuel)) < _TRUCKS_AT_FUEL]
    parking = {"amenity": "parking", "hgv": "designated"}
    city.lay(trucks, [parking] * len(trucks), (50.0, 120.0))
    motorway = (city.spots.highway == CODE["motorway"]).astype(np.float64)
    services = city.picked(motorway, _SERVICES)
    city.put(services, [{"highway": "services"}] * _SERVICES, name="示例服务区")


def _houses(city: _Map, homes: NDArray[np.float64], live: NDArray[np.float64]) -> None:
    """Lay out blocks of flats in the towns and houses in the country."""
    spot = city.picked(homes, _HOUSES)
    levels = np.clip(np.rint(city.rng.gamma(4.0, 1.6, _HOUSES) * live[spot]), 1, 26).astype(int)
    tags: list[Mapping[str, str]] = [
        {"building": "apartments" if level > 3 else "house", "building:levels": str(level)}  # noqa: PLR2004 - a house has three levels at most
        for level in levels
    ]
    city.lay(spot, tags, (12.0, 38.0))


def _places_of(count: NDArray[np.float64]) -> NDArray[np.intp]:
    """Name each spot as often as it has places."""
    return np.repeat(np.arange(len(count)), count.astype(np.intp))


def _directions(spots: Spots, plan: StreetPlan) -> NDArray[np.float64]:
    """Give the unit vector along the street at each spot, shape [n, 2]."""
    line = plan.lines.geometry[spots.line]
    at = shapely.line_locate_point(line, shapely.points(spots.xy_m))
    before, after = (
        shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(at + step, 0.0)))
        for step in (-2.0, 2.0)
    )
    step = after - before
    length = np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)
    return np.asarray(step / length)


def _left(along: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([-along[:, 1], along[:, 0]])


def _said(tags: Mapping[str, str], name: str, number: int) -> Mapping[str, str]:
    """Give tags the notice, and a numbered name where there is one."""
    named = {"name": f"{name}{number}"} if name else {}
    return {**tags, **named, "source": SAMPLE_NOTICE}
