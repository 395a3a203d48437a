"""The cities of a generated nation: towns of streets in a bent grid, of stated sizes.

Each city is drawn by a random stream of its own, spawned from the nation's seed, so that city 17 is
the same in a nation of 24 and of 368. Its code begins as its province's and goes on with digits
that no real division has (GB/T 2260 counts cities to 70 and leaves 71 to 89 free). Cities stand in
a lattice over the map: none lies where a real city of its name would.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import osmium
import shapely

from data.districts import Districts
from data.vocabulary import SAMPLE_NOTICE
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: Streets to each side of a city by the name of its size: their crossings are the road nodes.
SIZES: Final = {"small": 30, "medium": 90, "large": 200}
#: Of seven cities so many are of each size.
_MIX: Final = ("small", "medium", "small", "large", "small", "medium", "small")
_FIRST_FREE, _N_FREE = 71, 19
_SPACING_DEG: Final = 0.0024  # about 250 m
_LATTICE: Final = 20
_LATTICE_DEG: Final = (0.8, 0.7)
_CORNER: Final = (98.0, 24.0)
_NODES_A_STATION, _WORKERS_A_NODE = 60, 4.0
_CELL_STEP: Final = 2
_BEND: Final = 0.15
_GAPS: Final = 0.06
_OFF_STREET_DEG: Final = 1.5e-4
_SHARES: Final = {
    "truck_driver": 0.3,
    "courier": 0.2,
    "delivery_rider": 0.25,
    "ride_hailing_driver": 0.1,
    "sanitation_worker": 0.15,
}
_KINDS: Final = ("驿站", "小微驿站", "司机之家", "骑手之家", "快递员之家", "综合服务中心")
_KIND_SHARES: Final = (0.55, 0.2, 0.1, 0.08, 0.05, 0.02)
_HOURS: Final = ("8:00-18:00", "8:30-17:30", "9:00-21:00", "24小时")
STATION_HEADINGS: Final = (
    *("编号", "名称", "类型", "经度", "纬度", "开放时间", "设施", "行政区划代码", "备注"),
)


@dataclass(frozen=True)
class NationCityDrawing:
    """A city to be drawn: its number in the nation, code, name, size, and its seed."""

    number: int
    code: str
    name: str
    size: str
    seed: np.random.SeedSequence

    @property
    def side(self) -> int:
        """Streets to each side."""
        return SIZES[self.size]


@dataclass(frozen=True, eq=False)
class NationCityFiles:
    """The files of a drawn city as anyone's own would be read, and its two districts."""

    roads: Path
    demand: Path
    districts: Districts


def nation_cities(
    n: int, *, provinces: Sequence[str], seed: int, size: str = "mixed"
) -> tuple[NationCityDrawing, ...]:
    """Return the cities of a nation to be drawn, one province after the other in turn.

    Parameters
    ----------
    n
        how many.
    provinces
        the first two digits of the codes.
    seed
        of the nation.
    size
        a name of `SIZES` for all of them, or "mixed": of seven four small, two medium, one large.

    Raises
    ------
    InputError
        when there are more than the codes that are free.
    """
    if n > len(provinces) * _N_FREE:
        raise InputError(
            say("{n} cities: at most {most} have a code", n=n, most=len(provinces) * _N_FREE)
        )
    seeds = np.random.SeedSequence(seed).spawn(n)
    return tuple(
        NationCityDrawing(
            number=number,
            code=f"{provinces[number % len(provinces)]}"
            f"{_FIRST_FREE + number // len(provinces):02d}00",
            name=f"示例市{number + 1:03d}",
            size=_MIX[number % len(_MIX)] if size == "mixed" else size,
            seed=own,
        )
        for number, own in enumerate(seeds)
    )


