"""Write the sample city as the files that anyone's own city would be read from."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import osmium
import shapely

from data.sample.districts import DISTRICTS, DistrictShapes, draw_districts
from data.sample.frame import to_lonlat
from data.sample.graph import StreetGraph, ends_of, graph_of
from data.sample.lines import CODE, HIGHWAYS, Lines
from data.sample.names import street_names
from data.sample.settlements import OLD_TOWN
from data.sample.spots import Spots
from data.sample.stations import SampleStation, choose_stations
from data.sample.streets import draw_streets
from data.sample.workers import Workers, spread_workers
from data.vocabulary import SAMPLE_NOTICE

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.sample.cores import Core

SAMPLE_NAME = "示例淮北"
SAMPLE_SEED = 340600
STATION_HEADINGS = (
    "编号", "名称", "类型", "经度", "纬度", "地址", "开放时间", "设施", "服务人群", "状态", "备注",
)  # fmt: skip

_SPOT_STEP_M = 25.0
_STEPS = 6
_SIGNAL = {"highway": "traffic_signals", "source": SAMPLE_NOTICE}
_SIGNAL_ARMS = 3
_MAXSPEED = {
    "motorway": "120", "motorway_link": "60", "trunk": "80", "primary": "60", "secondary": "50",
    "tertiary": "40", "residential": "30", "service": "15",
}  # fmt: skip


@dataclass(frozen=True)
class SampleFiles:
    """The files of a sample city, its name, and the notice that whatever shows it must bear."""

    roads: Path
    districts: Path
    stations: Path
    demand: Path
    name: str
    notice: str


def write_sample_city(
    folder: Path | str,
    *,
    seed: int = SAMPLE_SEED,
    on_progress: Callable[[int, int], None] | None = None,
) -> SampleFiles:
    """Draw the sample city in Huaibei's frame and write its four files.

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
    ground, ways, people, places = np.random.default_rng(seed).spawn(4)
    files = SampleFiles(
        roads=folder / "sample_roads.osm.pbf",
        districts=folder / "sample_districts.geojson",
        stations=folder / "sample_stations.csv",
        demand=folder / "sample_demand.csv",
        name=SAMPLE_NAME,
        notice=SAMPLE_NOTICE,
    )
    districts = draw_districts(ground)
    _write_districts(files.districts, districts)
    done(1, _STEPS)
    plan = draw_streets(districts.outline, ways)
    done(2, _STEPS)
    names = street_names(plan.lines)
    _write_roads(files.roads, plan.lines, names, plan.cores)
    done(3, _STEPS)
    spots = Spots.along(plan.lines, plan.cores, step_m=_SPOT_STEP_M)
    done(4, _STEPS)
    _write_demand(files.demand, spread_workers(spots, plan.cores, districts, people))
    done(5, _STEPS)
    rows = choose_stations(spots, plan.cores, districts, places, street_of_line=names)
    _write_stations(files.stations, rows)
    done(6, _STEPS)
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


def _write_stations(path: Path, rows: tuple[SampleStation, ...]) -> None:
    lonlat = to_lonlat(np.array([(row.x_m, row.y_m) for row in rows]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(STATION_HEADINGS)
        for row, (lon, lat) in zip(rows, lonlat, strict=True):
            writer.writerow(
                [row.id, row.name, row.kind_word, f"{lon:.6f}", f"{lat:.6f}", row.address,
                 row.hours, row.facilities, row.groups, row.status, SAMPLE_NOTICE]
            )  # fmt: skip


def _write_demand(path: Path, workers: Workers) -> None:
    lonlat = to_lonlat(workers.xy_m)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "lon", "lat", *workers.groups, "notice"])
        for name, (lon, lat), weights in zip(workers.ids, lonlat, workers.weights, strict=True):
            counts = (f"{weight:g}" for weight in weights)
            writer.writerow([name, f"{lon:.6f}", f"{lat:.6f}", *counts, SAMPLE_NOTICE])


def _tags(highway: str, name: str, *, inner: bool, one_way: bool) -> dict[str, str]:
    """Give a way its tags as a mapper would; the notice stands in ``source``."""
    tags = {"highway": highway, "source": SAMPLE_NOTICE}
    if name:
        tags["name"] = name
    if highway in _MAXSPEED:
        tags["maxspeed"] = _MAXSPEED[highway]
    if one_way:
        tags["oneway"] = "yes"
    if highway == "trunk":
        tags["hgv"] = "designated"
    elif inner and highway in {"primary", "secondary", "tertiary", "residential"}:
        tags["hgv"] = "no"
    return tags


def _signals(lines: Lines, graph: StreetGraph, cores: tuple[Core, ...]) -> set[int]:
    """Choose the crossings with traffic lights: where greater streets meet in a built-up place."""
    ends = np.concatenate([graph.start, graph.end])
    kind = np.concatenate([lines.highway, lines.highway])
    n = len(graph.node_xy_m)
    street = (kind >= CODE["trunk"]) & (kind <= CODE["tertiary"])
    streets = np.bincount(ends[street], minlength=n)
    greater = np.bincount(ends[street & (kind <= CODE["secondary"])], minlength=n)
    built = shapely.union_all([core.outline for core in cores])
    shapely.prepare(built)
    here = np.flatnonzero((streets >= _SIGNAL_ARMS) & (greater >= _SIGNAL_ARMS - 1))
    inside = shapely.contains_xy(built, *graph.node_xy_m[here].T)
    return set(here[inside].tolist())


def _write_roads(path: Path, lines: Lines, names: tuple[str, ...], cores: tuple[Core, ...]) -> None:
    """Write one way per line; ways share the node where they meet."""
    graph = graph_of(lines)
    xy, first, last = ends_of(lines.geometry)
    node = np.full(len(xy), -1, dtype=np.int64)
    node[first], node[last] = graph.start, graph.end
    between = node < 0
    node[between] = len(graph.node_xy_m) + np.arange(int(between.sum()))
    place = np.empty((int(node.max()) + 1, 2))
    place[node] = xy
    lonlat = to_lonlat(place).tolist()
    old = next(core.outline for core in cores if core.plan is OLD_TOWN)
    inner = shapely.within(shapely.line_interpolate_point(lines.geometry, 0.5), old)
    signals = _signals(lines, graph, cores)
    path.unlink(missing_ok=True)
    header = osmium.io.Header()
    header.set("generator", "yizhan sample city")
    writer = osmium.SimpleWriter(str(path), header=header)
    try:
        for number, place_of in enumerate(lonlat, start=1):
            tags = _SIGNAL if number - 1 in signals else {}
            writer.add_node(osmium.osm.mutable.Node(id=number, location=place_of, tags=tags))
        for number in range(len(lines)):
            refs = (node[first[number] : last[number] + 1] + 1).tolist()
            tags = _tags(
                HIGHWAYS[lines.highway[number]],
                names[number],
                inner=bool(inner[number]),
                one_way=bool(lines.one_way[number]),
            )
            writer.add_way(osmium.osm.mutable.Way(id=number + 1, nodes=refs, tags=tags))
    finally:
        writer.close()
