"""The sample city's workers: five groups spread over 250 m cells by what draws each group.

Volume-preserving (dasymetric) spread with the product's starting weights: restaurants, homes and
malls draw riders; homes, depots and shops couriers; logistics, great roads and fuel truck drivers;
urban road length cleaners. Each layer is smoothed with ``exp(-u^2 / 2)``, ``u`` the distance over
the group's bandwidth, cut at 2. Counts are expected numbers in sixteenths of a worker, so that
sums are exact in binary floating point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from data.sample.lines import CODE
from data.sample.settlements import CITY, COUNTY_TOWN, DUJI, LIESHAN, OLD_TOWN, PARKS

if TYPE_CHECKING:
    from data.sample.cores import Core
    from data.sample.districts import DistrictShapes
    from data.sample.spots import Spots

Points = NDArray[np.float64]
Grid = NDArray[np.float64]

TOTALS = {
    "truck_driver": 31_500,
    "courier": 2_450,
    "delivery_rider": 3_450,
    "ride_hailing_driver": 1_500,
    "sanitation_worker": 1_200,
}
"""Workers of each group: more than 40,000 together, of them 31,500 truck drivers."""

RESIDENTS = 1_940_000
CELL_M = 250.0
_PARTS = 16
_REACH_M = 240.0
_FLOOR = 0.01
_NEIGHBOURS_M = 150.0  # a street's houses stand in the next cell too
_MARKETS, _MARKET_M = 26, 420.0
_CALM = 0.5  # liveliness that divides the open country from the towns

# What draws a group: layer -> weight, and the bandwidth in metres.
_DRAW: dict[str, tuple[dict[str, float], float]] = {
    "truck_driver": ({"industry": 0.5, "great roads": 0.3, "fuel": 0.2}, 1500.0),
    "courier": ({"homes": 0.5, "depots": 0.3, "shops": 0.2}, 400.0),
    "delivery_rider": ({"restaurants": 0.55, "homes": 0.25, "malls": 0.2}, 400.0),
    "ride_hailing_driver": ({"homes": 0.35, "malls": 0.3, "avenues": 0.35}, 500.0),
    "sanitation_worker": ({"swept roads": 1.0}, 300.0),
}
_GREAT_ROADS = {"motorway": 1.0, "trunk": 0.7, "primary": 0.4, "secondary": 0.15}
_SWEPT_ROADS = {"trunk": 1.0, "primary": 1.0, "secondary": 0.8, "tertiary": 0.5,
                "residential": 0.15}  # fmt: skip
_HOME_ROADS = {"residential": 1.0, "service": 1.0, "footway": 0.8, "tertiary": 0.5,
               "unclassified": 0.5}  # fmt: skip
_FOOT_ROADS = tuple(
    CODE[word] for word in CODE if word not in {"motorway", "motorway_link", "steps"}
)


@dataclass(frozen=True, eq=False)
class Workers:
    """Cells with workers: identifier, middle of the cell in the frame, workers by group."""

    ids: tuple[str, ...]
    xy_m: Points
    weights: Grid  # [n_cells, n_groups], sixteenths of a worker
    groups: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Residents:
    """Cells with residents: identifier, middle of the cell in the frame, whole people."""

    ids: tuple[str, ...]
    xy_m: Points
    people: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DrawLayers:
    """What draws workers: layer -> weight per spot (a number of places, or metres), and markets.

    Of "restaurants", "shops", "malls", "depots", "industry" and "fuel" the weight is how many there
    are at the spot; `data.sample.places` puts them on the map.
    """

    weights: dict[str, NDArray[np.float64]]
    markets_m: Points


def liveliness(cores: tuple[Core, ...]) -> NDArray[np.float64]:
    """Say how densely each core is lived in; the last entry is the open country."""
    by_plan = {CITY.name: 1.0, OLD_TOWN.name: 1.7, COUNTY_TOWN.name: 0.8, DUJI.name: 0.65,
               LIESHAN.name: 0.6, **{plan.name: 0.12 for plan in PARKS}}  # fmt: skip
    return np.array([by_plan.get(core.plan.name, 0.4) for core in cores] + [0.16])


def _by_class(spots: Spots, shares: dict[str, float]) -> NDArray[np.float64]:
    weight = np.zeros(len(CODE))
    for word, share in shares.items():
        weight[CODE[word]] = share
    return np.asarray(weight[spots.highway] * spots.step_m)


def _share(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(weight / weight.sum())


def _picked(
    weight: NDArray[np.float64], count: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Put ``count`` places on spots drawn by weight."""
    drawn = rng.choice(len(weight), count, p=_share(weight))
    return np.bincount(drawn, minlength=len(weight)).astype(np.float64)


