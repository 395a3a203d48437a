"""Write the sample city as the files that anyone's own city would be read from."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from data.sample.conditions import Condition, conditions_of
from data.sample.districts import DISTRICTS, DistrictShapes, draw_districts
from data.sample.frame import to_lonlat
from data.sample.names import street_names
from data.sample.organisations import draw_organisations
from data.sample.osm_file import write_map
from data.sample.places import choose_places
from data.sample.spots import Spots
from data.sample.stations import SampleStation, choose_stations
from data.sample.streets import draw_streets
from data.sample.workers import (
    TOTALS,
    Residents,
    Workers,
    draw_layers,
    spread_residents,
    spread_workers,
)
from data.vocabulary import SAMPLE_NOTICE

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.sample.organisations import Row

SAMPLE_NAME = "示例淮北"
SAMPLE_SEED = 340600
STATION_HEADINGS = (
    "编号", "名称", "类型", "经度", "纬度", "地址", "开放时间", "设施", "服务人群", "状态",
    "依托场所", "运营主体性质", "进入方式", "损坏的设施", "座位数", "货车车位数", "统一标识",
    "核查日期", "备注",
)  # fmt: skip

_SPOT_STEP_M = 25.0
_STEPS = 7


@dataclass(frozen=True)
class SampleFiles:
    """The files of a sample city, its name, and the notice that whatever shows it must bear."""

    roads: Path
    districts: Path
    stations: Path
    demand: Path
    population: Path
    totals: Path
    organisations: Path
    name: str
    notice: str


def write_sample_city(
    folder: Path | str,
    *,
    seed: int = SAMPLE_SEED,
    on_progress: Callable[[int, int], None] | None = None,
) -> SampleFiles:
    """Draw the sample city in Huaibei's frame and write its files.

    The same seed gives the same city, byte for byte in the text files. Coordinates are WGS-84.

    Parameters
    ----------
    folder
        Where to write; made when it is not there.
    on_progress
        Called with the number of steps done and of all steps.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    done = on_progress or (lambda _done, _all: None)
    # One stream for each step: a new step at the end changes none of the others.
    ground, ways, people, places, map_, kept, unions = np.random.default_rng(seed).spawn(7)
    files = SampleFiles(
        roads=folder / "sample_roads.osm.pbf",
        districts=folder / "sample_districts.geojson",
        stations=folder / "sample_stations.csv",
        demand=folder / "sample_demand.csv",
        population=folder / "sample_population.csv",
        totals=folder / "sample_totals.csv",
        organisations=folder / "sample_organisations.csv",
        name=SAMPLE_NAME,
        notice=SAMPLE_NOTICE,
    )
    districts = draw_districts(ground)
    _write_districts(files.districts, districts)
    done(1, _STEPS)
    plan = draw_streets(districts.outline, ways)
    done(2, _STEPS)
    names = street_names(plan.lines)
    spots = Spots.along(plan.lines, plan.cores, step_m=_SPOT_STEP_M)
    done(3, _STEPS)
    layers = draw_layers(spots, plan.cores, people)
    on_map = choose_places(spots, layers, plan, map_)
    done(4, _STEPS)
    write_map(files.roads, plan, names, on_map)
    done(5, _STEPS)
    _write_demand(files.demand, spread_workers(spots, layers, districts))
    _write_population(files.population, spread_residents(spots, layers, districts))
    _write_totals(files.totals)
    _write_organisations(files.organisations, draw_organisations(unions))
    done(6, _STEPS)
    rows = choose_stations(spots, plan.cores, districts, places, street_of_line=names)
    _write_stations(files.stations, rows, conditions_of(rows, kept))
    done(7, _STEPS)
    return files


def _write_districts(path: Path, districts: DistrictShapes) -> None:
    features = []
    for (name, name_en, code, area), polygon in zip(DISTRICTS, districts.polygons, strict=True):
        ring = to_lonlat(shapely.get_coordinates(shapely.orient_polygons(polygon))).tolist()
        properties = {
            "name": name,
            "name_en": name_en,
            "code": code,
            "area_km2": area,
            "notice": SAMPLE_NOTICE,
        }
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    collection = {"type": "FeatureCollection", "notice": SAMPLE_NOTICE, "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_stations(
    path: Path, rows: tuple[SampleStation, ...], conditions: tuple[Condition, ...]
) -> None:
    lonlat = to_lonlat(np.array([(row.x_m, row.y_m) for row in rows]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(STATION_HEADINGS)
        for row, kept, (lon, lat) in zip(rows, conditions, lonlat, strict=True):
            writer.writerow(
                [row.id, row.name, row.kind_word, f"{lon:.6f}", f"{lat:.6f}", row.address,
                 row.hours, kept.works, row.groups, row.status,
                 kept.host, kept.operator_kind, kept.access, kept.broken, kept.seats,
                 kept.truck_spaces, kept.sign, kept.checked_at, SAMPLE_NOTICE]
            )  # fmt: skip


def _write_demand(path: Path, workers: Workers) -> None:
    lonlat = to_lonlat(workers.xy_m)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "lon", "lat", *workers.groups, "notice"])
        for name, (lon, lat), weights in zip(workers.ids, lonlat, workers.weights, strict=True):
            counts = (f"{weight:g}" for weight in weights)
            writer.writerow([name, f"{lon:.6f}", f"{lat:.6f}", *counts, SAMPLE_NOTICE])


def _write_totals(path: Path) -> None:
    """Write how many workers of each group the city has in all, as a union federation knows it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["zone", *TOTALS, "notice"])
        writer.writerow(["全市", *TOTALS.values(), SAMPLE_NOTICE])


def _write_organisations(path: Path, rows: tuple[Row, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*rows[0], "备注"])
        writer.writerows([*row.values(), SAMPLE_NOTICE] for row in rows)


def _write_population(path: Path, residents: Residents) -> None:
    lonlat = to_lonlat(residents.xy_m)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "lon", "lat", "population", "notice"])
        for name, (lon, lat), people in zip(residents.ids, lonlat, residents.people, strict=True):
            writer.writerow([name, f"{lon:.6f}", f"{lat:.6f}", int(people), SAMPLE_NOTICE])
