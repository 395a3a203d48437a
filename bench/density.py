"""Worker density: five groups over a grid of 45,000 cells, at every hour, and 200 draws of weights.

The sample city and Porto, each in a process of its own, its peak memory with it. Layers: metres of
road by class out of the network; points of every other layer are seeded (the extracts hold roads
only), as many as a city of two million has. A first run compiles and is thrown away. Wall seconds
are on two threads of a shared machine, processor seconds the sum of both. What a cell and layer
costs must not grow with the number of cells.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.tables import measure_command
from bench.towns import SHARED
from data.group_defaults import GROUP_DEFAULTS
from data.layers import Layer
from data.osm import read_roads
from data.sample.write import write_sample_city
from data.settings import DEFAULT_GROUPS
from geo.access import HIGHWAY_CLASSES
from geo.network import RoadNetwork, build_network
from planning.density import (
    GroupSpec,
    LayerTerm,
    PlainCells,
    allocate,
    build_model,
    draw_allocations,
    draw_weights,
    range_of,
)
from planning.density.corridors import points_along

if TYPE_CHECKING:
    from bench.tables import Row
    from planning.density import DensityModel

CELLS = (11_000, 22_000, 45_000, 90_000)
_POINTS = {
    "restaurants": 4_000,
    "malls": 150,
    "shops": 6_000,
    "depots": 400,
    "hospitals": 150,
    "logistics": 12_000,
    "industry": 12_000,
    "mines": 4_000,
    "fuel": 250,
    "truck_parking": 60,
    "population": 150_000,
}
_CALL = "import sys; from bench.density import town; town(*sys.argv[1:])"


def run() -> list[Row]:
    """All rows that this machine holds the inputs for."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        extracts = {"sample city": write_sample_city(Path(name)).roads}
        if SHARED.exists():
            extracts["Porto"] = SHARED / "porto_portugal.osm.pbf"
        for place, extract in extracts.items():
            done = measure_command([sys.executable, "-c", _CALL, place, str(extract)])
            rows += json.loads(done.out.splitlines()[-1])
    return rows


def town(name: str, extract: str) -> None:
    """Measure one town; prints its rows as JSON."""
    network = build_network(read_roads(Path(extract)))
    before = _peak_mib()
    layers = _layers(network)
    _model(network, layers, 500)  # compiles, and sorts the roads for snapping
    rows = [_measure(name, network, layers, n, before) for n in CELLS]
    print(json.dumps(rows))


def _measure(
    name: str, network: RoadNetwork, layers: dict[str, Layer], n_cells: int, before: float
) -> Row:
    start, start_cpu = time.perf_counter(), time.process_time()
    model = _model(network, layers, n_cells)
    summed = time.perf_counter()
    made = allocate(model).weights
    for g, group in enumerate(model.groups):
        default = GROUP_DEFAULTS[group]
        for day in (default.weekday, default.weekend):
            np.multiply.outer(np.asarray(day, dtype=np.float32), made[:, g].astype(np.float32))
    built, built_cpu = time.perf_counter(), time.process_time()
    draws = draw_weights(model)
    workers = sum(float(some.sum(dtype=np.float64)) for some in draw_allocations(model, draws))
    drawn, drawn_cpu = time.perf_counter(), time.process_time()
    range_of(model, np.ones((len(model), len(model.groups))))
    linear = time.perf_counter()
    lost = max(
        np.abs(model.sum_by_zone(made[:, g], g) - model.totals[g]).max()
        for g in range(len(model.groups))
    )
    n_layers = sum(len(names) for names in model.layers)
    return {
        "work": f"{name}: 5 groups x {n_cells:,} cells x 2 x 24 h, {n_layers} layers",
        "kernels_s": summed - start,
        "built_s": built - start,
        "built_cpu_s": built_cpu - start_cpu,
        "bar_s": 10,
        "us a cell and layer": 1e6 * (built_cpu - start_cpu) / n_cells / n_layers,
        "200_draws_s": drawn - built,
        "200_draws_cpu_s": drawn_cpu - built_cpu,
        "bar_draws_s": 20,
        "range_of_a_sum_s": linear - drawn,
        "lost_workers": float(lost),
        "peak_MiB": _peak_mib(),
        "of_it_roads_MiB": before,
        "points": sum(len(layer) for layer in layers.values()),
        "mean_of_draws": workers / 200 / model.totals.sum(),
    }


def _model(network: RoadNetwork, layers: dict[str, Layer], n_cells: int) -> DensityModel:
    cells = _grid(network, n_cells)
    n_groups = len(DEFAULT_GROUPS)
    rng = np.random.default_rng(3)
    specs = []
    for group in DEFAULT_GROUPS:
        default = GROUP_DEFAULTS[group.id]
        roads = {f"roads.{name}": factor for name, factor in default.roads.items()}
        terms = tuple(
            LayerTerm(layer, weight, roads if layer.endswith("roads") else {})
            for layer, weight in default.weights.items()
        )
        specs.append(GroupSpec(group.id, terms, default.bandwidth_m, mode=group.standard.mode))
    left, bottom, right, top = network.box
    east = cells.lonlat[:, 0] > (left + right) / 2
    north = cells.lonlat[:, 1] > (bottom + top) / 2
    return build_model(
        network,
        cells,
        layers,
        specs,
        totals=rng.integers(500, 9_000, (n_groups, 4)).astype(np.float64),
        zone=(east + 2 * north).astype(np.int32),
        zone_names=("SW", "SE", "NW", "NE"),
    )


def _grid(network: RoadNetwork, n_cells: int) -> PlainCells:
    """Lay a grid of about ``n_cells`` points over the box."""
    left, bottom, right, top = network.box
    side = int(np.ceil(np.sqrt(n_cells)))
    lon = left + (np.arange(side) + 0.5) / side * (right - left)
    lat = bottom + (np.arange(side) + 0.5) / side * (top - bottom)
    lonlat = np.stack(np.meshgrid(lon, lat), axis=-1).reshape(-1, 2)[:n_cells]
    ids = np.arange(len(lonlat)).astype(np.str_)
    return PlainCells(ids, lonlat, np.full(len(lonlat), 62_500.0))


def _layers(network: RoadNetwork) -> dict[str, Layer]:
    rng = np.random.default_rng(2)
    left, bottom, right, top = network.box
    made = {}
    for name, n in _POINTS.items():
        # half of them where the roads are dense, half anywhere
        near = network.node_lonlat[rng.integers(0, network.n_nodes, n // 2)]
        near = near + rng.normal(0.0, 0.0005, near.shape)
        anywhere = rng.uniform((left, bottom), (right, top), (n - n // 2, 2))
        lonlat = np.clip(np.vstack([near, anywhere]), (left, bottom), (right, top))
        made[name] = _layer(name, lonlat, rng.uniform(1, 20, n), "seeded")
    for number, name in enumerate(HIGHWAY_CLASSES):
        along = points_along(network, np.flatnonzero(network.edge_class == number))
        made[f"roads.{name}"] = _layer(f"roads.{name}", along.lonlat, along.metres, "m")
    return made


def _layer(name: str, lonlat: np.ndarray, value: np.ndarray, unit: str) -> Layer:
    return Layer(name, lonlat, value, unit=unit, source="bench", date="", licence="")


def _peak_mib() -> float:
    """Peak memory of this process so far (VmHWM: ru_maxrss would count its parent's)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