def draw_layers(spots: Spots, cores: tuple[Core, ...], rng: np.random.Generator) -> DrawLayers:
    """Draw what draws workers: every layer as a weight per spot, and where the markets are."""
    live = liveliness(cores)[spots.core]
    urban = spots.core >= 0
    names = np.array([core.plan.name for core in cores] + [""])
    park = np.isin(names[spots.core], [plan.name for plan in PARKS])
    centres = np.array([core.plan.centre_m for core in cores])
    radii = np.array([core.plan.radius_m for core in cores])
    away = np.linalg.norm(spots.xy_m - centres[spots.core], axis=1) / radii[spots.core]
    central = np.where(urban, np.exp(-((away / 0.4) ** 2)), 0.0)
    streets = _by_class(spots, {"secondary": 1.0, "tertiary": 1.0, "residential": 0.5,
                                "primary": 0.7, "footway": 0.6})  # fmt: skip
    homes = _by_class(spots, _HOME_ROADS) * live
    markets = spots.xy_m[rng.choice(len(live), _MARKETS, p=_share(streets * live * urban))]
    lively = np.zeros(len(live))
    for place, size in zip(markets, rng.uniform(0.5, 1.6, _MARKETS), strict=True):
        gap = np.linalg.norm(spots.xy_m - place, axis=1)
        lively += size * np.exp(-((gap / _MARKET_M) ** 2))
    shops = streets * live * (0.1 + 0.5 * central + lively)
    great = _by_class(spots, _GREAT_ROADS)
    weights = {
        "homes": homes,
        "restaurants": _picked(shops, 1_500, rng),
        "shops": _picked(shops + 0.2 * homes, 2_000, rng),
        "malls": _picked(shops * central * (live > _CALM), 26, rng),
        "depots": _picked(streets * live * np.where(park, 6.0, 1.0), 90, rng),
        "industry": _picked(
            streets * (park * 16.0 + (live < _CALM) * (great > 0.0) * 0.4), 260, rng
        ),
        "fuel": _picked(_by_class(spots, {"trunk": 1.0, "primary": 0.3}) * (live < _CALM), 60, rng),
        "great roads": great * np.where(live > _CALM, 0.2, 1.0),
        "avenues": _by_class(spots, {"primary": 1.0, "trunk": 0.4, "secondary": 0.5}) * live,
        "swept roads": _by_class(spots, _SWEPT_ROADS) * np.where(urban, live, 0.05),
    }
    return DrawLayers(weights, markets)


def _sixteenths(share: Points, total: int) -> Points:
    """Split a total in proportion, in sixteenths."""
    return np.asarray(_whole(share, total * _PARTS) / _PARTS)


def _whole(share: Points, total: int) -> Points:
    """Split a total in proportion into whole numbers by largest remainders: the sum is exact."""
    wanted = share / share.sum() * total
    whole = np.floor(wanted)
    missing = round(float(total - whole.sum()))
    order = np.argsort(-(wanted - whole), kind="stable")
    whole[order[:missing]] += 1.0
    return np.asarray(whole)


def _open_cells(spots: Spots, districts: DistrictShapes) -> tuple[NDArray[np.intp], int, int]:
    """Find the cells whose middle lies in the city and near a street one may walk along."""
    _, _, right, top = districts.outline.bounds
    columns, rows = int(right // CELL_M) + 2, int(top // CELL_M) + 2
    col, row = np.meshgrid(np.arange(columns), np.arange(rows))
    middle = (np.column_stack([col.ravel(), row.ravel()]) + 0.5) * CELL_M
    within = np.zeros(len(middle), dtype=bool)
    for polygon in districts.polygons:
        shapely.prepare(polygon)
        within |= shapely.contains_xy(polygon, middle[:, 0], middle[:, 1])
    cells = np.flatnonzero(within)
    walked = spots.xy_m[np.isin(spots.highway, _FOOT_ROADS)]
    tree = cKDTree(walked)
    gap, _ = tree.query(middle[cells], distance_upper_bound=_REACH_M)
    return cells[np.isfinite(gap)], columns, rows


def spread_workers(spots: Spots, layers: DrawLayers, districts: DistrictShapes) -> Workers:
    """Spread the five groups over the cells near streets; cells without workers are left out."""
    open_cells = _open_cells(spots, districts)
    cells = open_cells[0]
    raster = {name: _raster(spots, weight, open_cells) for name, weight in layers.weights.items()}
    weights = np.empty((len(cells), len(TOTALS)))
    for column, (group, total) in enumerate(TOTALS.items()):
        shares, bandwidth_m = _DRAW[group]
        drawn = sum(share * raster[name] for name, share in shares.items())
        smooth = gaussian_filter(drawn, bandwidth_m / CELL_M, mode="constant", truncate=2.0)
        share = smooth.ravel()[cells]
        weights[:, column] = _sixteenths(share + _FLOOR * share.mean(), total)
    keep = weights.sum(axis=1) > 0.0
    ids, xy = _named(cells[keep], open_cells[1])
    return Workers(ids, xy, weights[keep], tuple(TOTALS))


def spread_residents(spots: Spots, layers: DrawLayers, districts: DistrictShapes) -> Residents:
    """Spread the residents over the cells by the homes along their streets, whole people."""
    open_cells = _open_cells(spots, districts)
    cells = open_cells[0]
    homes = _raster(spots, layers.weights["homes"], open_cells)
    smooth = gaussian_filter(homes, _NEIGHBOURS_M / CELL_M, mode="constant", truncate=2.0)
    people = _whole(smooth.ravel()[cells], RESIDENTS)
    keep = people > 0.0
    ids, xy = _named(cells[keep], open_cells[1])
    return Residents(ids, xy, people[keep])


def _raster(
    spots: Spots, weight: NDArray[np.float64], open_cells: tuple[NDArray[np.intp], int, int]
) -> Grid:
    """Add a layer's shares up by cell."""
    _, columns, rows = open_cells
    at = np.floor(spots.xy_m / CELL_M).astype(np.intp)
    index = at[:, 1] * columns + at[:, 0]
    flat = np.bincount(index, weight / weight.sum(), minlength=rows * columns)
    return flat.reshape(rows, columns).astype(np.float64)


def _named(cells: NDArray[np.intp], columns: int) -> tuple[tuple[str, ...], Points]:
    """Name cells by column and row, and give their middles."""
    col, row = cells % columns, cells // columns
    ids = tuple(f"C{c:03d}-{r:03d}" for c, r in zip(col, row, strict=True))
    return ids, (np.column_stack([col, row]).astype(np.float64) + 0.5) * CELL_M
