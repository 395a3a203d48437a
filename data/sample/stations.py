"""The sample city's register: a service centre, 16 homes and 110 stations, plainly made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from data.sample.districts import DISTRICTS
from data.sample.lines import CODE
from data.sample.settlements import (
    CITY,
    COUNTY_TOWN,
    DUJI,
    LIESHAN,
    OLD_TOWN,
    PARKS,
)

if TYPE_CHECKING:
    from data.sample.cores import Core
    from data.sample.districts import DistrictShapes
    from data.sample.spots import Spots

Points = NDArray[np.float64]

_PARK_NAMES = tuple(plan.name for plan in PARKS)
_PARKS_WITH_HOME = tuple(name for name in _PARK_NAMES if name != "park west")
_MICRO, _MOBILE = 9, 5
_ASIDE_M = 14.0
_INSIDE_M = 60.0

# Where how many stand: core names (None: township towns), how far apart.
_STATION_PLACES: tuple[tuple[tuple[str, ...] | None, int, float], ...] = (
    ((OLD_TOWN.name,), 13, 400.0),
    ((CITY.name,), 43, 470.0),
    ((COUNTY_TOWN.name,), 17, 560.0),
    ((DUJI.name,), 9, 620.0),
    ((LIESHAN.name,), 10, 620.0),
    (_PARK_NAMES, 5, 1500.0),
    (None, 13, 2500.0),
)
_HOMES: tuple[tuple[str, tuple[str, ...] | None, int, float], ...] = (
    ("driver_home", _PARKS_WITH_HOME, 4, 4000.0),
    ("driver_home", None, 2, 9000.0),
    ("rider_home", (OLD_TOWN.name, CITY.name), 4, 1500.0),
    ("rider_home", (COUNTY_TOWN.name, DUJI.name), 2, 3000.0),
    ("courier_home", (CITY.name,), 2, 2500.0),
    ("courier_home", (COUNTY_TOWN.name, LIESHAN.name), 2, 3000.0),
)

_NAMES = {
    "service_centre": "示例综合服务中心",
    "driver_home": "示例司机之家",
    "rider_home": "示例骑手之家",
    "courier_home": "示例快递员之家",
    "station": "示例驿站",
    "micro_station": "示例微型驿站",
    "mobile_station": "示例移动驿站",
}
_KIND_WORDS = {
    "service_centre": "综合服务中心",
    "driver_home": "司机之家",
    "rider_home": "骑手之家",
    "courier_home": "快递员之家",
    "station": "户外劳动者服务驿站",
    "micro_station": "微型驿站",
    "mobile_station": "移动驿站",
}
_HOST_HOURS = (
    ("8:00-18:00", 0.2),
    ("周一至周五 8:30-17:30", 0.17),
    ("周一至周日 8:00-20:00", 0.12),
    ("周一至周六 7:00-19:00", 0.1),
    ("6:00-22:00", 0.09),
    ("上午8:00-11:30 下午14:00-18:00", 0.09),
    ("24小时", 0.07),
    ("周一至周五 8:30-12:00, 14:00-17:30", 0.06),
    ("全天", 0.04),
    ("周一至周五 8:00-18:00; 周六 9:00-12:00", 0.03),
    ("", 0.03),
)
_HOME_HOURS = (("24小时", 0.7), ("6:00-23:00", 0.3))
_STATION_FACILITIES = (
    ("饮水", 0.98), ("热水", 0.6), ("微波炉", 0.82), ("冰箱", 0.22), ("桌椅", 0.93),
    ("取暖", 0.35), ("空调", 0.7), ("手机充电", 0.9), ("电动车充电", 0.16), ("换电", 0.06),
    ("卫生间", 0.45), ("无线网络", 0.4), ("急救箱", 0.84), ("自动体外除颤器", 0.05),
    ("雨具", 0.38), ("维修工具", 0.24), ("图书", 0.33), ("母婴室", 0.06), ("法律援助", 0.05),
)  # fmt: skip
_SMALL_FACILITIES = (("饮水", 0.95), ("桌椅", 0.5), ("手机充电", 0.8), ("急救箱", 0.7),
                     ("雨具", 0.4))  # fmt: skip
_HOME_FACILITIES = (
    ("饮水", 1.0), ("热水", 1.0), ("微波炉", 1.0), ("冰箱", 0.6), ("桌椅", 1.0), ("空调", 0.9),
    ("手机充电", 1.0), ("卫生间", 1.0), ("无线网络", 0.8), ("急救箱", 1.0), ("图书", 0.6),
)  # fmt: skip
_OWN_FACILITIES = {
    "driver_home": (("淋浴", 1.0), ("洗衣", 0.8), ("货车停车位", 1.0), ("餐食", 0.7)),
    "rider_home": (("电动车充电", 0.9), ("换电", 0.6), ("维修工具", 0.9), ("淋浴", 0.3)),
    "courier_home": (("电动车充电", 0.8), ("维修工具", 0.8), ("雨具", 0.7)),
    "service_centre": (("法律援助", 1.0), ("餐食", 1.0), ("母婴室", 1.0), ("淋浴", 1.0)),
}
_GROUPS = (("", 0.86), ("环卫工人、快递员、外卖配送员", 0.06), ("外卖配送员、快递员", 0.05),
           ("环卫工人", 0.03))  # fmt: skip
_STATUSES = (("开放", 0.94), ("规划中", 0.035), ("暂停", 0.025))

HOMES = ("service_centre", "driver_home", "rider_home", "courier_home")


@dataclass(frozen=True)
class SampleStation:
    """One row of the register, words as a union would write them; place in the frame."""

    id: str
    name: str
    kind: str
    kind_word: str
    x_m: float
    y_m: float
    address: str
    hours: str
    facilities: str
    groups: str
    status: str


def _places(
    spots: Spots, allowed: NDArray[np.bool_], weight: Points, *, apart_m: float, count: int,
    taken: Points, rng: np.random.Generator,
) -> NDArray[np.intp]:  # fmt: skip
    """Draw spots by weight, well apart from each other; nearer when there is no room."""
    pool = np.flatnonzero(allowed & (weight > 0.0))
    chance = weight[pool] / weight[pool].sum()
    order = rng.choice(pool, min(len(pool), 4_000), replace=False, p=chance)
    while True:
        chosen: list[int] = []
        for spot in order:
            here = spots.xy_m[spot]
            near = np.linalg.norm(spots.xy_m[chosen] - here, axis=1) < apart_m
            close = np.linalg.norm(taken - here, axis=1) < 0.6 * apart_m
            if not near.any() and not close.any():
                chosen.append(int(spot))
            if len(chosen) == count:
                return np.array(chosen, dtype=np.intp)
        apart_m *= 0.8


def _word(choices: tuple[tuple[str, float], ...], rng: np.random.Generator) -> str:
    share = np.array([chance for _, chance in choices])
    return choices[int(rng.choice(len(choices), p=share / share.sum()))][0]


def _facilities(kind: str, rng: np.random.Generator) -> str:
    wanted: tuple[tuple[str, float], ...]
    if kind in {"micro_station", "mobile_station"}:
        wanted = _SMALL_FACILITIES
    elif kind == "station":
        wanted = _STATION_FACILITIES
    else:
        wanted = (*_HOME_FACILITIES, *_OWN_FACILITIES[kind])
    return "、".join(word for word, chance in wanted if rng.random() < chance)


def _sites(
    spots: Spots, cores: tuple[Core, ...], districts: DistrictShapes, rng: np.random.Generator
) -> list[tuple[str, int]]:
    """Choose the kind and the spot of every row."""
    names = np.array([core.plan.name for core in cores] + [""])[spots.core]
    towns = np.char.startswith(names.astype(str), "town")
    centres = np.array([core.plan.centre_m for core in cores])
    radii = np.array([core.plan.radius_m for core in cores])
    away = np.linalg.norm(spots.xy_m - centres[spots.core], axis=1) / radii[spots.core]
    weight = np.zeros(len(CODE))
    for word, share in {"primary": 0.7, "secondary": 1.0, "tertiary": 0.9, "residential": 0.35,
                        "unclassified": 0.2}.items():  # fmt: skip
        weight[CODE[word]] = share
    by_road = weight[spots.highway] * np.where(spots.core >= 0, np.exp(-((away / 0.5) ** 2)), 0.05)
    trunk = (spots.highway == CODE["trunk"]) | (spots.highway == CODE["secondary"])
    safe = np.zeros(len(names), dtype=bool)
    for polygon in districts.polygons:
        inner = shapely.buffer(polygon, -_INSIDE_M)
        shapely.prepare(inner)
        safe |= shapely.contains_xy(inner, spots.xy_m[:, 0], spots.xy_m[:, 1])
    found: list[tuple[str, int]] = []

    def add(kind: str, allowed: NDArray[np.bool_], by: Points, count: int, apart_m: float) -> None:
        taken = spots.xy_m[[spot for _, spot in found]].reshape(-1, 2)
        rows = _places(spots, allowed & safe, by, apart_m=apart_m, count=count, taken=taken,
                       rng=rng)  # fmt: skip
        found.extend((kind, int(row)) for row in rows)

    middle = by_road * np.exp(-((away / 0.15) ** 2))
    add("service_centre", names == CITY.name, middle, 1, 1000.0)
    for kind, where, count, apart_m in _HOMES:
        if kind == "driver_home":
            here = np.isin(names, where) if where else (spots.core < 0)
            road = trunk if where else (spots.highway == CODE["trunk"])
            add(kind, here & road, np.ones(len(names)), count, apart_m)
        else:
            add(kind, np.isin(names, where or ()), by_road, count, apart_m)
    for where, count, apart_m in _STATION_PLACES:
        add("station", np.isin(names, where) if where else towns, by_road, count, apart_m)
    return found


def choose_stations(
    spots: Spots,
    cores: tuple[Core, ...],
    districts: DistrictShapes,
    rng: np.random.Generator,
    *,
    street_of_line: tuple[str, ...],
) -> tuple[SampleStation, ...]:
    """Choose and describe the rows of the register.

    Parameters
    ----------
    street_of_line
        Name of each street line, empty where it has none.
    """
    sites = _sites(spots, cores, districts, rng)
    kinds = _with_small_ones([kind for kind, _ in sites], rng)
    named = np.flatnonzero(np.array([bool(name) for name in street_of_line])[spots.line])
    tree = cKDTree(spots.xy_m[named])
    rows: list[SampleStation] = []
    for number, ((_, spot), kind) in enumerate(zip(sites, kinds, strict=True), start=1):
        x, y = _beside(spots, spot, rng)
        street = street_of_line[spots.line[named[int(tree.query((x, y))[1])]]]
        home = kind in HOMES
        rows.append(
            SampleStation(
                id=f"S{number:03d}",
                name=_title(kind, kinds[:number].count(kind)),
                kind=kind,
                kind_word=_KIND_WORDS[kind],
                x_m=x,
                y_m=y,
                address=f"{_district(x, y, districts)}{street}，{int(rng.integers(1, 399))} 号",
                hours=_word(_HOME_HOURS if home else _HOST_HOURS, rng),
                facilities=_facilities(kind, rng),
                groups="" if home else _word(_GROUPS, rng),
                status="开放" if home else _word(_STATUSES, rng),
            )
        )
    return tuple(rows)


def _with_small_ones(kinds: list[str], rng: np.random.Generator) -> list[str]:
    """Make some of the stations micro and mobile ones."""
    stations = [i for i, kind in enumerate(kinds) if kind == "station"]
    small = ["micro_station"] * _MICRO + ["mobile_station"] * _MOBILE
    changed = list(kinds)
    for i, kind in zip(rng.choice(stations, len(small), replace=False), small, strict=True):
        changed[int(i)] = kind
    return changed


def _title(kind: str, count: int) -> str:
    """Name the ``count``-th station of a kind; there is one service centre."""
    if kind == "service_centre":
        return _NAMES[kind]
    return f"{_NAMES[kind]} {count:03d}" if kind == "station" else f"{_NAMES[kind]} {count:02d}"


def _district(x_m: float, y_m: float, districts: DistrictShapes) -> str:
    place = shapely.Point(x_m, y_m)
    return next(
        name
        for (name, *_), polygon in zip(DISTRICTS, districts.polygons, strict=True)
        if polygon.contains(place)
    )


def _beside(spots: Spots, spot: int, rng: np.random.Generator) -> tuple[float, float]:
    """Step off the street's middle to where a door may be."""
    turn = rng.uniform(0.0, 2.0 * np.pi)
    x, y = spots.xy_m[spot] + _ASIDE_M * np.array([np.cos(turn), np.sin(turn)])
    return float(x), float(y)
