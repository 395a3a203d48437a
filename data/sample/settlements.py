"""The sample city's settlements: the four cores, industrial parks, township towns and villages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from data.sample.cores import Core, CorePlan, draw_core
from data.sample.frame import rotation
from data.sample.lines import Lines, as_lines

Points = NDArray[np.float64]

CITY = CorePlan(
    "city",
    (37_000.0, 74_700.0),
    5_350.0,
    14.0,
    (560.0, 950.0),
    (2.8, 9.0),
    ring=5,
    stretch=1.1,
    ragged=0.12,
)
OLD_TOWN = CorePlan(
    "old town", (38_000.0, 74_600.0), 1_250.0, 4.0, (330.0, 420.0), (1.3, 1.8),
    classes=("secondary", "tertiary", "tertiary"), thinning=0.1,
)  # fmt: skip
COUNTY_TOWN = CorePlan(
    "county town", (32_600.0, 64_600.0), 2_700.0, -6.0, (420.0, 700.0), (2.0, 6.5), stretch=1.15
)
DUJI = CorePlan(
    "Duji", (48_300.0, 84.6e3), 1_900.0, 24.0, (400.0, 620.0), (2.2, 6.0), stretch=1.2,
    classes=("secondary", "secondary", "tertiary"),
)  # fmt: skip
LIESHAN = CorePlan(
    "Lieshan", (47_600.0, 69_000.0), 2_000.0, -14.0, (400.0, 640.0), (2.2, 6.0), stretch=1.15,
    classes=("secondary", "secondary", "tertiary"),
)  # fmt: skip


def _park(name: str, x_km: float, y_km: float, radius_m: float, angle_deg: float) -> CorePlan:
    """Plan an industrial or logistics park: few wide streets around large plots."""
    return CorePlan(
        name, (x_km * 1000.0, y_km * 1000.0), radius_m, angle_deg, (520.0, 640.0), (9.0, 12.0),
        classes=("secondary", "tertiary", "tertiary"), stretch=1.25, thinning=0.25,
    )  # fmt: skip


PARKS = (
    _park("park north", 42.6, 84.4, 1_250.0, 62.0),
    _park("park east", 50.4, 72.8, 1_250.0, 8.0),
    _park("park south", 37.6, 60.4, 1_450.0, -8.0),
    _park("park west", 26.2, 69.4, 1_200.0, 20.0),
    _park("park mine", 27.6, 36.4, 1_100.0, -5.0),
)

_TOWN_SPACING_M = 7_600.0
_TOWN_DRAWS = 3_000
_VILLAGE_SPACING_M = 1_350.0
_FIELD_M = 2_150.0
_OVERSHOOT = 0.35  # of side lanes run on past the last house
_STRUNG = 0.6  # of the places along roads, how many get a village


@dataclass(frozen=True, eq=False)
class Villages:
    """Village lanes, and four gates and outward directions for each village."""

    centres_m: Points  # [n, 2]
    lanes: Lines
    gates_m: Points  # [n, 4, 2]
    outward: Points  # [n, 4, 2]


def spaced(draws: Points, taken: Points, *, apart_m: float, taken_apart_m: float) -> Points:
    """Take draws in turn, each at least ``apart_m`` from those taken before it."""
    if len(taken):
        gap, _ = cKDTree(taken).query(draws)
        draws = draws[gap > taken_apart_m]
    near = cKDTree(draws).query_ball_point(draws, apart_m)
    state = np.zeros(len(draws), dtype=np.int8)
    for i, others in enumerate(near):
        if state[i] == 0:
            state[others] = -1
            state[i] = 1
    return np.asarray(draws[state == 1])


def inside(ground: shapely.Geometry, draws: Points) -> Points:
    """Keep the points that lie in an area."""
    shapely.prepare(ground)
    return np.asarray(draws[shapely.contains_xy(ground, draws[:, 0], draws[:, 1])])


def draw_towns(
    ground: shapely.Geometry, cores: tuple[Core, ...], rng: np.random.Generator
) -> tuple[Core, ...]:
    """Draw township towns over the country, each a small grid around its market crossing."""
    left, bottom, right, top = shapely.bounds(ground)
    draws = inside(ground, rng.uniform((left, bottom), (right, top), (_TOWN_DRAWS, 2)))
    taken = np.array([core.plan.centre_m for core in cores])
    radii = np.array([core.plan.radius_m for core in cores])
    gap = np.linalg.norm(draws[:, None] - taken, axis=2) - radii
    draws = draws[gap.min(axis=1) > 0.5 * _TOWN_SPACING_M]
    places = spaced(draws, taken[:0], apart_m=_TOWN_SPACING_M, taken_apart_m=0.0)
    towns = []
    for number, place in enumerate(places):
        plan = CorePlan(
            f"town {number}", (float(place[0]), float(place[1])),
            float(rng.uniform(480.0, 900.0)), float(rng.normal(0.0, 9.0)),
            (230.0, 320.0), (2.6, 5.4), classes=("secondary", "tertiary", "tertiary"),
            primary_every=99, stretch=float(rng.uniform(1.0, 1.3)), thinning=0.3,
        )  # fmt: skip
        towns.append(draw_core(plan, rng))
    return tuple(towns)


def village_places(
    ground: shapely.Geometry, roads: NDArray[np.object_], rng: np.random.Generator
) -> Points:
    """Choose where villages stand: strung along the roads first, then between them."""
    spots = []
    for road in roads:
        at = np.arange(rng.uniform(300.0, 1200.0), road.length, 1100.0)
        at = at + rng.uniform(-350.0, 350.0, len(at))
        here = shapely.get_coordinates(shapely.line_interpolate_point(road, at))
        ahead = shapely.get_coordinates(shapely.line_interpolate_point(road, at + 5.0)) - here
        ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
        aside = rng.uniform(120.0, 420.0, (len(at), 1)) * rng.choice([-1.0, 1.0], (len(at), 1))
        spots.append(here + aside * np.column_stack([-ahead[:, 1], ahead[:, 0]]))
    left, bottom, right, top = shapely.bounds(ground)
    strung = inside(ground, np.concatenate(spots))
    strung = strung[rng.random(len(strung)) < _STRUNG]
    free = np.stack(
        np.meshgrid(np.arange(left, right, _FIELD_M), np.arange(bottom, top, _FIELD_M)), axis=-1
    ).reshape(-1, 2)
    free = inside(ground, free + rng.normal(0.0, 260.0, free.shape))
    return spaced(
        np.concatenate([strung, free]), strung[:0], apart_m=_VILLAGE_SPACING_M, taken_apart_m=0.0
    )


def draw_villages(centres_m: Points, rng: np.random.Generator) -> Villages:
    """Draw the lanes of villages: a main lane, cross lanes, houses facing south."""
    lanes, words, gates, outward = [], [], [], []
    compass = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    for centre in centres_m:
        half = np.array([rng.uniform(180.0, 380.0), rng.uniform(140.0, 270.0)])
        turn = rotation(float(rng.normal(0.0, 6.0)))
        across = rng.choice([1, 2, 3], p=[0.35, 0.45, 0.2])
        along = rng.choice([1, 2], p=[0.55, 0.45])
        xs = np.append(0.0, rng.choice([-0.75, -0.4, 0.45, 0.8], across - 1, replace=False))
        ys = np.append(0.0, rng.choice([-0.7, 0.75], along - 1, replace=False))
        for x in xs:
            over = 0.25 if rng.random() < _OVERSHOOT or along == 1 else 0.0
            low, high = (-1.0, 1.0) if x == 0.0 else (min(ys) - over, max(ys) + over)
            lanes.append(np.array([[x, low], [x, high]]) * half @ turn + centre)
            words.append("unclassified" if x == 0.0 else "residential")
        for y in ys:
            over = 0.2 if rng.random() < _OVERSHOOT or across == 1 else 0.0
            low, high = (-1.0, 1.0) if y == 0.0 else (min(xs) - over, max(xs) + over)
            lanes.append(np.array([[low, y], [high, y]]) * half @ turn + centre)
            words.append("unclassified" if y == 0.0 else "residential")
        gates.append(compass * half @ turn + centre)
        outward.append(compass @ turn)
    return Villages(centres_m, as_lines(lanes, words), np.array(gates), np.array(outward))
