"""Coquimbo, Chile: a real city of 133 zones and 452,000 people, out of the aequilibrae package."""

from __future__ import annotations

import importlib.util
import sqlite3
import struct
import zipfile
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import shapely

from data.cells import Cells, make_cells
from data.districts import Districts
from data.layers import Layer
from geo.access import HIGHWAY_CLASSES
from geo.network import RoadNetwork, build_network
from geo.roads import RawRoads
from planning.density import (
    DensityModel,
    GroupSpec,
    LayerTerm,
    allocate,
    build_model,
    draw_allocations,
    draw_weights,
)
from planning.density.corridors import points_along

METRIC = "EPSG:32719"


class City(NamedTuple):
    zones: list[shapely.MultiPolygon]
    people: np.ndarray
    network: RoadNetwork
    cells: Cells


def lines_of(blob: bytes) -> list[list[np.ndarray]]:
    """Rings of each polygon, or the one line, of a SpatiaLite blob (little-endian, WGS-84).

    00, byte order, srid, box, 7C, class type, body, FE; parts of a collection begin with 69.
    """
    assert blob[:2] == b"\x00\x01"
    assert (blob[38], blob[-1]) == (0x7C, 0xFE)
    assert struct.unpack_from("<i", blob, 2) == (4326,)
    at = 39

    def number() -> int:
        nonlocal at
        at += 4
        return int(struct.unpack_from("<I", blob, at - 4)[0])

    def points() -> np.ndarray:
        nonlocal at
        n = number()
        made = np.frombuffer(blob, "<f8", 2 * n, at).reshape(n, 2)
        at += 16 * n
        return made

    kind = number()
    if kind == 2:
        return [[points()]]
    assert kind == 6
    polygons = []
    for _ in range(number()):
        assert blob[at] == 0x69
        at += 1
        assert number() == 3
        polygons.append([points() for _ in range(number())])
    assert at == len(blob) - 1
    return polygons


def roads_of(database: sqlite3.Connection) -> RawRoads:
    links = database.execute(
        "select link_type, direction, geometry from links where link_type <> 'centroid_connector'"
    ).fetchall()
    lines = [lines_of(blob)[0][0] for _, _, blob in links]
    places, node = np.unique(np.vstack(lines), axis=0, return_inverse=True)
    sets: list[dict[str, str]] = [{}]
    tags = np.empty(len(links), dtype=np.int32)
    known: dict[tuple[str, int], int] = {}
    for i, (kind, direction, _) in enumerate(links):
        if (kind, direction) not in known:
            known[kind, direction] = len(sets)
            sets.append({"highway": kind} | ({"oneway": "yes"} if direction else {}))
        tags[i] = known[kind, direction]
    return RawRoads(
        node_id=np.arange(len(places), dtype=np.int64),
        node_lonlat=places,
        node_tags=np.zeros(len(places), dtype=np.int32),
        way_id=np.arange(len(links), dtype=np.int64),
        way_offset=np.cumsum([0, *(len(line) for line in lines)]).astype(np.int64),
        way_node=node.ravel().astype(np.int32),
        way_tags=tags,
        way_name=np.full(len(links), -1, dtype=np.int32),
        tag_sets=tuple(sets),
        names=(),
    )


@pytest.fixture(scope="module")
def coquimbo(tmp_path_factory: pytest.TempPathFactory) -> City:
    spec = importlib.util.find_spec("aequilibrae")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("aequilibrae is not installed")
    packed = Path(spec.submodule_search_locations[0]) / "reference_files" / "coquimbo.zip"
    if not packed.exists():
        pytest.skip("this aequilibrae carries no Coquimbo")
    folder = tmp_path_factory.mktemp("coquimbo")
    with zipfile.ZipFile(packed) as archive:
        path = archive.extract("project_database.sqlite", folder)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("select count(*) from nodes").fetchone() == (15_724,)
        rows = database.execute(
            "select population, geometry from zones order by zone_id"
        ).fetchall()
        network = build_network(roads_of(database))
    zones = [
        shapely.MultiPolygon([(part[0], part[1:]) for part in lines_of(blob)]) for _, blob in rows
    ]
    names = {f"zone {i}": zone for i, zone in enumerate(zones)}
    cells = make_cells(Districts.from_areas(names), metric_crs=METRIC, size_m=250.0)
    return City(zones, np.array([people for people, _ in rows]), network, cells)


def model_of(city: City) -> DensityModel:
    lengths = {}
    for name in ("primary", "secondary", "tertiary", "residential"):
        edges = np.flatnonzero(city.network.edge_class == HIGHWAY_CLASSES.index(name))
        along = points_along(city.network, edges)
        lengths[f"roads.{name}"] = Layer(
            f"roads.{name}", along.lonlat, along.metres, unit="m", source="t", date="", licence=""
        )
    main = {"roads.primary": 1.0, "roads.secondary": 0.6, "roads.tertiary": 0.4}
    terms = (LayerTerm("homes", 0.7, {"roads.residential": 1.0}), LayerTerm("roads", 0.3, main))
    return build_model(
        city.network,
        city.cells,
        lengths,
        [
            GroupSpec("courier", terms, 400.0, mode="ebike"),
            GroupSpec("sanitation_worker", terms[1:], 250.0, mode="foot", eps=0.0),
        ],
        totals=np.array([city.people, city.people[::-1]]),
        zone=city.cells.district,
        zone_names=city.cells.district_names,
        snap_limit_m=1_000.0,
    )


def test_zones_to_cells_and_back_keep_each_zones_people(coquimbo: City) -> None:
    assert len(coquimbo.zones) == 133
    assert round(coquimbo.people.sum()) == 451_899
    model = model_of(coquimbo)
    made = allocate(model)
    # back by geometry alone: which zone holds the cell's point
    tree = shapely.STRtree(coquimbo.zones)
    cell, zone = tree.query(shapely.points(coquimbo.cells.lonlat), predicate="intersects")
    first = np.unique(cell, return_index=True)[1]
    back = np.zeros((133, 2))
    np.add.at(back, zone[first], made.weights[cell[first]])
    assert len(first) == len(coquimbo.cells)
    assert back[:, 0] == pytest.approx(coquimbo.people, abs=1e-6)
    assert back[:, 1] == pytest.approx(coquimbo.people[::-1], abs=1e-6)
    # and it is no even spread: most people stand where the streets are
    ranked = np.sort(made.weights[:, 0])[::-1]
    assert ranked[: len(ranked) // 5].sum() > 0.6 * ranked.sum()


def test_draws_keep_each_zones_people_too(coquimbo: City) -> None:
    model = model_of(coquimbo)
    for workers in draw_allocations(model, draw_weights(model, n=3)):
        sums = model.sum_by_zone(workers[:, 0].astype(float), 0)
        assert sums == pytest.approx(coquimbo.people, rel=1e-5)