def write_nation_city(city: NationCityDrawing, folder: Path) -> NationCityFiles:
    """Draw the roads and the workers of a city and write their files.

    The same city gives the same files, byte for byte in the table. Coordinates are WGS-84.

    Raises
    ------
    OSError
        when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ways, people, _ = _streams(city)
    corners, kept = _streets(city, ways)
    files = NationCityFiles(folder / "roads.osm.pbf", folder / "demand.csv", _districts(city))
    _write_roads(files.roads, corners, kept)
    _write_demand(files.demand, city, corners, people)
    return files


def station_rows(city: NationCityDrawing) -> Iterator[tuple[str, ...]]:
    """Return the city's rows of the national list, under `STATION_HEADINGS`; WGS-84."""
    ways, people, stands = _streams(city)
    corners, _ = _streets(city, ways)
    places = corners.reshape(-1, 2)
    drawn = _density(city, places, people) ** 0.5
    n = max(len(places) // _NODES_A_STATION, 1)
    chosen = stands.choice(len(places), size=n, replace=False, p=drawn / drawn.sum())
    kinds = stands.choice(len(_KINDS), size=n, p=_KIND_SHARES)
    hours = stands.integers(len(_HOURS), size=n)
    off = stands.normal(0.0, _OFF_STREET_DEG, (n, 2))
    for row, (lon, lat) in enumerate((places[chosen] + off).tolist()):
        kind = _KINDS[kinds[row]]
        yield (
            f"{city.code}-{row + 1:04d}",
            f"{city.name}{kind}{row + 1}",
            kind,
            f"{lon:.6f}",
            f"{lat:.6f}",
            _HOURS[hours[row]],
            "饮水、微波炉、座椅",
            city.code,
            SAMPLE_NOTICE,
        )


def _streams(
    city: NationCityDrawing,
) -> tuple[np.random.Generator, np.random.Generator, np.random.Generator]:
    """Return the streams of the streets, of the people and of the stations."""
    ways, people, stands = np.random.SeedSequence(
        city.seed.entropy, spawn_key=city.seed.spawn_key
    ).spawn(3)
    return (np.random.default_rng(ways), np.random.default_rng(people),
            np.random.default_rng(stands))  # fmt: skip


def _corner(city: NationCityDrawing) -> tuple[float, float]:
    """Return the south-west corner of a city's ground, degrees."""
    column, row = city.number % _LATTICE, city.number // _LATTICE
    return _CORNER[0] + column * _LATTICE_DEG[0], _CORNER[1] + row * _LATTICE_DEG[1]


def _streets(city: NationCityDrawing, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the crossings float64[side, side, 2], and draws for the gaps, [2, side, side - 1]."""
    side = city.side
    steps = np.arange(side) * _SPACING_DEG
    grid = np.stack(np.meshgrid(steps, steps), axis=2) + np.array(_corner(city))
    bent = grid + rng.normal(0.0, _BEND * _SPACING_DEG, grid.shape)
    return np.round(bent, 7), rng.random((2, side, side - 1))


def _districts(city: NationCityDrawing) -> Districts:
    """Return an eastern and a western half, which hold every crossing."""
    left, bottom = _corner(city)
    margin, width = _SPACING_DEG, (city.side - 1) * _SPACING_DEG
    middle, right, top = left + width / 2, left + width + margin, bottom + width + margin
    return Districts.from_areas(
        {
            "示例西区": shapely.box(left - margin, bottom - margin, middle, top),
            "示例东区": shapely.box(middle, bottom - margin, right, top),
        }
    )


def _highway(line: int) -> str:
    """Return the class of a street: every tenth is great, every fifth middling."""
    if line % 10 == 0:
        return "primary"
    return "secondary" if line % 5 == 0 else "residential"


def _write_roads(path: Path, corners: Floats, draws: Floats) -> None:
    """Write one way a street, broken where a block is missing; great streets have no gaps."""
    make, side = osmium.osm.mutable, len(corners)
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(path)) as writer:
        for number, (lon, lat) in enumerate(corners.reshape(-1, 2).tolist(), start=1):
            writer.add_node(make.Node(id=number, location=(lon, lat)))
        way = 0
        for across, line in ((across, line) for across in range(2) for line in range(side)):
            refs = [1 + (step * side + line if across else line * side + step)
                    for step in range(side)]  # fmt: skip
            highway = _highway(line)
            tags = {"highway": highway, "name": f"示例{'南北' if across else '东西'}{line + 1}路",
                    "source": SAMPLE_NOTICE}  # fmt: skip
            gaps = (draws[across, line] < _GAPS) & (highway == "residential")
            ends = [0, *(np.flatnonzero(gaps) + 1).tolist(), side]
            for first, last in pairwise(ends):
                if last - first > 1:
                    way += 1
                    writer.add_way(make.Way(id=way, nodes=refs[first:last], tags=tags))


def _density(city: NationCityDrawing, places: Floats, rng: np.random.Generator) -> Floats:
    """Return how densely workers stand at float64[n, 2] places: a centre and up to three more."""
    width = city.side * _SPACING_DEG
    centres = np.array(_corner(city)) + rng.uniform(0.25, 0.75, (4, 2)) * width
    reach, weight = rng.uniform(0.08, 0.2, 4) * width, rng.uniform(0.3, 1.0, 4)
    apart = ((places[:, None, :] - centres) ** 2).sum(axis=2)
    return np.asarray((weight * np.exp(-apart / (2.0 * reach**2))).sum(axis=1) + 0.02)


def _write_demand(
    path: Path, city: NationCityDrawing, corners: Floats, rng: np.random.Generator
) -> None:
    """Write workers by group at every second crossing."""
    places = corners[::_CELL_STEP, ::_CELL_STEP].reshape(-1, 2)
    density = _density(city, places, rng)
    workers = density / density.sum() * city.side**2 * _WORKERS_A_NODE
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "lon", "lat", *_SHARES, "notice"])
        for number, ((lon, lat), here) in enumerate(
            zip(places.tolist(), workers.tolist(), strict=True), start=1
        ):
            counts = (f"{share * here:.3f}" for share in _SHARES.values())
            writer.writerow([f"c{number}", f"{lon:.7f}", f"{lat:.7f}", *counts, SAMPLE_NOTICE])
